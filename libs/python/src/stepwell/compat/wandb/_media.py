"""wandb's types of values, made of Stepwell's: what wandb's constructors take, and Stepwell's series of it."""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import stepwell._values as values
from stepwell import _params
from stepwell._values.arrays import Array, as_array, is_array
from stepwell._values.base import Encoded, Media
from stepwell._values.image import File
from stepwell._values.summary_forms import split_videos


class Image(values.Image):
    """An image with its caption, boxes and masks."""

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
    ) -> None:
        if isinstance(data_or_path, Image):
            data_or_path, caption = data_or_path.data, caption or data_or_path.caption
        super().__init__(data_or_path, caption)
        self._mode = mode
        self._names = {one["id"]: one["name"] for one in classes or () if isinstance(one, Mapping)}
        self._said_boxes, self._said_masks = boxes, masks

    def _files(self, what: str) -> list[File]:
        data: Any = self.data
        if self._mode and hasattr(data, "convert"):
            self.data = data.convert(self._mode)
        elif is_array(data) or isinstance(data, list):
            self._take_array(data, what)
        files = super()._files(what)
        _, width, height = files[0]
        if self._said_boxes:
            self.boxes = list(self._boxes(self._said_boxes, width, height))
        if self._said_masks:
            self.masks = {name: self._mask(mask) for name, mask in self._said_masks.items()}
        return files

    def _take_array(self, data: Any, what: str) -> None:
        if hasattr(data, "detach"):
            self.layout = "CHW"  # torch's images, however narrow
        self.data = array = as_array(data, what)
        if array.is_float:
            least, most = _ends(array)
            self.range = (min(least, 0.0), 1.0 if most <= 1 else max(most, 255.0))

    def _boxes(self, said: Mapping[str, Any], width: int, height: int) -> Iterator[dict[str, Any]]:
        for group, of_group in said.items():
            names = {**self._names, **of_group.get("class_labels", {})}
            for box in of_group["box_data"]:
                across, down = (1, 1) if box.get("domain") == "pixel" else (width, height)
                x0, y0, x1, y1 = _corners(box["position"])
                found = {"box": [x0 * across, y0 * down, x1 * across, y1 * down], "group": group}
                label = box.get("box_caption") or names.get(box.get("class_id"), box.get("class_id"))
                score = next(iter((box.get("scores") or {}).values()), None)
                yield {**found, **{k: v for k, v in (("label", label), ("score", score)) if v is not None}}

    def _mask(self, said: Mapping[str, Any]) -> dict[str, Any]:
        if "mask_data" not in said:
            raise TypeError("a mask is given as mask_data; one of a path is not taken")
        return {"data": said["mask_data"], "classes": {**self._names, **said.get("class_labels", {})}}


def _ends(array: Array) -> tuple[float, float]:
    """The least and the greatest finite number."""
    numbers: Any = array.numpy()
    if numbers is None:
        finite = [one for one in array.numbers() if math.isfinite(one)]
        return min(finite, default=0.0), max(finite, default=1.0)
    finite = numbers[abs(numbers) < math.inf]
    return (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)


def _corners(at: Mapping[str, Any]) -> tuple[float, float, float, float]:
    if "middle" in at:
        (x, y), half_width, half_height = at["middle"], at["width"] / 2, at["height"] / 2
        return x - half_width, y - half_height, x + half_width, y + half_height
    return at["minX"], at["minY"], at["maxX"], at["maxY"]


class Histogram(values.Histogram):
    """A histogram of a sequence, or of what numpy.histogram counted."""

    def __init__(self, sequence: Any = None, np_histogram: Any = None, num_bins: int = 64) -> None:
        if np_histogram is None:
            super().__init__(sequence, num_bins)
        else:
            super().__init__(edges=np_histogram[1], counts=np_histogram[0])


class Audio(values.Audio):
    """A clip."""

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        super().__init__(data_or_path, sample_rate, caption)


class Video(values.Video):
    """A video: a file, or an array [time, channels, height, width], with a fifth side before them for several."""

    def __init__(
        self, data_or_path: Any, caption: str | None = None, fps: int | None = None, format: str | None = None
    ) -> None:
        array = is_array(data_or_path)
        data = data_or_path.read() if hasattr(data_or_path, "read") and not array else data_or_path
        super().__init__(data, fps or 4, layout="CHW" if array else None, format=format)
        self.caption = caption

    def _encode(self, tag: str) -> list[Encoded]:
        videos = split_videos(self.data) if is_array(self.data) else [self.data]
        points = values.Text(self.caption)._encode(f"{tag}/caption") if self.caption else []
        for number, one in enumerate(videos):
            video = values.Video(one, self.fps, layout=self.layout, format=self.format)
            points += video._encode(tag if len(videos) == 1 else f"{tag}/{number}")
        return points


class Html(values.HTML):
    """A page. `inject`, wandb's style sheet, has no meaning here."""

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:
        data = data.read() if hasattr(data, "read") else data
        super().__init__(data.encode() if data_is_not_path and isinstance(data, str) else data)


