"""What the tests that kill have in common: a site of a server and a trainer, strikes, and the end of them.

A failure names its seed; STEPWELL_FAULT_SEED=... strikes the same victims with the same pauses.
STEPWELL_FAULT_ROUNDS=10 (./dev soak) makes ten times as many kills.
"""

from __future__ import annotations

import os
import pathlib
import random
import secrets
import subprocess
import time
from collections.abc import Callable
from typing import ClassVar

from client import training
from harness import processes
from harness.rest import Rest

ROUNDS = int(os.environ.get("STEPWELL_FAULT_ROUNDS", "1"))
LONGEST = 1800  # s of a test; every wait in it has a limit of its own


class Site:
    """Its trainers are Python's, and so is the uploader that they start."""

    pause: ClassVar[float] = 0.3  # s; a strike comes within so long

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, chance: random.Random) -> None:
        self.program, self.folder, self.chance = program, folder, chance
        self.spool = folder / "spool"
        self.spool.mkdir()
        self.port = processes.reserve_port()
        command = [program, "serve", "--data", folder / "data", "--http", "127.0.0.1:0", "--seal-age", "1s"]
        self.server = processes.Process("serve", [*command, "--grpc", f"127.0.0.1:{self.port}"], folder)
        self.server.start()
        self.runs: list[str] = []
        self.trainer: subprocess.Popen[str] | None = None
        self.kills = 0

    # ---- what a test says of its own ----

    def enough(self) -> bool:
        raise NotImplementedError

    def victims(self) -> tuple[str, ...]:
        """Of the next strike."""
        raise NotImplementedError

    def start(self, run: str) -> subprocess.Popen[str]:
        """A trainer that logs to a run of this id for long, and tells each call in the file of this name."""
        init = {"experiment": "kills", "id": run, "name": run}
        address, told = f"127.0.0.1:{self.port}", str(self.folder / run)
        return training.start(self.spool, address, init, 1_000_000, pause=0.0005, told=told)

    def send_the_rest(self) -> subprocess.CompletedProcess[str]:
        return training.command(self.spool, f"127.0.0.1:{self.port}", "sync", "--timeout", "60")

    # ---- what they share ----

    def told(self, run: str) -> int:
        path = self.folder / run
        return path.stat().st_size if path.exists() else 0

    def train(self) -> None:
        """A trainer that logs, and has logged something."""
        if self.trainer is None:
            run = f"run-{len(self.runs)}"
            self.runs.append(run)
            self.trainer = self.start(run)
        deadline = time.monotonic() + training.LONGEST
        before = self.told(self.runs[-1])
        while self.told(self.runs[-1]) == before:
            assert self.trainer.poll() is None and time.monotonic() < deadline, self.trainer.communicate()
            time.sleep(0.005)

    def strike(self, victims: tuple[str, ...]) -> None:
        if "trainer" in victims and self.trainer:
            self.trainer.kill()
            self.kills += 1
        if "uploader" in victims and (pid := training.uploader_pid(self.spool)):
            os.kill(pid, 9)
            self.kills += 1
        if "server" in victims:
            self.server.kill_tree()
            self.kills += 1
            self.server.start()
        if "trainer" in victims and self.trainer:
            self.trainer.communicate()
            self.trainer = None

    def check(self) -> None:
        """REQUIRES: all was sent. A call that was killed inside may be there or not; nothing else is open."""
        rest = Rest(self.server.ports["http"])
        for run in self.runs:
            training.check_told(rest, run, self.folder / run)

    def close(self) -> None:
        if self.trainer:
            self.trainer.kill()
            self.trainer.communicate()
        training.stop_uploader(self.spool)
        self.server.kill_tree()


def survive(make: Callable[[random.Random], Site], name: str) -> None:
    """Strikes until it is enough, kills the last trainer, sends the rest: what log returned from is there once."""
    seed = os.environ.get("STEPWELL_FAULT_SEED") or secrets.token_hex(4)
    chance = random.Random(f"{seed}:{name}")
    site = make(chance)
    try:
        while not site.enough():
            site.train()
            time.sleep(chance.random() * site.pause)  # the moment of the strike
            site.strike(site.victims())
        site.train()
        site.strike(("trainer",))
        done = site.send_the_rest()
        assert done.returncode == 0, done.stdout + done.stderr
        site.check()
        print(f"{site.kills} kills, {len(site.runs)} trainers, {sum(map(site.told, site.runs))} calls")
    except Exception as error:
        raise AssertionError(f"STEPWELL_FAULT_SEED={seed} replays this: {error}") from error
    finally:
        site.close()
