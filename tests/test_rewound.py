"""What rewinds hid, as stretches beside the line: of a run that was rewound twice, and of its fork."""

from __future__ import annotations

import json
import math
import pathlib
import struct
import subprocess
import sys
from typing import Any

import pytest
import stepwell

from harness.processes import Server, clean_environment
from harness.rest import Rest

SOURCE = pathlib.Path(stepwell.__file__).parent.parent
RUN, FORK, FORK_STEP = "rewound", "rewound-fork", 30_000
# Each part of the training goes back to its first step.
PARTS = [range(60_000), range(40_000, 70_000), range(20_000, 80_000)]
LOGGER = """
import json
import sys
import stepwell

asked = json.load(sys.stdin)
run = stepwell.init("rewound", capture=False, **asked["init"])
for step, wall, loss, epoch in asked["points"]:
    run.log({"loss": loss, "epoch": epoch}, step=step, wall=wall)
assert run.finish(wait=100)
"""
Point = tuple[int, float, float, float]  # step, wall, loss, epoch


def point(part: int, step: int) -> Point:
    return step, 1e9 + part * 1e6 + step, math.sin(step / 700) + part, step / 1000


def log(server: Server, spool: pathlib.Path, points: list[Point], **init: Any) -> None:
    environment = {**clean_environment(), "STEPWELL_SERVER": server.grpc, "STEPWELL_DIR": str(spool)}
    environment["PYTHONPATH"] = str(SOURCE)
    done = subprocess.run(
        [sys.executable, "-c", LOGGER], input=json.dumps({"init": init, "points": points}), env=environment,
        capture_output=True, text=True, check=False, timeout=150,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def runs(server: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    spool = tmp_path_factory.mktemp("spool")
    for part, steps in enumerate(PARTS):
        back = {"rewind_to": steps[0]} if part > 0 else {}
        log(server, spool, [point(part, step) for step in steps], id=RUN, **back)
    log(server, spool, [point(3, FORK_STEP)], id=FORK, fork_from=[RUN, FORK_STEP])
    return RUN


LINE = [point(0, step) for step in range(20_000)] + [point(2, step) for step in PARTS[2]]
STRETCHES = {
    40_000: [point(0, step) for step in range(40_000, 60_000)],
    20_000: [point(0, step) for step in range(20_000, 40_000)] + [point(1, step) for step in PARTS[1]],
}


def ask(rest: Rest, run: str, x_tag: str | None = None, **body: Any) -> dict[str, Any]:
    series: dict[str, Any] = {"run": run, "tag": "loss", **({"x_tag": x_tag} if x_tag else {})}
    (item,) = rest.query([series], include_rewound=True, **body)
    assert isinstance(item, dict) and "error" not in item, item
    return item


def test_every_point_that_was_taken_back_is_in_the_stretch_of_its_rewind(rest: Rest, runs: str) -> None:
    item = ask(rest, runs, columns=None)
    assert list(zip(item["step"], item["value"], strict=True)) == [(s, loss) for s, _, loss, _ in LINE]
    assert [stretch["rewind"]["step"] for stretch in item["rewound"]] == list(STRETCHES)
    for stretch, points in zip(item["rewound"], STRETCHES.values(), strict=True):
        assert stretch["rewind"]["wall"] == max(wall for _, wall, _, _ in points)
        got = list(zip(stretch["step"], stretch["wall"], stretch["value"], strict=True))
        assert got == [(step, wall, loss) for step, wall, loss, _ in points]


@pytest.mark.parametrize("span", [None, (10_000, 44_999)])
def test_columns_of_a_stretch_lose_no_extreme(rest: Rest, runs: str, span: tuple[int, int] | None) -> None:
    low, high = span or (0, 80_000)
    item = ask(rest, runs, columns=200, range=list(span) if span else None)
    asked: list[dict[str, Any]] = [{"run": runs, "tag": "loss"}]
    (plain,) = rest.query(asked, columns=200, range=list(span) if span else None)
    stretches = item.pop("rewound")
    assert item == plain
    for stretch, points in zip(stretches, STRETCHES.values(), strict=True):
        seen = [one for one in points if low <= one[0] <= high]
        buckets = stretch["buckets"]
        assert sum(buckets["count"]) == stretch["count"] == len(seen)
        assert len(buckets["count"]) <= 200
        assert min(buckets["min"]["value"]) == min(loss for _, _, loss, _ in seen)
        assert max(buckets["max"]["value"]) == max(loss for _, _, loss, _ in seen)
        assert stretch["rewind"]["wall"] == max(wall for _, wall, _, _ in points)


def test_a_range_has_the_stretches_that_it_shows(rest: Rest, runs: str) -> None:
    item = ask(rest, runs, columns=100, range=[65_000, None])
    assert [(one["rewind"]["step"], one["count"]) for one in item["rewound"]] == [(20_000, 5_000)]
    assert ask(rest, runs, columns=100, range=[0, 19_999])["rewound"] == []


def test_another_tags_axis_goes_by_what_the_same_rewind_hid_of_it(rest: Rest, runs: str) -> None:
    exact = ask(rest, runs, "epoch", columns=20_000)["rewound"][0]
    assert exact["exact"] and "approximate" not in exact
    assert exact["x"] == [epoch for _, _, _, epoch in STRETCHES[40_000]]
    for stretch in ask(rest, runs, "epoch", columns=200)["rewound"]:
        assert stretch["approximate"] is True
        assert stretch["x"] == [step / 1000 for step in stretch["buckets"]["last"]["step"]]


def test_the_binary_form_says_the_same(rest: Rest, runs: str) -> None:
    item = ask(rest, runs, columns=300)
    reply = rest.call(
        "POST", "/api/v1/series:query", headers={"Accept": "application/vnd.stepwell.series.v1"},
        body={"series": [{"run": runs, "tag": "loss"}], "columns": 300, "include_rewound": True},
    )  # fmt: skip
    assert struct.unpack_from("<4sIII", reply.body) == (b"SWSQ", 1, 1, 0)
    at = 16
    for line in (item, *item["rewound"]):
        flags, rows, count, *_, stretches, left_out, size = struct.unpack_from("<II5QIIQ", reply.body, at)
        assert (flags, rows, count) == (0 if line is item else 128, len(line["buckets"]["count"]), line["count"])
        assert (stretches, left_out) == (2 if line is item else 0, 0)
        if line is not item:
            assert struct.unpack_from("<qd", reply.body, at + 64) == (line["rewind"]["step"], line["rewind"]["wall"])
        steps = struct.unpack_from(f"<{rows}q", reply.body, at + 64 + (0 if line is item else 16))
        assert list(steps) == line["buckets"]["first"]["step"]
        at += 64 + size + -size % 8
    assert at == len(reply.body)


def test_a_fork_has_the_stretches_of_its_history_and_not_what_it_left_with_its_parent(rest: Rest, runs: str) -> None:
    item = ask(rest, FORK, columns=None)
    assert item["step"] == list(range(FORK_STEP + 1))
    assert [(one["rewind"]["step"], one["step"]) for one in item["rewound"]] == [
        (20_000, list(range(20_000, FORK_STEP)))
    ]
