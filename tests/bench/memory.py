"""Memory of process trees as the proportional share (PSS) of /proc: shared pages count once, over all processes."""

from __future__ import annotations

import contextlib
import pathlib
import threading
import time

from harness.processes import descendants

MIB = 1 << 20


def pss(pid: int) -> float:
    """MiB of one process; 0 if it is gone or not ours to see."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def tree(pid: int) -> float:
    return sum(map(pss, [pid, *descendants(pid)]))


class Peak:
    """The most memory that some process trees had together while the block ran, looked at ten times a second."""

    def __init__(self, *pids: int) -> None:
        self.pids = list(pids)
        self.mib = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.mib = max(self.mib, sum(map(tree, self.pids)))

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def settled(pid: int, seconds: float = 10) -> float:
    """MiB of a tree after it had some time to come to rest."""
    time.sleep(seconds)
    return tree(pid)
