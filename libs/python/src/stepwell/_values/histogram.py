"""Distributions: histograms from values or from buckets, and precision/recall curves."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import wire
from stepwell._values.arrays import Array, as_array
from stepwell._values.base import CLASS_TENSOR, Blobs, Encoded, Media, series
from stepwell._values.tensor import fill_tensor

_BINS = 64
MAX_BINS = 2500  # three float64 each: what fits into a value without a blob
_THRESHOLDS = 127  # as TensorBoard's


class Histogram(Media):
    """A histogram, of values or of buckets that were counted already.

    Args:
        values: any array or list of numbers; NaN and infinities are in no bucket and left out.
        bins: how many buckets of equal width from the least to the greatest value.
        edges: instead of values: the k + 1 edges of k buckets, rising…
        counts: …and the k counts, which need not be whole.
    """

    def __init__(
        self, values: object = None, bins: int = _BINS, *, edges: object = None, counts: object = None
    ) -> None:
        self.values = values
        self.bins = bins
        self.edges = edges
        self.counts = counts

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"histogram {tag!r}"
        if (self.values is None) == (self.edges is None) or (self.edges is None) != (self.counts is None):
            raise TypeError(f"{what}: a histogram is made of values, or of edges and counts")
        if self.values is not None:
            edges, counts = self._count(what)
        else:
            edges, counts = floats(self.edges, what), floats(self.counts, what)
            self._check(edges, counts, what)
        histogram = pb.Histogram(left=edges[:-1], right=edges[1:], count=counts)
        info = series(tag, pb.KIND_HISTOGRAM, "histograms", data_class=CLASS_TENSOR)
        return [Encoded(info, pb.Value(histogram=histogram), [])]

    @staticmethod
    def _check(edges: list[float], counts: list[float], what: str) -> None:
        if not counts or len(edges) != len(counts) + 1:
            raise ValueError(f"{what}: {len(counts)} counts need {len(counts) + 1} edges, not {len(edges)}")
        if len(counts) > MAX_BINS:
            raise ValueError(f"{what} has {len(counts):,} buckets; the limit is {MAX_BINS:,}")
        if any(not a <= b for a, b in itertools.pairwise(edges)):
            raise ValueError(f"{what}: the edges do not rise")
        if any(not count >= 0 for count in counts):
            raise ValueError(f"{what}: a count is negative or NaN")

    def _count(self, what: str) -> tuple[list[float], list[float]]:
        bins = self.bins
        if isinstance(bins, bool) or not isinstance(bins, int) or not 0 < bins <= MAX_BINS:
            raise ValueError(f"{what}: bins is a whole number from 1 to {MAX_BINS:,}, not {bins!r}")
        array = as_array(self.values, what)
        if array.dtype == "bool" or not (array.is_float or array.is_integer):
            if array.dtype != "bool":
                raise TypeError(f"{what}: a histogram is of real numbers, not of {array.dtype}")
            array = Array("uint8", array.shape, array.data)
        # A quarter, so that the distance of the greatest floats can be told; exact, as it is a power of two.
        numbers: Any = array.numpy()
        if numbers is not None:
            import numpy

            numbers = numbers.reshape(-1).astype("float64")
            finite: Any = numbers[numpy.isfinite(numbers)] * 0.25
            low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        else:
            finite = [v * 0.25 for v in map(float, array.numbers()) if math.isfinite(v)]
            low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
        if len(finite) == 0:
            raise ValueError(f"{what} has no finite value")
        if low == high:
            return [4 * low - 0.5, 4 * low + 0.5], [float(len(finite))]
        edges = [low + (high - low) * (i / bins) for i in range(bins)] + [high]
        if numbers is not None:
            counts = [float(n) for n in numpy.histogram(finite, bins=numpy.maximum.accumulate(edges))[0]]
        else:
            counts = _tally(finite, edges)
        return [4 * edge for edge in edges], counts


def _tally(values: list[float], edges: list[float]) -> list[float]:
    """Counts of values by bucket; a bucket has its left edge, the last one its right edge too."""
    counts = [0.0] * (len(edges) - 1)
    for value in values:
        counts[min(bisect_right(edges, value), len(counts)) - 1] += 1
    return counts


def floats(value: object, what: str) -> list[float]:
    """A flat array of real numbers as floats."""
    array = as_array(value, what)
    if len(array.shape) != 1:
        raise ValueError(f"{what}: a list of numbers is needed, not an array of shape {list(array.shape)}")
    return [float(number) for number in array.numbers()]


class PRCurve(Media):
    """Precision and recall over thresholds, as TensorBoard's PR curves.

    Args:
        labels: whether each example is positive: booleans, or 0 and 1.
        predictions: its score, from 0 to 1.
        thresholds: how many, of equal distance from 0 to 1.
        weights: of each example; 1 without it.
    """

    def __init__(
        self, labels: object, predictions: object, thresholds: int = _THRESHOLDS, weights: object = None
    ) -> None:
        self.labels = labels
        self.predictions = predictions
        self.thresholds = thresholds
        self.weights = weights

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"PR curve {tag!r}"
        rows = self._rows(what)
        flat = [value for row in rows for value in row]
        blobs = Blobs()
        array = as_array(flat, what).reshaped(6, self.thresholds)
        value = pb.Value(pr_curve=pb.PrCurve(rows=fill_tensor(array, blobs)))
        # PrCurvePluginData: num_thresholds = 2.
        content = b"\x10" + wire.varint(self.thresholds)
        info = series(tag, pb.KIND_PR_CURVE, "pr_curves", content=content, value_type="float64", data_class=2)
        return [Encoded(info, value, blobs.all())]

    def _rows(self, what: str) -> list[list[float]]:
        n = self.thresholds
        if isinstance(n, bool) or not isinstance(n, int) or not 2 <= n <= 100_000:
            raise ValueError(f"{what}: thresholds is a whole number from 2 to 100,000, not {n!r}")
        labels = _flat(self.labels, what)
        scores = _flat(self.predictions, what)
        weights = [1.0] * len(labels) if self.weights is None else _flat(self.weights, what)
        if not len(labels) == len(scores) == len(weights):
            raise ValueError(f"{what}: {len(labels)} labels, {len(scores)} predictions, {len(weights)} weights")
        if any(not 0 <= score <= 1 for score in scores):
            raise ValueError(f"{what}: predictions are from 0 to 1")
        true, false = [0.0] * n, [0.0] * n
        for label, score, weight in zip(labels, scores, weights, strict=True):
            (true if label else false)[int(score * (n - 1))] += weight
        tp, fp = _from_above(true), _from_above(false)
        tn, fn = [fp[0] - x for x in fp], [tp[0] - x for x in tp]
        least = 1e-7  # TensorBoard's guard against a division by zero
        precision = [t / max(least, t + f) for t, f in zip(tp, fp, strict=True)]
        recall = [t / max(least, t + f) for t, f in zip(tp, fn, strict=True)]
        return [tp, fp, tn, fn, precision, recall]


def _flat(value: object, what: str) -> list[float]:
    return [float(number) for number in as_array(value, what).numbers()]


def _from_above(counts: list[float]) -> list[float]:
    """At each threshold, what is at it or above."""
    total, out = 0.0, []
    for count in reversed(counts):
        total += count
        out.append(total)
    return out[::-1]
