"""stepwell.tensorboard.SummaryWriter takes the calls of torch's and makes the same series of them."""

from __future__ import annotations

import inspect
import json
import os
import pathlib
import sys
from collections.abc import Mapping
from typing import Any

import pytest

import stepwell
import stepwell._values as values
from stepwell.tensorboard import SummaryWriter, _names, patch_tensorboard

METHODS = {name for name in dir(SummaryWriter) if name.startswith("add_")} | {"close", "flush"}


class Recorder:
    """A run that keeps the points of what is logged to it."""

    def __init__(self) -> None:
        self.scalars: list[tuple[str, Any, int, float | None]] = []
        self.points: dict[str, list[values.Encoded]] = {}
        self.params: dict[str, Any] = {}
        self.finished = False

    def log(self, logged: dict[str, Any], step: int | None = None, wall: float | None = None) -> None:
        for tag, value in logged.items():
            if isinstance(value, (int, float)):
                assert step is not None
                self.scalars.append((tag, value, step, wall))
                continue
            for encoded in values.encode(tag, value):
                self.points.setdefault(encoded.info.tag.decode(), []).append(encoded)

    def log_params(self, params: Mapping[str, Any]) -> None:
        self.params.update(params)

    def finish(self) -> None:
        self.finished = True


@pytest.fixture
def run() -> Recorder:
    return Recorder()


@pytest.fixture
def writer(run: Recorder) -> SummaryWriter:
    return SummaryWriter("runs/x", run=run)


# Methods whose arguments are not torch's there, or that it does not have.
OTHERS = {"add_onnx_graph", "add_hparams", "add_tensor"}


@pytest.mark.parametrize("name", sorted(METHODS - OTHERS))
def test_calls_of_tensorboardx_are_taken(name: str) -> None:
    """Its names and their order are torch's, but for what it alone has."""
    other = pytest.importorskip("tensorboardX")
    theirs = list(inspect.signature(getattr(other.SummaryWriter, name)).parameters.values())
    own = {"display_name", "summary_description", "kwargs", "dataformats"}
    ours = list(inspect.signature(getattr(SummaryWriter, name)).parameters)
    names = [p.name for p in theirs if p.name in ours or p.name not in own]
    assert names == [p for p in ours if p in names]


