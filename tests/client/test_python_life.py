"""A run's life as its server sees it: resumed only if it is there, disconnected while nothing is heard of it."""

from __future__ import annotations

import pathlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bounds.measure import running
from client import training
from harness import processes
from harness.ingest_api import IngestApi, message
from harness.processes import Server
from harness.relay import before_tcp
from harness.rest import Rest


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


def experiments(rest: Rest) -> list[str]:
    return [experiment["name"] for experiment in rest.items("/api/v1/experiments")]


def await_points(rest: Rest, run: str) -> None:
    deadline = time.monotonic() + training.LONGEST
    while not rest.series(run):
        assert time.monotonic() < deadline, f"no points of {run} came"
        time.sleep(0.05)


@pytest.mark.parametrize("by", ["id", "name"])
def test_what_must_exist_is_not_made_and_is_sent_once_it_does(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path, by: str
) -> None:
    wanted, told = f"must-{by}", folder / "told"
    init: dict[str, Any] = {"experiment": wanted, by: wanted}
    trainer = training.start(spool, server.grpc, {**init, "resume": "must"}, 1_000_000, pause=0.01, told=str(told))
    try:
        assert trainer.stderr and f'there is no run "{wanted}"' in trainer.stderr.readline()
        training.terminate(trainer)
    finally:
        trainer.kill()
    assert wanted not in experiments(rest)
    said = training.command(spool, server.grpc, "status")
    assert f'there is no run "{wanted}"' in said.stdout
    assert training.command(spool, server.grpc, "sync", "--timeout", "2").returncode == 1
    training.stop_uploader(spool)
    done = processes.run([program, "sync", spool])
    assert done.returncode == 1 and f'there is no run "{wanted}"' in done.stdout + done.stderr
    assert wanted not in experiments(rest)

    assert training.train(folder, server.grpc, {**init, "resume": "allow"}, 0)[0] == 0
    training.wait_sent(folder)
    training.stop_uploader(folder)
    done = training.command(spool, server.grpc, "sync")
    assert done.returncode == 0, done.stdout + done.stderr
    (run,) = rest.runs(wanted).values()
    training.check_told(rest, run["id"], told)


def test_a_strict_init_raises_that_there_is_no_run(
    server: Server, rest: Rest, spool: pathlib.Path, folder: pathlib.Path
) -> None:
    init = {"experiment": "must-strict", "id": "must-strict", "resume": "must", "strict": True}
    status, complaints = training.train(spool, server.grpc, init, 10)
    assert status == 1 and 'StepwellWarning: there is no run "must-strict"' in complaints
    assert training.spools(spool) == [] and "must-strict" not in experiments(rest)
    assert training.train(folder, server.grpc, {**init, "resume": "allow"}, 0)[0] == 0
    training.wait_sent(folder)
    training.stop_uploader(folder)
    assert training.train(spool, server.grpc, init, 10) == (0, "")
    training.wait_sent(spool)
    training.check(rest, "must-strict", 0, range(10))


def test_a_run_that_is_unheard_of_is_disconnected_until_it_is_heard_again(
    program: pathlib.Path, folder: pathlib.Path, spool: pathlib.Path
) -> None:
    with running(program, folder, "--heartbeat", "1s", "--disconnected-after", "4s") as server:
        rest = Rest(server.http)
        ingest = IngestApi(server.grpc)
        ingest.open_run(message("OpenRunRequest")(experiment="life", run_id="silent", writer="w"), timeout=30)
        ingest.close()
        relay, address = before_tcp(int(server.grpc.rsplit(":", 1)[1]))
        told = folder / "told"
        init = {"experiment": "life", "id": "heard"}
        trainer = training.start(spool, address, init, 1_000_000, pause=0.01, told=str(told))
        try:
            training.await_run(rest, "heard", status="running")
            await_points(rest, "heard")  # behind the first word
            relay.part()
            training.await_run(rest, "heard", status="disconnected")
            experiment = rest.experiment("life")["id"]
            for text, runs in {"= 'disconnected'": ["heard"], "= 'running'": ["silent"]}.items():
                found = rest.items("/api/v1/runs", experiment=experiment, filter=f"status {text}")
                assert [run["id"] for run in found] == runs, text
            relay.mend()
            training.await_run(rest, "heard", status="running")
            training.terminate(trainer)
            training.wait_sent(spool)
            training.await_run(rest, "heard", status="killed")
            training.check_told(rest, "heard", told)
        finally:
            trainer.kill()
            relay.close()
