"""What a process does in the background goes on through forks, and no thread of ours is there while it forks."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import threading
import time

from stepwell._worker import PATIENCE, Worker

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src"


def fork() -> None:
    """A child that ends at once."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0


def test_a_process_that_forks_more_often_than_the_period_still_works() -> None:
    worked = threading.Event()
    worker = Worker("test", 0.05, worked.set)
    worker.start()
    deadline = time.monotonic() + 30
    for _ in range(2):
        while not worked.is_set():
            fork()
            assert time.monotonic() < deadline
        worked.clear()
    assert worker.stop(30)


def test_work_is_never_done_twice_at_once_whoever_forks_meanwhile() -> None:
    inside, overlapping, calls, entered = 0, [], 0, threading.Event()

    def work() -> None:
        nonlocal inside, calls
        inside += 1
        entered.set()
        time.sleep(2 * PATIENCE)  # longer than a fork waits
        overlapping.append(inside)
        inside, calls = inside - 1, calls + 1

    worker = Worker("test", 0.0, work)
    worker.start()
    while calls < 3:
        assert entered.wait(30)
        entered.clear()
        fork()
    assert worker.stop(30) and set(overlapping) == {1}


def test_a_worker_that_was_stopped_stays_so_in_the_parent_and_none_is_in_the_child() -> None:
    worker = Worker("test", 30, lambda: None)
    worker.start()
    assert worker.stop(30)
    fork()
    assert worker._thread and not worker._thread.is_alive()
    living = Worker("test", 30, lambda: None)
    living.start()
    pid = os.fork()
    if pid == 0:
        os._exit(len(threading.enumerate()) - 1)
    assert os.waitpid(pid, 0)[1] == 0 and living._thread and living._thread.is_alive()
    assert living.stop(30)


TRAINING = """
import os, sys, threading
found = []
os.register_at_fork(before=lambda: found.append(os.listdir("/proc/self/task")))  # the first that comes is called last
import stepwell
run = stepwell.init(mode="offline", capture=["console", "system"])
run.log({"loss": 1.0})
names = {thread.name for thread in threading.enumerate()}
for _ in range(5):  # a fork waits 50 ms for them, in which a starved machine may not let them end
    pid = os.fork()
    if pid == 0:
        run.log({"loss": 2.0})
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
assert {thread.name for thread in threading.enumerate()} == names, names
assert len(names) == 4, names
run.finish()
print(min(map(len, found)))
"""


def test_a_training_that_forks_has_one_thread_then(tmp_path: pathlib.Path) -> None:
    environment = {**os.environ, "STEPWELL_DIR": str(tmp_path), "PYTHONPATH": str(PACKAGE)}
    done = subprocess.run([sys.executable, "-c", TRAINING], env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