def test_the_folder_names_experiment_and_run(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STEPWELL_EXPERIMENT", raising=False)
    assert _names("runs/lr-0.1") == ("runs", "lr-0.1")
    assert _names(str(tmp_path / "a" / "b/")) == ("a", "b")
    monkeypatch.setenv("STEPWELL_EXPERIMENT", "mine")
    assert _names("runs/lr-0.1") == ("mine", "lr-0.1")


def test_numbers_have_step_and_wall_time(writer: SummaryWriter, run: Recorder) -> None:
    writer.add_scalar("loss", 0.5, 3, 12.5)
    writer.add_scalar("loss", 0.25)
    writer.add_scalars("acc", {"train": 0.5, "val": 1}, 4)
    assert run.scalars == [
        ("loss", 0.5, 3, 12.5),
        ("loss", 0.25, 0, None),
        ("acc/train", 0.5, 4, None),
        ("acc/val", 1, 4, None),
    ]
    numpy = pytest.importorskip("numpy")
    writer.add_scalar("loss", numpy.array([7.0]), numpy.int64(5))
    assert run.scalars[-1] == ("loss", 7.0, 5, None) and type(run.scalars[-1][2]) is int


def test_hyperparameters_are_the_runs(writer: SummaryWriter, run: Recorder) -> None:
    writer.add_hparams({"lr": 0.1, "opt": "adam"}, {"acc": 0.5})
    assert run.params == {"lr": 0.1, "opt": "adam"} and run.scalars == [("acc", 0.5, 0, None)]
    with pytest.raises(TypeError):
        writer.add_hparams([], {})  # type: ignore[arg-type]


def test_images_of_every_format_are_the_same_picture(writer: SummaryWriter, run: Recorder) -> None:
    numpy = pytest.importorskip("numpy")
    image = numpy.random.default_rng(5).random((4, 6, 3)) * 1.2
    writer.add_image("a", image, dataformats="HWC")
    writer.add_image("a", numpy.moveaxis(image, 2, 0))
    writer.add_image("a", image.transpose(1, 0, 2), dataformats="WHC")
    writer.add_images("a", numpy.moveaxis(image, 2, 0)[None])
    first, *others = [point.blobs for point in run.points["a"]]
    assert others == [first] * 3
    writer.add_images("b", numpy.zeros((5, 1, 4, 4)))
    assert len(run.points["b"][0].value.image.items) == 5
    writer.add_image("grey", numpy.zeros((4, 6)), dataformats="HW")
    assert run.points["grey"][0].value.image.width == b"6"
    with pytest.raises((TypeError, ValueError), match="HW"):
        writer.add_image("bad", image, dataformats="HW")


def test_boxes_are_beside_their_image(writer: SummaryWriter, run: Recorder) -> None:
    numpy = pytest.importorskip("numpy")
    writer.add_image_with_boxes("a", numpy.zeros((3, 8, 8)), numpy.array([[1, 2, 3, 4]]), labels=["cat"])
    notes = json.loads(run.points["a/annotations"][0].value.text.values[0])
    assert notes["images"][0]["boxes"] == [{"box": [1.0, 2.0, 3.0, 4.0], "label": "cat"}]


def test_every_other_method_makes_its_series(writer: SummaryWriter, run: Recorder, tmp_path: pathlib.Path) -> None:
    writer.add_text("text", "hello", 1)
    writer.add_histogram("hist", [1.0, 2.0, 3.0])
    writer.add_histogram("edges", [0.5, 1.5, 2.5, 9.0], bins=[0, 1, 2, 3])
    writer.add_histogram_raw("raw", 0, 2, 3, 4, 5, [1, 2], [1, 2])
    writer.add_audio("audio", [[0.0, 0.5]], sample_rate=8000)
    writer.add_video("video", [[[[[0.0]]], [[[1.0]]]]])
    writer.add_video("videos", [[[[[0.0]]]], [[[[1.0]]]]])
    writer.add_tensor("tensor", [1, 2])
    writer.add_pr_curve("pr", [0, 1], [0.25, 0.75])
    writer.add_pr_curve_raw("pr_raw", [1, 0], [1, 0], [0, 1], [0, 1], [0.5, 0], [1, 0], num_thresholds=2)
    writer.add_embedding([[1.0, 2.0]], [["a", "b"]], metadata_header=["x", "y"])
    writer.add_mesh("mesh", [[[0.0, 0.0, 0.0]]], colors=[[[1, 2, 3]]])
    (tmp_path / "a.onnx").write_bytes(b"onnx")
    writer.add_onnx_graph(tmp_path / "a.onnx")
    kinds = {tag: points[0].value.WhichOneof("kind") for tag, points in run.points.items()}
    assert kinds == {
        "text/text_summary": "text", "hist": "histogram", "edges": "histogram", "raw": "histogram", "audio": "audio",
        "video": "bytes", "videos/0": "bytes", "videos/1": "bytes", "tensor": "tensor", "pr": "pr_curve",
        "pr_raw": "pr_curve", "default": "embedding", "mesh_VERTEX": "mesh", "mesh_COLOR": "mesh", "graph": "bytes",
    }  # fmt: skip
    edges = run.points["edges"][0].value.histogram
    assert (list(edges.right), list(edges.count)) == ([0, 1, 2, 3], [0, 1, 1, 1])
    raw = run.points["raw"][0].value.histogram
    assert (list(raw.left), list(raw.right), raw.legacy.sum_squares) == ([float("-inf"), 1], [1, 2], 5)


def test_histograms_and_sound_need_no_numpy(
    writer: SummaryWriter, run: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    writer.add_histogram("hist", [1.0, 2.0, 3.0])
    writer.add_audio("audio", [[0.0, 0.5]], sample_rate=8000)
    assert sum(run.points["hist"][0].value.histogram.count) == 3
    assert run.points["audio"][0].value.audio.items[0].frames == 2


def test_layouts_grow(writer: SummaryWriter, run: Recorder) -> None:
    writer.add_custom_scalars({"a": {"one": ["Multiline", ["x", "y"]]}})
    writer.add_custom_scalars_marginchart(["v", "lo", "hi"], "b", "two")
    point = run.points["custom_scalars__config__"][-1]
    assert json.loads(point.value.json.text) == {
        "version": 0,
        "categories": [
            {"title": "a", "closed": False, "charts": [{"title": "one", "multiline": {"tags": ["x", "y"]}}]},
            {
                "title": "b",
                "closed": False,
                "charts": [{"title": "two", "margin": {"series": [{"value": "v", "lower": "lo", "upper": "hi"}]}}],
            },
        ],
    }
    layout = pytest.importorskip("tensorboard.plugins.custom_scalar.layout_pb2")
    read = layout.Layout.FromString(point.value.json.raw)
    assert [c.title for c in read.category] == ["a", "b"] and read.category[0].chart[0].multiline.tag == ["x", "y"]
    assert read.category[1].chart[0].margin.series[0].lower == "lo"


def test_a_run_that_was_given_stays_open(run: Recorder) -> None:
    with SummaryWriter("a/b", run=run) as writer:
        assert writer.get_logdir() == "a/b" == writer.log_dir
        writer.flush()
    assert not run.finished and not os.path.exists("a")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], Recorder]]:
    """What stepwell.init was called with, and the run that it gave."""
    calls: list[tuple[dict[str, Any], Recorder]] = []

    def init(**options: Any) -> Recorder:
        calls.append((options, Recorder()))
        return calls[-1][1]

    monkeypatch.setattr(stepwell, "init", init, raising=False)
    monkeypatch.delenv("STEPWELL_EXPERIMENT", raising=False)
    return calls


