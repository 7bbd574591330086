#!/usr/bin/env python3
"""A training that logs 10 scalars a call, back to back, and prints what it cost: log_cost.py JSON.

The argument: {"system": "stepwell" | "tensorboardX", "calls": n, "end": "finish" | "kill", "name": of the run}. Prints
{"median_us", "p99_us", "seconds", "memory_mib"}; with "kill" it prints nothing and sends itself SIGKILL right after the
last call.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable

KEYS = [f"train/m{i}" for i in range(10)]
Log = Callable[[int, dict[str, float]], None]


def system(name: str, run_name: str) -> tuple[Log, Callable[[], object]]:
    """How it logs a call, and how it ends."""
    if name == "tensorboardX":
        writer = importlib.import_module("tensorboardX").SummaryWriter(
            os.path.join(os.environ["STEPWELL_DIR"], "tensorboardX")
        )

        def add(step: int, values: dict[str, float]) -> None:
            for tag, value in values.items():
                writer.add_scalar(tag, value, step)

        return add, writer.close
    import stepwell

    run = stepwell.init(experiment="log-cost", name=run_name, capture=False)
    return lambda step, values: run.log(values, step=step), run.finish


def memory_mib() -> float:
    """Of this process alone, what it shares with nobody."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024


def main() -> None:
    asked = json.loads(sys.argv[1])
    log, finish = system(asked["system"], asked["name"])
    values = {key: 0.5 + i for i, key in enumerate(KEYS)}
    log(0, values)
    before = memory_mib()
    taken = []
    begin = time.perf_counter()
    for step in range(1, asked["calls"]):
        values["train/m0"] = step / 3
        at = time.perf_counter_ns()
        log(step, values)
        taken.append(time.perf_counter_ns() - at)
    seconds = time.perf_counter() - begin
    if asked["end"] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    after = memory_mib() - len(taken) * 40 / 2**20  # our own list: 8 bytes a place, 32 a number
    finish()
    taken.sort()
    p99 = taken[len(taken) * 99 // 100]
    print(json.dumps({"median_us": statistics.median(taken) / 1e3, "p99_us": p99 / 1e3, "seconds": seconds,
                      "memory_mib": max(0.0, after - before)}))  # fmt: skip


if __name__ == "__main__":
    main()
