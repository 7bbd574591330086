"""Video: files are kept as they are; arrays become an animated PNG.

An animated PNG is lossless and true-coloured, plays in every browser and needs zlib alone. GIF has 256 colours, and an
AVI of JPEGs plays in no browser.
"""

from __future__ import annotations

import math
import mimetypes
import os

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import png, sniff
from stepwell._values.arrays import as_array, is_array
from stepwell._values.base import Encoded, Media, document
from stepwell._values.pixels import frames

_MAX_FPS = 600


class Video(Media):
    """A video.

    Args:
        data: an array [T, H, W, C] or [T, C, H, W] with 1, 3 or 4 channels (uint8, or floats from 0 to 1), a path, or
            the bytes of a file.
        fps: frames a second of an array.
        layout: "HWC" or "CHW" of a frame, where the shape alone does not tell.
        format: the file's kind ("mp4"), where neither name nor bytes tell.
    """

    def __init__(self, data: object, fps: float = 10, *, layout: str | None = None, format: str | None = None) -> None:
        self.data = data
        self.fps = fps
        self.layout = layout
        self.format = format

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"video {tag!r}"
        encoded = sniff.read_source(self.data, what)
        if encoded is None:
            if not is_array(self.data) and not isinstance(self.data, (list, tuple)):
                raise TypeError(f"{what}: a video is an array, a path or bytes, not a {type(self.data).__name__}")
            encoded, media_type = self._animate(what), "image/png"
            form = "apng"
        else:
            media_type, form = self._type_of(encoded, what)
        return [document(tag, pb.KIND_VIDEO, "video", encoded, media_type, form)]

    def _type_of(self, data: bytes, what: str) -> tuple[str, str]:
        media_type = sniff.media_type(data)
        name = os.fspath(self.data) if isinstance(self.data, (str, os.PathLike)) else ""
        suffix = self.format or os.path.splitext(os.fsdecode(name))[1].lstrip(".").lower()
        if media_type == sniff.OCTET_STREAM:
            media_type = mimetypes.guess_type(f"video.{suffix}")[0] or sniff.OCTET_STREAM
        known = media_type.startswith("video/") or media_type in ("image/gif", "image/png", "image/webp")
        if not known:
            raise ValueError(f'{what}: these bytes are no video that is known; say which by format="mp4"')
        return media_type, suffix or media_type.partition("/")[2]

    def _animate(self, what: str) -> bytes:
        if not isinstance(self.fps, (int, float)) or not math.isfinite(self.fps) or not 0 < self.fps <= _MAX_FPS:
            raise ValueError(f"{what}: fps is a number up to {_MAX_FPS}, not {self.fps!r}")
        array = as_array(self.data, what)
        if len(array.shape) == 3:
            array = array.reshaped(*array.shape, 1)
        if len(array.shape) != 4 or 0 in array.shape:
            raise ValueError(f"{what}: a video has the shape [T, H, W, C] or [T, C, H, W], not {list(array.shape)}")
        return png.animate(frames(array, what, self.layout, (0.0, 1.0)), float(self.fps))
