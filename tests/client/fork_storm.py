#!/usr/bin/env python3
"""A training that forks all the time while its other threads log: fork_storm.py JSON.

The argument: {"init": {…}, "forks": n, "how": "os" or "multiprocessing"}. Prints, as JSON, how many calls each of the
threads made; they are writers 0 to 2, as in trainer.py, and the children are writers 3 and up.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from typing import Any

import stepwell

from client.trainer import log

THREADS = 3
CHILD_CALLS = 20
CHILD_SECONDS = 60  # a child that waits for what no thread lets go of ends by SIGALRM


def chatter(run: Any, writer: int, enough: threading.Event, made: dict[int, int]) -> None:
    calls = 0
    while not enough.is_set():
        log(run, writer, calls, 5, 0, None)
        run.log({f"{writer}/text": str(calls)}, step=calls)
        calls += 5
        time.sleep(0.0005)  # so that it stays a number of points that can be compared
    made[writer] = calls


def child(run: Any, writer: int) -> None:
    signal.alarm(CHILD_SECONDS)
    run.log({f"{writer}/text": "a child"}, step=0)
    log(run, writer, 0, CHILD_CALLS, 0, None)


def by_os(run: Any, writers: range) -> None:
    pids = []
    for writer in writers:
        if pid := os.fork():
            pids.append(pid)
            continue
        child(run, writer)
        if writer % 2:
            os._exit(0)
        sys.exit(0)
    for pid in pids:
        _, status = os.waitpid(pid, 0)
        assert status == 0, f"a child ended with {status}"


def by_multiprocessing(run: Any, writers: range) -> None:
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=child, args=(run, writer)) for writer in writers]
    for one in children:
        one.start()
    for one in children:
        one.join()
        assert one.exitcode == 0, f"a child ended with {one.exitcode}"


def main() -> None:
    asked = json.loads(sys.argv[1])
    run = stepwell.init(**asked["init"])
    enough, made = threading.Event(), dict[int, int]()
    threads = [threading.Thread(target=chatter, args=(run, writer, enough, made)) for writer in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        (by_os if asked["how"] == "os" else by_multiprocessing)(run, range(THREADS, THREADS + asked["forks"]))
    finally:
        enough.set()
    for thread in threads:
        thread.join()
    run.finish()
    print(json.dumps(made))


if __name__ == "__main__":
    main()
