"""PNG and animated PNG, with zlib alone (W3C PNG, third edition). Lossless, so what is shown is what was logged."""

from __future__ import annotations

import dataclasses
import struct
import zlib

from stepwell._values.arrays import import_numpy

_COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # channels → grey, grey + alpha, RGB, RGBA


@dataclasses.dataclass(frozen=True)
class Pixels:
    """`data`: samples row by row, channels last; of 16 bits in the host's eyes are big-endian already."""

    width: int
    height: int
    channels: int
    data: bytes
    bits: int = 8

    @property
    def stride(self) -> int:
        return self.width * self.channels * self.bits // 8


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _packed(pixels: Pixels, level: int) -> bytes:
    """The rows, each behind its filter's number, deflated."""
    numpy = import_numpy()
    if numpy is not None and pixels.height > 1:
        # Filter 2 (Up): the difference to the row above, which deflates better than the samples.
        rows = numpy.frombuffer(pixels.data, "u1").reshape(pixels.height, pixels.stride)
        out = numpy.empty((pixels.height, pixels.stride + 1), "u1")
        out[:, 0] = 2
        out[0, 1:] = rows[0]
        numpy.subtract(rows[1:], rows[:-1], out=out[1:, 1:])
        return zlib.compress(out.tobytes(), level)
    stride = pixels.stride
    lines = (b"\0" + pixels.data[at : at + stride] for at in range(0, len(pixels.data), stride))
    return zlib.compress(b"".join(lines), level)


def _header(pixels: Pixels) -> bytes:
    form = (pixels.width, pixels.height, pixels.bits, _COLOUR_TYPES[pixels.channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", *form))


def encode(pixels: Pixels, level: int = 6) -> bytes:
    return _header(pixels) + _chunk(b"IDAT", _packed(pixels, level)) + _chunk(b"IEND", b"")


def animate(frames: list[Pixels], fps: float, level: int = 6) -> bytes:
    """Frames of one size, played in an endless loop."""
    first = frames[0]
    # A frame's time is a fraction of two 16-bit numbers, in seconds.
    delay = (1000, round(1000 * fps)) if fps <= 65 else (100, min(65535, round(100 * fps)))
    out = [_header(first), _chunk(b"acTL", struct.pack(">II", len(frames), 0))]
    sequence = 0
    for number, frame in enumerate(frames):
        control = struct.pack(">IIIIIHHBB", sequence, first.width, first.height, 0, 0, *delay, 0, 0)
        out.append(_chunk(b"fcTL", control))
        sequence += 1
        data = _packed(frame, level)
        if number == 0:
            out.append(_chunk(b"IDAT", data))
        else:
            out.append(_chunk(b"fdAT", struct.pack(">I", sequence) + data))
            sequence += 1
    return b"".join([*out, _chunk(b"IEND", b"")])
