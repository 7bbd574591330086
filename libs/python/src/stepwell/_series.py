"""The points of series, read through REST and given as lists, numpy arrays, pandas or Arrow tables."""

from __future__ import annotations

import dataclasses
import importlib
import json
import urllib.parse
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from stepwell._http import ApiError, Http

_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


def number(value: Any) -> Any:
    """REST's number: NaN and infinities are strings there."""
    return _NON_FINITE.get(value, value) if isinstance(value, str) else value


def numbers(row: dict[str, Any]) -> dict[str, Any]:
    return {key: number(value) for key, value in row.items()}


class Point(NamedTuple):
    """`value`: a float of a scalar series; else what REST gives for its kind (a str, a dict)."""

    step: int
    wall: float
    value: Any


@dataclasses.dataclass(frozen=True)
class Curve:
    """A series in at most as many columns as were asked for.

    Attributes:
        exact: whether `step`, `wall` and `value` are all points; else `buckets` has first, last, min and max (each with
            step, wall and value), count and sum of each column, in order of x.
        count: points in all.
    """

    exact: bool
    count: int
    step: list[int]
    wall: list[float]
    value: list[float]
    buckets: dict[str, Any] | None


class Series:
    """One series of a run. Each call reads it anew."""

    def __init__(self, http: Http, run: str, tag: str, kind: str | None, writer: int | None) -> None:
        self._http = http
        self.run = run
        self.tag = tag
        self.kind = kind
        self.writer = writer

    def __iter__(self) -> Iterator[Point]:
        """Its points, one after the other, as they come."""
        return self._read(hidden=False)

    def _read(self, hidden: bool) -> Iterator[Point]:
        query: dict[str, Any] = {"tag": self.tag.encode("utf-8", "surrogateescape"), "format": "jsonl"}
        if self.kind is not None:
            query["kind"] = self.kind
        if self.writer is not None:
            query["writer"] = self.writer
        if hidden:
            query["hidden"] = "true"
        # A text "NaN" is a text: only scalars have such numbers.
        scalar = self.kind == "scalar"
        if self.kind is None:
            scalar = self._guess_kind() == "scalar"
        for line in self._http.lines(f"/api/v1/runs/{urllib.parse.quote(self.run, safe='')}/points", query):
            item = json.loads(line)
            value = float(number(item["value"])) if scalar else item["value"]
            yield Point(item["step"], float(number(item["wall"])), value)

    def _guess_kind(self) -> str:
        """The kind that the server takes when none is named: that of the tag's first series."""
        path = f"/api/v1/runs/{urllib.parse.quote(self.run, safe='')}/series"
        query: dict[str, Any] = {"limit": 1000, "prefix": self.tag}
        while True:
            page = self._http.json("GET", path, query)
            for item in page["items"]:
                if item["tag"] == self.tag:
                    return str(item["kind"])
            if not page["next"]:
                return ""
            query["cursor"] = page["next"]

    def points(self, hidden: bool = False) -> list[Point]:
        """Every point, whole and exact; with `hidden` also those that a rewind took back."""
        return list(self._read(hidden))

    def buckets(
        self, columns: int = 400, *, x: str = "step", range: tuple[float | None, float | None] | None = None
    ) -> Curve:
        """Scalars as a chart of `columns` columns draws them: no minimum and no maximum is lost.

        Args:
            columns: how many at most; fewer points come as they are.
            x: "step", "wall" or "relative".
            range: (from, to) of x, both inclusive; None is open.
        """
        asked: dict[str, Any] = {"run": self.run, "tag": self.tag}
        if self.writer is not None:
            asked["writer"] = self.writer
        body = {"series": [asked], "x": x, "columns": columns, "range": list(range) if range else None}
        item = self._http.json("POST", "/api/v1/series:query", body=body)["items"][0]
        if problem := item.get("error"):
            raise ApiError(problem["status"], problem["title"], f"{self.tag!r}: {problem['detail']}")
        if item["exact"]:
            walls = [number(wall) for wall in item["wall"]]
            return Curve(True, item["count"], item["step"], walls, [number(v) for v in item["value"]], None)
        buckets = {
            name: {k: [number(v) for v in column] for k, column in part.items()}
            if isinstance(part, dict)
            else [number(v) for v in part]
            for name, part in item["buckets"].items()
        }
        return Curve(False, item["count"], [], [], [], buckets)

    def to_list(self) -> list[Point]:
        return self.points()

    def to_numpy(self) -> dict[str, Any]:
        """{"step": int64, "wall": float64, "value": float64 of scalars, else objects}."""
        return _numpy(self.points())

    def to_pandas(self) -> Any:
        """A DataFrame of step, wall and value."""
        return importlib.import_module("pandas").DataFrame(self.to_numpy())

    def to_arrow(self) -> Any:
        """A pyarrow table of step, wall and value; values that are no numbers are JSON."""
        return _arrow({}, self.points())

    def __repr__(self) -> str:
        return f"<Series {self.tag!r} of run {self.run}>"


class RunsSeries:
    """The series of one tag of several runs; runs that do not have it are passed over."""

    def __init__(self, series: Iterable[tuple[str, str, Series]]) -> None:
        self._series = list(series)

    def points(self) -> Iterator[tuple[str, str, list[Point]]]:
        """(id, name, points) of each run that has the series."""
        for run, name, series in self._series:
            try:
                points = series.points()
            except ApiError as error:
                if error.status != 404:
                    raise
                continue
            yield run, name, points

    def _columns(self) -> tuple[dict[str, list[str]], list[Point]]:
        runs: list[str] = []
        names: list[str] = []
        all_points: list[Point] = []
        for run, name, points in self.points():
            runs += [run] * len(points)
            names += [name] * len(points)
            all_points += points
        return {"run": runs, "name": names}, all_points

    def to_list(self) -> list[tuple[str, str, list[Point]]]:
        return list(self.points())

    def to_pandas(self) -> Any:
        """A DataFrame of run (its id), name, step, wall and value, run after run."""
        columns, points = self._columns()
        return importlib.import_module("pandas").DataFrame({**columns, **_numpy(points)})

    def to_arrow(self) -> Any:
        return _arrow(*self._columns())


def _numpy(points: list[Point]) -> dict[str, Any]:
    import numpy

    values = [point.value for point in points]
    column = numpy.empty(len(points), dtype=object)
    column[:] = values
    return {
        "step": numpy.array([point.step for point in points], "i8"),
        "wall": numpy.array([point.wall for point in points], "f8"),
        "value": column.astype("f8") if all(isinstance(value, float) for value in values) else column,
    }


def _arrow(columns: dict[str, list[str]], points: list[Point]) -> Any:
    pyarrow = importlib.import_module("pyarrow")
    values = [point.value for point in points]
    floats = all(isinstance(value, float) for value in values)
    return pyarrow.table(
        {
            **columns,
            "step": pyarrow.array([point.step for point in points], pyarrow.int64()),
            "wall": pyarrow.array([point.wall for point in points], pyarrow.float64()),
            "value": pyarrow.array(values, pyarrow.float64())
            if floats
            else pyarrow.array([v if isinstance(v, str) else json.dumps(v) for v in values], pyarrow.string()),
        }
    )
