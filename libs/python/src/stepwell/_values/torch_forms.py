"""Values as torch's SummaryWriter counts, cuts and traces them: a run has the same as its event files would."""

from __future__ import annotations

import functools
from typing import Any

from stepwell._imports import load
from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import sniff
from stepwell._values.arrays import as_array, import_numpy
from stepwell._values.base import Encoded, Media, document
from stepwell._values.graph import Graph
from stepwell._values.histogram import MAX_BINS, Histogram
from stepwell._values.summary_forms import RawHistogram

RUN_GRAPH = "__run_graph__"  # the tag that TensorBoard gives a graph


@functools.cache
def _edges() -> list[float]:
    """Edges of bins="tensorflow": each a tenth further from zero than the one before, from 1e-12 to 1e20."""
    positive, edge = [], 1e-12
    while edge < 1e20:
        positive.append(edge)
        edge *= 1.1
    return [*(-edge for edge in reversed(positive)), 0.0, *positive]


class TorchHistogram(Media):
    """`bins`: "tensorflow", a number of buckets, a rule's name that numpy knows, or edges."""

    def __init__(self, values: Any, bins: Any, max_bins: int | None) -> None:
        self._given, self._bins, self._most = values, bins, max_bins

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"histogram {tag!r}"
        numpy = import_numpy()
        if numpy is None:
            return Histogram(self._given, self._bins if isinstance(self._bins, int) else 64)._encode(tag)
        array = as_array(self._given, what).numpy()
        if array is None or array.size == 0:
            raise ValueError(f"{what}: real numbers are needed, and one at least")
        values = array.reshape(-1).astype("f8")
        counts, limits = numpy.histogram(values, bins=self._numpy_bins(what))
        if self._most is not None and len(counts) > self._most:
            together = len(counts) // self._most
            counts = numpy.add.reduceat(counts, numpy.arange(0, len(counts), together))
            limits = numpy.append(limits[:-1:together], limits[-1])
        filled = numpy.flatnonzero(counts)
        if len(filled) == 0:
            raise ValueError(f"{what}: no value is in its bins")
        first, last = int(filled[0]), int(filled[-1]) + 1
        if last - first > MAX_BINS:
            raise ValueError(f"{what} has {last - first:,} buckets; the limit is {MAX_BINS:,} (max_bins)")
        # TensorBoard's buckets have right edges only: an empty one before them keeps the left edge of the first.
        return RawHistogram(
            limits[first : last + 1], [0.0, *counts[first:last]],
            min=values.min(), max=values.max(), num=len(values), sum=values.sum(), sum_squares=values.dot(values),
        )._encode(tag)  # fmt: skip

    def _numpy_bins(self, what: str) -> Any:
        if isinstance(self._bins, str):
            return _edges() if self._bins == "tensorflow" else self._bins
        return self._bins if isinstance(self._bins, int) else as_array(self._bins, what).numpy()


class TorchSound:
    """Floats from -1 to 1, cut off beyond and towards zero."""

    def __init__(self, data: Any) -> None:
        self._data = data

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        numpy = load("numpy")
        array = as_array(self._data, "a clip").numpy()
        if array is None:
            raise ValueError("a clip is an array of real numbers")
        if max(array.shape, default=0) == array.size:
            array = array.reshape(-1)
        if array.dtype.kind != "f":
            return array
        return (numpy.nan_to_num(array, nan=0, posinf=1, neginf=-1).clip(-1, 1) * 32767).astype("<i2")


class TorchGraph(Media):
    """With an input the graph that torch's tracer makes of the model, else that of torch.fx, which needs none."""

    def __init__(self, model: Any, given: Any, verbose: bool, strict: bool) -> None:
        self._model, self._input, self._verbose, self._strict = model, given, verbose, strict

    def _encode(self, tag: str) -> list[Encoded]:
        data = self._traced()
        if data is None:
            return Graph(self._model)._encode(tag)
        return [document(tag, pb.KIND_GRAPH, "graphs", data, sniff.OCTET_STREAM, "graph_def")]

    def _traced(self) -> bytes | None:
        if self._input is None:
            return None
        try:
            random = load("torch.random")
            tracer = load("torch.utils.tensorboard._pytorch_graph")  # needs tensorboard's messages
            with random.fork_rng(devices=[]):  # a forward pass more, which the training's numbers do not show
                graph, _ = tracer.graph(self._model, self._input, self._verbose, self._strict)
            return bytes(graph.SerializeToString())
        except Exception:  # what cannot be traced may raise anything
            return None
