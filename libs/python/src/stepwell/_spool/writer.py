"""Appends what is logged to a spool: one write(2) for each record, before `log` returns.

Thread safety: all methods may be called from any thread, and from a signal handler of the thread that is inside one
(the lock is reentrant; a record is one write). After a fork the child calls `abandon` and makes a writer of its own.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import pathlib
import struct
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from stepwell._spool import format as spool

SYNC_PATIENCE = 0.1  # s; longer than a call takes
FULL_SEGMENT_BYTES = 4096  # a segment of a full spool that is larger is ended: room comes back by segments

# What is asked of whoever prepares a layout: (tag, type) → the serialised SeriesInfo of a scalar.
Describe = Callable[[str, type], bytes]


class SpoolFull(Exception):
    """There is no room and the writer was told to drop."""


class _Row:
    """Calls of one set of names and types, in this segment."""

    __slots__ = ("layout", "pack", "step")

    def __init__(self, layout: int, pack: Callable[..., bytes]) -> None:
        self.layout, self.pack = layout, pack
        self.step = -(1 << 63)  # of the last one


class SpoolWriter:
    """One spool. `room(size)` grants at least so many bytes, or 0 when the spool folder is full."""

    def __init__(
        self,
        root: pathlib.Path,
        about: Mapping[str, Any],
        room: Callable[[int], int],
        when_full: str = "block",
        segment_bytes: int = spool.SEGMENT_BYTES,
    ) -> None:
        self.id = spool.new_id()
        self.folder = root / self.id
        self.folder.mkdir(mode=0o700)
        self._room, self._when_full, self._segment_bytes = room, when_full, segment_bytes
        self._budget = 0
        self._lock = threading.RLock()
        # Held as long as the process lives. Nobody in this process may open the file again: closing it would let go.
        self._alive = os.open(self.folder / "alive", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.lockf(self._alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._segment, self._file, self._size = 0, -1, 0
        self._series: dict[bytes, int] = {}  # SeriesInfo → number
        self._layouts: dict[tuple[int, ...], int] = {}
        self._told: set[tuple[int, int]] = set()  # (type, number) of the definitions in this segment
        self._ready: dict[Any, _Row] = {}
        self.back: tuple[int, int] | None = None  # a row's step and the one that came after it and is less
        self.dirty = False
        self.unsynced: OSError | None = None  # the disk did not take an fsync: a power cut may take what was logged
        write_whole(self.folder / "writer.json", {"format": spool.FORMAT, "spool": self.id, **about})
        self._begin_segment()

    # ---- what is logged ----

    def row(self, values: dict[str, Any], step: int, wall: float) -> bool:
        """Scalars of one call. False: this set of names and types was not prepared in this segment."""
        with self._lock:
            ready = self._ready.get((tuple(values), tuple(map(type, values.values()))))
            if ready is None:
                return False
            body = ready.pack(spool.ROW, ready.layout, step, wall, *values.values())
            if self._budget < len(body) + spool.HEAD.size and self._make_room(len(body) + spool.HEAD.size):
                return False
            self._append(spool.HEAD.pack(len(body), zlib.crc32(body)) + body)
            if step < ready.step:
                self.back = (ready.step, step)
            ready.step = step
            return True

    def prepare(self, values: dict[str, Any], describe: Describe) -> None:
        """Tells the series and the layout of such rows, so that `row` takes them.

        REQUIRES: struct.pack takes each value as a double.
        """
        key = (tuple(values), tuple(map(type, values.values())))
        with self._lock:
            self._make_room(1)
            infos = [describe(tag, kind) for tag, kind in zip(*key, strict=True)]
            numbers = tuple(self.series(info) for info in infos)
            layout = self._layouts.setdefault(numbers, len(self._layouts))
            head = spool.LAYOUT_HEAD.pack(spool.LAYOUT, layout, len(numbers))
            self._tell(spool.LAYOUT, layout, head + struct.pack(f"<{len(numbers)}I", *numbers))
            if len(self._ready) > 10_000:
                self._ready.clear()
            self._ready[key] = _Row(layout, struct.Struct(f"<BIqd{len(numbers)}d").pack)

    def series(self, info: bytes) -> int:
        """The number of a series, told in this segment."""
        with self._lock:
            number = self._series.setdefault(info, len(self._series))
            self._tell(spool.SERIES, number, spool.SERIES_HEAD.pack(spool.SERIES, number) + info)
            return number

    def value(self, info: bytes, value: bytes, blobs: list[bytes], step: int, wall: float) -> None:
        """A value of another kind. Its blobs are whole on disk before the record that names them."""
        with self._lock:
            self._make_room(len(value) + sum(map(len, blobs)))
            number = self.series(info)
            for blob in blobs:
                self._put_blob(blob)
            self._append(spool.record(spool.VALUE_HEAD.pack(spool.VALUE, number, step, wall) + value))

    def note(self, note: bytes) -> None:
        """A few bytes of metadata. Written even when the spool is full, or a status could not be told."""
        with self._lock:
            self._append(spool.record(bytes([spool.NOTE]) + note), always=True)

    def rewind(self, step: int, spare_own: bool) -> None:
        with self._lock:
            self._append(spool.record(spool.REWIND_BODY.pack(spool.REWIND, step, spare_own)), always=True)

    def _tell(self, kind: int, number: int, body: bytes) -> None:
        """A definition, once in each segment. None begins a segment: what uses it comes into the same one."""
        if (kind, number) not in self._told:
            self._append(spool.record(body), turn=False)
            self._told.add((kind, number))

    # ---- the files ----

    @property
    def position(self) -> tuple[int, int]:
        """Segment and offset of the next record."""
        with self._lock:
            return self._segment, self._size

    def sync(self) -> None:
        """Brings what was written to the disk. May take long; nobody waits for it."""
        if not self._lock.acquire(timeout=SYNC_PATIENCE):
            return  # a full spool: who waits for room syncs
        try:
            if not self.dirty or self._file < 0:
                return
            self.dirty, copy = False, os.dup(self._file)
        finally:
            self._lock.release()
        self._bring(copy)

    def close(self) -> None:
        """Lets go of the spool: an uploader sees that no more comes."""
        with self._lock:
            if self._file < 0:
                return
            file, self._file = self._file, -1
            self._bring(file)
            os.close(self._alive)

    def abandon(self) -> None:
        """In the child of a fork: the files are the parent's. Its lock is not inherited, so closing harms nobody."""
        for file in (self._file, self._alive):
            with contextlib.suppress(OSError):
                os.close(file)
        self._file = -1

    def _append(self, data: bytes, always: bool = False, turn: bool = True) -> None:
        """REQUIRES: the lock. Raises OSError when the disk does not take it, SpoolFull, ValueError."""
        size = len(data)
        if size > spool.HEAD.size + spool.BODY_MOST:  # a reader would take it and what follows for damage
            raise ValueError(f"it takes {size:,} bytes; a record has at most {spool.BODY_MOST:,}: log it in parts")
        if self._budget < size and not always:
            self._find_room(size)
        if self._file < 0:
            raise OSError("the spool is closed")
        while not self._write(data):
            if always:
                raise OSError(errno.ENOSPC, "the disk is full")
            if self._when_full == "drop":
                raise SpoolFull
            self._wait()
        self._budget -= size
        self._size += size
        self.dirty = True
        if turn and self._size >= self._segment_bytes:
            # The record is in: said to have failed, it would be logged again. The next one tries again.
            with contextlib.suppress(OSError):
                self._begin_segment()

    def _write(self, data: bytes) -> bool:
        """Whether the disk took it: all of it, or nothing."""
        try:
            written = os.write(self._file, data)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return False
            raise
        if written != len(data):
            self._take_back()
        return written == len(data)

    def _take_back(self) -> None:
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self._begin_segment()

    def _begin_segment(self) -> None:
        old = self._file
        path = spool.segment_path(self.folder, self._segment + 1)
        new = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            if os.write(new, spool.MAGIC) != len(spool.MAGIC):
                raise OSError("the disk took no new segment")
        except OSError:
            os.close(new)
            path.unlink(missing_ok=True)
            raise
        self._file = new
        self._segment, self._size = self._segment + 1, len(spool.MAGIC)
        self._told.clear()
        self._ready.clear()
        if old >= 0:
            self._bring(old)

    def _bring(self, file: int) -> None:
        """Brings a file to the disk and closes it; a failure is kept for whoever tells it."""
        try:
            os.fsync(file)
        except OSError as error:
            self.unsynced = error
        finally:
            os.close(file)

    def _make_room(self, size: int) -> bool:
        """Room for what is told next; whether it comes into another segment, where it must be defined again.

        A full spool ends its segment: only then can the uploader give its room back.
        """
        if self._budget >= size:
            return False
        segment = self._segment
        if not (granted := self._room(size)) and self._size > FULL_SEGMENT_BYTES:
            with contextlib.suppress(OSError):
                self._begin_segment()
        if granted:
            self._budget = granted
        else:
            self._find_room(size)
        return segment != self._segment

    def _find_room(self, size: int) -> None:
        """Waits until the uploader has made room, or raises SpoolFull. The lock stays taken: calls keep their order."""
        while True:
            if granted := self._room(size):
                self._budget = granted
                return
            if self._when_full == "drop":
                raise SpoolFull
            self._wait()

    def _wait(self) -> None:
        self.sync()  # the keeper's own waits for the lock
        time.sleep(0.05)

    def _put_blob(self, data: bytes) -> None:
        folder = spool.blobs_path(self.folder, self._segment)
        path = folder / hashlib.sha256(data).hexdigest()
        if path.exists():
            return
        if self._budget < len(data):
            self._find_room(len(data))
        folder.mkdir(mode=0o700, exist_ok=True)
        write_whole(path, data)
        self._budget -= len(data)


def write_whole(path: pathlib.Path, content: bytes | Mapping[str, Any], durable: bool = True) -> None:
    """A file that is there whole or not at all."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    new = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        if durable:
            os.fsync(out.fileno())
    os.replace(new, path)
