"""What can be logged beside numbers, and what it becomes: `encode(tag, value)` gives the points of series.

docs/guide/python-types.md tells each type's rules. Nothing here imports numpy, PIL or a
framework until a value needs it.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell._values.arrays import is_array
from stepwell._values.audio import Audio
from stepwell._values.base import Encoded, Media
from stepwell._values.figure import Figure, is_matplotlib, is_plotly
from stepwell._values.graph import Graph
from stepwell._values.histogram import Histogram, PRCurve
from stepwell._values.image import Image, _is_pil
from stepwell._values.space import Embedding, Mesh, PointCloud
from stepwell._values.table import Table
from stepwell._values.tensor import Tensor
from stepwell._values.text import HTML, Markdown, Text
from stepwell._values.video import Video

__all__ = [
    "HTML",
    "Audio",
    "Embedding",
    "Encoded",
    "Figure",
    "Graph",
    "Histogram",
    "Html",
    "Image",
    "Markdown",
    "Media",
    "Mesh",
    "PRCurve",
    "PointCloud",
    "Table",
    "Tensor",
    "Text",
    "Video",
    "encode",
]

Html = HTML  # as it was called first


def encode(tag: str, value: object) -> list[Encoded]:
    """The points that logging `value` under `tag` makes.

    Values with a type of their own are taken as they say; a str is a Text, an array a Tensor, a PIL image an Image, a
    figure a Figure, a DataFrame a Table, and a list of one type of images or clips one point of several.

    Raises:
        TypeError, ValueError: the value cannot be taken; the message names the tag and the reason.
    """
    try:
        return _encode(tag, value)
    except (TypeError, ValueError):
        raise
    except Exception as error:  # an object of the user's may raise anything when it is looked at
        raise ValueError(f"{tag!r}: this {type(value).__name__} cannot be read ({error!r})") from error


def _encode(tag: str, value: object) -> list[Encoded]:
    if isinstance(value, (list, tuple)) and value and all(_typed(one) is not None for one in value):
        return _many(tag, value)
    found = _typed(value)
    if found is None:
        taken = "numbers, texts, arrays and the types of stepwell are"
        raise TypeError(f"{tag!r}: a value of type {type(value).__name__} is not taken; {taken}")
    return found._encode(tag)


def _many(tag: str, values: Sequence[object]) -> list[Encoded]:
    typed = [found for one in values if (found := _typed(one)) is not None]
    kinds = {type(one) for one in typed}
    if len(kinds) > 1:
        raise TypeError(f"{tag!r}: a list of {' and '.join(sorted(k.__name__ for k in kinds))} is not taken")
    if isinstance(typed[0], Text):
        return Text([one.text for one in typed if isinstance(one, Text)])._encode(tag)
    return type(typed[0])._encode_many(tag, typed)


def _typed(value: object) -> Media | None:
    """The value with its type, or None for what none fits."""
    if isinstance(value, Media):
        return value
    if isinstance(value, str):
        return Text(value)
    if _is_pil(value):
        return Image(value)
    if is_matplotlib(value) or is_plotly(value):
        return Figure(value)
    if hasattr(value, "itertuples") and hasattr(value, "columns"):
        return Table(value)
    return Tensor(value) if is_array(value) else None