def test_a_writer_opens_a_run_by_its_folder_and_finishes_it(opened: list[tuple[dict[str, Any], Recorder]]) -> None:
    with SummaryWriter("digits/lr-0.1", purge_step=7, mode="offline") as writer:
        writer.add_scalar("loss", 1.0, 7)
    options, run = opened[0]
    assert options == {
        "experiment": "digits",
        "name": "lr-0.1",
        "resume": "allow",
        "rewind_to": 7,
        "mode": "offline",
    }
    assert run.finished and run.scalars == [("loss", 1.0, 7, None)]
    writer.add_scalar("loss", 2.0, 8)
    assert len(opened) == 2 and "rewind_to" not in opened[1][0]


def test_patched_writers_write_their_files_and_log_to_a_run(
    opened: list[tuple[dict[str, Any], Recorder]],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = pytest.importorskip("tensorboardX")
    monkeypatch.setattr(other, "SummaryWriter", type("SummaryWriter", (other.SummaryWriter,), {}))
    assert "tensorboardX" in patch_tensorboard() and "tensorboardX" in patch_tensorboard()
    writer = other.SummaryWriter(str(tmp_path / "digits" / "one"), purge_step=3)
    assert not opened
    writer.add_scalar("loss", 0.5, 3, display_name="Loss")
    writer.add_hparams({"lr": 0.1}, {"acc": 1.0})
    with pytest.raises(TypeError):
        writer.add_scalar()
    ((options, run),) = opened
    with monkeypatch.context() as broken:
        broken.setattr(run, "log", None)
        with pytest.warns(UserWarning, match="add_scalar is in the event file only"):
            writer.add_scalar("loss", 0.25, 4)
    writer.close()
    assert (options["experiment"], options["name"], options["rewind_to"]) == ("digits", "one", 3)
    assert run.scalars == [("loss", 0.5, 3, None), ("acc", 1.0, 0, None)]
    assert run.params == {"lr": 0.1} and run.finished
    assert [path for path in (tmp_path / "digits" / "one").iterdir() if "tfevents" in path.name]


def test_patching_what_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="tensorboardX"):
        patch_tensorboard("tensorbord")
