#!/usr/bin/env python3
"""A training that logs what is known beforehand, and tells each call that returned: trainer.py JSON.

The argument: {"init": {…}, "calls": n, "from": step, "pause": seconds, "told": file, "end": how}. `end` is "finish",
"exit", "raise", "hang", "fork", "spawn" or "threads".
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import struct
import sys
import threading
import time
from typing import Any

import stepwell

TAGS = ("loss", "accuracy", "lr")


def value(writer: int, tag: str, step: int) -> float:
    """Any double but NaN: all 64 bits matter."""
    mixed = (hash_of(f"{writer}/{tag}") * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9) & ((1 << 64) - 1)
    found: float = struct.unpack("<d", struct.pack("<Q", mixed))[0]
    return float(step) if found != found else found


def hash_of(text: str) -> int:
    return int.from_bytes(text.encode(), "little") % ((1 << 61) - 1)


def log(run: Any, writer: int, first: int, calls: int, pause: float, told: int | None) -> None:
    for step in range(first, first + calls):
        tags = TAGS if step % 7 else TAGS[:1]  # layouts that share a series
        run.log({f"{writer}/{tag}": value(writer, tag, step) for tag in tags}, step=step, wall=float(step))
        if told is not None:
            os.write(told, b".")
        if pause:
            time.sleep(pause)


def child(run: Any, writer: int, calls: int) -> None:
    log(run, writer, 0, calls, 0, None)


def main() -> None:
    asked = json.loads(sys.argv[1])
    told = os.open(asked["told"], os.O_WRONLY | os.O_CREAT | os.O_APPEND) if asked.get("told") else None
    run = stepwell.init(capture=False, **asked["init"])
    calls, end = asked["calls"], asked.get("end", "finish")
    log(run, 0, asked.get("from", 0), calls, asked.get("pause", 0), told)
    if end == "fork":
        pids = []
        for writer in (1, 2):
            if pid := os.fork():
                pids.append(pid)
            else:
                child(run, writer, calls)
                os._exit(0)
        log(run, 0, calls, calls, 0, None)  # the parent goes on meanwhile
        for pid in pids:
            os.waitpid(pid, 0)
    elif end in ("spawn", "forkserver"):
        context = multiprocessing.get_context(end)
        processes = [context.Process(target=child, args=(run, writer, calls)) for writer in (1, 2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    elif end == "threads":
        threads = [threading.Thread(target=child, args=(run, writer, calls)) for writer in (1, 2, 3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    elif end == "raise":
        raise RuntimeError("a training that fails")
    elif end == "hang":
        print("ready", flush=True)
        signal.pause()
    if end != "exit":
        run.finish()


if __name__ == "__main__":
    main()
