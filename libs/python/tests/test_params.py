"""Parameters of any type become JSON; what cannot be taken is told, and the rest is kept."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import warnings
from typing import Any

import numpy
import pytest

from stepwell import _params


@dataclasses.dataclass
class Model:
    depth: int = 4
    sizes: tuple[int, ...] = (1, 2)
    inner: Any = None


class Color(enum.Enum):
    RED = 1


class Broken:
    def __str__(self) -> str:
        raise RuntimeError("never")


class Sized(collections.UserList[int]):
    """A sequence that is no list, as OmegaConf's are."""


def flat(params: Any) -> tuple[dict[str, Any], list[str]]:
    told: list[str] = []
    found = dict(_params.flatten(params, told.append))
    for value in found.values():
        _params.encode(value)
    return found, told


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (numpy.bool_(True), True),
        (numpy.float16(0.5), 0.5),
        (numpy.array(3), 3),
        (numpy.arange(4).reshape(2, 2), [[0, 1], [2, 3]]),
        (numpy.array([math.nan]), ["NaN"]),
        (numpy.complex64(1j), "1j"),
        (decimal.Decimal("0.10"), "0.10"),
        (fractions.Fraction(1, 3), "1/3"),
        (1j, "1j"),
        (datetime.datetime(2026, 1, 2), "2026-01-02 00:00:00"),
        (Color.RED, "Color.RED"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (range(3), "range(0, 3)"),
        (b"ab", "b'ab'"),
        ({2, 1}, [1, 2]),
        (Sized([1, 2]), [1, 2]),
        ([Model()], [{"depth": 4, "sizes": [1, 2], "inner": None}]),
        ("\ud800", "\ud800"),
        ({}, {}),
    ],
)
def test_what_values_become(value: Any, want: Any) -> None:
    assert flat({"x": value}) == ({"x": want}, [])


def test_a_large_array_is_told_as_its_text() -> None:
    found, _ = flat({"x": numpy.arange(100_000)})
    assert found["x"].startswith("[") and "..." in found["x"]


@pytest.mark.parametrize("given", [argparse.Namespace(lr=0.1, model=Model()), {"lr": 0.1, "model": Model()}])
def test_namespaces_and_dataclasses_are_nested_as_mappings_are(given: Any) -> None:
    assert flat(given)[0] == {"lr": 0.1, "model.depth": 4, "model.sizes": [1, 2], "model.inner": None}


def test_what_contains_itself_is_told_and_the_rest_is_kept() -> None:
    twice: dict[str, Any] = {"good": 1}
    twice["pair"] = [twice, twice]  # followed blindly, this doubles at each level
    listed: list[Any] = []
    listed.append(listed)
    model = Model()
    model.inner = model
    found, told = flat({"a": twice, "b": listed, "c": model, "d": 1})
    assert found == {"a.good": 1, "c.depth": 4, "c.sizes": [1, 2], "d": 1}
    assert [line.split("'")[1] for line in told] == ["a.pair", "b", "c.inner"]
    assert all("contains itself" in line for line in told)


def test_what_raises_is_told_and_the_rest_is_kept() -> None:
    found, told = flat({"bad": Broken(), "good": 1})
    assert found == {"good": 1} and len(told) == 1 and "never" in told[0]


def test_bad_parameters_are_warnings_at_the_users_line(tmp_path: pathlib.Path) -> None:
    import stepwell

    run = stepwell.init("e", dir=tmp_path, mode="offline", capture=False)
    for bad in ({"x": Broken()}, {"x" * 10_000_000: 1}, {"x": 10**5000}, 3):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(2):
                run.log_params({**bad, "good": 1} if isinstance(bad, dict) else bad)
        assert [one.filename for one in told] == [__file__], bad
    run.finish()
