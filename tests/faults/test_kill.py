"""What was acknowledged is there once, bit for bit, whoever is killed when.

A failure names its seed; STEPWELL_FAULT_SEED=... strikes the same victims at the same progress with the same data.
STEPWELL_FAULT_ROUNDS=10 (./dev soak) makes ten times as many tests, each with a plan of its own.
"""

from __future__ import annotations

import os
import pathlib
import random
import secrets

import pytest

from faults import plan
from faults.load import Load
from faults.sites import MakeSite, ServeSite, Site, SplitSite

KILLS = 50  # of one test; four tests make 200
LONGEST = 1800  # s; a minute alone, half an hour beside eight builds on two cores. Every wait has a limit of its own
CHECK_EVERY = 7  # strikes
ROUNDS = int(os.environ.get("STEPWELL_FAULT_ROUNDS", "1"))
# Chunks are sealed, and the journal is trimmed, all the time: by size mostly, and by age mostly.
BY_SIZE = ["--seal-age", "1s", "--seal-points", "64"]
BY_AGE = ["--seal-age", "1s", "--ingest-commit-window", "1ms"]


def strike_by_strike(site: Site, load: Load, seed: str, chance: random.Random) -> None:
    started = {victim for victim in site.weights if site.parts_of(victim)}
    for number, strike in enumerate(plan.strikes(seed, len(load.clients), site.weights, started), 1):
        load.reach(strike)
        try:
            site.strike(strike, chance)
            if number % CHECK_EVERY == 0:
                load.check()
        except Exception as error:
            raise AssertionError(f"strike {number}, {strike}: {error}") from error
        if site.kills >= KILLS:
            return


def check_at_the_end(site: Site, load: Load, chance: random.Random) -> None:
    load.finish()
    for judge in load.judges():
        judge.check_everything()
    load.check_params()
    # Once more, from what the next process finds.
    site.strike(plan.Strike(0, 0, 0.0, ("tree",), 0.0, ()), chance)
    for judge in load.judges():
        judge.check_everything()


def survive(make: MakeSite, program: pathlib.Path, folder: pathlib.Path, flags: list[str], name: str) -> None:
    base = os.environ.get("STEPWELL_FAULT_SEED") or secrets.token_hex(4)
    print(f"STEPWELL_FAULT_SEED={base}")
    seed = f"{base}:{name}"
    chance = random.Random(f"{seed}:site")
    site = make(program, folder, flags)
    load = Load(site, seed)
    try:
        site.start(chance)
        load.start()
        strike_by_strike(site, load, seed, chance)
        check_at_the_end(site, load, chance)
        print(f"{site.kills} kills, {sum(c.done for c in load.clients)} batches")
    except Exception as error:
        raise AssertionError(f"STEPWELL_FAULT_SEED={base} replays this: {error}") from error
    finally:
        load.close()
        site.stop()


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", range(2 * ROUNDS))
def test_services_are_killed(program: pathlib.Path, folder: pathlib.Path, part: int) -> None:
    survive(SplitSite, program, folder, BY_AGE if part % 2 else BY_SIZE, f"services {part}")


@pytest.mark.timeout(LONGEST)
@pytest.mark.parametrize("part", range(2 * ROUNDS))
def test_serve_is_killed(program: pathlib.Path, folder: pathlib.Path, part: int) -> None:
    survive(ServeSite, program, folder, BY_AGE if part % 2 else BY_SIZE, f"serve {part}")
