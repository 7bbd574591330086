#!/usr/bin/env python3
"""A disk as NFS may be, over a folder: faulty_disk.py FOLDER MOUNT FAULTS [lockless].

FAULTS is a file whose words say what fails now: "sync" (EIO of fsync), "stale" (ESTALE of a write to a file that is
open). A lockless disk answers ENOLCK to who locks, as without a lock daemon; on the other one the kernel keeps the
locks of its processes.
"""

from __future__ import annotations

import errno
import os
import pathlib
import sys
from typing import Any

import mfusepy


class FaultyDisk(mfusepy.Operations):  # type: ignore[misc]
    """Passes on to the folder what does not fail."""

    use_ns = True

    def __init__(self, folder: str, faults: pathlib.Path) -> None:
        self._folder, self._faults = folder, faults

    def _at(self, path: str) -> str:
        return self._folder + path

    def _fail(self, word: str, number: int) -> None:
        if word in self._faults.read_text().split():
            raise mfusepy.FuseOSError(number)

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._fail("sync", errno.EIO)
        os.fsync(fh)
        return 0

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._fail("stale", errno.ESTALE)
        return os.pwrite(fh, data, offset)

    def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
        found = os.lstat(self._at(path))
        names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size", "st_ino", "st_blocks")
        times = {name: getattr(found, f"{name}_ns") for name in ("st_atime", "st_mtime", "st_ctime")}
        return {**{name: getattr(found, name) for name in names}, **times}

    def readdir(self, path: str, fh: int) -> list[str]:
        return [".", "..", *os.listdir(self._at(path))]

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._at(path))
        names = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_frsize", "f_files", "f_ffree", "f_namemax")
        return {name: getattr(found, name) for name in names}

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        return os.open(self._at(path), os.O_RDWR | os.O_CREAT, mode)

    def open(self, path: str, flags: int) -> int:
        return os.open(self._at(path), flags & ~os.O_APPEND)  # offsets come from the kernel

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def release(self, path: str, fh: int) -> int:
        os.close(fh)
        return 0

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(self._at(path) if fh is None else fh, length)
        return 0

    def mkdir(self, path: str, mode: int) -> int:
        os.mkdir(self._at(path), mode)
        return 0

    def rmdir(self, path: str) -> int:
        os.rmdir(self._at(path))
        return 0

    def unlink(self, path: str) -> int:
        os.unlink(self._at(path))
        return 0

    def rename(self, old: str, new: str) -> int:
        os.replace(self._at(old), self._at(new))
        return 0

    def utimens(self, path: str, times: Any = None) -> int:
        return 0


class LocklessDisk(FaultyDisk):
    def lock(self, path: str, fh: int, cmd: int, lock: Any) -> int:
        raise mfusepy.FuseOSError(errno.ENOLCK)


if __name__ == "__main__":
    kind = LocklessDisk if sys.argv[4:] == ["lockless"] else FaultyDisk
    mfusepy.FUSE(kind(sys.argv[1], pathlib.Path(sys.argv[3])), sys.argv[2], foreground=True, nothreads=True)
