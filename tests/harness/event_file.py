"""Writes (and reads) TensorBoard event files byte by byte: framing and the few protobuf fields that tests need.

A record is u64le length | masked CRC-32C of it | data | masked CRC-32C of the data
(tensorflow/core/lib/io/record_writer.cc).
Field numbers are those of tensorflow/core/util/event.proto and tensorflow/core/framework/summary.proto.
"""

from __future__ import annotations

import pathlib
import struct
from collections.abc import Iterable, Iterator


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_TABLE = _crc_table()


def masked_crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(data: bytes) -> bytes:
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc32c(length)) + data + struct.pack("<I", masked_crc32c(data))


def varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(number: int, data: bytes) -> bytes:
    """A length-delimited field: a string, bytes or an embedded message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def event(wall: float, step: int, *fields: bytes) -> bytes:
    return b"\x09" + struct.pack("<d", wall) + b"\x10" + varint(step) + b"".join(fields)


def scalar_value(tag: str | bytes, value: float) -> bytes:
    """A Summary.Value of the old form (`simple_value`, float32), as SummaryWriter.add_scalar writes it."""
    name = tag.encode() if isinstance(tag, str) else tag
    return message(1, message(1, name) + b"\x15" + struct.pack("<f", value))


def double_value(tag: str, value: float) -> bytes:
    """A Summary.Value of the new form: a rank-0 float64 tensor of the plugin `scalars`."""
    tensor = b"\x08\x02" + message(2, b"") + message(4, struct.pack("<d", value))  # DT_DOUBLE, shape [], tensor_content
    metadata = message(1, message(1, b"scalars"))
    return message(1, message(1, tag.encode()) + message(8, tensor) + message(9, metadata))


def text_value(tag: str, text: bytes) -> bytes:
    tensor = b"\x08\x07" + message(2, b"") + message(8, text)  # DT_STRING, shape [], string_val
    metadata = message(1, message(1, b"text"))
    return message(1, message(1, tag.encode()) + message(8, tensor) + message(9, metadata))


def image_value(tag: str, encoded: bytes) -> bytes:
    """A summary's image of one pixel, if it is to be believed; the bytes are what is kept."""
    size = b"\x08\x01\x10\x01\x18\x03"  # height, width, colour space
    return message(1, message(1, tag.encode()) + message(4, size + message(4, encoded)))


class EventFile:
    """An event file that grows. Every call is on the disk's way when it returns (no buffer of ours)."""

    def __init__(self, folder: pathlib.Path, name: str = "events.out.tfevents.1700000000.host.1.0") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / name
        self.append(event(1700000000.0, 0, message(3, b"brain.Event:2")))

    def append(self, *events: bytes) -> None:
        self.append_raw(b"".join(map(record, events)))

    def append_raw(self, data: bytes) -> None:
        with self.path.open("ab") as file:
            file.write(data)

    def scalars(self, tag: str, points: Iterable[tuple[int, float, float]]) -> None:
        """Points are (step, wall, value)."""
        self.append(*(event(wall, step, message(5, scalar_value(tag, value))) for step, wall, value in points))

    def double_scalars(self, tag: str, points: Iterable[tuple[int, float, float]]) -> None:
        """(step, wall, value), as float64."""
        self.append(*(event(wall, step, message(5, double_value(tag, value))) for step, wall, value in points))


# ---- reading, as far as an oracle needs it ----


def records(data: bytes) -> Iterator[bytes]:
    """The records of a whole file; its checksums are believed."""
    at = 0
    while at + 12 <= len(data):
        (size,) = struct.unpack_from("<Q", data, at)
        yield data[at + 12 : at + 12 + size]
        at += 12 + size + 4


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of a protobuf message: varints as unsigned integers, all else as bytes."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        key = number()
        kind = key & 7
        if kind == 0:
            yield key >> 3, number()
            continue
        size = {1: 8, 5: 4}[kind] if kind != 2 else number()
        yield key >> 3, data[at : at + size]
        at += size


def read_scalars(path: pathlib.Path) -> dict[str, list[tuple[int, float, float]]]:
    """tag → (step, wall, value) of all values of the old form (`simple_value`), in the order of the file."""
    found: dict[str, list[tuple[int, float, float]]] = {}
    for data in records(path.read_bytes()):
        step, wall, summaries = 0, 0.0, []
        for number, value in fields(data):
            if number == 1 and isinstance(value, bytes):
                (wall,) = struct.unpack("<d", value)
            elif number == 2 and isinstance(value, int):
                step = value - (1 << 64) if value >> 63 else value
            elif number == 5 and isinstance(value, bytes):
                summaries.append(value)
        for summary in summaries:
            for _, entry in fields(summary):
                parts = dict(fields(entry)) if isinstance(entry, bytes) else {}
                tag, simple = parts.get(1), parts.get(2)
                if isinstance(tag, bytes) and isinstance(simple, bytes):
                    (scalar,) = struct.unpack("<f", simple)
                    found.setdefault(tag.decode(), []).append((step, wall, scalar))
    return found
