"""Deleting a run: gone from the lists, restored exactly, and after its time in the trash its disk space is back."""

from __future__ import annotations

import hashlib
import math
import pathlib
import random
import time
from collections.abc import Callable, Iterator

import pytest

from conftest import upload_to
from harness import event_file, processes
from harness.event_file import EventFile
from harness.metrics import metric
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

START = 1700000000.0
EXPERIMENT = "deletion"
# A store without runs has a manifest, options and logs; tables come in blocks.
EMPTY_STORE = 256 << 10


@pytest.fixture
def short_trash(program: pathlib.Path) -> Iterator[Server]:
    with processes.folder() as folder:
        running = Server(program, folder, "--trash", "2s", "--seal-age", "1s")
        running.start()
        try:
            yield running
        finally:
            running.kill_tree()


def write_run(logs: pathlib.Path, name: str, seed: int) -> None:
    """Three megabytes of images that do not compress, texts, and some curves."""
    values = random.Random(seed)
    file = EventFile(logs / name)
    for tag in range(5):
        file.double_scalars(f"curve {tag}", [(s, START + s, math.sin(s) + values.random()) for s in range(2000)])
    for step in range(30):
        summaries = [
            event_file.image_value("image", values.randbytes(100_000)),
            event_file.text_value("text", values.randbytes(1000).hex().encode()),
        ]
        file.append(*(event_file.event(START, step, event_file.message(5, value)) for value in summaries))


def contents(rest: Rest, run: str) -> dict[str, list[object]]:
    """Every point of the run, by tag, as REST writes it, and the digests of its images."""
    points: dict[str, list[object]] = {
        tag: rest.points(run, tag) for tag in ["text", *(f"curve {n}" for n in range(5))]
    }
    points["image"] = [
        (point["step"], [hashlib.sha256(rest.blob(item["blob"])).hexdigest() for item in point["value"]["items"]])
        for point in rest.points(run, "image")
    ]
    return points


def store_bytes(server: Server) -> int:
    """Of the store's files; what vanishes meanwhile counts nothing."""
    total = 0
    for path in (server.data / "store").rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() and not path.name.startswith("LOG") else 0
        except FileNotFoundError:
            continue
    return total


def names(rest: Rest, deleted: bool) -> set[str]:
    experiment = rest.experiment(EXPERIMENT)["id"]
    query = {"deleted": "true"} if deleted else {}
    return {r["name"] for r in rest.items("/api/v1/runs", experiment=experiment, **query)}


def claimed(rest: Rest, name: str) -> Callable[[], bool]:
    """The run is in no list any more."""
    return lambda: name not in names(rest, deleted=True)


def upload(program: pathlib.Path, server: Server, logs: pathlib.Path) -> None:
    done = upload_to(program, server, logs, EXPERIMENT)
    assert done.returncode == 0, done.stdout + done.stderr


def settled(server: Server) -> int:
    """The store's size when everything is in chunks and the journal's files are gone."""
    last, since = -1, time.monotonic()
    while time.monotonic() - since < 4:
        now = store_bytes(server)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.1)
    return last


def test_a_deleted_run_gives_its_space_back_and_others_stay(
    program: pathlib.Path, folder: pathlib.Path, short_trash: Server
) -> None:
    rest = Rest(short_trash.http)
    for seed, name in enumerate(["kept", "also kept"]):
        write_run(folder / "kept", name, seed)
    upload(program, short_trash, folder / "kept")
    needed = settled(short_trash)
    before = {name: contents(rest, run["id"]) for name, run in rest.runs(EXPERIMENT).items()}
    for seed in range(3):
        write_run(folder / "more", f"gone {seed}", 10 + seed)
    upload(program, short_trash, folder / "more")
    settled(short_trash)
    assert store_bytes(short_trash) > 1.5 * needed

    for seed in range(3):
        # Each kill comes when points of a run are on their way out.
        run = rest.runs(EXPERIMENT)[f"gone {seed}"]["id"]
        assert rest.call("DELETE", f"/api/v1/runs/{run}").status == 204
        assert f"gone {seed}" not in names(rest, deleted=False)
        assert f"gone {seed}" in names(rest, deleted=True)
        until(claimed(rest, f"gone {seed}"), "its time in the trash is over")
        short_trash.kill_tree()
        short_trash.start()
        rest = Rest(short_trash.http)

    until(lambda: store_bytes(short_trash) < 1.05 * needed + EMPTY_STORE, "the space is back")
    until(lambda: names(rest, deleted=True) == set(), "the runs are forgotten")
    until(lambda: metric(rest, "stepwell_store_delete_backlog_runs") == 0, "nothing is left to delete")
    after = {name: contents(rest, run["id"]) for name, run in rest.runs(EXPERIMENT).items()}
    assert after == before
    short_trash.stop()
    short_trash.start()
    rest = Rest(short_trash.http)
    assert {name: contents(rest, run["id"]) for name, run in rest.runs(EXPERIMENT).items()} == before


def test_a_restored_run_is_what_it_was(program: pathlib.Path, folder: pathlib.Path, fresh_server: Server) -> None:
    rest = Rest(fresh_server.http)
    write_run(folder / "logs", "a", 1)
    upload(program, fresh_server, folder / "logs")
    run = rest.runs(EXPERIMENT)["a"]["id"]
    before = contents(rest, run)
    assert len(before["text"]) == len(before["image"]) == 30
    assert len(before["curve 0"]) == 2000

    assert rest.call("DELETE", f"/api/v1/runs/{run}").status == 204
    assert names(rest, deleted=False) == set()
    fresh_server.stop()
    fresh_server.start()
    rest = Rest(fresh_server.http)
    assert names(rest, deleted=True) == {"a"}
    assert rest.call("POST", f"/api/v1/runs/{run}:restore").status == 200
    assert contents(rest, run) == before

    file = EventFile(folder / "logs" / "a", "events.out.tfevents.1700000001.host.1.0")
    file.double_scalars("later", [(0, START, 1.5)])
    upload(program, fresh_server, folder / "logs")  # the run can be written to again
    assert [p["value"] for p in rest.points(run, "later")] == [1.5]
