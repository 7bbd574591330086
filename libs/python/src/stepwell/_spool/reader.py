"""Reads a spool from a place on: whole records only, torn tails and damage told apart (docs/formats/spool.md)."""

from __future__ import annotations

import dataclasses
import pathlib

from stepwell._spool import format as spool

BLOCK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Block:
    """Whole records in a row: `data` holds them from `offset` of `segment` on; `records` are (place in data, type)."""

    segment: int
    offset: int
    data: bytes
    records: list[tuple[int, int]]
    end: int  # in data


class Reader:
    """Of one spool. `cut` and `damaged`: bytes that were passed over because they are no records."""

    def __init__(self, folder: pathlib.Path, segment: int = 0, offset: int = 0) -> None:
        self.folder = folder
        there = spool.segments(folder)
        self.segment = segment or (there[0] if there else 1)
        self.offset = max(offset, len(spool.MAGIC))
        self.cut = self.damaged = 0

    def size(self) -> int:
        """Bytes of the segment that is being read; 0 if it is not there."""
        try:
            return spool.segment_path(self.folder, self.segment).stat().st_size
        except FileNotFoundError:
            return 0

    def next(self, dead: bool, most: int = 20_000) -> Block | None:
        """The next records, or None when there are none now. `dead`: nobody writes any more, so that is the end."""
        while True:
            # Looked at before the read: a segment that is followed by another does not grow any more.
            follower = [number for number in spool.segments(self.folder) if number > self.segment]
            data = self._read(BLOCK)
            found = spool.scan(data, most)
            if not found.records and found.torn:  # a record larger than a block, a torn tail, or damage
                data = self._read(spool.BODY_MOST + 8)
                found = spool.scan(data, most)
            if found.records:
                block = Block(self.segment, self.offset, data, found.records, found.end)
                self.offset += found.end
                return block
            if follower:
                self.damaged += len(data)
                self.segment, self.offset = follower[0], len(spool.MAGIC)
                continue
            if dead and data:
                self.cut += len(data)
                self.offset += len(data)
            return None

    def _read(self, most: int) -> bytes:
        try:
            with spool.segment_path(self.folder, self.segment).open("rb") as file:
                if file.read(len(spool.MAGIC)) != spool.MAGIC:
                    return b""
                file.seek(self.offset)
                return file.read(most)
        except FileNotFoundError:
            return b""
