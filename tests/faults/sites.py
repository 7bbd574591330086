"""Two deployments whose processes can be killed one by one: services of their own, and one `stepwell serve`."""

from __future__ import annotations

import os
import pathlib
import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

from faults.plan import Strike
from harness import processes
from harness.postgres import Postgres
from harness.processes import Process, descendants
from harness.rest import Reply, Rest

READY_SECONDS = 300.0
EXPERIMENT = "logs"


def kill_9(pid: int) -> bool:
    """False if it is gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def command_line(pid: int) -> bytes:
    """Empty if the process is gone."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def is_postmaster(pid: int) -> bool:
    return b"/postgres\0-D\0" in command_line(pid)


def backends(above: int) -> list[int]:
    """Those of PostgreSQL's processes that serve our connections."""
    return [pid for pid in descendants(above) if command_line(pid).startswith(b"postgres: stepwell ")]


class Uploader:
    """`stepwell upload --follow` of a folder."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, grpc: str) -> None:
        self.command = [str(program), "upload", str(folder / "logs"), "--experiment", EXPERIMENT, "--follow"]
        self.command += ["--server", grpc]
        self.log = folder / "upload.log"
        self.process: subprocess.Popen[bytes] | None = None

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            environment = processes.clean_environment()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
            )

    def wait_ready(self) -> None:
        """It is when it runs."""

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid


class PatientRest(Rest):
    """Asks again while the server says 503: a database that lost a process goes away a moment after the kill."""

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            reply = super().call(method, path, query, body, headers)
            if reply.status != 503 or time.monotonic() > deadline:
                return reply
            time.sleep(0.05)


class Startable(Protocol):
    """What Process, Postgres and Uploader have in common."""

    process: subprocess.Popen[bytes] | None

    def spawn(self) -> None: ...
    def wait_ready(self) -> None: ...


class Site:
    """What both have. `parts` are in the order of their starts; a victim may be one of them, several, or below one."""

    weights: ClassVar[dict[str, float]]  # how often each victim is chosen

    def __init__(self, program: pathlib.Path, folder: pathlib.Path) -> None:
        self.program, self.folder = program, folder
        self.parts: dict[str, Startable] = {}
        self.kills = 0  # those of somebody who was there
        self.http = f"127.0.0.1:{processes.reserve_port()}"
        self.grpc = f"127.0.0.1:{processes.reserve_port()}"
        self.uploader = Uploader(program, folder, self.grpc)
        (folder / "logs").mkdir()

    @property
    def rest(self) -> Rest:
        return PatientRest(f"http://{self.http}")

    # ---- what a site says of its own ----

    def pids(self, victim: str) -> list[int]:
        """Whom kill -9 hits."""
        raise NotImplementedError

    def parts_of(self, victim: str) -> set[str]:
        """What has to be started again."""
        return {victim}

    # ---- what they share ----

    def start(self, chance: random.Random) -> None:
        """All of them. The first start of a program of ours is cut off once."""
        for part, process in self.parts.items():
            process.spawn()
            if part in ("ingest", "serve"):
                time.sleep(chance.uniform(0, 1))
                self._restart(part, chance)
            self.wait_ready(part)
        self.wait_all_ready()

    def strike(self, strike: Strike, chance: random.Random) -> None:
        """Kills, and brings everybody back."""
        # Found before the first blow: what a killed parent leaves behind is a victim too.
        targets = [(victim, self.targets(victim, chance)) for victim in strike.victims]
        down: set[str] = set()
        for i, (victim, pids) in enumerate(targets):
            if i and strike.gap:
                time.sleep(strike.gap)
            self.hit(victim, pids)
            down |= self.parts_of(victim)
        first = self.parts_of(strike.victims[0])
        for part in self.parts:
            if part in down:
                self._revive(part, strike.again if part in first else (), chance)
        self.wait_all_ready()

    def targets(self, victim: str, chance: random.Random) -> list[int]:
        pids = self.pids(victim)
        return [chance.choice(pids)] if victim == "backend" and pids else pids

    def hit(self, victim: str, pids: list[int]) -> None:
        struck = [kill_9(pid) for pid in pids]
        self.kills += any(struck)

    def wait_ready(self, part: str) -> None:
        self.parts[part].wait_ready()

    def _revive(self, part: str, again: tuple[float, ...], chance: random.Random) -> None:
        self._spawn(part)
        for after in again:
            time.sleep(after)
            self._restart(part, chance)
        self.wait_ready(part)

    def _restart(self, part: str, chance: random.Random) -> None:
        self.hit(part, self.targets(part, chance))
        self._spawn(part)

    def _spawn(self, part: str) -> None:
        """When the one that was killed is gone."""
        process = self.parts[part].process
        assert process is not None
        process.wait()
        self.parts[part].spawn()

    def wait_all_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        said = "nothing"
        while True:
            try:
                reply = Rest(f"http://{self.http}").call("GET", "/readyz")
                if reply.status == 200:
                    return
                said = f"{reply.status} {reply.body[:500]!r}"
            except OSError as error:
                said = str(error)
            assert time.monotonic() < deadline, f"not ready after {READY_SECONDS:.0f} s: {said}\n{self.tails()}"
            self.check_running()
            time.sleep(0.02)

    def check_running(self) -> None:
        for part, startable in self.parts.items():
            process = startable.process
            assert process is not None
            assert process.poll() is None, f"{part} ended by itself with {process.returncode}:\n{self.tails()}"

    def tails(self) -> str:
        logs = [*sorted(self.folder.glob("*.log")), *self.folder.rglob("server.log")]
        return "\n".join(f"---- {log.name}\n{log.read_text(errors='replace')[-2500:]}" for log in logs)

    def stop(self) -> None:
        for startable in self.parts.values():
            if startable.process is not None:
                for pid in (startable.process.pid, *descendants(startable.process.pid)):
                    kill_9(pid)
                startable.process.wait()


class SplitSite(Site):
    """PostgreSQL, stepwell-ingest, stepwell-query and an uploader."""

    weights: ClassVar[dict[str, float]] = {
        "ingest": 5,
        "query": 1,
        "postgres": 2,
        "backend": 1,
        "uploader": 2,
        "tree": 1,
    }

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, flags: list[str]) -> None:
        super().__init__(program, folder)
        self.postgres = Postgres(folder)
        internal = f"127.0.0.1:{processes.reserve_port()}"
        command = [program.with_name("stepwell-ingest"), "--data", folder / "store", "--postgres", self.postgres.url]
        ingest = Process("ingest", [*command, "--grpc", self.grpc, "--internal", internal, *flags], folder)
        command = [program.with_name("stepwell-query"), "--http", self.http, "--postgres", self.postgres.url]
        query = Process("query", [*command, "--ingest", internal], folder)
        self.parts = {"postgres": self.postgres, "ingest": ingest, "query": query, "uploader": self.uploader}
        self.migrated = False

    def pids(self, victim: str) -> list[int]:
        if victim == "tree":
            return [pid for part in self.parts for pid in self.pids(part)]
        if victim == "backend":
            return backends(self.pids("postgres")[0])
        process = self.parts[victim].process
        assert process is not None
        return [process.pid]

    def parts_of(self, victim: str) -> set[str]:
        return set(self.parts) if victim == "tree" else set() if victim == "backend" else {victim}

    def hit(self, victim: str, pids: list[int]) -> None:
        if victim in ("postgres", "tree"):
            self.postgres.note_children()
        super().hit(victim, pids)

    def wait_ready(self, part: str) -> None:
        super().wait_ready(part)
        if part == "postgres" and not self.migrated:
            done = processes.run([self.program, "migrate", "--postgres", self.postgres.url])
            assert done.returncode == 0, done.stdout + done.stderr
            self.migrated = True


class ServeSite(Site):
    """`stepwell serve` and an uploader. The program brings its private PostgreSQL back by itself."""

    weights: ClassVar[dict[str, float]] = {"serve": 4, "postgres": 2, "backend": 1, "uploader": 2, "tree": 2}

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, flags: list[str]) -> None:
        super().__init__(program, folder)
        command = [program, "serve", "--data", folder / "data", "--http", self.http, "--grpc", self.grpc, *flags]
        self.serve = Process("serve", command, folder)
        self.parts = {"serve": self.serve, "uploader": self.uploader}

    def pids(self, victim: str) -> list[int]:
        if victim == "uploader":
            return [self.uploader.pid]
        if victim == "serve":
            return [self.serve.pid]
        if victim == "backend":
            return backends(self.serve.pid)
        below = descendants(self.serve.pid)
        return [self.serve.pid, *below] if victim == "tree" else [pid for pid in below if is_postmaster(pid)]

    def parts_of(self, victim: str) -> set[str]:
        return {"tree": {"serve"}, "postgres": set(), "backend": set()}.get(victim, {victim})


MakeSite = Callable[[pathlib.Path, pathlib.Path, list[str]], Site]
