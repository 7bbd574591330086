"""kill -9 of `stepwell sync --watch` and of Python's uploader, in turns, of trainer and server: all is there once.

A failure names its seed; STEPWELL_FAULT_SEED=... strikes the same victims with the same pauses.
STEPWELL_FAULT_ROUNDS=10 makes ten times as many kills.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import random
import secrets
import time

import pytest

from client import training
from client.syncing import Watch, sync
from client.test_python_kills import ROUNDS, Site

KILLS = 20
VICTIMS = [("uploader",), ("trainer",), ("server",), ("trainer", "uploader"), ("uploader", "server")]
WEIGHTS = [6, 2, 1, 2, 1]  # a server takes a second to come back


class Relay(Site):
    """Whoever holds the lock is the uploader: a `stepwell sync --watch`, or the one that the trainer starts."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, chance: random.Random) -> None:
        super().__init__(program, folder, chance)
        self.program = program
        self.watch: Watch | None = None
        self.killed = {"native": 0, "python": 0}

    def begin_watch(self) -> None:
        """Takes the lock when it is free, before the trainer looks again."""
        if self.watch is None:
            self.watch = Watch(self.program, self.spool)

    def kill_uploader(self) -> None:
        if self.watch and self.watch.has_lock():
            self.watch.kill()
            self.watch = None
            self.killed["native"] += 1
        elif pid := training.uploader_pid(self.spool):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
            self.killed["python"] += 1

    def strike(self, victims: tuple[str, ...]) -> None:
        if "uploader" in victims:
            self.kill_uploader()
            if self.chance.random() < 0.6:
                self.begin_watch()
        super().strike(tuple(victim for victim in victims if victim != "uploader"))

    def close(self) -> None:
        if self.watch:
            self.watch.kill()
        super().close()

    @property
    def all_kills(self) -> int:
        return self.kills + sum(self.killed.values())


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(ROUNDS))
def test_uploaders_take_turns_and_nothing_is_lost_or_doubled(
    program: pathlib.Path, folder: pathlib.Path, part: int
) -> None:
    seed = os.environ.get("STEPWELL_FAULT_SEED") or secrets.token_hex(4)
    chance = random.Random(f"{seed}:sync {part}")
    site = Relay(program, folder, chance)
    try:
        while site.all_kills < KILLS or not all(site.killed.values()):
            site.train()
            time.sleep(chance.random() * 0.6)  # the moment of the strike
            site.strike(chance.choices(VICTIMS, WEIGHTS)[0])
        site.train()
        site.strike(("trainer",))
        done = sync(program, site.spool, "--patience", "60s")
        assert done.returncode == 0, done.stdout + done.stderr
        site.check()
        print(f"{site.all_kills} kills, {site.killed}, {sum(map(site.told, site.runs))} calls")
    except Exception as error:
        raise AssertionError(f"STEPWELL_FAULT_SEED={seed} replays this: {error}") from error
    finally:
        site.close()
