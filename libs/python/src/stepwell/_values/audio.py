"""Sound: arrays with a rate become WAV; files are kept as they are."""

from __future__ import annotations

import io
import math
import os
import struct
import wave
from collections.abc import Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import sniff
from stepwell._values.arrays import Array, as_array, is_array
from stepwell._values.base import CLASS_BLOBS, Blobs, Encoded, Media, series

_MAX_CHANNELS = 16  # an array whose first side is at most this and shorter than the second is [channels, frames]
# Whole numbers are kept as PCM of their own width; WAV's 8-bit samples have no sign.
_PCM_BYTES = {"uint8": 1, "int16": 2, "int32": 4}


class Audio(Media):
    """A clip.

    Args:
        data: an array [frames], [frames, channels] or [channels, frames] (floats from -1 to 1, kept as 16-bit PCM;
            int16, int32 and uint8 as they are), a path, or the bytes of a file.
        rate: samples a second of an array.
        caption: a text beside it.
    """

    def __init__(self, data: object, rate: int | None = None, caption: str | None = None) -> None:
        self.data = data
        self.rate = rate
        self.caption = caption

    def _file(self, what: str) -> bytes:
        encoded = sniff.read_source(self.data, what)
        if encoded is not None:
            media_type = sniff.media_type(encoded)
            if not media_type.startswith("audio/") and media_type not in ("video/mp4", "video/webm"):
                raise ValueError(f"{what}: these bytes are no WAV, MP3, Ogg, FLAC, MP4 or WebM")
            return encoded
        if not is_array(self.data) and not isinstance(self.data, (list, tuple)):
            raise TypeError(f"{what}: a clip is an array, a path or bytes, not a {type(self.data).__name__}")
        rate = self.rate
        if isinstance(rate, bool) or rate is None or int(rate) != rate or not 0 < rate < 2**32:
            raise ValueError(f"{what}: an array needs its rate, whole samples a second, not {rate!r}")
        return _to_wav(as_array(self.data, what), int(rate), what)

    def _encode(self, tag: str) -> list[Encoded]:
        return self._encode_many(tag, [self])

    @classmethod
    def _encode_many(cls, tag: str, values: Sequence[Media]) -> list[Encoded]:
        blobs, audio = Blobs(), pb.Audio()
        for value in values:
            if not isinstance(value, Audio):
                raise TypeError(f"{tag!r}: a list of clips and a {type(value).__name__} is not taken")
            data = value._file(f"audio {tag!r}")
            item = pb.Audio.Item(blob=blobs.put(data), label=_label(value))
            if header := sniff.wav(data):
                item.rate, item.channels, item.frames = header.rate, header.channels, header.frames
            audio.items.append(item)
        info = series(tag, pb.KIND_AUDIO, "audio", data_class=CLASS_BLOBS)
        return [Encoded(info, pb.Value(audio=audio), blobs.all())]


def _label(value: Audio) -> bytes:
    if value.caption is not None:
        return str(value.caption).encode("utf-8", "surrogateescape")
    return os.fsencode(os.path.basename(value.data)) if isinstance(value.data, (str, os.PathLike)) else b""


def _to_wav(array: Array, rate: int, what: str) -> bytes:
    if len(array.shape) not in (1, 2) or array.count == 0:
        raise ValueError(f"{what}: a clip has the shape [frames] or [frames, channels], not {list(array.shape)}")
    channels = 1
    if len(array.shape) == 2:
        first, second = array.shape
        channels_first = first <= _MAX_CHANNELS and first < second
        channels = first if channels_first else second
        if channels > _MAX_CHANNELS:
            raise ValueError(f"{what}: {list(array.shape)} has more than {_MAX_CHANNELS} channels either way")
        if channels_first and channels > 1:
            array = _frames_first(array)
    if array.is_float:
        data, width = _to_pcm16(array, what), 2
    elif array.dtype in _PCM_BYTES:
        data, width = array.data, _PCM_BYTES[array.dtype]
    else:
        raise TypeError(f"{what}: samples are floats from -1 to 1, int16, int32 or uint8, not {array.dtype}")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return out.getvalue()


def _frames_first(array: Array) -> Array:
    channels, count = array.shape
    size = len(array.data) // array.count
    out = bytearray(len(array.data))
    for c in range(channels):
        part = array.data[c * count * size : (c + 1) * count * size]
        for byte in range(size):
            out[c * size + byte :: channels * size] = part[byte::size]
    return Array(array.dtype, (count, channels), bytes(out))


def _to_pcm16(array: Array, what: str) -> bytes:
    """Floats × 32767, rounded; beyond ±1 they are cut off, NaN is silence."""
    values: Any = array.numpy()
    if values is not None:
        import numpy

        values = numpy.nan_to_num(values.astype("float64"), nan=0.0, posinf=1.0, neginf=-1.0)
        peak = float(numpy.abs(values).max())
    else:
        values = [0.0 if math.isnan(v) else min(max(v, -1e300), 1e300) for v in array.numbers()]
        peak = max(map(abs, values))
    if 2 < peak < 1e300:
        raise ValueError(f"{what}: floats are taken as -1 to 1; these reach ±{peak:g}: scale them, or pass int16")
    if not isinstance(values, list):
        return bytes(numpy.rint(numpy.clip(values, -1, 1) * 32767).astype("<i2").tobytes())
    return struct.pack(f"<{len(values)}h", *(round(min(max(v, -1.0), 1.0) * 32767) for v in values))
