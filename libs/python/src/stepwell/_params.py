"""Parameters: nested ones become dotted keys, values become JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

DEEPEST = 64


def flatten(
    params: Mapping[Any, Any], complain: Callable[[str], None], above: str = "", seen: tuple[int, ...] = ()
) -> Iterator[tuple[str, Any]]:
    """(dotted key, value that JSON has) of a mapping nested to any depth; a circle is told and left out."""
    for key, value in params.items():
        name = f"{above}{key}"
        if isinstance(value, Mapping) and value:
            if id(value) in seen or id(value) == id(params) or len(seen) > DEEPEST:
                complain(f"parameter {name[:200]!r} contains itself; it is left out")
                continue
            yield from flatten(value, complain, name + ".", (*seen, id(params)))
        else:
            yield name, jsonable(value)


def jsonable(value: Any, depth: int = 0) -> Any:
    """The value, or what comes nearest to it in JSON."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"
    if depth > DEEPEST:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): jsonable(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(one, depth + 1) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted((jsonable(one, depth + 1) for one in value), key=str)
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return jsonable(value.item(), depth + 1)
    return str(value)


def encode(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
