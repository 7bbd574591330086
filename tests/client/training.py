"""Starts trainings (trainer.py), waits for spools, and compares runs with what a training logged."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from client.trainer import TAGS, value
from harness import processes
from harness.rest import Rest

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parents[1] / "libs" / "python" / "src"
LONGEST = 90.0
# Our threads are away while a process forks (_worker.py); these Pythons count them when they are back (cpython#137109).
COUNTS_LATE = (3, 12) <= sys.version_info < (3, 13, 10) or sys.version_info[:3] == (3, 14, 0)
FORK_WARNING = re.compile(r".*DeprecationWarning: This process \(pid=\d+\) is multi-threaded, .*\n.*os\.fork\(\).*\n")


def environment(spool: pathlib.Path, server: str, **more: str) -> dict[str, str]:
    clean = {**processes.clean_environment(), "STEPWELL_DIR": str(spool), "STEPWELL_SERVER": server}
    return {**clean, "PYTHONPATH": str(PACKAGE), **more}


def start(spool: pathlib.Path, server: str, init: dict[str, Any], calls: int, **asked: Any) -> subprocess.Popen[str]:
    """trainer.py. `environment`: more of it; `before`: what to put before the command."""
    more = asked.pop("environment", {})
    command = [
        *asked.pop("before", []),
        sys.executable,
        str(HERE / "trainer.py"),
        json.dumps({"init": init, "calls": calls, **asked}),
    ]
    return subprocess.Popen(command, env=environment(spool, server, **more), text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def train(spool: pathlib.Path, server: str, init: dict[str, Any], calls: int, **asked: Any) -> tuple[int, str]:
    """A training to its end: the exit status and what it complained about."""
    process = start(spool, server, init, calls, **asked)
    _, complaints = process.communicate(timeout=LONGEST)
    return process.returncode, FORK_WARNING.sub("", complaints) if COUNTS_LATE else complaints


def command(spool: pathlib.Path, server: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """python -m stepwell …"""
    return subprocess.run([sys.executable, "-m", "stepwell", *arguments], env=environment(spool, server), text=True,
                          capture_output=True, timeout=LONGEST, check=False)  # fmt: skip


def spools(root: pathlib.Path) -> list[pathlib.Path]:
    return [path.parent for path in root.glob("*/writer.json") if not path.parent.name.endswith(".gone")]


def wait_sent(root: pathlib.Path) -> None:
    """Until every spool of the folder is gone: all of it is acknowledged."""
    deadline = time.monotonic() + LONGEST
    while left := spools(root):
        if time.monotonic() > deadline:
            told = [(path / "status.json").read_text() for path in left if (path / "status.json").exists()]
            log = root / "uploader.log"
            raise AssertionError(f"not sent: {left} {told} {log.read_text()[-3000:] if log.exists() else ''}")
        time.sleep(0.05)


def await_told(told: pathlib.Path, more: int = 1) -> None:
    """Until so many calls more have returned."""
    before = told.stat().st_size if told.exists() else 0
    deadline = time.monotonic() + LONGEST
    while not told.exists() or told.stat().st_size < before + more:
        assert time.monotonic() < deadline, f"{told}: too few calls returned in {LONGEST:.0f} s"
        time.sleep(0.01)


def terminate(trainer: subprocess.Popen[str]) -> str:
    """Ends a training as a scheduler does; what it complained about."""
    trainer.terminate()
    _, complaints = trainer.communicate(timeout=LONGEST)
    assert trainer.returncode == -signal.SIGTERM, complaints
    return complaints


def check_full_disk(
    start: Callable[..., subprocess.Popen[str]], program: pathlib.Path, folder: pathlib.Path, disk: pathlib.Path
) -> None:
    """A spool on a small disk: log waits once it is full, and goes on when a server has taken some.

    `start(address, run, calls, told=…)` starts a training that logs there.
    """
    port, told = processes.reserve_port(), folder / "told"
    trainer = start(f"127.0.0.1:{port}", "blocks", 40_000, told=str(told))
    command = [program, "serve", "--data", folder / "data", "--http", "127.0.0.1:0", "--grpc", f"127.0.0.1:{port}"]
    server = processes.Process("serve", command, folder)
    try:
        await_told(told, 5000)
        before = -1
        while before != (before := told.stat().st_size):
            assert trainer.poll() is None
            time.sleep(1)
        assert before < 30_000
        server.start()
        _, complaints = trainer.communicate(timeout=LONGEST)
        assert (trainer.returncode, complaints) == (0, "")
        wait_sent(disk)
        check(Rest(server.ports["http"]), "blocks", 0, range(40_000))
        assert server.stop() == 0
    finally:
        trainer.kill()
        trainer.communicate()
        server.kill_tree()


def check_told(rest: Rest, run: str, told: pathlib.Path) -> None:
    """REQUIRES: all was sent. What was told is there; the call in which the training ended may be."""
    certain, there = told.stat().st_size, len(points(rest, run, "0/loss"))
    assert certain <= there <= certain + 1, f"{run}: {there} calls are there, {certain} returned"
    check(rest, run, 0, range(there))


def await_run(rest: Rest, run: str, **want: Any) -> dict[str, Any]:
    """The run of this id, when the lists say what was acknowledged: they follow a moment later."""
    deadline = time.monotonic() + LONGEST
    found: dict[str, Any] = {}
    while True:
        reply = rest.call("GET", f"/api/v1/runs/{run}")
        found = reply.json() if reply.status == 200 else {}
        if found and all(found[key] == value for key, value in want.items()):
            return found
        assert time.monotonic() < deadline, f"{run}: { {key: found.get(key) for key in want} }, not {want}"
        time.sleep(0.05)


def stop_uploader(root: pathlib.Path) -> None:
    """So that no process of a test outlives it."""
    if pid := uploader_pid(root):
        os.kill(pid, 9)


def uploader_pid(root: pathlib.Path) -> int | None:
    """The uploader of a spool folder, if one lives."""
    try:
        pid = int((root / "uploader.lock").read_text())
        line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"stepwell._uploader" in line and str(root).encode() in line else None


def logged(writer: int, steps: range) -> dict[str, list[tuple[int, float, bytes]]]:
    """tag → what so many calls of a training logged."""
    found: dict[str, list[tuple[int, float, bytes]]] = {f"{writer}/{tag}": [] for tag in TAGS}
    for step in steps:
        for tag in TAGS if step % 7 else TAGS[:1]:
            found[f"{writer}/{tag}"].append((step, float(step), struct.pack("<d", value(writer, tag, step))))
    return found


def points(rest: Rest, run: str, tag: str, **query: object) -> list[tuple[int, float, bytes]]:
    """A series as REST has it."""
    items = rest.points(run, tag, **query)
    return [(item["step"], item["wall"], struct.pack("<d", float(item["value"]))) for item in items]


def check(rest: Rest, run: str, writer: int, steps: range) -> None:
    """REQUIRES: all was sent. Every series of the writer has what was logged, bit for bit, once, in order."""
    for tag, want in logged(writer, steps).items():
        got = points(rest, run, tag) if want else want
        assert len(got) == len(want), f"{run} {tag}: {len(got)} points, not {len(want)}"
        for a, b in zip(got, want, strict=True):
            assert a == b, f"{run} {tag}: {a}, not {b}"
