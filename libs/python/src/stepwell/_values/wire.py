"""The few parts of protobuf's encoding that metadata of TensorBoard's plugins and graphs need.

Their messages are not ours, so no generated modules of them are here to clash with TensorBoard's own.
"""

from __future__ import annotations


def varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def int_field(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


def bytes_field(number: int, data: bytes) -> bytes:
    """A string, bytes or an embedded message."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def text_field(number: int, text: str) -> bytes:
    return bytes_field(number, text.encode("utf-8", "surrogateescape"))
