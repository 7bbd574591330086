#!/usr/bin/env python3
"""Processes of torch.multiprocessing that log to the run: spawn_training.py EXPERIMENT."""

from __future__ import annotations

import sys

import stepwell
import torch
from stepwell.run import Run

STEPS = 50


def child(number: int, run: Run) -> None:
    for step in range(STEPS):
        run.log({"loss": torch.tensor(step + number / 4)}, step=step)


def main() -> None:
    with stepwell.init(experiment=sys.argv[1], capture=False) as run:
        torch.multiprocessing.spawn(child, (run,), nprocs=2)


if __name__ == "__main__":
    main()
