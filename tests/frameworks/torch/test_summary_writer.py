"""Each method of torch's SummaryWriter, patched: the run has what an upload makes of the event files beside it."""

from __future__ import annotations

import dataclasses
import io
import pathlib
import re
import struct
import subprocess
import sys
from typing import Any

import onnx
import PIL.Image
import pytest
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch.utils.tensorboard import SummaryWriter, _onnx_graph

from client import training
from conftest import upload_to
from frameworks.conftest import RunExample
from frameworks.torch import writer_calls
from harness import processes
from harness.processes import Server
from harness.rest import Rest


@dataclasses.dataclass
class Both:
    """A run that was logged live, and what an upload of torch's event files made."""

    rest: Rest
    live: dict[str, Any]
    uploaded: dict[str, Any]

    def points(self, of: dict[str, Any], run: str, tag: str) -> list[dict[str, Any]]:
        """The points, with blobs by their SHA-256, and without times that nobody gave."""
        items = self.rest.points(of[run]["id"], tag)
        return [{**item, "wall": item["wall"] if item["wall"] == writer_calls.WALL else None} for item in plain(items)]

    def pictures(self, of: dict[str, Any], run: str, tag: str) -> list[PIL.Image.Image]:
        (point,) = self.rest.points(of[run]["id"], tag)
        assert (point["step"], point["wall"]) == (1, writer_calls.WALL)
        blobs = [self.rest.blob(item["blob"]) for item in point["value"]["items"]]
        return [PIL.Image.open(io.BytesIO(blob)).convert("RGB") for blob in blobs]

    def sheet(self, of: dict[str, Any], tag: str) -> PIL.Image.Image:
        """The pictures of an embedding."""
        (point,) = self.rest.points(of["one"]["id"], tag)
        return PIL.Image.open(io.BytesIO(self.rest.blob(point["value"]["sprite"]["blob"]))).convert("RGB")


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: str(one).split("-")[-1] if key == "blob" else plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def both(program: pathlib.Path, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("logs") / "torch-live"
    command = [sys.executable, str(pathlib.Path(writer_calls.__file__)), str(folder / "one")]
    with processes.folder("stepwell-spool-") as spool:
        environment = training.environment(spool, server.grpc)
        done = subprocess.run(command, env=environment, text=True, capture_output=True, timeout=150, check=False)
        assert done.returncode == 0, done.stderr
        assert "stepwell:" not in done.stderr, done.stderr
        training.wait_sent(spool)
        training.stop_uploader(spool)
    assert upload_to(program, server, folder, "torch-uploaded").returncode == 0
    rest = Rest(server.http)
    return Both(rest, rest.runs("torch-live"), rest.runs("torch-uploaded"))


def test_every_method_is_called() -> None:
    text = pathlib.Path(writer_calls.__file__).read_text()
    called = set(re.findall(r"writer\.(add_\w+)\(", text))
    assert {name for name in dir(SummaryWriter) if name.startswith("add_")} == called


@pytest.mark.parametrize("tag", [
    "scalar", "double", "hist", "hist/number", "hist/rule", "hist/edges", "hist/one", "raw", "audio",
    "text/text_summary", "__run_graph__", "custom_scalars__config__",
])  # fmt: skip
def test_a_series_is_that_of_the_event_files(both: Both, tag: str) -> None:
    expected = both.points(both.uploaded, "one", tag)
    assert expected and both.points(both.live, "one", tag) == expected


@pytest.mark.parametrize("run", ["one-charts", "one-margin"])
def test_charts_of_several_scalars_are_those_of_the_event_files(both: Both, run: str) -> None:
    expected = both.points(both.uploaded, run, "custom_scalars__config__")
    assert expected and both.points(both.live, run, "custom_scalars__config__") == expected


@pytest.mark.parametrize("key", ["a", "b"])
def test_scalars_of_one_call_are_in_one_run(both: Both, key: str) -> None:
    assert both.points(both.live, "one", f"scalars/{key}") == both.points(
        both.uploaded, f"one/scalars_{key}", "scalars"
    )


@pytest.mark.parametrize("tag", ["image", "image/uint8", "image/grey", "image/hwc"])
def test_an_image_has_the_same_pixels(both: Both, tag: str) -> None:
    (ours,), (theirs,) = both.pictures(both.live, "one", tag), both.pictures(both.uploaded, "one", tag)
    assert ours.size == (7, 5) and ours.tobytes() == theirs.tobytes()


def test_several_images_are_the_tiles_of_theirs(both: Both) -> None:
    (grid,) = both.pictures(both.uploaded, "one", "images")
    ours = both.pictures(both.live, "one", "images")
    tiles = [grid.crop((7 * number, 0, 7 * number + 7, 5)) for number in range(4)]
    assert [one.tobytes() for one in ours] == [tile.tobytes() for tile in tiles]


def test_boxes_are_beside_the_image(both: Both) -> None:
    (ours,), (image,) = both.pictures(both.live, "one", "boxes"), both.pictures(both.live, "one", "image")
    assert ours.tobytes() == image.tobytes()
    (notes,) = both.points(both.live, "one", "boxes/annotations")
    assert '"box": [1.0, 1.0, 3.0, 3.0]' in notes["value"]
    (theirs,) = both.pictures(both.uploaded, "one", "boxes")
    assert theirs.tobytes() != image.tobytes()


def test_a_figure_is_an_image(both: Both) -> None:
    (ours,), (theirs,) = both.pictures(both.live, "one", "figure"), both.pictures(both.uploaded, "one", "figure")
    assert min(ours.size) > 50 and theirs.size == (100, 100)


def frames_of(video: bytes) -> list[bytes]:
    image = PIL.Image.open(io.BytesIO(video))
    found = []
    for number in range(image.n_frames):
        image.seek(number)
        found.append(image.convert("RGB").tobytes())
    return found


def test_a_video_has_the_same_frames(both: Both) -> None:
    """Theirs is a GIF, of 256 colors and here without its times; ours is an animated PNG, which has all."""
    (ours,), (theirs,) = (both.rest.points(of["one"]["id"], "video") for of in (both.live, both.uploaded))
    assert (ours["step"], ours["wall"]) == (theirs["step"], theirs["wall"]) == (1, writer_calls.WALL)
    expected = frames_of(both.rest.blob(theirs["value"]["items"][0]["blob"]))
    video = both.rest.blob(ours["value"]["blob"])
    assert len(expected) == 5 and frames_of(video) == expected
    assert PIL.Image.open(io.BytesIO(video)).info["duration"] == 200


def test_an_onnx_graph_is_the_one_that_theirs_was_made_of(both: Both) -> None:
    """Ours is the file as it is; what torch makes of it is what their event file has."""
    (ours,) = both.rest.points(both.live["one-onnx"]["id"], "graph")
    (theirs,) = both.rest.points(both.uploaded["one-onnx"]["id"], "__run_graph__")
    model = onnx.load_model_from_string(both.rest.blob(ours["value"]["blob"]))
    expected = GraphDef.FromString(both.rest.blob(theirs["value"]["blob"]))
    assert len(expected.node) > 3 and _onnx_graph.parse(model.graph) == expected


@pytest.mark.parametrize("tag", ["pr", "pr_raw"])
def test_a_curve_is_theirs_before_it_was_rounded(both: Both, tag: str) -> None:
    (ours,), (theirs,) = both.points(both.live, "one", tag), both.points(both.uploaded, "one", tag)
    rows = [[struct.unpack("<f", struct.pack("<f", value))[0] for value in row] for row in ours["value"]["rows"]]
    assert {**ours, "value": {**ours["value"], "rows": rows}} == theirs


@pytest.mark.parametrize(("tag", "step"), [("emb", 2), ("default", 0)])
def test_an_embedding_has_the_same_vectors_and_labels(both: Both, tag: str, step: int) -> None:
    found = [(both.live, tag), (both.uploaded, f"{tag}:{step:05}")]
    (ours,), (theirs,) = (both.points(of, "one", name) for of, name in found)
    assert ours["step"] == step
    for key in ("dtype", "shape", "data"):
        assert ours["value"][key] == theirs["value"][key]
    assert ours["value"]["metadata"]["blob"] == theirs["value"]["metadata"]["blob"]
    if tag == "emb":
        sheets = [point["value"]["sprite"] for point in (ours, theirs)]
        assert [(sheet["width"], sheet["height"]) for sheet in sheets] == [(4, 4), (4, 4)]
        our_sheet, their_sheet = (both.sheet(of, name) for of, name in found)
        assert our_sheet.size == their_sheet.size and our_sheet.tobytes() == their_sheet.tobytes()


@pytest.mark.parametrize("part", ["VERTEX", "FACE", "COLOR"])
def test_a_mesh_has_the_same_numbers(both: Both, part: str) -> None:
    (ours,), (theirs,) = (both.points(of, "one", f"mesh_{part}") for of in (both.live, both.uploaded))
    assert {**ours["value"], "dtype": None} == {**theirs["value"], "dtype": None}
    assert (ours["step"], ours["wall"]) == (theirs["step"], theirs["wall"])


def test_hyperparameters_are_those_of_the_run(both: Both) -> None:
    (theirs,) = (run for name, run in both.uploaded.items() if re.fullmatch(r"one/[\d.]+", name))
    expected = both.rest.get(f"/api/v1/runs/{theirs['id']}")["params"]
    params = both.rest.get(f"/api/v1/runs/{both.live['one']['id']}")["params"]
    assert expected and {name: params[name] for name in expected} == expected
    assert both.points(both.live, "one", "acc") == both.points(both.uploaded, theirs["name"], "acc")


def test_the_example_of_the_guide(run_example: RunExample, rest: Rest) -> None:
    run_example("PyTorch")
    (run,) = rest.runs("linear").values()
    kinds = {series["tag"]: (series["kind"], series["count"]) for series in rest.series(run["id"])}
    logged = {"__run_graph__": ("graph", 1), "loss": ("scalar", 20), "weight": ("histogram", 20)}
    assert run["name"] == "first" and {tag: kinds[tag] for tag in logged} == logged
