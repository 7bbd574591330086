#!/usr/bin/env python3
"""A rank of a gloo job, started by torchrun, that logs to the run that all ranks share: ranks_training.py ID."""

from __future__ import annotations

import sys

import stepwell
import torch
from torch import distributed

STEPS = 50


def main() -> None:
    distributed.init_process_group("gloo")
    rank = distributed.get_rank()
    run = stepwell.init(experiment=sys.argv[1], id=sys.argv[1], writer=f"rank-{rank}", capture=False)
    for step in range(STEPS):
        loss = torch.tensor(step + rank / 4)
        run.log({"loss": loss}, step=step)
        distributed.all_reduce(loss)
        if rank == 0:
            run.log({"loss/sum": loss}, step=step)
    if rank == 0:
        assert run.finish(wait=60)
    distributed.barrier()
    if rank == 1:  # the last that is told, and a status that is not this rank's to tell
        run.label("last", "rank 1")
        assert run.finish("failed", wait=60)


if __name__ == "__main__":
    main()
