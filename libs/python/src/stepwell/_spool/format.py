"""Records and segments, byte for byte: docs/formats/spool.md.

segment = "SWSPOOL1" record*
record  = u32 size | u32 crc | body        size and CRC-32 of the body; little-endian
body    = u8 type | payload
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import struct
import time
import zlib

MAGIC = b"SWSPOOL1"
FORMAT = 1
SERIES, LAYOUT, ROW, VALUE, NOTE, REWIND = range(1, 7)
HEAD = struct.Struct("<II")
LAYOUT_HEAD = struct.Struct("<BII")
SERIES_HEAD = struct.Struct("<BI")
ROW_HEAD = struct.Struct("<BIqd")
VALUE_HEAD = struct.Struct("<BIqd")
REWIND_BODY = struct.Struct("<BqB")
BODY_MOST = 64 << 20
SEGMENT_BYTES = 8 << 20  # a segment that passes this is followed by a new one

# What the uploader keeps with each batch: spool id, segment, offset of the first record that is not in it, ended.
POSITION = struct.Struct("<26sIQB")

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """A ULID: 48 bits of milliseconds, 80 of chance, Crockford's base 32; they sort by time."""
    number = (int(time.time() * 1000) & ((1 << 48) - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def is_id(name: str) -> bool:
    return len(name) == 26 and all(character in _ALPHABET for character in name)


def record(body: bytes) -> bytes:
    return HEAD.pack(len(body), zlib.crc32(body)) + body


def segment_path(folder: pathlib.Path, number: int) -> pathlib.Path:
    return folder / f"{number:08d}.seg"


def blobs_path(folder: pathlib.Path, number: int) -> pathlib.Path:
    """The folder of the blobs that records of a segment name."""
    return folder / f"{number:08d}.blobs"


def segments(folder: pathlib.Path) -> list[int]:
    """The numbers of the segments that are there, in order."""
    return sorted(int(path.stem) for path in folder.glob("[0-9]*.seg"))


@dataclasses.dataclass(frozen=True)
class Scan:
    """Records [(offset of the record, type)…] of a buffer, up to `end`; `torn`: what follows is no whole record."""

    records: list[tuple[int, int]]
    end: int
    torn: bool


def scan(data: bytes, most: int) -> Scan:
    """The whole records at the start of `data`, at most `most` of them, checksums checked."""
    found: list[tuple[int, int]] = []
    view, at, size = memoryview(data), 0, len(data)
    unpack, crc32, add = HEAD.unpack_from, zlib.crc32, found.append
    while len(found) < most and at + 9 <= size:
        length, crc = unpack(data, at)
        if not 0 < length <= BODY_MOST or at + 8 + length > size or crc32(view[at + 8 : at + 8 + length]) != crc:
            break
        add((at, data[at + 8]))
        at += 8 + length
    return Scan(found, at, at < size and len(found) < most)
