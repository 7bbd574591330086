"""What the tests with real frameworks share: a folder each group of frameworks, with its own list of packages.

`./dev test --only frameworks` makes a virtual environment for each folder that has a requirements.txt, and runs its
tests.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from stepwell.api import Api

from client import training
from harness import processes
from harness.processes import Server

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST = 150.0

RunScript = Callable[[str], Api]
RunExample = Callable[[str], Api]


def example(heading: str, page: str = "integrations.md") -> str:
    """The Python of a section of the guide."""
    _, found, rest = (GUIDE / page).read_text().partition(f"\n## {heading}\n")
    assert found, f"{page} has no section {heading!r}"
    blocks = BLOCK.findall(rest.partition("\n## ")[0])
    assert blocks, f"{page} has no example of {heading}"
    return "\n".join(blocks)


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


@pytest.fixture
def run_script(server: Server, spool: pathlib.Path, tmp_path: pathlib.Path) -> RunScript:
    """Runs Python code as a training of its own, in tmp_path; gives the server's API when the server has everything."""

    def run(code: str) -> Api:
        done = subprocess.run([sys.executable, "-c", code], env=training.environment(spool, server.grpc), cwd=tmp_path,
                              text=True, capture_output=True, timeout=LONGEST, check=False)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        assert "StepwellWarning" not in done.stderr, done.stderr
        training.wait_sent(spool)
        return Api(server.http)

    return run


@pytest.fixture
def run_example(run_script: RunScript) -> RunExample:
    """Runs the example of a section of docs/guide/integrations.md as run_script does."""
    return lambda heading: run_script(example(heading))
