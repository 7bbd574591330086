#!/usr/bin/env python3
"""A training that logs 10 scalars a call, back to back, and prints what it cost: log_cost.py JSON.

The argument: {"system": one of SYSTEMS, "calls": n, "end": "finish" | "kill", "name": of the run}. Prints
{"median_us", "p99_us", "seconds", "memory_mib"}; with "kill" it prints nothing and sends itself SIGKILL right after the
last call. What a system writes goes into STEPWELL_DIR.
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


def stepwell(folder: str, run_name: str) -> tuple[Log, Callable[[], object]]:
    run = importlib.import_module("stepwell").init(experiment="log-cost", name=run_name, capture=False)
    return lambda step, values: run.log(values, step=step), run.finish


def tensorboard_x(folder: str, run_name: str) -> tuple[Log, Callable[[], object]]:
    writer = importlib.import_module("tensorboardX").SummaryWriter(os.path.join(folder, "tensorboardX"))

    def add(step: int, values: dict[str, float]) -> None:
        for tag, value in values.items():
            writer.add_scalar(tag, value, step)

    return add, writer.close


def wandb_offline(folder: str, run_name: str) -> tuple[Log, Callable[[], object]]:
    places = ("WANDB_DIR", "WANDB_CACHE_DIR", "WANDB_CONFIG_DIR", "WANDB_DATA_DIR")
    os.environ.update(dict.fromkeys(places, folder), WANDB_SILENT="true", WANDB_CONSOLE="off")
    run = importlib.import_module("wandb").init(project="log-cost", name=run_name, mode="offline", dir=folder)
    return lambda step, values: run.log(values, step=step), run.finish


def mlflow_async(folder: str, run_name: str) -> tuple[Log, Callable[[], object]]:
    """Its server is where MLFLOW_TRACKING_URI says."""
    mlflow = importlib.import_module("mlflow")
    mlflow.set_experiment("log-cost")
    mlflow.start_run(run_name=run_name)

    def finish() -> None:
        mlflow.flush_async_logging()
        mlflow.end_run()

    return lambda step, values: mlflow.log_metrics(values, step=step, synchronous=False), finish


# How each begins: gives how it logs a call, and how it ends.
SYSTEMS = {
    "stepwell": stepwell,
    "tensorboardX": tensorboard_x,
    "wandb offline": wandb_offline,
    "MLflow async": mlflow_async,
}


def memory_mib() -> float:
    """Of this process alone, what it shares with nobody."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024


def main() -> None:
    asked = json.loads(sys.argv[1])
    log, finish = SYSTEMS[asked["system"]](os.environ["STEPWELL_DIR"], asked["name"])
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
