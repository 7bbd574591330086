"""What is said about images: captions, boxes and masks, kept in series beside the images'.

For images of tag T a step's annotations are one JSON text of series `T/annotations` (plugin `image_annotations`); each
mask's class numbers are the samples of grey PNGs in the image series `T/masks/<name>`. The JSON is

    {"version": 1, "images": [{"index": 0, "caption": …, "boxes": […], "masks": {name: {"index": 0, "classes": {…}}}}]}

with the images that something is said about; `index` counts within the step's images, or within the mask's.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import png
from stepwell._values.arrays import as_array
from stepwell._values.base import CLASS_BLOBS, CLASS_TENSOR, Blobs, Encoded, series
from stepwell._values.text import text_value

_BOX_KEYS = {"box", "label", "score", "group"}


class Annotations:
    """Gathers what is said about the images of one step."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._images: list[dict[str, Any]] = []
        self._masks: dict[str, list[png.Pixels]] = {}

    def add(
        self,
        index: int,
        caption: str | None,
        boxes: Sequence[Mapping[str, Any]] | None,
        masks: Mapping[str, Any] | None,
        size: tuple[int, int],
    ) -> None:
        said: dict[str, Any] = {}
        if caption is not None:
            said["caption"] = str(caption)
        if boxes is not None:
            said["boxes"] = [self._box(box) for box in boxes]
        if masks:
            if not isinstance(masks, Mapping):
                raise TypeError(f"image {self._tag!r}: masks are arrays by name, not a {type(masks).__name__}")
            said["masks"] = {str(name): self._mask(str(name), mask, size) for name, mask in masks.items()}
        if said:
            self._images.append({"index": index, **said})

    def encode(self) -> list[Encoded]:
        if not self._images:
            return []
        blobs = Blobs()
        text = json.dumps({"version": 1, "images": self._images}, ensure_ascii=False)
        value = pb.Value(text=text_value([], [text.encode("utf-8", "surrogateescape")], blobs))
        info = series(f"{self._tag}/annotations", pb.KIND_TEXT, "image_annotations", data_class=CLASS_TENSOR)
        return [Encoded(info, value, blobs.all()), *map(self._encode_masks, self._masks)]

    def _encode_masks(self, name: str) -> Encoded:
        blobs, masks = Blobs(), self._masks[name]
        refs = [blobs.put(png.encode(mask)) for mask in masks]
        image = pb.Image(width=str(masks[0].width).encode(), height=str(masks[0].height).encode(), items=refs)
        info = series(f"{self._tag}/masks/{name}", pb.KIND_IMAGE, "images", data_class=CLASS_BLOBS)
        return Encoded(info, pb.Value(image=image), blobs.all())

    def _box(self, box: Any) -> dict[str, Any]:
        what = f"image {self._tag!r}: a box"
        if not isinstance(box, Mapping) or "box" not in box or not set(box) <= _BOX_KEYS:
            raise ValueError(f'{what} is {{"box": [x0, y0, x1, y1], "label": …, "score": …, "group": …}}, not {box!r}')
        corners = [float(c) for c in as_array(box["box"], what).numbers()]
        if len(corners) != 4 or not all(map(math.isfinite, corners)):
            raise ValueError(f"{what} has four finite corners, x0, y0, x1, y1, not {corners}")
        out: dict[str, Any] = {"box": corners}
        for key in ("label", "group"):
            if box.get(key) is not None:
                out[key] = str(box[key])
        if box.get("score") is not None:
            score = float(box["score"])
            out["score"] = score if math.isfinite(score) else str(score)
        return out

    def _mask(self, name: str, mask: Any, size: tuple[int, int]) -> dict[str, Any]:
        what = f"image {self._tag!r}: mask {name!r}"
        classes = mask.get("classes") if isinstance(mask, Mapping) else None
        array = as_array(mask.get("data") if isinstance(mask, Mapping) else mask, what)
        if len(array.shape) != 2 or not (array.is_integer or array.dtype == "bool") or array.count == 0:
            raise ValueError(f"{what} is [H, W] of whole numbers, not {array.dtype} {list(array.shape)}")
        height, width = array.shape
        if all(size) and (width, height) != size:
            raise ValueError(f"{what} is {width} × {height} pixels, its image {size[0]} × {size[1]}")
        numbers = array.numbers()
        if min(numbers) < 0 or max(numbers) > 65535:
            raise ValueError(f"{what} has classes from {min(numbers)} to {max(numbers)}; 0 to 65535 are taken")
        bits = 8 if max(numbers) < 256 else 16
        data = bytes(numbers) if bits == 8 else b"".join(int(n).to_bytes(2, "big") for n in numbers)
        kept = self._masks.setdefault(name, [])
        kept.append(png.Pixels(width, height, 1, data, bits))
        names = {str(number): str(label) for number, label in (classes or {}).items()}
        return {"index": len(kept) - 1, "classes": names}
