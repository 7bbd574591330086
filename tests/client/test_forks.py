"""A fork: a run that begins with what another showed, whatever becomes of that one, and whoever is killed meanwhile."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from client import cpp_programs, syncing, training
from harness import processes
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

KILLS = 6
HERE = pathlib.Path(__file__).resolve().parent

# Forks what value_trainer.py logs.
FORK_OF_VALUES = """
import sys
import stepwell
run = stepwell.init(experiment="forks", id=sys.argv[2], fork_from=(sys.argv[1], 2), capture=False)
assert run.step == 2
run.log({"loss": 7.0, "own": 1})
run.finish()
"""


@pytest.fixture
def short_trash(program: pathlib.Path) -> Iterator[Server]:
    with processes.folder() as folder:
        running = Server(program, folder, "--trash", "1s", "--seal-age", "1s")
        running.start()
        try:
            yield running
        finally:
            running.kill_tree()


def python(spool: pathlib.Path, server: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], env=training.environment(spool, server), text=True,
                          capture_output=True, timeout=training.LONGEST, check=False)  # fmt: skip
    assert done.returncode == 0 and "Warning" not in done.stderr, done.stderr


def fork(spool: pathlib.Path, server: str, run: str, parent: str, step: int, calls: int, **init: Any) -> str:
    """A training that goes on as a fork; what it complained about."""
    asked = {"experiment": "forks", "id": run, "fork_from": [parent, step], **init}
    status, complaints = training.train(spool, server, asked, calls, **{"from": step})
    assert status == 0, complaints
    return complaints


def blobs_of(value: Any) -> list[str]:
    """Every blob that a point's value names."""
    if isinstance(value, dict):
        here = [value["blob"]] if isinstance(value.get("blob"), str) else []
        return here + [blob for part in value.values() for blob in blobs_of(part)]
    return [blob for part in value for blob in blobs_of(part)] if isinstance(value, list) else []


def contents(rest: Rest, run: str, below: int) -> dict[str, Any]:
    """tag/kind → the points with a step below `below`, with the bytes of their blobs in place of names."""
    found: dict[str, Any] = {}
    for series in rest.series(run):
        items = [item for item in rest.points(run, series["tag"], kind=series["kind"]) if item["step"] < below]
        for item in items:
            text = json.dumps(item["value"])
            for blob in blobs_of(item["value"]):
                text = text.replace(blob, str(hash(rest.blob(blob))))
            item["value"] = text
            item.pop("writer", None)  # told where a tag has several
        found[f"{series['tag']} {series['kind']}"] = items
    return found


def count(rest: Rest, run: str, tag: str) -> int:
    """Of the tag's points, as lists have it."""
    summary = rest.get(f"/api/v1/runs/{run}")["summary"]
    return int(summary[tag]["count"]) if tag in summary else 0


