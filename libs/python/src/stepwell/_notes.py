"""The bytes of Notes (ingest.proto) and of a scalar's SeriesInfo (value.proto), so that a trainer needs no protobuf.

tests/test_notes.py compares them with what protobuf makes.
"""

from __future__ import annotations

import struct

_SCALAR = 1  # Kind.KIND_SCALAR


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data if data else b""


def _text(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _note(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def param(key: str, json: str) -> bytes:
    return _note(1, _field(1, _text(key)) + _field(2, _text(json)))


def label(key: str, value: str) -> bytes:
    return _note(2, _field(1, _text(key)) + _field(2, _text(value)))


def status(name: str, wall: float) -> bytes:
    return _note(3, _field(1, _text(name)) + b"\x11" + struct.pack("<d", wall))


def warning(reason: str, count: int, wall: float) -> bytes:
    """Of the client itself: no file, no offset."""
    minus_one = b"\x18" + _varint((1 << 64) - 1)
    body = _field(1, b"client") + minus_one + _field(5, _text(reason)) + b"\x30" + _varint(count)
    return _note(4, body + b"\x39" + struct.pack("<d", wall))


def text(note: str) -> bytes:
    return _note(5, _text(note))


def scalar_info(tag: str, value_type: str) -> bytes:
    info = _field(1, tag.encode("utf-8", "surrogateescape")) + b"\x10" + bytes([_SCALAR])
    return info + _field(3, b"scalars") + _field(7, value_type.encode())
