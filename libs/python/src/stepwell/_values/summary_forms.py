"""Values in the forms that SummaryWriter's methods take, kept as `stepwell upload` keeps them."""

from __future__ import annotations

import functools
import importlib
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import wire
from stepwell._values.arrays import Array, as_array
from stepwell._values.base import CLASS_TENSOR, Blobs, Encoded, Media, series
from stepwell._values.tensor import fill_tensor

LAYOUT_TAG = "custom_scalars__config__"


class RawHistogram(Media):
    """Buckets by their upper limits, with what was summed up beside them."""

    def __init__(
        self,
        limits: object,
        counts: object,
        *,
        min: float,
        max: float,
        num: float,
        sum: float,
        sum_squares: float,
    ) -> None:
        self.limits = limits
        self.counts = counts
        self.sums = {"min": min, "max": max, "num": num, "sum": sum, "sum_squares": sum_squares}

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"histogram {tag!r}"
        limits = [float(x) for x in as_array(self.limits, what).numbers()]
        counts = [float(x) for x in as_array(self.counts, what).numbers()]
        if len(limits) != len(counts) or not counts:
            raise ValueError(f"{what}: {len(limits)} limits of buckets, and {len(counts)} counts")
        legacy = pb.Histogram.Legacy(**{name: float(value) for name, value in self.sums.items()})
        left = [-math.inf, *limits[:-1]]
        histogram = pb.Histogram(left=left, right=limits, count=counts, legacy=legacy)
        info = series(tag, pb.KIND_HISTOGRAM, "histograms", data_class=CLASS_TENSOR)
        return [Encoded(info, pb.Value(histogram=histogram), [])]


class Buckets(Media):
    """Buckets [k, 3] of left end, right end and count, as TensorBoard's histograms are."""

    def __init__(self, rows: object) -> None:
        self.rows = rows

    def _encode(self, tag: str) -> list[Encoded]:
        array = as_array(self.rows, f"histogram {tag!r}")
        if len(array.shape) != 2 or array.shape[1] != 3:
            raise ValueError(f"histogram {tag!r}: buckets have the shape [k, 3], not {list(array.shape)}")
        numbers = [float(x) for x in array.numbers()]
        histogram = pb.Histogram(left=numbers[0::3], right=numbers[1::3], count=numbers[2::3])
        info = series(tag, pb.KIND_HISTOGRAM, "histograms", data_class=CLASS_TENSOR)
        return [Encoded(info, pb.Value(histogram=histogram), [])]


class RawPRCurve(Media):
    """The six rows of a PR curve that was counted already."""

    def __init__(self, rows: Sequence[object]) -> None:
        self.rows = rows

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"PR curve {tag!r}"
        rows = [[float(x) for x in as_array(row, what).numbers()] for row in self.rows]
        lengths = {len(row) for row in rows}
        if len(rows) != 6 or len(lengths) != 1 or lengths == {0}:
            raise ValueError(f"{what}: six rows of one length are needed, not {[len(row) for row in rows]}")
        thresholds = lengths.pop()
        flat = as_array([value for row in rows for value in row], what)
        blobs = Blobs()
        array = Array(flat.dtype, (6, thresholds), flat.data)
        value = pb.Value(pr_curve=pb.PrCurve(rows=fill_tensor(array, blobs)))
        content = wire.int_field(2, thresholds)  # PrCurvePluginData.num_thresholds
        info = series(tag, pb.KIND_PR_CURVE, "pr_curves", content=content, value_type="float64", data_class=2)
        return [Encoded(info, value, blobs.all())]


