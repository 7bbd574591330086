"""What a run's page shows beside its series: console, writers, files."""

from __future__ import annotations

import json
import pathlib
import random
import re
import subprocess
import sys
from typing import Any

import pytest
import stepwell

from bounds.measure import metric, running
from harness.processes import Server, clean_environment
from harness.rest import Rest

SOURCE = pathlib.Path(stepwell.__file__).parent.parent
WRITERS = 3
PICTURE = b"\x89PNG\r\n\x1a\n and what is in it"
LEVELS = ["stdout", "stderr", "info", "warning", "error"]
# Logs what it reads as JSON: a list of [writer, tag, step, wall, value].
LOGGER = """
import json
import sys
import stepwell

asked = json.load(sys.stdin)
runs = [stepwell.init("run-page", name=asked["name"], id=asked["id"], writer=f"rank {n}", capture=False)
        for n in range(asked["writers"])]
for writer, tag, step, wall, value in asked["points"]:
    if isinstance(value, dict):
        value = stepwell.Image(bytes.fromhex(value["image"])) if "image" in value else stepwell.Tensor([0.5] * 20000)
    runs[writer].log({tag: value}, step=step, wall=wall)
for run in runs:
    assert run.finish(wait=60)
"""
CONSOLE = "stepwell/console"


def log(server: Server, spool: pathlib.Path, name: str, points: list[list[Any]], writers: int = WRITERS) -> str:
    """The id of a run with these points."""
    environment = {**clean_environment(), "STEPWELL_SERVER": server.grpc, "STEPWELL_DIR": str(spool)}
    environment["PYTHONPATH"] = str(SOURCE)
    asked = json.dumps({"name": name, "id": f"run-page-{name}", "writers": writers, "points": points})
    done = subprocess.run(
        [sys.executable, "-c", LOGGER], input=asked, env=environment, capture_output=True, text=True, check=False,
        timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return f"run-page-{name}"


def random_lines(count: int) -> list[list[Any]]:
    """Lines of three writers, each in order of time, often of the same time."""
    generator = random.Random(6)
    clocks = [1000.0] * WRITERS
    points: list[list[Any]] = []
    for _ in range(count):
        writer = generator.randrange(WRITERS)
        clocks[writer] += generator.choice([0, 0, 0.5, 1, 7])
        step = sum(point[0] == writer for point in points)
        text = f"{generator.choice(['epoch', 'Fehler', 'loss = nan', 'ä — ü'])} {generator.randrange(100)}"
        points.append([writer, CONSOLE, step, clocks[writer], [generator.choice(LEVELS), text]])
    return points


@pytest.fixture(scope="module")
def lines() -> list[list[Any]]:
    return random_lines(1500)


@pytest.fixture(scope="module")
def run(server: Server, tmp_path_factory: pytest.TempPathFactory, lines: list[list[Any]]) -> str:
    return log(server, tmp_path_factory.mktemp("spool"), "console", lines)


def expected(rest: Rest, run: str, lines: list[list[Any]], writers: set[int]) -> list[dict[str, Any]]:
    """All lines in order of time, of equal time by writer, by the numbers that the server gave the writers."""
    number = {item["name"]: item["writer"] for item in rest.items(f"/api/v1/runs/{run}/writers")}
    chosen = [(wall, number[f"rank {writer}"], step, value) for writer, _, step, wall, value in lines]
    chosen = sorted(item for item in chosen if not writers or item[1] in writers)
    return [
        {
            "line": at,
            "wall": wall,
            "writer": writer,
            "stream": level if level in ("stdout", "stderr") else None,
            "level": None if level in ("stdout", "stderr") else level,
            "text": text,
        }
        for at, (wall, writer, _, (level, text)) in enumerate(chosen)
    ]


@pytest.mark.parametrize("writers", [set(), {0}, {0, 2}])
def test_the_console_is_all_lines_in_order_of_time(
    rest: Rest, run: str, lines: list[list[Any]], writers: set[int]
) -> None:
    wanted = expected(rest, run, lines, writers)
    ask: dict[str, Any] = {"writer": sorted(writers), "limit": 97}
    forwards: list[dict[str, Any]] = []
    place: dict[str, Any] = {}
    while True:
        page = rest.get(f"/api/v1/runs/{run}/console", **ask, **place)
        forwards += page["items"]
        assert page["total"] == len(wanted)
        if page["next"] is None:
            break
        place = {"after": page["next"]}
    assert forwards == wanted
    backwards: list[dict[str, Any]] = []
    place = {"tail": "true"}
    while True:
        page = rest.get(f"/api/v1/runs/{run}/console", **ask, **place)
        backwards = page["items"] + backwards
        if page["next"] is None:
            break
        place = {"before": page["next"]}
    assert backwards == wanted


def test_lines_that_match_keep_their_numbers(rest: Rest, run: str, lines: list[list[Any]]) -> None:
    wanted = [
        line
        for line in expected(rest, run, lines, set())
        if re.search("fehler|nan", line["text"], re.IGNORECASE)
        and (line["stream"] or line["level"]) in ("error", "stderr")
        and 1100 <= line["wall"] <= 1400
    ]
    assert len(wanted) > 20
    ask = {"match": "(?i)fehler|nan", "level": "error,stderr", "from": 1100, "to": 1400}
    page = rest.get(f"/api/v1/runs/{run}/console", **ask)
    assert (page["items"], page["matched"], page["total"]) == (wanted, len(wanted), len(lines))
    middle = wanted[10]["line"]
    after = rest.get(f"/api/v1/runs/{run}/console", **ask, after=middle, limit=5)
    assert after["items"] == wanted[11:16] and after["next"] == wanted[15]["line"]
    before = rest.get(f"/api/v1/runs/{run}/console", **ask, before=middle, limit=5)
    assert before["items"] == wanted[5:10] and before["next"] == wanted[5]["line"]


def test_new_lines_are_found_by_the_next_call(server: Server, rest: Rest, tmp_path: pathlib.Path) -> None:
    first = [[0, CONSOLE, n, 10.0 + n, ["stdout", f"first {n}"]] for n in range(700)]
    run = log(server, tmp_path / "a", "grows", first, 1)
    assert rest.get(f"/api/v1/runs/{run}/console", tail="true", limit=1)["items"][0]["text"] == "first 699"
    # From another process, before, among and after what is there.
    second = [[1, CONSOLE, n, wall, ["stderr", f"second {n}"]] for n, wall in enumerate([5.0, 20.5, 9999.0])]
    log(server, tmp_path / "b", "grows", second, 2)
    page = rest.get(f"/api/v1/runs/{run}/console", match="second")
    assert [(item["line"], item["text"]) for item in page["items"]] == [
        (0, "second 0"),
        (12, "second 1"),
        (702, "second 2"),
    ]
    assert page["total"] == 703


def test_what_is_no_place_or_expression_is_refused(rest: Rest, run: str) -> None:
    for query, told in (
        ({"match": "("}, "RE2"),
        ({"limit": 5001}, "5000"),
        ({"after": 1, "tail": "true"}, "one of them"),
        ({"writer": "x"}, "writer's number"),
        ({"from": "nan"}, "seconds"),
    ):
        reply = rest.call("GET", f"/api/v1/runs/{run}/console", query)
        assert reply.status == 400 and told in reply.json()["detail"], reply.body


def test_a_run_that_printed_nothing_has_an_empty_console(rest: Rest) -> None:
    run = next(iter(rest.runs("torch-digits").values()))["id"]
    assert rest.get(f"/api/v1/runs/{run}/console") == {"items": [], "total": 0, "next": None}


def test_writers_tell_what_they_logged(rest: Rest, run: str, lines: list[list[Any]]) -> None:
    writers = list(rest.items(f"/api/v1/runs/{run}/writers", limit=2))
    assert sorted(item["name"] for item in writers) == [f"rank {n}" for n in range(WRITERS)]
    assert [item["writer"] for item in writers] == list(range(WRITERS))
    for item in writers:
        walls = [wall for writer, _, _, wall, _ in lines if f"rank {writer}" == item["name"]]
        assert item["points"] == len(walls)
        assert (item["first_wall"], item["last_wall"]) == (walls[0], walls[-1])
        assert item["client"].startswith("stepwell-python/") and item["epoch"] == 1 and item["opened"].endswith("Z")


def test_files_are_all_blobs_page_by_page(server: Server, rest: Rest, tmp_path: pathlib.Path) -> None:
    points: list[list[Any]] = [[0, "loss", 0, 1.0, 0.5], [0, CONSOLE, 0, 1.0, ["stdout", "no file"]]]
    for step in range(5):
        points.append([0, "picture", step, 10.0 + step, {"image": (PICTURE + bytes([step])).hex()}])
        points.append([1, "picture", step, 20.0 + step, {"image": (PICTURE + bytes([step])).hex()}])
        points.append([0, "weights", step, 30.0 + step, {"tensor": True}])
    run = log(server, tmp_path, "files", points, 2)
    whole = list(rest.items(f"/api/v1/runs/{run}/files"))
    assert len(whole) == 15
    assert list(rest.items(f"/api/v1/runs/{run}/files", limit=2)) == whole
    pictures = [item for item in whole if item["kind"] == "image"]
    assert list(rest.items(f"/api/v1/runs/{run}/files", kind="image")) == pictures
    assert list(rest.items(f"/api/v1/runs/{run}/files", prefix="pic", limit=3)) == pictures
    for item in pictures:
        assert item["type"] == "image/png" and item["bytes"] == len(PICTURE) + 1
        assert rest.blob(item["blob"]) == PICTURE + bytes([item["step"]])
    by_writer = [[i["step"] for i in pictures if i["writer"] == writer] for writer in (0, 1)]
    assert by_writer == [list(range(5)), list(range(5))]
    assert rest.call("GET", f"/api/v1/runs/{run}/files", {"cursor": "none"}).status == 400


def test_of_a_console_that_does_not_fit_the_newest_lines_of_each_writer_are_kept(
    program: pathlib.Path, folder: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    generator = random.Random(9)
    points: list[list[Any]] = [
        [writer, CONSOLE, n, 10.0 * n + writer, ["stdout", f"{writer} {n} {generator.randbytes(40).hex()}"]]
        for n in range(1500)
        for writer in range(2)
    ]
    with running(program, folder, "--console-memory", "256KiB") as server:
        rest = Rest(server.http)
        runs = [log(server, tmp_path / name, name, points, 2) for name in ("a", "b")]
        texts = [text for _, _, _, _, (_, text) in points]
        for run in [*runs, runs[0]]:
            number = {item["name"]: item["writer"] for item in rest.items(f"/api/v1/runs/{run}/writers")}
            tail = rest.get(f"/api/v1/runs/{run}/console", tail="true", limit=5000)
            earlier = tail["earlier"]
            assert tail["total"] == len(points) and 0 < earlier < len(points)
            assert [item["line"] for item in tail["items"]] == list(range(earlier, len(points)))
            assert [item["text"] for item in tail["items"]] == texts[earlier:]
            assert {item["writer"] for item in tail["items"]} == set(number.values())
            start = rest.get(f"/api/v1/runs/{run}/console", after=5, limit=3)
            assert [item["line"] for item in start["items"]] == [earlier, earlier + 1, earlier + 2]
            (last,) = rest.get(f"/api/v1/runs/{run}/console", writer=0, tail="true", limit=1)["items"]
            assert last["line"] == 1499
        assert 0 < metric(rest, "stepwell_query_console_bytes") <= 256 << 10