class Plotly(values.Figure):
    """A figure of plotly or matplotlib."""

    def __init__(self, val: Any) -> None:
        super().__init__(val)


# Colors of the categories of a cloud [n, 4], those of the charts of TensorBoard.
_PALETTE = ((66, 133, 244), (219, 68, 55), (244, 180, 0), (15, 157, 88), (171, 71, 188), (0, 172, 193), (255, 112, 67))


class Object3D(Media):
    """A cloud of points: [n, 3], [n, 4] with a category, [n, 6] with colors; alone or as "points" of a mapping."""

    def __init__(self, data_or_path: Any, caption: str | None = None, **kwargs: Any) -> None:
        self.data, self.caption = data_or_path, caption

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"cloud {tag!r}"
        data: Any = self.data["points"] if isinstance(self.data, Mapping) else self.data
        if hasattr(data, "read") or isinstance(data, (str, os.PathLike)):
            raise TypeError(f"{what}: points are taken, files of scenes are not")
        array = as_array(data, what)
        if len(array.shape) != 2 or array.shape[1] not in (3, 4, 6):
            raise ValueError(f"{what}: points have the shape [n, 3], [n, 4] or [n, 6], not {list(array.shape)}")
        width, numbers = array.shape[1], array.numbers()
        rows = [numbers[at : at + width] for at in range(0, len(numbers), width)]
        colors: list[list[int]] | None = None
        if width == 4:
            colors = [list(_PALETTE[int(row[3]) % len(_PALETTE)]) for row in rows]
        elif width == 6:
            colors = [[int(one) for one in row[3:]] for row in rows]
        points = values.PointCloud([[float(one) for one in row[:3]] for row in rows], colors)._encode(tag)
        return points + (values.Text(self.caption)._encode(f"{tag}/caption") if self.caption else [])


class Table(values.Table):
    """A table. Images and the like in its cells are logged as `<tag>/<column>`, and the cell names which of them."""

    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: bool | list[bool] = True,
        allow_mixed_types: bool = False,
        log_mode: str | None = "IMMUTABLE",
    ) -> None:
        given: Any = next((one for one in (dataframe, data, rows) if one is not None), [])
        if hasattr(given, "itertuples"):
            columns = [str(name) for name in given.columns]
            given = given.itertuples(index=False, name=None)
        names = [str(name) for name in (("Input", "Output", "Expected") if columns is None else columns)]
        super().__init__([list(row) for row in given], names)

    def add_data(self, *data: Any) -> None:
        if len(data) != len(self.columns or ()):
            raise ValueError(f"This table expects {len(self.columns or ())} columns: {self.columns}, found {len(data)}")
        self.data.append(list(data))

    def add_row(self, *row: Any) -> None:
        self.add_data(*row)

    def add_column(self, name: str, data: Any, optional: bool = False) -> None:
        first = not self.columns
        if first:
            self.data = [[] for _ in data]
        if len(data) != len(self.data):
            raise ValueError(f"Expected length {len(self.data)}, found {len(data)}")
        for row, value in zip(self.data, data, strict=True):
            row.append(value)
        self.columns = [*(self.columns or ()), str(name)]

    def get_column(self, name: Any, convert_to: str | None = None) -> Any:
        at = list(self.columns or ()).index(str(name))
        column = [row[at] for row in self.data]
        if convert_to != "numpy":
            return column
        import numpy

        return numpy.array(column)

    def get_dataframe(self) -> Any:
        return importlib.import_module("pandas").DataFrame(self.data, columns=list(self.columns or ()))

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        yield from enumerate(self.data)

    def _encode(self, tag: str) -> list[Encoded]:
        media: dict[str, list[Media]] = {}
        names = list(self.columns or ())
        rows = [[_cell(value, f"{tag}/{name}", media) for name, value in zip(names, row, strict=True)]
                for row in self.data]  # fmt: skip
        points = values.Table(rows, names)._encode(tag)
        for name, many in media.items():
            try:
                points += type(many[0])._encode_many(name, many)
            except TypeError:  # of a kind of which a point has one
                for number, one in enumerate(many):
                    points += one._encode(f"{name}/{number}")
        return points


def _cell(value: Any, name: str, media: dict[str, list[Media]]) -> Any:
    """A cell's value; what a table does not hold goes to `media`, or becomes JSON."""
    if isinstance(value, Media):
        many = media.setdefault(name, [])
        many.append(value)
        return f"{name}[{len(many) - 1}]"
    if getattr(value, "shape", ()):
        value = value.tolist()
    return json.dumps(_params.jsonable(value), ensure_ascii=False) if isinstance(value, (list, tuple, dict)) else value


def plain(value: Any) -> Any:
    """A value of wandb.log as stepwell's log takes it."""
    if isinstance(value, (list, tuple)) and value and all(isinstance(one, (int, float)) for one in value):
        return values.Tensor(list(value))
    return value.gcf() if hasattr(value, "gcf") and hasattr(value, "savefig") else value  # matplotlib.pyplot
