"""TensorBoard's SummaryWriter, method for method as torch's, that logs to a Stepwell run instead of event files.

    from stepwell.tensorboard import SummaryWriter      # the only line to change

`patch_tensorboard()` changes nothing but adds: the writers of torch, tensorboardX and TensorFlow write event files as
before, and a Stepwell run gets the same. A run is named by its folder: `runs/lr-0.1` is run `lr-0.1` of experiment
`runs`.
"""

from __future__ import annotations

import datetime
import importlib
import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell._beside import patch_tensorboard
from stepwell._values import Audio, Embedding, Figure, Graph, Image, Mesh, PRCurve, Tensor, Text, Video
from stepwell._values.arrays import import_numpy
from stepwell._values.summary_forms import (
    LAYOUT_TAG,
    Boxes,
    Layout,
    RawHistogram,
    RawPRCurve,
    TorchPixels,
    split_videos,
)
from stepwell._values.torch_forms import RUN_GRAPH, TorchGraph, TorchHistogram, TorchSound

__all__ = ["SummaryWriter", "patch_tensorboard"]


def _names(log_dir: str) -> tuple[str, str]:
    """(experiment, run) of a log directory."""
    above, name = os.path.split(os.path.abspath(log_dir))
    return os.environ.get("STEPWELL_EXPERIMENT") or os.path.basename(above) or "runs", name or "."