class Layout(Media):
    """Charts of several scalars: {category: {title: ["Multiline", tags] or ["Margin", [value, lower, upper]]}}."""

    def __init__(self, layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        self.layout = layout

    def _encode(self, tag: str) -> list[Encoded]:
        named = isinstance(self.layout, Mapping) and all(isinstance(c, Mapping) for c in self.layout.values())
        if not named:
            raise TypeError(f"layout {tag!r}: {{category: {{title: chart}}}} is needed, not {self.layout!r}")
        categories, raw = [], b""
        for title, charts in self.layout.items():
            written = [self._chart(str(name), chart, tag) for name, chart in charts.items()]
            categories.append({"title": str(title), "closed": False, "charts": [chart for chart, _ in written]})
            body = wire.text_field(1, str(title)) + b"".join(wire.bytes_field(2, data) for _, data in written)
            raw += wire.bytes_field(2, body)
        text = json.dumps({"version": 0, "categories": categories}, ensure_ascii=False).encode()
        info = series(tag, pb.KIND_LAYOUT, "custom_scalars", data_class=CLASS_TENSOR)
        return [Encoded(info, pb.Value(json=pb.Json(text=text, raw=raw)), [])]

    @staticmethod
    def _chart(title: str, chart: Sequence[Any], tag: str) -> tuple[dict[str, Any], bytes]:
        """(as JSON, as a message of TensorBoard's custom_scalars: title = 1, multiline = 2, margin = 3)."""
        kind, tags = (*chart, None, None)[:2]
        if isinstance(tags, str) or kind not in ("Multiline", "Margin") or (kind == "Margin" and len(tags or ()) != 3):
            raise ValueError(f'layout {tag!r}: a chart is ["Multiline", tags] or ["Margin", [value, lower, upper]]')
        names = [str(name) for name in tags or ()]
        if kind == "Multiline":
            inner = b"".join(wire.text_field(1, name) for name in names)
            return {"title": title, "multiline": {"tags": names}}, wire.text_field(1, title) + wire.bytes_field(
                2, inner
            )
        line = b"".join(wire.text_field(i + 1, name) for i, name in enumerate(names))
        margin = {"series": [dict(zip(("value", "lower", "upper"), names, strict=True))]}
        message = wire.text_field(1, title) + wire.bytes_field(3, wire.bytes_field(1, line))
        return {"title": title, "margin": margin}, message


class TorchPixels:
    """An image of torch's conventions, brought to [N, H, W, C] when it is encoded.

    Floats beyond 0 to 1 are cut off, and what is between two shades becomes the darker one.
    """

    def __init__(self, data: Any, dataformats: str) -> None:
        self._data = data
        self._formats = dataformats

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        numpy = importlib.import_module("numpy")
        formats = self._formats.upper()
        array = as_array(self._data, "an image").numpy()
        if (
            array is None
            or len(formats) != array.ndim
            or not set(formats) <= set("NCHW")
            or len(set(formats)) != array.ndim
        ):
            raise ValueError(f"the image's shape {list(getattr(array, 'shape', []))} is not that of {self._formats!r}")
        order = [formats.index(axis) for axis in "NHWC" if axis in formats]
        array = array.transpose(order)
        if array.dtype.kind == "f":
            array = (numpy.nan_to_num(array, nan=0, posinf=1, neginf=0).astype("f4") * 255).clip(0, 255).astype("u1")
        return numpy.ascontiguousarray(array)


class Boxes(Sequence[Mapping[str, Any]]):
    """Boxes [n, 4] with labels as Image takes them, read when the image is encoded."""

    def __init__(self, boxes: Any, labels: Sequence[str] | None) -> None:
        self._boxes = boxes
        self._labels = labels

    @functools.cached_property
    def _rows(self) -> list[dict[str, Any]]:
        numbers = [float(x) for x in as_array(self._boxes, "boxes").numbers()]
        rows: list[dict[str, Any]] = [{"box": numbers[at : at + 4]} for at in range(0, len(numbers), 4)]
        for row, label in zip(rows, self._labels or (), strict=False):
            row["label"] = label
        return rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        return self._rows[at]


def split_videos(videos: Any) -> list[Any]:
    """Videos [N, T, C, H, W] one by one; what is no such array as it is, for `log` to refuse."""
    try:
        array = as_array(videos, "a video")
    except (TypeError, ValueError):
        return [videos]
    if len(array.shape) != 5 or 0 in array.shape:
        return [videos]
    size = len(array.data) // array.shape[0]
    return [Array(array.dtype, array.shape[1:], array.data[at : at + size]) for at in range(0, len(array.data), size)]
