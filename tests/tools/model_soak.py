#!/usr/bin/env python3
"""Runs the model tests (build/tests/*model_test) for a given time: as many random worlds as fit, two programs at once.

Each takes STEPWELL_MODEL_SEEDS, the number of worlds to try; a failure names its seed, which replays it. How many fit
is found by a short run first.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import time

PROBE = 400  # worlds of the first run; what the test suite tries


def run(program: pathlib.Path, seeds: int, results: pathlib.Path) -> int:
    return subprocess.run(
        [program, f"--gtest_output=xml:{results / program.name}.xml", "--gtest_brief=1"],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "STEPWELL_MODEL_SEEDS": str(seeds)},
        check=False,
    ).returncode


def soak(program: pathlib.Path, seconds: float, results: pathlib.Path) -> int:
    begin = time.monotonic()
    failed = run(program, PROBE, results)
    took = max(time.monotonic() - begin, 0.01)
    if failed or took > seconds:
        return failed
    seeds = int(PROBE * (seconds - took) / took)
    print(f"{program.name}: {seeds:,} worlds", flush=True)
    return run(program, max(seeds, 1), results)


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ask.add_argument("--programs", type=pathlib.Path, required=True)
    ask.add_argument("--seconds", type=float, required=True)
    ask.add_argument("--results", type=pathlib.Path, required=True)
    args = ask.parse_args()
    programs = sorted(args.programs.glob("*model_test"))
    if not programs:
        print("there is no model test", file=sys.stderr)
        return 1
    # Two at a time: each gets the whole time if there are two, half of it if there are four.
    share = args.seconds * min(2, len(programs)) / len(programs)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return max(pool.map(lambda program: soak(program, share, args.results), programs))


if __name__ == "__main__":
    sys.exit(main())
