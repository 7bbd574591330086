"""What counts as a scalar, and as which type the server is told it."""

from __future__ import annotations

import decimal
import fractions
import math
import numbers
from typing import Any

_PLAIN: dict[type, str] = {float: "float64", int: "int64", bool: "bool"}
_LARGEST = 1 << 1023  # ints from here on may be beyond a double


def plain(value: Any) -> bool:
    """Whether struct.pack takes the value as a double whatever it holds (an int may still be too large)."""
    kind = type(value)
    return kind in _PLAIN or (kind.__module__ == "numpy" and hasattr(kind, "dtype") and isinstance(value, numbers.Real))


def dtype(kind: type) -> str:
    """numpy's name of a scalar's type."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    return kind.__name__.rstrip("_") if kind.__module__ == "numpy" else "float64"


def as_float(value: Any) -> float | None:
    """The value as a float; None if it is no scalar: text, a larger array, a type of its own."""
    if isinstance(value, (str, bytes, bytearray)):
        return None
    if isinstance(value, int):
        return float(value) if abs(value) < _LARGEST else math.inf if value > 0 else -math.inf
    if isinstance(value, (numbers.Real, decimal.Decimal, fractions.Fraction)):
        return float(value)
    shape = getattr(value, "shape", None)
    if shape is None or len(shape) != 0:
        return None
    detach = getattr(value, "detach", None)  # a tensor that requires grad
    value = detach() if callable(detach) else value
    item = getattr(value, "item", None)
    found = item() if callable(item) else value
    return None if isinstance(found, complex) or not hasattr(type(found), "__float__") else float(found)
