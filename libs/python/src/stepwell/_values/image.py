"""Images: arrays, PIL images, matplotlib figures, files and bytes; several a step; boxes, masks and captions beside."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import marks, png, sniff
from stepwell._values.arrays import as_array, is_array
from stepwell._values.base import CLASS_BLOBS, Blobs, Encoded, Media, series
from stepwell._values.pixels import frames

File = tuple[bytes, int, int]  # bytes, width, height; 0 where the bytes do not say


class Image(Media):
    """One image, or a batch of them.

    Args:
        data: an array [H, W], [H, W, C], [C, H, W] or [N, H, W, C] with 1 to 4 channels (uint8, bool, or floats from 0
            to 1; grey uint16), a PIL image, a matplotlib figure, a path, or the bytes of a file, kept as they are.
        caption: a text beside it.
        boxes: what was found in it: `{"box": [x0, y0, x1, y1], "label": …, "score": …, "group": …}`, in pixels.
        masks: name → array [H, W] of class numbers, or `{"data": array, "classes": {1: "road"}}`.
        layout: "HWC" or "CHW", where the shape alone does not tell.
        range: what floats are taken as black and white; beyond it they are cut off.
    """

    def __init__(
        self,
        data: object,
        caption: str | None = None,
        *,
        boxes: Sequence[Mapping[str, Any]] | None = None,
        masks: Mapping[str, Any] | None = None,
        layout: str | None = None,
        range: tuple[float, float] = (0.0, 1.0),
    ) -> None:
        self.data = data
        self.caption = caption
        self.boxes = boxes
        self.masks = masks
        self.layout = layout
        self.range = range

    def _files(self, what: str) -> list[File]:
        """The encoded images of this one."""
        data = self.data
        encoded = sniff.read_source(data, what)
        if encoded is not None:
            return [_checked(encoded, what)]
        if _is_pil(data):
            return [_from_pil(data)]
        if hasattr(data, "savefig"):
            return [_from_figure(data)]
        if is_array(data) or isinstance(data, (list, tuple)):
            pixels = frames(as_array(data, what), what, self.layout, self.range)
            return [(png.encode(one), one.width, one.height) for one in pixels]
        raise TypeError(
            f"{what}: an image is an array, a PIL image, a matplotlib figure, a path or bytes, not a "
            f"{type(data).__name__}"
        )

    def _encode(self, tag: str) -> list[Encoded]:
        return self._encode_many(tag, [self])

    @classmethod
    def _encode_many(cls, tag: str, values: Sequence[Media]) -> list[Encoded]:
        what = f"image {tag!r}"
        blobs = Blobs()
        refs: list[pb.BlobRef] = []
        notes = marks.Annotations(tag)
        size = (0, 0)
        for value in values:
            if not isinstance(value, Image):
                raise TypeError(f"{tag!r}: a list of images and a {type(value).__name__} is not taken")
            files = value._files(what)
            if len(files) > 1 and (value.boxes or value.masks):
                raise ValueError(f"{what}: boxes and masks belong to one image; log the batch as a list of Image")
            for data, width, height in files:
                size = (width, height) if not refs else size
                notes.add(len(refs), value.caption, value.boxes, value.masks, (width, height))
                refs.append(blobs.put(data))
        image = pb.Image(width=_number(size[0]), height=_number(size[1]), items=refs)
        info = series(tag, pb.KIND_IMAGE, "images", data_class=CLASS_BLOBS)
        return [Encoded(info, pb.Value(image=image), blobs.all()), *notes.encode()]


def _number(size: int) -> bytes:
    return str(size).encode() if size else b""


def _checked(data: bytes, what: str) -> File:
    media_type = sniff.media_type(data)
    if not media_type.startswith("image/"):
        raise ValueError(f"{what}: these bytes are no PNG, JPEG, GIF, WebP, BMP or SVG")
    width, height = sniff.image_size(data) or (0, 0)
    return data, width, height


def _is_pil(value: object) -> bool:
    return hasattr(value, "save") and hasattr(value, "mode") and hasattr(value, "size") and hasattr(value, "convert")


def _from_pil(image: Any) -> File:
    if image.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"):
        image = image.convert("RGB")
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue(), int(image.size[0]), int(image.size[1])


def _from_figure(figure: Any) -> File:
    out = io.BytesIO()
    figure.savefig(out, format="png", bbox_inches="tight")
    data = out.getvalue()
    width, height = sniff.image_size(data) or (0, 0)
    return data, width, height
