"""Who holds a lock file of a spool: record locks, which a fork does not inherit and NFS has."""

from __future__ import annotations

import fcntl
import os
import pathlib


def held(lock: pathlib.Path) -> bool:
    """Whether another process holds the lock; not if there is no such file.

    REQUIRES: this process does not hold it itself: closing a file lets go of all its locks.
    """
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True
    finally:
        os.close(handle)
