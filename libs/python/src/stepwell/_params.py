"""Parameters: nested ones become dotted keys, values become JSON."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

DEEPEST = 64
ARRAY_ELEMENTS = 1024  # of an array that is kept as a list; of a larger one its text is, which is short
_TEXTS = (bytes, bytearray, memoryview, range)  # sequences that are not told as lists

Complain = Callable[[str], None]


def flatten(params: Any, complain: Complain) -> Iterator[tuple[str, Any]]:
    """(dotted key, value that JSON has) of what is nested to any depth. What cannot be taken is told and left out.

    Raises:
        TypeError: they have no names.
    """
    named = members(params)
    if named is None:
        raise TypeError(f"parameters are a mapping, a dataclass or a namespace, not a {type(params).__name__}")
    yield from _flatten(named, complain, "", (id(params),))


def _flatten(
    named: Mapping[Any, Any], complain: Complain, above: str, seen: tuple[int, ...]
) -> Iterator[tuple[str, Any]]:
    for key, value in named.items():
        name = f"{above}{key}"
        try:
            inner = members(value)
            if inner:
                _enter(value, seen)
            else:
                found = jsonable({} if inner is not None else value, seen)
        except Exception as error:  # a value of the user's may raise anything when it is looked at
            complain(f"parameter {name[:200]!r} is left out: {error}")
            continue
        if inner:
            yield from _flatten(inner, complain, name + ".", (*seen, id(value)))
        else:
            yield name, found


def members(value: Any) -> Mapping[Any, Any] | None:
    """Names and values of what has some: a mapping, a dataclass, an argparse.Namespace."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, (argparse.Namespace, types.SimpleNamespace)):
        return vars(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return None


def _enter(value: Any, seen: tuple[int, ...]) -> None:
    if id(value) in seen:
        raise ValueError("it contains itself")
    if len(seen) > DEEPEST:
        raise ValueError(f"it is nested deeper than {DEEPEST}")


def jsonable(value: Any, seen: tuple[int, ...] = ()) -> Any:
    """The value, or what comes nearest to it in JSON.

    Raises:
        ValueError: it contains itself, or is nested too deep.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    named = members(value)
    if named is None and (isinstance(value, _TEXTS) or not isinstance(value, (set, frozenset, Sequence))):
        plain = _plain(value)
        return str(value) if plain is None else jsonable(plain, seen)
    _enter(value, seen)
    seen = (*seen, id(value))
    if named is not None:
        return {str(key): jsonable(one, seen) for key, one in named.items()}
    found = [jsonable(one, seen) for one in value]
    return found if isinstance(value, Sequence) else sorted(found, key=str)


def _plain(value: Any) -> Any:
    """A number or list of Python's for an array that is not large; None for anything else."""
    shape, tolist = getattr(value, "shape", None), getattr(value, "tolist", None)
    if not isinstance(shape, tuple) or not callable(tolist) or math.prod(shape) > ARRAY_ELEMENTS:
        return None
    found = tolist()
    return None if type(found) is type(value) else found


def encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
