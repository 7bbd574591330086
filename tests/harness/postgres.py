"""A PostgreSQL for one test: a cluster in a folder, reached by a unix socket only, never as root, not durable."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

from harness import processes

READY_SECONDS = 180.0  # a tenth of a second alone; a busy machine stands still for long


def binary(name: str) -> str:
    """Debian keeps the server's programs out of PATH."""
    versions = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    assert found, f"{name} is not there (Debian: postgresql-15)"
    return found


class Postgres:
    def __init__(self, folder: pathlib.Path, durable: bool = False) -> None:
        self.durable = durable
        self.data = folder / "postgres"
        self.data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self.data, "nobody", "nogroup")
        self.log = folder / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.orphans: list[int] = []

    @property
    def url(self) -> str:
        return f"host={self.data} user=stepwell dbname=stepwell"

    def start(self) -> None:
        self.spawn()
        self.wait_ready()

    def spawn(self) -> None:
        """Starts it (the first time, makes the cluster) and returns at once."""
        if self.process is not None:
            self.process.wait()
            self._wait_for_orphans()
        user = processes.unprivileged()
        cluster = self.data / "cluster"
        # A kill -9 between its making and its filling leaves a lock file that PostgreSQL leaves to an operator.
        lock = cluster / "postmaster.pid"
        if lock.exists() and lock.stat().st_size == 0:
            lock.unlink()
        if not cluster.exists():
            made = [*user, binary("initdb"), "-D", cluster, "-U", "stepwell", "-A", "trust", "-E", "UTF8", "--locale=C"]
            done = processes.run([*made, "--no-sync"])
            assert done.returncode == 0, done.stderr
        settings = [
            f"unix_socket_directories={self.data}",
            "listen_addresses=",
            f"fsync={'on' if self.durable else 'off'}",
        ]
        command = [*user, binary("postgres"), "-D", str(cluster), *(f for s in settings for f in ("-c", s))]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_ready(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.05)

    def _answers(self) -> bool:
        """True when the database `stepwell` is there (made at the first call that gets through)."""
        psql = [binary("psql"), "-h", self.data, "-U", "stepwell", "-d", "postgres"]
        done = processes.run([*psql, "-qc", "create database stepwell"])
        return done.returncode == 0 or "already exists" in done.stderr

    def sql(self, *statements: str) -> None:
        """Each in a transaction of its own, as the superuser."""
        psql = [binary("psql"), "-h", self.data, "-U", "stepwell", "-d", "stepwell", "-q", "-v", "ON_ERROR_STOP=1"]
        done = processes.run([*psql, *(f for s in statements for f in ("-c", s))])
        assert done.returncode == 0, done.stderr

    def signal_all(self, number: signal.Signals) -> None:
        """To PostgreSQL's main process and everything below it."""
        assert self.process
        for pid in [self.process.pid, *processes.descendants(self.process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """kill -9 of all of it at one moment."""
        assert self.process
        self.note_children()
        self.signal_all(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)

    def note_children(self) -> None:
        """Before a kill -9 of the main process: its children see that and end, which the next start waits for."""
        if self.process is not None and self.process.poll() is None:
            self.orphans = processes.descendants(self.process.pid)

    def _wait_for_orphans(self) -> None:
        """A PostgreSQL does not start beside what is left of another."""
        deadline = time.monotonic() + READY_SECONDS
        while any(pathlib.Path(f"/proc/{pid}").exists() for pid in self.orphans):
            assert time.monotonic() < deadline, f"processes of a killed PostgreSQL live on: {self.orphans}"
            time.sleep(0.01)
        self.orphans = []
