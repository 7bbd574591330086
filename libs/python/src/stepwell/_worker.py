"""Threads that do something again and again, and are away while the process forks.

POSIX promises little to the child of a process with threads, and Python 3.12 and later warn of such a fork. So a fork
finds no thread of ours: each is brought to its end before it and begun anew after it, in the parent.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
import weakref
from collections.abc import Callable

# s that a fork waits for all threads together: they sleep nearly always, and end in less than a millisecond then. One
# that is inside a call (an fsync) for longer than that stays.
PATIENCE = 0.05


class Worker:
    """Calls `work` every `period` seconds, in a daemon thread, until `stop`; never twice at once.

    Thread safety: all methods may be called from any thread, `stop` from `work` too.
    """

    def __init__(self, name: str, period: float, work: Callable[[], None], first: float | None = None) -> None:
        """`first`: seconds until the first call; default: `period`."""
        self._name, self._period, self._work = name, period, work
        self._due = time.monotonic() + (period if first is None else first)
        self._wake = threading.Event()  # of the one thread: it shall end
        self._thread: threading.Thread | None = None

    @property
    def inside(self) -> bool:
        """Whether this is called from `work`."""
        return threading.current_thread() is self._thread

    def start(self) -> None:
        with _lock:
            _workers.add(self)
            if not _forking:
                self._begin()

    def stop(self, patience: float) -> bool:
        """Waits at most so many seconds for a call of `work` to end; whether it ended."""
        with _lock:
            _workers.discard(self)
            thread = self._thread
        self._wake.set()
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(patience)
        return not thread.is_alive()

    def _begin(self) -> None:
        """REQUIRES: the lock."""
        self._wake = threading.Event()
        before, target = self._thread, self._run
        self._thread = threading.Thread(target=target, args=(self._wake, before), name=self._name, daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._thread = None
            raise

    def _run(self, wake: threading.Event, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        # A due time, not a pause: who forks all the time would begin the pause anew all the time.
        while not wake.wait(max(0.0, self._due - time.monotonic())):
            self._due = time.monotonic() + self._period
            self._work()

    def _end(self, deadline: float) -> None:
        """Its thread, or at least until the deadline."""
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return
        thread.join(max(0.0, deadline - time.monotonic()))
        # The system's thread outlives Python's by a moment, and it is the one that is counted.
        while os.path.exists(f"/proc/self/task/{thread.native_id}") and time.monotonic() < deadline:
            time.sleep(0)


_workers: weakref.WeakSet[Worker] = weakref.WeakSet()
# Of the workers' threads and of what is below; no call of `work` is made under it. Reentrant: the handler of a signal
# may end a run while its thread forks.
_lock = threading.RLock()
_forking = 0  # threads that are about to fork


def _before_fork() -> None:
    global _forking
    with _lock:
        _forking += 1
        for worker in list(_workers):
            worker._wake.set()
        deadline = time.monotonic() + PATIENCE
        for worker in list(_workers):
            worker._end(deadline)


def _after_in_parent() -> None:
    global _forking
    with _lock:
        _forking -= 1
        if not _forking:
            for worker in list(_workers):
                with contextlib.suppress(RuntimeError):  # the interpreter ends
                    worker._begin()


def _after_in_child() -> None:
    """The workers are the parent's, and so may be the one who holds the lock."""
    global _lock, _forking
    _lock, _forking = threading.RLock(), 0
    _workers.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