def test_a_fork_has_every_kind_of_value_of_its_parent(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    parent = {"experiment": "forks", "id": "all-kinds", "params": {"lr": 0.1}, "labels": {"team": "vision"}}
    python(spool, server.grpc, str(HERE / "value_trainer.py"), json.dumps(parent))
    python(spool, server.grpc, "-c", FORK_OF_VALUES, "all-kinds", "all-kinds-fork")
    training.wait_sent(spool)
    want = contents(rest, "all-kinds", 2)
    assert len(want) > 15
    got = contents(rest, "all-kinds-fork", 2)
    assert got.pop("own scalar") == []
    assert got == want
    own = [item for item in rest.points("all-kinds-fork", "loss") if item["step"] >= 2]
    assert [(item["step"], item["value"]) for item in own] == [(2, 7)]
    run = training.await_run(rest, "all-kinds-fork", status="finished")
    assert run["forked_from"] == {"run": "all-kinds", "step": 2}
    assert run["params"] == {"lr": 0.1} and run["labels"] == {}
    assert training.await_run(rest, "all-kinds")["forked_from"] is None
    points = len(got["loss scalar"]) + 1
    until(lambda: count(rest, "all-kinds-fork", "loss") == points, "lists follow", training.LONGEST)
    assert count(rest, "all-kinds-fork", "numbers/whole") == 2


def test_what_becomes_of_the_parent_changes_nothing(
    program: pathlib.Path, short_trash: Server, spool: pathlib.Path, folder: pathlib.Path
) -> None:
    rest, server = Rest(short_trash.http), short_trash.grpc
    assert training.train(spool, server, {"experiment": "forks", "id": "parent"}, 3000) == (0, "")
    assert fork(spool, server, "child", "parent", 2000, 500) == ""
    assert fork(spool, server, "grandchild", "child", 2200, 100) == ""
    assert fork(spool, server, "marker", "child", 0, 1) == ""
    training.wait_sent(spool)
    again = {"experiment": "forks", "id": "parent", "rewind_to": 100}
    assert training.train(spool, server, again, 50, **{"from": 100}) == (0, "")
    training.wait_sent(spool)
    training.check(rest, "parent", 0, range(150))
    training.check(rest, "child", 0, range(2500))
    training.check(rest, "grandchild", 0, range(2300))
    out = folder / "out"
    done = processes.run([program, "export", "child", "--server", short_trash.http, "--format", "jsonl", "--out", out])
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert sorted(line["step"] for line in lines if line["tag"] == "0/loss") == list(range(2500))

    for run in ("parent", "child", "marker"):
        rest.json("DELETE", f"/api/v1/runs/{run}")
    until(lambda: "marker" not in trash(rest), "a run without forks is purged", training.LONGEST)
    assert trash(rest) == {"parent", "child"}
    short_trash.kill_tree()
    short_trash.start()
    rest = Rest(short_trash.http)
    training.check(rest, "grandchild", 0, range(2300))
    assert rest.get("/api/v1/runs/grandchild")["forked_from"] == {"run": "child", "step": 2200}
    rest.json("DELETE", "/api/v1/runs/grandchild")
    until(lambda: not trash(rest), "parents are purged after their last fork", training.LONGEST)


def trash(rest: Rest) -> set[str]:
    return {run["id"] for run in rest.items("/api/v1/runs", experiment=rest.experiment("forks")["id"], deleted="true")}


@pytest.mark.parametrize("by", ["program", "package"])
def test_offline_runs_are_forked_when_they_are_sent(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, by: str
) -> None:
    parent, child, last = (f"offline-{by}-{one}" for one in ("parent", "child", "last"))
    init = {"experiment": "forks", "id": parent, "mode": "offline"}
    assert training.train(spool, server.grpc, init, 20_000) == (0, "")
    assert fork(spool, server.grpc, child, parent, 15_000, 10, mode="offline") == ""
    assert fork(spool, server.grpc, last, child, 15_005, 10, mode="offline") == ""
    done = syncing.sync(program, spool) if by == "program" else training.command(spool, server.grpc, "sync")
    assert done.returncode == 0, done.stdout + done.stderr
    training.check(rest, parent, 0, range(20_000))
    training.check(rest, child, 0, range(15_010))
    training.check(rest, last, 0, range(15_015))


def test_a_fork_of_no_run_is_a_run_without_history_and_says_why(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path
) -> None:
    told = folder / "told"
    init = {"experiment": "forks", "id": "orphan", "fork_from": ["nobody", 10]}
    trainer = training.start(spool, server.grpc, init, 1_000_000, pause=0.01, told=str(told))
    try:
        assert trainer.stderr and 'there is no run "nobody"' in trainer.stderr.readline()
        training.terminate(trainer)
    finally:
        trainer.kill()
    training.wait_sent(spool)
    training.check_told(rest, "orphan", told)
    assert training.await_run(rest, "orphan", status="killed")["forked_from"] is None
    (warning,) = rest.warnings("orphan")
    assert warning["source"] == "fork" and 'there is no run "nobody"' in warning["reason"]


def test_a_run_that_is_there_is_not_made_another_fork(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    assert training.train(spool, server.grpc, {"experiment": "forks", "id": "known"}, 10) == (0, "")
    assert fork(spool, server.grpc, "known-fork", "known", 5, 5) == ""
    training.wait_sent(spool)
    assert fork(spool, server.grpc, "known-fork", "known", 5, 5, primary=True) == "", "the same again goes on"
    training.wait_sent(spool)
    assert [step for step, _, _ in training.points(rest, "known-fork", "0/loss")] == [*range(10), *range(5, 10)]
    fork(spool, server.grpc, "known-fork", "known", 6, 5)
    (left,) = training.spools(spool)
    until(lambda: "choose another id" in status_of(left), "the refusal is told", training.LONGEST)
    assert len(training.points(rest, "known-fork", "0/loss")) == 15


def status_of(spool: pathlib.Path) -> str:
    path = spool / "status.json"
    return str(json.loads(path.read_text())["fork_refused"]) if path.exists() else ""


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_server_that_is_killed_while_a_fork_is_made(
    program: pathlib.Path, folder: pathlib.Path, spool: pathlib.Path, seed: int
) -> None:
    address = f"127.0.0.1:{processes.reserve_port()}"
    command = [program, "serve", "--data", folder / "data", "--http", "127.0.0.1:0", "--grpc", address]
    server = processes.Process("serve", command, folder)
    server.start()
    try:
        assert training.train(spool, address, {"experiment": "forks", "id": "parent"}, 5000) == (0, "")
        training.wait_sent(spool)
        init = {"experiment": "forks", "id": "child", "fork_from": ["parent", 4000]}
        trainer = training.start(spool, address, init, 500, **{"from": 4000})
        time.sleep(random.Random(seed).uniform(0.2, 1.5))
        server.kill_tree()
        server.start()
        assert trainer.wait(training.LONGEST) == 0
        training.wait_sent(spool)
        rest = Rest(server.ports["http"])
        training.check(rest, "parent", 0, range(5000))
        training.check(rest, "child", 0, range(4500))
        training.await_run(rest, "child", status="finished")
        until(lambda: count(rest, "child", "0/loss") == 4500, "lists have what was inherited", training.LONGEST)
    finally:
        server.kill_tree()


def test_a_fork_from_cpp(cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path) -> None:
    assert training.train(spool, server.grpc, {"experiment": "forks", "id": "parent-in-python"}, 100) == (0, "")
    command: list[str | pathlib.Path] = [cpp / "fork", "forked-in-cpp", "parent-in-python", "60"]
    done = subprocess.run(command, text=True, capture_output=True, check=False,
                          env=cpp_programs.environment(spool, server.grpc), timeout=training.LONGEST)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    training.wait_sent(spool)
    run = training.await_run(rest, "forked-in-cpp", status="finished")
    assert run["forked_from"] == {"run": "parent-in-python", "step": 60}
    loss = training.points(rest, "forked-in-cpp", "0/loss")
    assert loss[:60] == training.points(rest, "parent-in-python", "0/loss")[:60]
    assert [step for step, _, _ in loss[60:]] == [60, 61]
