"""Arrays → pixels of 8 bits (grey images of uint16: 16 bits), by the rules that docs/guide/python-types.md tells."""

from __future__ import annotations

import math
from typing import Any

from stepwell._values.arrays import Array
from stepwell._values.png import Pixels

_CHANNELS = (1, 2, 3, 4)
Range = tuple[float, float]


def frames(array: Array, what: str, layout: str | None, range_: Range) -> list[Pixels]:
    """[H,W], [H,W,C], [C,H,W], or a batch [N,H,W,C], [N,C,H,W] → one Pixels an image."""
    if len(array.shape) not in (2, 3, 4) or 0 in array.shape:
        raise ValueError(f"{what}: an image has the shape [H, W], [H, W, C] or [N, H, W, C], not {list(array.shape)}")
    if len(array.shape) == 2:
        count, channels_first = 1, False
        height, width, channels = *array.shape, 1
    else:
        channels_first = _channels_first(array.shape[-3:], what, layout)
        height, width, channels = array.shape[-3:]
        if channels_first:
            channels, height, width = array.shape[-3:]
        count = array.shape[0] if len(array.shape) == 4 else 1
    data, bits = _samples(array, what, range_)
    if bits == 16 and channels != 1:
        raise ValueError(f"{what}: uint16 is taken for grey images only; make it uint8, or floats from 0 to 1")
    size = len(data) // count
    images = [data[i * size : (i + 1) * size] for i in range(count)]
    if channels_first and channels > 1:
        images = [_channels_last(image, channels) for image in images]
    return [Pixels(width, height, channels, image, bits) for image in images]


def _channels_first(shape: tuple[int, ...], what: str, layout: str | None) -> bool:
    if layout not in (None, "HWC", "CHW"):
        raise ValueError(f'{what}: layout is "HWC" or "CHW", not {layout!r}')
    first = layout == "CHW" or (layout is None and shape[2] not in _CHANNELS and shape[0] in _CHANNELS)
    channels = shape[0] if first else shape[2]
    if channels not in _CHANNELS:
        raise ValueError(f"{what}: an image has 1 to 4 channels; in {list(shape)} neither end is one of them")
    return first


def _channels_last(data: bytes, channels: int) -> bytes:
    plane = len(data) // channels
    out = bytearray(len(data))
    for c in range(channels):
        out[c::channels] = data[c * plane : (c + 1) * plane]
    return bytes(out)


def _samples(array: Array, what: str, range_: Range) -> tuple[bytes, int]:
    """(samples, bits of one)."""
    if array.dtype == "uint8":
        return array.data, 8
    if array.dtype == "bool":
        return array.data.translate(bytes([0]) + bytes([255]) * 255), 8
    if array.dtype == "uint16":
        swapped = bytearray(len(array.data))
        swapped[0::2], swapped[1::2] = array.data[1::2], array.data[0::2]
        return bytes(swapped), 16
    if array.is_float:
        return _from_floats(array, what, range_), 8
    if array.is_integer:
        numbers = array.numbers()
        if min(numbers) < 0 or max(numbers) > 255:
            raise ValueError(
                f"{what}: whole numbers are taken as samples from 0 to 255; these reach from {min(numbers)} to "
                f"{max(numbers)}"
            )
        return bytes(numbers), 8
    raise TypeError(f"{what}: an image of {array.dtype} is not taken; make it uint8, or floats from 0 to 1")


def _from_floats(array: Array, what: str, range_: Range) -> bytes:
    low, high = (float(end) for end in range_)
    width = high - low
    if not (math.isfinite(width) and width > 0):
        raise ValueError(f"{what}: range is (low, high) with low < high, not {range_!r}")
    values: Any = array.numpy()
    if values is not None:
        import numpy

        values = numpy.nan_to_num(values.astype("float64"), nan=low, posinf=high, neginf=low)
        least, most = float(values.min()), float(values.max())
    else:
        values = [_finite(v, low, high) for v in array.numbers()]
        least, most = min(values), max(values)
    if least < low - width or most > high + width:
        raise ValueError(
            f"{what}: floats are taken as {low:g} to {high:g}; these reach from {least:g} to {most:g}: scale them, "
            "say range=(low, high), or pass uint8"
        )
    if not isinstance(values, list):
        scaled = numpy.clip((values - low) * (255 / width), 0, 255)
        return bytes(numpy.floor(scaled + 0.5).astype("u1").tobytes())
    return bytes(math.floor(min(max((v - low) * (255 / width), 0), 255) + 0.5) for v in values)


def _finite(value: float, low: float, high: float) -> float:
    if math.isfinite(value):
        return value
    return high if value > low else low  # NaN is not greater
