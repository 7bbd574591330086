"""A fork or a signal that comes at the worst moment: nobody waits for ever."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src"

# The fork comes when another thread has begun to import what the child will need.
FORK = """
import os, signal, sys, threading
import stepwell
inside, forking = threading.Event(), threading.Event()

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            inside.set()
            forking.wait()

sys.meta_path.insert(0, Finder())
run = stepwell.init(mode="offline", capture=False)
os.register_at_fork(before=forking.set)  # the last that comes is called first
thread = threading.Thread(target=lambda: run.log({"text": "a thread's"}))
thread.start()
inside.wait()
pid = os.fork()
if pid == 0:
    signal.alarm(60)
    run.log({"text": "a child's"})
    os._exit(0)
thread.join()
print(os.waitpid(pid, 0)[1])
run.finish()
"""

# SIGTERM comes while init makes the spool, under the run's lock.
SIGTERM = """
import os, signal
import stepwell, stepwell.run

class Writer(stepwell.run.SpoolWriter):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        os.kill(os.getpid(), signal.SIGTERM)

first = stepwell.init(mode="offline", capture=False)  # from now on SIGTERM is taken
run = stepwell.init(mode="offline", capture=False)
run._forked()  # as in a child: the next call makes a spool
stepwell.run.SpoolWriter = Writer
signal.alarm(60)
run.log({"loss": 1.0})
"""


def ended(script: str, folder: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STEPWELL_DIR": str(folder), "PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, "-W", "ignore", "-c", script, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150, check=False)


@pytest.mark.parametrize("module", ["stepwell._values", "stepwell._values.tensor"])
def test_a_fork_waits_for_an_import_of_ours(tmp_path: pathlib.Path, module: str) -> None:
    done = ended(FORK, tmp_path, module)
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


def test_sigterm_while_a_spool_is_made_ends_the_process(tmp_path: pathlib.Path) -> None:
    done = ended(SIGTERM, tmp_path)
    assert (done.returncode, done.stderr) == (-signal.SIGTERM, "")
