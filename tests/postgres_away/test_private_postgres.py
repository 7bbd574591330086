"""`stepwell serve` and the PostgreSQL that it runs: killed, it is started again, and nobody has to do anything."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import time

from conftest import upload_to
from harness import processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest


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
