"""Which of a distributed job's processes this is, as the launchers say it in the environment."""

from __future__ import annotations

import os

# In the order in which they are asked: torchrun and accelerate, Open MPI, MPICH and Intel MPI, Slurm.
GLOBAL = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID")
# Lightning tells the processes that it starts only their place on the machine, and the machine's.
LOCAL, NODE = "LOCAL_RANK", ("NODE_RANK", "GROUP_RANK")


def first() -> bool:
    """Whether this is rank 0; a process that no launcher started is."""
    for name in GLOBAL:
        if number := os.environ.get(name):
            return number == "0"
    return all(os.environ.get(name) in (None, "", "0") for name in (LOCAL, *NODE))
