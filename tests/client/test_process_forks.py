"""A process that forks while its other threads log: children hang on nothing, and all is there once."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest

from client import cpp_programs, training
from client.fork_storm import CHILD_CALLS
from harness.processes import Server
from harness.rest import Rest

FORKS = 40
TESTS = pathlib.Path(__file__).resolve().parents[1]


def check(rest: Rest, run: str, made: dict[int, int]) -> None:
    """What the threads (writer → calls) and the children after them logged, each a series of its own."""
    first = max(made) + 1
    children = dict.fromkeys(range(first, first + FORKS), CHILD_CALLS)
    for writer, calls in {**made, **children}.items():
        training.check(rest, run, writer, range(calls))
        texts = [point["step"] for point in rest.points(run, f"{writer}/text")]
        assert texts == (list(range(0, calls, 5)) if writer in made else [0])
    tags = [one["tag"] for one in rest.series(run) if one["tag"].endswith(("/loss", "/text"))]
    assert sorted(tags) == sorted({*tags}) and len(tags) == 2 * (len(made) + FORKS), "each series has one writer"


@pytest.mark.parametrize("how", ["os", "multiprocessing"])
def test_forks_while_threads_log(server: Server, rest: Rest, spool: pathlib.Path, how: str) -> None:
    """From the first moment on, when the threads still import what their values need."""
    name = f"py-storm-{how}"
    asked = {"init": {"experiment": "storm", "id": name}, "forks": FORKS, "how": how}
    environment = training.environment(spool, server.grpc, PYTHONPATH=f"{TESTS}:{training.PACKAGE}")
    command = [sys.executable, "-m", "client.fork_storm", json.dumps(asked)]
    done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    assert training.FORK_WARNING.sub("", done.stderr) == "", "Python may complain of the training's own threads"
    training.wait_sent(spool)
    training.await_run(rest, name, status="finished")
    check(rest, name, {int(writer): calls for writer, calls in json.loads(done.stdout).items()})


def test_forks_of_a_cpp_program_while_threads_log(
    cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    trainer = cpp_programs.start(cpp, spool, server.grpc, "cpp-storm", FORKS, end="storm")
    out, complaints = trainer.communicate(timeout=150)
    assert (trainer.returncode, complaints) == (0, "")
    training.wait_sent(spool)
    training.await_run(rest, "cpp-storm", status="finished")
    check(rest, "cpp-storm", dict(enumerate(map(int, out.split()), 1)))
