"""Tables, kept as one JSON document a step: series of kind `other`, plugin `table`, type application/json.

    {"version": 1, "columns": [{"name": "word", "type": "string"}], "rows": [["cat"], [null]]}

Types are string, number, integer, boolean, mixed, and null for a column without values. NaN and infinities are "NaN",
"Infinity" and "-Infinity", as in all of Stepwell's JSON.
"""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values.base import Encoded, Media, document

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number"}


class Table(Media):
    """A table.

    Args:
        data: rows (lists, or mappings by column), a mapping of columns, a pandas DataFrame or a pyarrow Table.
        columns: the columns' names, where `data` does not tell them.
    """

    def __init__(self, data: object = None, columns: Sequence[str] | None = None) -> None:
        self.data: Any = [] if data is None else data
        self.columns = columns

    def add(self, *row: object) -> None:
        """Appends a row to a table that is made of rows."""
        self.data.append(list(row))

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"table {tag!r}"
        columns, rows = self._parts(what)
        cells = [[_cell(value, what, columns[i], n) for i, value in enumerate(row)] for n, row in enumerate(rows)]
        named = [{"name": name, "type": _type([row[i] for row in cells])} for i, name in enumerate(columns)]
        text = json.dumps({"version": 1, "columns": named, "rows": _spelled(cells)}, ensure_ascii=False)
        data = text.encode("utf-8", "surrogateescape")
        return [document(tag, pb.KIND_OTHER, "table", data, "application/json", "table")]

    def _parts(self, what: str) -> tuple[list[str], list[Sequence[Any]]]:
        data = self.data
        if hasattr(data, "to_pydict"):  # pyarrow
            data = data.to_pydict()
        elif hasattr(data, "itertuples") and hasattr(data, "columns"):  # pandas
            names = [str(name) for name in data.columns]
            return self._names(names, what), list(data.itertuples(index=False, name=None))
        if isinstance(data, Mapping):
            values = [list(column) for column in data.values()]
            if len({len(column) for column in values}) > 1:
                raise ValueError(f"{what}: the columns have different lengths: {[len(c) for c in values]}")
            return self._names([str(name) for name in data], what), list(zip(*values, strict=True))
        if not isinstance(data, Iterable) or isinstance(data, (str, bytes)):
            raise TypeError(f"{what}: a table is rows, columns, a DataFrame or a pyarrow Table, not a "
                            f"{type(data).__name__}")  # fmt: skip
        rows = list(data)
        if rows and all(isinstance(row, Mapping) for row in rows):
            names = list(self.columns) if self.columns else list(dict.fromkeys(name for row in rows for name in row))
            return self._names([str(name) for name in names], what), [[row.get(n) for n in names] for row in rows]
        if any(isinstance(row, (str, bytes, Mapping)) or not hasattr(row, "__len__") for row in rows):
            raise TypeError(f"{what}: rows are lists of values, all of them")
        width = len(self.columns) if self.columns else len(rows[0]) if rows else 0
        for number, row in enumerate(rows):
            if len(row) != width:
                raise ValueError(f"{what}: row {number} has {len(row)} values, and there are {width} columns")
        return self._names([str(i) for i in range(width)] if not self.columns else list(self.columns), what), rows

    def _names(self, found: list[str], what: str) -> list[str]:
        names = [str(name) for name in self.columns] if self.columns else found
        if len(names) != len(found):
            raise ValueError(f"{what}: {len(names)} names for {len(found)} columns")
        if len(set(names)) != len(names):
            raise ValueError(f"{what}: two columns have one name: {names}")
        return names


def _cell(value: Any, what: str, column: str, row: int) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (datetime.date, datetime.time)):  # a datetime is a date
        text = value.isoformat()
        return None if text == "NaT" else text
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a number of numpy's or a library like it
        return _cell(value.item(), what, column, row)
    if hasattr(value, "__float__"):  # Decimal, Fraction
        return float(value)
    raise TypeError(f"{what}: row {row}, column {column!r}: a {type(value).__name__} is no value of a table")


def _type(values: list[Any]) -> str | None:
    kinds = {_TYPES[next(t for t in (str, bool, int, float) if isinstance(v, t))] for v in values if v is not None}
    if kinds == {"integer", "number"}:
        return "number"
    return "mixed" if len(kinds) > 1 else next(iter(kinds), None)


def _spelled(rows: list[list[Any]]) -> list[list[Any]]:
    """The cells with NaN and infinities as strings: JSON has none."""
    return [[_non_finite(v) if isinstance(v, float) and not math.isfinite(v) else v for v in row] for row in rows]


def _non_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
