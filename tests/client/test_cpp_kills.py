"""kill -9 of a trainer in C++ at random moments, and of its uploader: what Log returned from is there once."""

from __future__ import annotations

import pathlib
import random
import subprocess

import pytest

from client import cpp_programs
from client.kills import LONGEST, ROUNDS, Site, survive

TRAINERS = 20  # that are killed; the kills of uploaders are beside them


class CppSite(Site):
    """Its trainers are of C++; the uploader that they start is Python's."""

    def __init__(self, cpp: pathlib.Path, program: pathlib.Path, folder: pathlib.Path, chance: random.Random) -> None:
        super().__init__(program, folder, chance)
        self.cpp = cpp

    def enough(self) -> bool:
        return len(self.runs) == TRAINERS

    def victims(self) -> tuple[str, ...]:
        return ("trainer", "uploader") if self.chance.random() < 0.3 else ("trainer",)

    def start(self, run: str) -> subprocess.Popen[str]:
        address, told = f"127.0.0.1:{self.port}", str(self.folder / run)
        return cpp_programs.start(self.cpp, self.spool, address, run, 1_000_000, pause_us=100, told=told)


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", range(ROUNDS))
def test_nothing_is_lost_or_doubled(cpp: pathlib.Path, program: pathlib.Path, folder: pathlib.Path, part: int) -> None:
    survive(lambda chance: CppSite(cpp, program, folder, chance), f"cpp {part}")
