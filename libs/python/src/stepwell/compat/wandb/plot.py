"""wandb.plot: what its charts are made of. Curves of precision and recall and histograms are logged as such, the others
as tables; a chart of Vega is not drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import stepwell._values as values
from stepwell._values.arrays import as_array
from stepwell._values.base import Encoded, Media
from stepwell.compat.wandb._media import Table

Parts = Iterable[tuple[str, Media]]  # what follows the chart's own name, and a value


class CustomChart(Media):
    """A chart. What is wrong with its arguments is told when it is logged, as with any other value."""

    def __init__(self, parts: Callable[[str], Parts], title: str) -> None:
        self._parts, self._title = parts, title

    def _encode(self, tag: str) -> list[Encoded]:
        points = values.Text(self._title)._encode(f"{tag}/title") if self._title else []
        for below, value in self._parts(f"chart {tag!r}"):
            points += value._encode(f"{tag}/{below}" if below else tag)
        return points


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: dict[str, Any],
    string_fields: dict[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """The table: Stepwell draws no Vega."""
    return CustomChart(lambda what: [("", data_table)], str((string_fields or {}).get("title", "")))


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    return _columns(table, [x, y, *([stroke] if stroke else [])], title)


def scatter(table: Table, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    return _columns(table, [x, y], title)


def bar(table: Table, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    return _columns(table, [label, value], title)


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """A histogram of a column, with wandb's own number of buckets."""
    return CustomChart(lambda what: [("", values.Histogram(_column(table, value, what), 64))], title)


