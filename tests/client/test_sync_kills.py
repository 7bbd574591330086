"""kill -9 of `stepwell sync --watch` and of Python's uploader, in turns, of trainer and server: all is there once."""

from __future__ import annotations

import contextlib
import os
import pathlib
import random
import subprocess

import pytest

from client import training
from client.kills import LONGEST, ROUNDS, Site, survive
from client.syncing import Watch, sync

KILLS = 20
VICTIMS = [("uploader",), ("trainer",), ("server",), ("trainer", "uploader"), ("uploader", "server")]
WEIGHTS = [6, 2, 1, 2, 1]  # a server takes a second to come back


class Relay(Site):
    """Whoever holds the lock is the uploader: a `stepwell sync --watch`, or the one that the trainer starts."""

    pause = 0.6

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, chance: random.Random) -> None:
        super().__init__(program, folder, chance)
        self.watch: Watch | None = None
        self.killed = {"native": 0, "python": 0}

    def enough(self) -> bool:
        return self.kills >= KILLS and all(self.killed.values())

    def victims(self) -> tuple[str, ...]:
        return self.chance.choices(VICTIMS, WEIGHTS)[0]

    def send_the_rest(self) -> subprocess.CompletedProcess[str]:
        return sync(self.program, self.spool, "--patience", "60s")

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
        else:
            return
        self.kills += 1

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


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", range(ROUNDS))
def test_uploaders_take_turns_and_nothing_is_lost_or_doubled(
    program: pathlib.Path, folder: pathlib.Path, part: int
) -> None:
    survive(lambda chance: Relay(program, folder, chance), f"sync {part}")
