"""Trainings that are files of this folder: what is spawned imports the file again."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Sequence

import pytest
from stepwell.api import Api

from client import training
from client.scripts import LONGEST
from harness.processes import Server

# torch 1.13's, of two ranks on a free port. Without -r and -t it ends at once on Python 3.11, where flags of no bit or
# of several have no name; with them it puts the rank before each line of output.
TORCHRUN = ["-m", "torch.distributed.run", "--nproc_per_node", "2", "--rdzv_backend", "c10d", "--rdzv_endpoint",
            "127.0.0.1:0", "-r", "1", "-t", "1"]  # fmt: skip
HERE = pathlib.Path(__file__).resolve().parent


class Train:
    """train(file, *arguments): runs it in `folder`; gives the server's API when the server has everything.

    `output` is what the last one printed.
    """

    def __init__(self, server: Server, spool: pathlib.Path, folder: pathlib.Path) -> None:
        self._server, self._spool, self._folder = server, spool, folder
        self.output = ""

    def __call__(
        self, file: str, *arguments: object, launcher: Sequence[str] = (), status: int = 0, **more: str
    ) -> Api:
        """`launcher` is put between Python and the file; `status` is how it must end, `more` its environment."""
        command = [sys.executable, *launcher, str(HERE / file), *map(str, arguments)]
        environment = training.environment(self._spool, self._server.grpc, OMP_NUM_THREADS="1", **more)
        done = subprocess.run(command, env=environment, cwd=self._folder, text=True, capture_output=True,
                              timeout=LONGEST, check=False)  # fmt: skip
        assert done.returncode == status, done.stdout + done.stderr
        assert "stepwell:" not in done.stderr, done.stderr
        training.wait_sent(self._spool)
        self.output = done.stdout
        return Api(self._server.http)


@pytest.fixture
def train(server: Server, spool: pathlib.Path, tmp_path: pathlib.Path) -> Train:
    return Train(server, spool, tmp_path)
