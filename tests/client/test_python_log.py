"""What stepwell.Run.log returned from is there once, bit for bit, however the process lives and ends."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from client import training
from harness import processes
from harness.processes import Server
from harness.rest import Rest


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


def the_run(rest: Rest, experiment: str) -> dict[str, Any]:
    (run,) = rest.runs(experiment).values()
    return dict(rest.get(f"/api/v1/runs/{run['id']}"))


def await_run(rest: Rest, experiment: str, **want: Any) -> dict[str, Any]:
    """The run, when the lists say what was acknowledged: they follow a moment later."""
    deadline = time.monotonic() + 30
    while (run := the_run(rest, experiment)) and any(run[key] != value for key, value in want.items()):
        assert time.monotonic() < deadline, f"{ {key: run[key] for key in want} }, not {want}"
        time.sleep(0.05)
    return run


def at_port(program: pathlib.Path, folder: pathlib.Path, port: int) -> processes.Process:
    """A server that is away first, and then comes."""
    command = [program, "serve", "--data", folder / "data", "--http", "127.0.0.1:0", "--grpc", f"127.0.0.1:{port}"]
    server = processes.Process("serve", command, folder)
    server.start()
    return server


def test_what_was_logged_is_there(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    init = {"experiment": "py-log", "name": "one", "params": {"lr": 0.5, "model": {"depth": [1, 2]}, "nan": 1e999},
            "labels": {"team": "vision"}, "group": "g", "job_type": "train", "notes": "a note"}  # fmt: skip
    assert training.train(spool, server.grpc, init, 3000) == (0, "")
    training.wait_sent(spool)
    run = await_run(rest, "py-log", status="finished", note="a note")
    training.check(rest, run["id"], 0, range(3000))
    assert run["params"] == {"lr": 0.5, "model.depth": [1, 2], "nan": "Infinity"}
    assert run["labels"] == {"team": "vision", "group": "g", "job_type": "train"}
    assert rest.warnings(run["id"]) == []


@pytest.mark.parametrize(
    ("end", "status"), [("exit", "finished"), ("raise", "failed"), ("hang", "killed"), ("crash", "crashed")]
)
def test_the_end_of_a_process_is_told(server: Server, rest: Rest, spool: pathlib.Path, end: str, status: str) -> None:
    how = "hang" if end == "crash" else end
    process = training.start(spool, server.grpc, {"experiment": f"py-end-{end}"}, 100, end=how)
    assert process.stdout
    if how == "hang":
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL if end == "crash" else signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == {"exit": 0, "raise": 1, "hang": -signal.SIGTERM, "crash": -signal.SIGKILL}[end]
    training.wait_sent(spool)
    run = await_run(rest, f"py-end-{end}", status=status)
    training.check(rest, run["id"], 0, range(100))


@pytest.mark.parametrize(("end", "writers"), [("fork", 2), ("spawn", 2), ("forkserver", 2), ("threads", 3)])
def test_children_and_threads_log_safely(
    server: Server, rest: Rest, spool: pathlib.Path, end: str, writers: int
) -> None:
    assert training.train(spool, server.grpc, {"experiment": f"py-{end}"}, 500, end=end) == (0, "")
    training.wait_sent(spool)
    run = await_run(rest, f"py-{end}", status="finished")
    training.check(rest, run["id"], 0, range(1000 if end == "fork" else 500))
    for writer in range(1, writers + 1):
        training.check(rest, run["id"], writer, range(500))


RANKS = [
    {"RANK": "1", "LOCAL_RANK": "0"},
    {"OMPI_COMM_WORLD_RANK": "1"},
    {"SLURM_PROCID": "1"},
    {"LOCAL_RANK": "0", "NODE_RANK": "1"},
]


@pytest.mark.parametrize("other", RANKS, ids=lambda names: "-".join(names))
def test_only_rank_0_of_a_run_tells_its_status_and_rewinds(
    server: Server, rest: Rest, spool: pathlib.Path, other: dict[str, str]
) -> None:
    name = f"py-ranks-{'-'.join(other)}"
    init = {"experiment": name, "id": name, "rewind_to": 0}
    first = dict.fromkeys(other, "0")
    assert training.train(spool, server.grpc, init, 100, environment=first) == (0, "")
    training.wait_sent(spool)
    failed = training.train(spool, server.grpc, init, 50, end="raise", environment=other, **{"from": 100})
    assert failed[0] == 1
    training.wait_sent(spool)
    # What is told in this order is seen in it: once the label is there, a status before it would be too.
    told = {"id": name, "experiment": name, "labels": {"seen": "yes"}}
    assert training.train(spool, server.grpc, told, 0, environment=other) == (0, "")
    run = await_run(rest, name, labels={"seen": "yes"})
    assert run["status"] == "finished"
    training.check(rest, name, 0, range(150))


def test_a_rank_with_a_run_of_its_own_tells_its_status(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    init = {"experiment": "py-rank-alone"}
    training.train(spool, server.grpc, init, 10, end="raise", environment={"RANK": "3"})
    training.wait_sent(spool)
    await_run(rest, "py-rank-alone", status="failed")


def test_offline_then_sync(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    init = {"experiment": "py-offline", "mode": "offline"}
    assert training.train(spool, "127.0.0.1:1", init, 1000) == (0, "")
    assert training.uploader_pid(spool) is None
    (folder,) = training.spools(spool)
    listed = training.command(spool, server.grpc, "status")
    assert listed.returncode == 0 and "py-offline/" in listed.stdout
    done = training.command(spool, server.grpc, "sync", "--server", server.grpc)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not folder.exists()
    run = await_run(rest, "py-offline", status="finished")
    training.check(rest, run["id"], 0, range(1000))


def test_resumed_training_takes_points_back(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    init: dict[str, Any] = {"experiment": "py-rewind", "name": "r", "id": "py-rewind-run", "resume": "allow"}
    assert training.train(spool, server.grpc, init, 100) == (0, "")
    training.wait_sent(spool)
    assert training.train(spool, server.grpc, {**init, "rewind_to": 50}, 30, **{"from": 50}) == (0, "")
    training.wait_sent(spool)
    run = await_run(rest, "py-rewind", status="finished")
    assert run["id"] == "py-rewind-run"
    training.check(rest, run["id"], 0, range(80))
    hidden = [p for p in rest.points(run["id"], "0/loss", hidden="true") if p.get("hidden")]
    assert [p["step"] for p in hidden] == list(range(50, 100))


def test_server_that_comes_later(program: pathlib.Path, folder: pathlib.Path, spool: pathlib.Path) -> None:
    port = processes.reserve_port()
    assert training.train(spool, f"127.0.0.1:{port}", {"experiment": "late"}, 1000) == (0, "")
    server = at_port(program, folder, port)
    try:
        training.wait_sent(spool)
        rest = Rest(server.ports["http"])
        training.check(rest, the_run(rest, "late")["id"], 0, range(1000))
        server.stop()
    finally:
        server.kill_tree()


def test_an_older_process_of_a_writer_is_fenced_and_told(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path
) -> None:
    init = {"experiment": "py-fence", "id": "py-fence-run", "writer": "rank-0"}
    old = training.start(spool, server.grpc, init, 2000, pause=0.01)
    deadline = time.monotonic() + 30
    while "py-fence" not in [e["name"] for e in rest.items("/api/v1/experiments")]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert training.train(folder, server.grpc, init, 10, **{"from": 5000})[0] == 0
    training.wait_sent(folder)
    training.stop_uploader(folder)
    _, complaints = old.communicate(timeout=60)
    assert old.returncode == 0 and "another process took the place of writer 'rank-0'" in complaints
    assert training.spools(spool), "what the fenced process logged is kept"
    there = training.points(rest, "py-fence-run", "0/loss")
    before = training.logged(0, range(len(there) - 10))["0/loss"]
    assert there == before + training.logged(0, range(5000, 5010))["0/loss"]


def test_torn_tail_is_left_out_and_told(server: Server, rest: Rest, spool: pathlib.Path) -> None:
    process = training.start(spool, "127.0.0.1:1", {"experiment": "py-torn", "mode": "offline"}, 100, end="hang")
    assert process.stdout and process.stdout.readline() == "ready\n"
    process.kill()
    process.communicate(timeout=30)
    (folder,) = training.spools(spool)
    with (folder / "00000001.seg").open("ab") as segment:
        segment.write(b"\x40\x00\x00\x00torn")
    assert training.command(spool, server.grpc, "sync", "--server", server.grpc).returncode == 0
    run = await_run(rest, "py-torn", status="crashed")
    training.check(rest, run["id"], 0, range(100))
    assert ["8 bytes" in w["reason"] for w in rest.warnings(run["id"])] == [True]


SMALL = {"STEPWELL_SPOOL_MAX": "64k", "STEPWELL_KEEP": "0"}


def test_full_spool_drops_when_told_to(spool: pathlib.Path) -> None:
    init = {"experiment": "py-full", "when_full": "drop", "mode": "offline"}
    status, complaints = training.train(spool, "127.0.0.1:1", init, 3000, environment=SMALL)
    assert status == 0 and complaints.count("the spool is full") == 1
    assert sum(f.stat().st_size for f in spool.rglob("*") if f.is_file()) < 80 << 10


def test_full_spool_blocks_until_the_server_takes_some(
    program: pathlib.Path, folder: pathlib.Path, spool: pathlib.Path
) -> None:
    port = processes.reserve_port()
    told = folder / "told"
    process = training.start(
        spool, f"127.0.0.1:{port}", {"experiment": "full"}, 3000, environment=SMALL, told=str(told)
    )
    training.await_told(told, 100)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(2)
    assert told.stat().st_size < 3000
    server = at_port(program, folder, port)
    try:
        _, complaints = process.communicate(timeout=60)
        assert (process.returncode, complaints) == (0, "")
        training.wait_sent(spool)
        rest = Rest(server.ports["http"])
        training.check(rest, the_run(rest, "full")["id"], 0, range(3000))
        server.stop()
    finally:
        server.kill_tree()


def test_disabled_leaves_nothing(spool: pathlib.Path) -> None:
    assert training.train(spool, "127.0.0.1:1", {"mode": "disabled"}, 10) == (0, "")
    assert list(spool.iterdir()) == []
