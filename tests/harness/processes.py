"""Stepwell's programs as real processes: started on free ports, waited for, stopped, killed."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence

# A start makes a PostgreSQL cluster (half a second alone, some seconds on a busy machine).
START_SECONDS = 180.0
STOP_SECONDS = 20.0


def clean_environment() -> dict[str, str]:
    """The environment without what would configure Stepwell behind a test's back."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STEPWELL_")}


def unprivileged() -> list[str]:
    """What to put before a command to run it without root's rights: nothing when we have none."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs"]


@contextlib.contextmanager
def folder(prefix: str = "stepwell-test-"):  # type: ignore[no-untyped-def]
    """A folder that other users may enter: the private PostgreSQL of a server that root starts is not root."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Process:
    """One program that writes a port file when it is ready.

    Its output goes to `<folder>/<name>.log`. It has a process group of its own, so that `kill_tree` can end it and
    everything below it at one moment.
    """

    def __init__(self, name: str, command: Sequence[object], folder: pathlib.Path) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = folder / f"{name}.log"
        self.port_file = folder / f"{name}.ports.json"
        self.ports: dict[str, str] = {}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.spawn()
        self.wait_ready()

    def spawn(self) -> None:
        """Starts it and returns at once."""
        self.port_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, "--port-file", str(self.port_file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=clean_environment(),
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Until it says where it listens; an end before that is a failure."""
        assert self.process is not None, f"{self.name} was not started"
        deadline = time.monotonic() + START_SECONDS
        while not self.port_file.exists():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode} at its start:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill_tree()
                raise AssertionError(f"{self.name} was not ready in {START_SECONDS:.0f} s:\n{self.tail()}")
            time.sleep(0.02)
        self.ports = json.loads(self.port_file.read_text())

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was not started"
        return self.process.pid

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, within: float = STOP_SECONDS) -> int:
        """SIGTERM, and the exit status; a process that does not end in time is killed and fails the test."""
        assert self.process is not None, f"{self.name} was not started"
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill_tree()
            raise AssertionError(f"{self.name} did not stop in {within:.0f} s:\n{self.tail()}") from None

    def kill(self) -> None:
        """kill -9 of the program alone."""
        assert self.process is not None, f"{self.name} was not started"
        self.process.kill()
        self.process.wait()

    def kill_tree(self) -> None:
        """kill -9 of the program and everything that it started, at one moment."""
        if self.process is None:
            return
        victims = [self.process.pid, *descendants(self.process.pid)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def tail(self, size: int = 4000) -> str:
        return self.log.read_text(errors="replace")[-size:] if self.log.exists() else ""


class Server(Process):
    """A whole Stepwell: `stepwell serve` with a data folder of its own. `.http` and `.grpc` are its addresses."""

    def __init__(
        self, program: pathlib.Path, folder: pathlib.Path, *arguments: object, before: Sequence[str] = ()
    ) -> None:
        self.data = folder / "data"
        command = [
            *before,
            program,
            "serve",
            *arguments,
            "--data",
            self.data,
            "--http",
            "127.0.0.1:0",
            "--grpc",
            "127.0.0.1:0",
        ]
        super().__init__("serve", command, folder)

    @property
    def http(self) -> str:
        return self.ports["http"]

    @property
    def grpc(self) -> str:
        return self.ports["grpc"]


_reservations: list[socket.socket] = []


def reserve_port() -> int:
    """A port for a server that must come back at the same address: the kernel gives none of these to others.

    Until this process ends it is held on another loopback address, so that no other test takes it.
    """
    while True:
        port = random.SystemRandom().randrange(10000, 32000)
        held = socket.socket()
        try:
            held.bind(("127.0.0.2", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            held.close()
            continue
        _reservations.append(held)
        return port


def descendants(pid: int) -> list[int]:
    """Children of a process, their children and so on, as /proc has them now."""
    children: dict[int, list[int]] = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, ValueError):
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    queue = [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def run(command: Sequence[object], timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end; stdout and stderr as text, whatever bytes they hold."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=timeout,
        env=clean_environment(),
        check=False,
    )
