"""Whatever a type is made of, encode gives points or says why not: a TypeError or a ValueError that names the tag."""

from __future__ import annotations

import array
import inspect
import math
import random
from typing import Any

import pytest

import stepwell._values as values
from stepwell._values import summary_forms

TYPES = [getattr(values, name) for name in values.__all__ if inspect.isclass(getattr(values, name))]
TYPES = [one for one in TYPES if one not in (values.Media, values.Encoded)]
TYPES += [summary_forms.RawPRCurve, summary_forms.Layout]


class Evil:
    """Says that it is an array and is none."""

    def __array__(self, *_: object) -> object:
        raise RuntimeError("never")


class Shy:
    """Fails whenever it is looked at."""

    def __getattr__(self, name: str) -> object:
        raise KeyError(name)


def oddities() -> list[Any]:
    floats = [[0.5, math.nan], [math.inf, -0.0]]
    return [
        None, True, 0, -1, 2**80, 1.5, math.nan, math.inf, 1j, "", "a", "\ud800", "\0", "/nowhere", b"",
        b"abc", bytearray(b"x"), b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WAVEfmt ", b"BM" + bytes(30), b"\xff\xd8\xff\xe0",
        b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 " + bytes(10), [], [[]], [1], [1, 2, 3], [[1, 2], [3, 4]], floats,
        [floats] * 3, [[floats] * 3] * 2, ["a", "b"], [None], [2**70], [b"x"], [True], [[300]], (),
        {}, {"a": 1}, {1: 2}, {1, 2}, {"box": [1, 2, 3, 4]}, [{"box": [1, 2, 3, 4]}], [{"box": None}],
        {"m": [[0, 1]]}, {"m": None}, {"a": {"b": 1}},
        object(), range(3), iter([1]), print, memoryview(b"abc"), array.array("d", [1, 2]),
        Evil(), Shy(), "CHW", 8000, memoryview(bytes(8)).cast("H", (2, 2)), type,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_a_type_of_anything_gives_points_or_the_reason(kind: Any) -> None:
    chance = random.Random(kind.__name__)
    names = list(inspect.signature(kind).parameters)
    needed = [p.name for p in inspect.signature(kind).parameters.values() if p.default is p.empty]
    odd = oddities()
    for first in odd:
        for _ in range(30):
            chosen = {name: chance.choice(odd) for name in names[1:] if name in needed or chance.random() < 0.4}
            check(kind(first, **chosen))


def test_anything_that_is_logged_gives_points_or_the_reason() -> None:
    odd = oddities()
    for value in odd:
        check(value)
        for other in odd:
            check([value, other])


def check(value: Any) -> None:
    try:
        points = values.encode("some/tag", value)
    except (TypeError, ValueError) as error:
        if str(error):
            return
        raise
    assert points
    for point in points:
        assert point.info.tag.startswith(b"some/tag") or point.info.tag == b"default"
        assert len(point.value.SerializeToString()) < 1 << 17
