"""Runs Python code, such as the guide's, as a training of its own, and reads what the server has of it."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys
from typing import Any

from stepwell.api import Api, Run

from client import training
from harness.processes import Server
from harness.waiting import until

GUIDE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "guide"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST = 150.0


def example(heading: str, page: str = "integrations.md") -> str:
    """The Python of a section of the guide."""
    _, found, rest = (GUIDE / page).read_text().partition(f"\n## {heading}\n")
    assert found, f"{page} has no section {heading!r}"
    blocks = BLOCK.findall(rest.partition("\n## ")[0])
    assert blocks, f"{page} has no example of {heading}"
    return "\n".join(blocks)


def run_as_training(
    code: str, server: Server, spool: pathlib.Path, folder: pathlib.Path, warnings: bool = False
) -> Api:
    """Runs it in `folder` until the server has everything; unless `warnings`, nothing of ours may complain."""
    done = subprocess.run([sys.executable, "-c", code], env=training.environment(spool, server.grpc), cwd=folder,
                          text=True, capture_output=True, timeout=LONGEST, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert warnings or "StepwellWarning" not in done.stderr, done.stderr
    training.wait_sent(spool)
    return Api(server.http)


def the_run(api: Api, experiment: str, name: str) -> Run:
    """The run, ended: what the lists say of it follows its points by a moment, its end last."""
    (run,) = [one for one in api.runs(experiment) if one.name == name]
    return ended(run)


def ended(run: Run) -> Run:
    def has_ended() -> bool:
        run.refresh()
        return run.status != "running"

    until(has_ended, f"the lists say that {run} has ended")
    return run


def values(run: Run, tag: str) -> list[tuple[int, Any]]:
    """(step, value) of every point."""
    return [(point.step, point.value) for point in run.series(tag)]


def table(api: Api, run: Run, tag: str) -> tuple[int, list[list[Any]]]:
    """(step, rows) of the only table of a series."""
    (point,) = run.series(tag)
    return point.step, json.loads(api.blob(point.value))["rows"]
