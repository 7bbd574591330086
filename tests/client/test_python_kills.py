"""kill -9 of trainer, uploader and server at random moments, alone and in pairs: what log returned from is there."""

from __future__ import annotations

import pathlib

import pytest

from client.kills import LONGEST, ROUNDS, Site, survive

KILLS = 75  # of one test; four make 300
VICTIMS = [("trainer",), ("uploader",), ("server",), ("trainer", "uploader"), ("trainer", "server"),
           ("uploader", "server")]  # fmt: skip
WEIGHTS = [4, 4, 1, 4, 1, 1]  # a server takes a second to come back


class PythonSite(Site):
    def enough(self) -> bool:
        return self.kills >= KILLS

    def victims(self) -> tuple[str, ...]:
        return self.chance.choices(VICTIMS, WEIGHTS)[0]


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", range(4 * ROUNDS))
def test_nothing_is_lost_or_doubled(program: pathlib.Path, folder: pathlib.Path, part: int) -> None:
    survive(lambda chance: PythonSite(program, folder, chance), f"python {part}")
