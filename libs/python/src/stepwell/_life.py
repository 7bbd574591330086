"""How a process may end, and what that says of its runs: atexit, exceptions, SIGTERM, fork."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import weakref
from types import FrameType, TracebackType
from typing import Any

from stepwell.run import Run, status_of

_runs: weakref.WeakSet[Run] = weakref.WeakSet()
_open: list[Run] = []  # kept alive until they are finished: a run that nobody holds is still a run
_installed = False


def watch(run: Run) -> None:
    """Ends the run with the process, whichever way that ends."""
    global _installed
    _runs.add(run)
    _open.append(run)
    _open[:] = [one for one in _open if not one._finished]
    if not _installed:
        _installed = True
        atexit.register(_at_exit)
        _chain_excepthook()
    if threading.current_thread() is threading.main_thread():
        _chain_sigterm()


def _at_exit() -> None:
    for run in list(_open):
        run.finish()


def _chain_excepthook() -> None:
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        for run in list(_open):
            run._status = status_of(kind)
        before(kind, error, trace)

    sys.excepthook = hook


def _chain_sigterm() -> None:
    before: Any = signal.getsignal(signal.SIGTERM)
    if before is None or before is signal.SIG_IGN or getattr(before, "_stepwell", False):
        return
    owner = os.getpid()

    def killed(number: int, frame: FrameType | None) -> None:
        if before is signal.SIG_DFL:
            if os.getpid() == owner:
                for run in list(_open):
                    run.finish("killed")
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        for run in list(_open):  # the user's handler decides whether the process ends
            run._status = "killed"
        before(number, frame)

    killed._stepwell = True  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, killed)


def _after_fork() -> None:
    for run in list(_runs):
        run._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
