"""Figures: matplotlib's as PNG; plotly's as their JSON, and as PNG beside it where kaleido is installed."""

from __future__ import annotations

from typing import Any

from stepwell._imports import load
from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values.base import Encoded, Media, document
from stepwell._values.image import Image


class Figure(Media):
    """A figure of matplotlib or plotly. `close`: closes matplotlib's afterwards, which else keeps its memory."""

    def __init__(self, figure: object, *, close: bool = False) -> None:
        self.figure = figure
        self.close = close

    def _encode(self, tag: str) -> list[Encoded]:
        figure: Any = self.figure
        if is_matplotlib(figure):
            points = Image(figure)._encode(tag)
            if self.close:
                load("matplotlib.pyplot").close(figure)
            return points
        if is_plotly(figure):
            data = str(figure.to_json()).encode("utf-8", "surrogateescape")
            points = [document(tag, pb.KIND_OTHER, "plotly", data, "application/json", "plotly")]
            try:
                picture = figure.to_image(format="png")
            except Exception:  # no kaleido, no browser for it: the JSON is the figure
                return points
            return [*points, *Image(picture)._encode(tag)]
        raise TypeError(f"figure {tag!r}: matplotlib's and plotly's are taken, not a {type(figure).__name__}")


def is_matplotlib(value: object) -> bool:
    return hasattr(value, "savefig") and hasattr(value, "get_axes")


def is_plotly(value: object) -> bool:
    return hasattr(value, "to_plotly_json") and hasattr(value, "to_image") and hasattr(value, "to_json")
