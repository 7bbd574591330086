"""`stepwell serve` and the PostgreSQL that it runs: killed, it is started again, and nobody has to do anything."""

from __future__ import annotations

import contextlib
import http.client
import os
import pathlib
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

from conftest import upload_to
from harness import processes
from harness.event_file import EventFile
from harness.metrics import metric
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

CALLERS = 6  # of 8 threads that answer requests: two are left for what the test asks


def postmaster(server: Server) -> int:
    """PostgreSQL's main process, the one child of the server; 0 while there is none."""
    children = [pid for pid in processes.descendants(server.pid) if parent(pid) == server.pid]
    assert len(children) <= 1, children
    return children[0] if children else 0


def parent(pid: int) -> int:
    with contextlib.suppress(OSError):
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def test_a_killed_postgres_is_started_again(program: pathlib.Path, folder: pathlib.Path, fresh_server: Server) -> None:
    file = EventFile(folder / "logs" / "a")
    rest = Rest(fresh_server.http)
    for round_ in range(2):
        file.double_scalars("loss", [(round_, 1.0, 0.5 + round_)])
        done = upload_to(program, fresh_server, folder / "logs", "killed postgres")
        assert done.returncode == 0, done.stdout + done.stderr

        before = postmaster(fresh_server)
        os.kill(before, signal.SIGKILL)

        deadline = time.monotonic() + 60
        # Not before: what is left of the killed one may answer for a moment.
        while postmaster(fresh_server) in (0, before):
            assert time.monotonic() < deadline, fresh_server.tail()
            time.sleep(0.02)
        while rest.call("GET", "/readyz").status != 200:
            assert time.monotonic() < deadline, fresh_server.tail()
            time.sleep(0.02)
        said = fresh_server.log.read_text().count(f"PostgreSQL ended (signal {int(signal.SIGKILL)})")
        assert said == round_ + 1
        run = rest.runs("killed postgres")["a"]
        assert [p["value"] for p in rest.points(run["id"], "loss")] == [0.5 + r for r in range(round_ + 1)]
    assert "is started again" in fresh_server.tail()


def test_a_frozen_postgres_does_not_hold_up_a_stop(
    program: pathlib.Path, folder: pathlib.Path, fresh_server: Server
) -> None:
    """A stop that takes too long ends with 1. Calls of every kind wait for PostgreSQL when it comes."""
    EventFile(folder / "logs" / "a").double_scalars("loss", [(step, 1.0, 0.5) for step in range(100)])
    done = upload_to(program, fresh_server, folder / "logs", "frozen postgres")
    assert done.returncode == 0, done.stdout + done.stderr
    main = postmaster(fresh_server)
    frozen = [main, *processes.descendants(main)]
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    command = [str(program), "upload", str(folder / "more"), "--experiment", "frozen postgres", "--follow"]
    EventFile(folder / "more" / "b").double_scalars("loss", [(0, 1.0, 0.5)])  # a run that cannot be opened
    with (folder / "more.log").open("ab") as log, ThreadPoolExecutor(CALLERS) as callers:
        writer = subprocess.Popen([*command, "--server", fresh_server.grpc], stdout=log, stderr=log)
        try:
            answers = [callers.submit(ask_until_it_is_gone, fresh_server) for _ in range(CALLERS)]
            rest = Rest(fresh_server.http)
            until(lambda: metric(rest, "stepwell_catalog_pool_in_use") >= CALLERS, "calls wait for PostgreSQL")
            assert fresh_server.stop() == 0, fresh_server.tail()
            assert all(answer.result() <= {503} for answer in answers)
        finally:
            writer.kill()
            writer.wait()
    until(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() for pid in frozen), "nothing of it is left behind")
    fresh_server.start()
    run = Rest(fresh_server.http).runs("frozen postgres")["a"]
    assert len(Rest(fresh_server.http).points(run["id"], "loss")) == 100


def ask_until_it_is_gone(server: Server) -> set[int]:
    """The statuses of all answers."""
    found = set()
    with contextlib.suppress(OSError, http.client.HTTPException):
        while True:
            found.add(Rest(server.http).call("GET", "/api/v1/experiments").status)
    return found


def test_a_private_postgres_that_cannot_start_ends_the_server(program: pathlib.Path, fresh_server: Server) -> None:
    assert fresh_server.stop() == 0
    settings = fresh_server.data / "postgres" / "cluster" / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nno such setting\n")
    done = processes.run(
        [program, "serve", "--data", fresh_server.data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
    )
    assert done.returncode == 1
    assert "PostgreSQL did not start" in done.stderr
    assert "postgresql.conf" in done.stderr
