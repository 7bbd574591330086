"""Media types and sizes from the bytes themselves, by the same rules as libs/base/media_type.cc."""

from __future__ import annotations

import dataclasses
import os
import re
import struct
from collections.abc import Callable

OCTET_STREAM = "application/octet-stream"

_SVG = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s|<!--.*?-->|<\?xml.*?>|<!DOCTYPE.*?>)*<svg[\s/>]", re.DOTALL)
_MP4_BRANDS = (b"iso", b"mp4", b"avc", b"M4V", b"M4A", b"dby", b"MSN")


def media_type(data: bytes) -> str:
    head = data[:64]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "audio/wav"
    if head.startswith(b"BM") and len(data) >= 26 and head[6:10] == bytes(4):
        return "image/bmp"
    if head.startswith(b"OggS") and len(data) >= 27 and head[4] == 0:
        return "audio/ogg"
    if head.startswith(b"fLaC"):
        return "audio/flac"
    if head[4:8] == b"ftyp" and head[8:11] in _MP4_BRANDS:
        return "video/mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "video/webm"
    if _SVG.match(data[:4096]):
        return "image/svg+xml"
    return "audio/mpeg" if _is_mpeg_audio(head) else OCTET_STREAM


def _is_mpeg_audio(head: bytes) -> bool:
    if head.startswith(b"ID3"):
        return True
    if len(head) < 4 or head[0] != 0xFF:
        return False
    b, c = head[1], head[2]
    return b & 0xE0 == 0xE0 and b >> 3 & 3 != 1 and b >> 1 & 3 == 1 and c >> 4 not in (0, 15) and c >> 2 & 3 != 3


def image_size(data: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels; None if the bytes do not say (SVG, damage)."""
    readers: dict[str, Callable[[], tuple[int, int] | None]] = {
        "image/png": lambda: _pair(">II", data, 16),
        "image/gif": lambda: _pair("<HH", data, 6),
        "image/bmp": lambda: _bmp_size(data),
        "image/webp": lambda: _webp_size(data),
        "image/jpeg": lambda: _jpeg_size(data),
    }
    read = readers.get(media_type(data))
    try:
        size = read() if read else None
    except (struct.error, IndexError):
        return None
    return (int(size[0]), int(size[1])) if size and size[0] > 0 and size[1] > 0 else None


def _pair(form: str, data: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(form, data, at)
    return first, second


def _bmp_size(data: bytes) -> tuple[int, int]:
    if data[14] == 12:
        width, height = struct.unpack_from("<HH", data, 18)
        return width, height
    width, height = struct.unpack_from("<ii", data, 18)
    return width, abs(height)  # negative: rows from top to bottom


def _webp_size(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:  # no length follows
            at += 2
        elif marker in (0xD9, 0xDA):  # the picture begins or ends without a frame header
            return None
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    return None


@dataclasses.dataclass(frozen=True)
class Wav:
    rate: int
    channels: int
    frames: int


def wav(data: bytes) -> Wav | None:
    """What a WAV file's header says; None for anything else."""
    if media_type(data) != "audio/wav":
        return None
    at, found, frame_bytes = 12, None, 0
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        there = min(size, len(data) - at - 8)
        if name == b"fmt ":
            if there < 16:
                return None
            channels, rate = struct.unpack_from("<HI", data, at + 10)
            (frame_bytes,) = struct.unpack_from("<H", data, at + 20)
            if not rate or not channels or not frame_bytes:
                return None
            found = Wav(rate, channels, 0)
        elif name == b"data":
            return dataclasses.replace(found, frames=there // frame_bytes) if found else None
        at += 8 + size + (size & 1)  # chunks are padded to even sizes
    return found


def read_source(source: object, what: str) -> bytes | None:
    """The bytes of a path or of bytes-like data; None if `source` is neither."""
    if isinstance(source, (bytes, bytearray)):
        return bytes(source)
    if isinstance(source, (str, os.PathLike)):
        try:
            with open(source, "rb") as file:
                return file.read()
        except (OSError, ValueError) as error:
            raise ValueError(f"{what}: {os.fspath(source)!r} cannot be read ({error})") from None
    return None
