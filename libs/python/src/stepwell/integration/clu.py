"""JAX's clu: a MetricWriter that writes to a run, alone or in a MultiWriter beside others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy
from clu import metric_writers

from stepwell._values import Audio, Histogram, Image, Tensor, Text, Video
from stepwell._values.summary_forms import split_videos
from stepwell.run import Run


class StepwellWriter(metric_writers.MetricWriter):
    """Writes to a run what clu's writers are told.

    Args:
        run: where to; `close` leaves it open.
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self._run = run

    def _log(self, step: int, values: Mapping[str, Any]) -> None:
        self._run.log(values, step=int(step))

    def write_scalars(self, step: int, scalars: Mapping[str, Any]) -> None:
        self._log(step, {name: _number(value) for name, value in scalars.items()})

    def write_summaries(self, step: int, values: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> None:
        """Arrays as tensors; `metadata`, which is TensorBoard's, is not kept."""
        self._log(step, {name: Tensor(value) for name, value in values.items()})

    def write_images(self, step: int, images: Mapping[str, Any]) -> None:
        self._log(step, {name: Image(value) for name, value in images.items()})

    def write_videos(self, step: int, videos: Mapping[str, Any]) -> None:
        """Videos [N, T, H, W, C]; of several each has a tag of its own, `tag/0`, `tag/1`, …"""
        for name, value in videos.items():
            clips = split_videos(value)
            self._log(step, {name if len(clips) == 1 else f"{name}/{n}": Video(one) for n, one in enumerate(clips)})

    def write_audios(self, step: int, audios: Mapping[str, Any], *, sample_rate: int) -> None:
        """Clips [N, frames, channels]."""
        self._log(step, {name: [Audio(one, sample_rate) for one in numpy.asarray(v)] for name, v in audios.items()})

    def write_texts(self, step: int, texts: Mapping[str, str]) -> None:
        self._log(step, {name: Text(value) for name, value in texts.items()})

    def write_histograms(
        self, step: int, arrays: Mapping[str, Any], num_buckets: Mapping[str, int] | None = None
    ) -> None:
        buckets = num_buckets or {}
        self._log(step, {n: Histogram(v, buckets[n]) if n in buckets else Histogram(v) for n, v in arrays.items()})

    def write_hparams(self, hparams: Mapping[str, Any]) -> None:
        self._run.log_params(hparams)

    def flush(self) -> None:
        """Nothing waits in this process: what was written is in the spool."""

    def close(self) -> None:
        """Leaves the run as it is: who began it ends it."""


def _number(value: Any) -> Any:
    """An array of one element as its number, as clu's other writers take it."""
    shape = getattr(value, "shape", ())
    return numpy.asarray(value).item() if shape and all(size == 1 for size in shape) else value
