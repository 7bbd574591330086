"""Modules that are imported when something needs them, whichever thread that is.

The child of a fork has the locks of modules as they were: what another thread was importing, it can never import. So a
fork waits until no thread of ours is inside an import.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
from typing import Any

# s that a fork waits. A framework takes seconds; what takes longer waits for the thread that forks.
PATIENCE = 20.0

# Reentrant: a module may fork while it is imported.
_lock = threading.RLock()


def load(name: str) -> Any:
    """The module."""
    with _lock:
        return importlib.import_module(name)


def _before_fork() -> None:
    _lock.acquire(timeout=PATIENCE)


def _after_in_parent() -> None:
    with contextlib.suppress(RuntimeError):  # it was not to be had
        _lock.release()


def _after_in_child() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
