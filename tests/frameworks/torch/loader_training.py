#!/usr/bin/env python3
"""A DataLoader whose workers log to the run: loader_training.py EXPERIMENT START_METHOD persistent|fresh."""

from __future__ import annotations

import sys
import warnings
from typing import Any

import stepwell
import torch
from stepwell.run import Run
from torch.utils.data import DataLoader, Dataset

ITEMS, WORKERS, EPOCHS = 12, 2, 2
# A worker that stays for the next epoch logs the same steps again.
warnings.filterwarnings("ignore", ".* comes after step", stepwell.StepwellWarning)


class Logged(Dataset[Any]):
    """Logs in the worker what it reads."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def __len__(self) -> int:
        return ITEMS

    def __getitem__(self, index: int) -> torch.Tensor:
        found = torch.tensor(index / 3)
        self.run.log({"item": found}, step=index)
        return found


def main() -> None:
    experiment, method, kept = sys.argv[1:]
    with stepwell.init(experiment=experiment, capture={"console", "system"}) as run:
        loader = DataLoader(Logged(run), 3, num_workers=WORKERS, multiprocessing_context=method,
                            persistent_workers=kept == "persistent")  # fmt: skip
        for _ in range(EPOCHS):
            for batch in loader:
                run.log({"batch": batch.sum()})


if __name__ == "__main__":
    main()