def line_series(
    xs: Iterable[Iterable[Any]] | Iterable[Any],
    ys: Iterable[Iterable[Any]],
    keys: Iterable[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """A table of step, lineKey and lineVal, as wandb makes one. `xs` is of each line, or one for all."""

    def parts(what: str) -> Parts:
        across, down = [_plain(one) for one in xs], [list(_plain(one)) for one in ys]
        lines = across if across and isinstance(across[0], (list, tuple)) else [across] * len(down)
        names = [f"line_{number}" for number in range(len(down))] if keys is None else [str(key) for key in keys]
        if not len(lines) == len(down) == len(names):
            raise ValueError(f"{what}: {len(lines)} xs, {len(down)} ys and {len(names)} keys")
        rows = [[x, name, y] for xs, ys, name in zip(lines, down, names, strict=True)
                for x, y in zip(xs, ys, strict=True)]  # fmt: skip
        yield "", values.Table(rows, [xname if xname not in ("lineKey", "lineVal") else "step", "lineKey", "lineVal"])

    return CustomChart(parts, title)


def pr_curve(
    y_true: Iterable[Any] | None = None,
    y_probas: Iterable[Any] | None = None,
    labels: list[str] | None = None,
    classes_to_plot: list[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart | None:
    """A PR curve of each class: `<tag>/<class>`."""

    def parts(what: str) -> Parts:
        for name, positive, scores in _classes(y_true, y_probas, labels, classes_to_plot, what):
            yield name, values.PRCurve(positive, scores)

    return None if y_true is None or y_probas is None else CustomChart(parts, title)


def roc_curve(
    y_true: Sequence[Any],
    y_probas: Sequence[Sequence[float]] | None = None,
    labels: list[str] | None = None,
    classes_to_plot: list[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart | None:
    """A table of class, fpr and tpr, with a row at each score that there is."""

    def parts(what: str) -> Parts:
        rows: list[list[Any]] = []
        for name, positive, scores in _classes(y_true, y_probas, labels, classes_to_plot, what):
            rows += ([name, fpr, tpr] for fpr, tpr in _roc(positive, scores))
        yield "", values.Table(rows, ["class", "fpr", "tpr"])

    return None if y_probas is None else CustomChart(parts, title)


def confusion_matrix(
    probs: Sequence[Sequence[float]] | None = None,
    y_true: Sequence[Any] | None = None,
    preds: Sequence[Any] | None = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """A table of Actual, Predicted and nPredictions, with a row of each pair of classes."""

    def parts(what: str) -> Parts:
        if y_true is None or (probs is None) == (preds is None):
            raise ValueError(f"{what}: y_true, and either probs or preds, are needed")
        actual = list(_plain(y_true))
        if preds is None:
            chosen = [max(range(len(row)), key=row.__getitem__) for row in _rows(probs, what)]
        else:
            chosen = list(_plain(preds))
        if len(actual) != len(chosen):
            raise ValueError(f"{what}: {len(actual)} of y_true and {len(chosen)} predictions")
        # Numbers are places among the names; other values are classes of their own.
        found = sorted({*actual, *chosen}, key=lambda one: (str(type(one)), one))
        whole = all(isinstance(one, int) for one in found)
        classes = range(len(class_names)) if class_names and whole else found
        names = dict(zip(classes, class_names or map(str, classes), strict=False))
        pairs = Counter(zip(actual, chosen, strict=True))
        rows = [[names.get(a, str(a)), names.get(b, str(b)), pairs[a, b]] for a in classes for b in classes]
        yield "", values.Table(rows, ["Actual", "Predicted", "nPredictions"])

    return CustomChart(parts, title)


def visualize(id: str, value: Table) -> CustomChart:
    return CustomChart(lambda what: [("", value)], "")


def _columns(table: Table, names: list[str], title: str) -> CustomChart:
    def parts(what: str) -> Parts:
        columns = [_column(table, name, what) for name in names]
        yield "", Table(columns=names, data=zip(*columns, strict=True))

    return CustomChart(parts, title)


def _column(table: Table, name: str, what: str) -> Any:
    if not isinstance(table, Table):
        raise TypeError(f"{what} is made of a wandb.Table, not of a {type(table).__name__}")
    if str(name) not in (table.columns or ()):
        raise ValueError(f"{what}: the table has no column {name!r}; it has {list(table.columns or ())}")
    return table.get_column(name)


def _plain(values: Any) -> Any:
    """An array of any library as lists; what is none is left as it is."""
    return values.tolist() if hasattr(values, "tolist") else values


def _rows(matrix: Any, what: str) -> list[Sequence[float]]:
    """Scores by example and class. One score for each example is that of the second of two classes."""
    array = as_array(_plain(matrix), what)
    if len(array.shape) not in (1, 2):
        raise ValueError(f"{what}: scores have the shape [examples] or [examples, classes], not {list(array.shape)}")
    numbers = array.numbers()
    if len(array.shape) == 1:
        return [(1 - one, one) for one in numbers]
    width = array.shape[1]
    return [numbers[at : at + width] for at in range(0, len(numbers), width)]


def _classes(
    y_true: Any, y_probas: Any, labels: list[str] | None, wanted: list[Any] | None, what: str
) -> Iterator[tuple[str, list[bool], list[float]]]:
    """Of each class: its name, who belongs to it, and everybody's score. Column i is the i-th class that there is."""
    actual, rows = list(_plain(y_true)), _rows(y_probas, what)
    if len(actual) != len(rows):
        raise ValueError(f"{what}: {len(actual)} of y_true and {len(rows)} of y_probas")
    width = len(rows[0]) if rows else 0
    places = all(isinstance(one, int) and 0 <= one < width for one in actual)
    classes = list(range(width)) if places else sorted(set(actual), key=str)
    for at, one in enumerate(classes[:width]):
        if wanted is None or one in list(wanted):
            name = labels[at] if labels is not None and at < len(labels) else one
            yield str(name), [each == one for each in actual], [row[at] for row in rows]


def _roc(positive: list[bool], scores: list[float]) -> Iterator[tuple[float, float]]:
    """False and true positive rates from the highest score down, from (0, 0) to (1, 1)."""
    all_true = max(1, sum(positive))
    all_false = max(1, len(positive) - sum(positive))
    true = false = 0
    last: float | None = None
    for score, is_one in sorted(zip(scores, positive, strict=True), key=lambda pair: -pair[0]):
        if score != last:
            yield false / all_false, true / all_true
        true, false, last = true + is_one, false + (not is_one), score
    yield false / all_false, true / all_true