class SummaryWriter:
    """Writes to a Stepwell run what torch's class of this name writes to event files.

    Args:
        log_dir: names experiment and run; nothing is written there. Without it torch's name of date and host.
        comment: added to that name.
        purge_step: points at this step and beyond that the run has already are taken back.
        max_queue, flush_secs, filename_suffix: taken and not needed.
        run: log to this run instead, which stays open.
        experiment: the experiment's name, instead of the folder above log_dir or STEPWELL_EXPERIMENT.
        options: of stepwell.init.
    """

    def __init__(
        self,
        log_dir: Any = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
        *,
        run: Any = None,
        experiment: str | None = None,
        **options: Any,
    ) -> None:
        if not log_dir:
            now = datetime.datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{now}_{socket.gethostname()}{comment}")
        self.log_dir = str(log_dir)
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self._layout: dict[str, dict[str, Sequence[Any]]] = {}
        self._experiment = experiment
        self._options = options
        self._owns = run is None
        self._run = run if run is not None else self._open()

    def _open(self) -> Any:
        experiment, name = _names(self.log_dir)
        options = dict(self._options)
        if self.purge_step is not None:
            options.update(resume="allow", rewind_to=int(self.purge_step))
            self.purge_step = None  # once; a writer that is opened again goes on
        return importlib.import_module("stepwell").init(experiment=self._experiment or experiment, name=name, **options)

    @property
    def run(self) -> Any:
        """The Stepwell run; opened again if it was closed, as torch's writer opens a new file."""
        if self._run is None:
            self._run = self._open()
        return self._run

    def get_logdir(self) -> str:
        return self.log_dir

    def _log(self, tag: str, value: Any, step: Any, walltime: float | None) -> None:
        self.run.log({str(tag): value}, step=0 if step is None else int(step), wall=walltime)

    # ---- numbers ----

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """One number, as float64 always."""
        self._log(tag, _scalar(scalar_value), global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Numbers `main_tag/key` each. (torch makes a run of each key, because TensorBoard draws a line a run.)"""
        values = {f"{main_tag}/{key}": _scalar(value) for key, value in tag_scalar_dict.items()}
        self.run.log(values, step=0 if global_step is None else int(global_step), wall=walltime)

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Mapping[str, Sequence[Any]] | None = None,
        run_name: str | None = None,
        global_step: int | None = None,
    ) -> None:
        """The run's parameters, and scalars; torch makes a run of its own for them."""
        if not isinstance(hparam_dict, Mapping) or not isinstance(metric_dict, Mapping):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        self.run.log_params(dict(hparam_dict))
        for tag, value in metric_dict.items():
            self.add_scalar(tag, value, global_step)

    def add_tensor(self, tag: str, tensor: Any, global_step: int | None = None, walltime: float | None = None) -> None:
        self._log(tag, Tensor(tensor), global_step, walltime)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """A histogram, counted as torch does. `bins`: "tensorflow", a number, numpy's name of a rule, or edges."""
        self._log(tag, TorchHistogram(values, bins, max_bins), global_step, walltime)

    def add_histogram_raw(
        self,
        tag: str,
        min: float,
        max: float,
        num: float,
        sum: float,
        sum_squares: float,
        bucket_limits: Any,
        bucket_counts: Any,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        sums = {"min": min, "max": max, "num": num, "sum": sum, "sum_squares": sum_squares}
        self._log(tag, RawHistogram(bucket_limits, bucket_counts, **sums), global_step, walltime)

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        self._log(tag, PRCurve(labels, predictions, num_thresholds, weights), global_step, walltime)

    def add_pr_curve_raw(
        self,
        tag: str,
        true_positive_counts: Any,
        false_positive_counts: Any,
        true_negative_counts: Any,
        false_negative_counts: Any,
        precision: Any,
        recall: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        counts = (true_positive_counts, false_positive_counts, true_negative_counts, false_negative_counts)
        self._log(tag, RawPRCurve((*counts, precision, recall)), global_step, walltime)

    # ---- pictures and sound ----

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        self._log(tag, Image(TorchPixels(img_tensor, dataformats)), global_step, walltime)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Several images of one step; torch puts them into one picture."""
        self._log(tag, Image(TorchPixels(img_tensor, dataformats)), global_step, walltime)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        rescale: float = 1,
        dataformats: str = "CHW",
        labels: Sequence[str] | None = None,
    ) -> None:
        """An image, and its boxes [n, 4] (x0, y0, x1, y1) beside it; torch draws them into the picture."""
        self._log(
            tag, Image(TorchPixels(img_tensor, dataformats), boxes=Boxes(box_tensor, labels)), global_step, walltime
        )

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        figures = figure if isinstance(figure, (list, tuple)) else [figure]
        for number, one in enumerate(figures):
            self._log(tag if len(figures) == 1 else f"{tag}/{number}", Figure(one, close=close), global_step, walltime)

    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: int | None = None,
        fps: float = 4,
        walltime: float | None = None,
    ) -> None:
        """Videos [N, T, C, H, W]; of several each has a tag of its own, `tag/0`, `tag/1`, …"""
        videos = split_videos(vid_tensor)
        for number, one in enumerate(videos):
            name = tag if len(videos) == 1 else f"{tag}/{number}"
            self._log(name, Video(one, fps, layout="CHW"), global_step, walltime)

    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: int | None = None,
        sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:
        sound = snd_tensor if import_numpy() is None else TorchSound(snd_tensor)
        self._log(tag, Audio(sound, sample_rate), global_step, walltime)

    # ---- the rest ----

    def add_text(
        self, tag: str, text_string: str, global_step: int | None = None, walltime: float | None = None
    ) -> None:
        """A text, under the name that torch gives it: `tag/text_summary`."""
        self._log(f"{tag}/text_summary", Text([text_string]), global_step, walltime)

    def add_onnx_graph(self, prototxt: Any) -> None:
        self._log("graph", Graph(prototxt, "onnx"), None, None)

    def add_graph(
        self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """The graph as torch traces it with the input; without one as torch.fx does. It has TensorBoard's own tag."""
        self._log(RUN_GRAPH, TorchGraph(model, input_to_model, verbose, use_strict_trace), None, None)

    def add_embedding(
        self,
        mat: Any,
        metadata: Sequence[Any] | None = None,
        label_img: Any = None,
        global_step: int | None = None,
        tag: str = "default",
        metadata_header: Sequence[str] | None = None,
    ) -> None:
        images = None if label_img is None else TorchPixels(label_img, "NCHW")
        embedding = Embedding(mat, metadata, columns=metadata_header, images=images)
        self._log(tag, embedding, global_step, None)

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Mapping[str, Any] | None = None,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        self._log(tag, Mesh(vertices, faces, colors, config_dict), global_step, walltime)

    def add_custom_scalars_multilinechart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        self.add_custom_scalars({category: {title: ["Multiline", tags]}})

    def add_custom_scalars_marginchart(
        self, tags: Sequence[str], category: str = "default", title: str = "untitled"
    ) -> None:
        self.add_custom_scalars({category: {title: ["Margin", tags]}})

    def add_custom_scalars(self, layout: Mapping[str, Mapping[str, Sequence[Any]]]) -> None:
        """Charts of several scalars. What earlier calls said stays, where torch forgets it."""
        for category, charts in layout.items():
            self._layout.setdefault(category, {}).update(charts)
        self._log(LAYOUT_TAG, Layout(self._layout), None, None)

    def flush(self) -> None:
        """Nothing waits in this process: what was added is in the spool."""

    def close(self) -> None:
        """Finishes the run, unless it was given."""
        if self._owns and self._run is not None:
            self._run.finish()
            self._run = None

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _scalar(value: Any) -> Any:
    """An array of one element as its number, like torch's; everything else as it is."""
    shape = getattr(value, "shape", ())
    return value.item() if hasattr(value, "item") and shape and all(size == 1 for size in shape) else value
