"""What the tests with real frameworks share: a folder each group of frameworks, with its own list of packages.

`./dev test --only frameworks` makes a virtual environment for each folder that has a requirements.txt, and runs its
tests.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator

import pytest
from stepwell.api import Api

from client import training
from client.scripts import example, run_as_training
from harness import processes
from harness.processes import Server

RunScript = Callable[[str], Api]
RunExample = Callable[[str], Api]


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


@pytest.fixture
def run_script(server: Server, spool: pathlib.Path, tmp_path: pathlib.Path) -> RunScript:
    """Runs Python code as a training of its own, in tmp_path; gives the server's API when the server has everything."""
    return lambda code: run_as_training(code, server, spool, tmp_path)


@pytest.fixture
def run_example(run_script: RunScript) -> RunExample:
    """Runs the example of a section of docs/guide/integrations.md as run_script does."""
    return lambda heading: run_script(example(heading))
