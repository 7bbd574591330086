"""kill -9 of a trainer in C++ at random moments, and of its uploader: what Log returned from is there once.

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

import pytest

from client import cpp_programs, training
from client.test_python_kills import ROUNDS, Site

KILLS = 20  # of trainers; those of uploaders are beside them


class CppSite(Site):
    """Its trainers are of C++; the uploader that they start is Python's."""

    def __init__(self, cpp: pathlib.Path, program: pathlib.Path, folder: pathlib.Path, chance: random.Random) -> None:
        super().__init__(program, folder, chance)
        self.cpp = cpp

    def start(self, run: str) -> subprocess.Popen[str]:
        address, told = f"127.0.0.1:{self.port}", str(self.folder / run)
        return cpp_programs.start(self.cpp, self.spool, address, run, 1_000_000, pause_us=100, told=told)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("part", range(ROUNDS))
def test_nothing_is_lost_or_doubled(cpp: pathlib.Path, program: pathlib.Path, folder: pathlib.Path, part: int) -> None:
    seed = os.environ.get("STEPWELL_FAULT_SEED") or secrets.token_hex(4)
    chance = random.Random(f"{seed}:cpp {part}")
    site = CppSite(cpp, program, folder, chance)
    try:
        for _ in range(KILLS):
            site.train()
            time.sleep(chance.random() * 0.3)  # the moment of the strike
            site.strike(("trainer", "uploader") if chance.random() < 0.3 else ("trainer",))
        done = training.command(site.spool, f"127.0.0.1:{site.port}", "sync", "--timeout", "60")
        assert done.returncode == 0, done.stdout + done.stderr
        site.check()
        print(f"{site.kills} kills, {sum(map(site.told, site.runs))} calls")
    except Exception as error:
        raise AssertionError(f"STEPWELL_FAULT_SEED={seed} replays this: {error}") from error
    finally:
        site.close()
