"""Every type of value comes back through REST as it was logged, from a real server."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import math
import struct
from typing import Any

import pytest
import stepwell._values as values
from stepwell._values import Encoded
from stepwell._values.base import INLINE_BYTES

from client.log_values import log_values
from harness.processes import Server
from harness.rest import Rest

PIXELS = [[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]
LONG = "é" * INLINE_BYTES
RUNS = itertools.count()  # of this process, which may make the fixture more than once, on one server


@pytest.fixture(scope="module")
def logged(server: Server) -> Logged:
    return Logged(server)


class Logged:
    """Logs a value to a run of its own and reads it again."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rest = Rest(server.http)

    def read(self, value: object) -> dict[str, Any]:
        """tag → the only point's value, as REST has it, of all series that logging `value` as "v" makes."""
        run = log_values(self.server, "types", f"run {next(RUNS)}", [(7, 12.5, {"v": value})])
        assert self.rest.warnings(run) == []
        found = {}
        for series in self.rest.series(run):
            (point,) = self.rest.points(run, series["tag"], kind=series["kind"])
            assert (point["step"], point["wall"]) == (7, 12.5)
            found[series["tag"]] = {"kind": series["kind"], "plugin": series["plugin"], "value": point["value"]}
        return found

    def only(self, kind: str, value: object) -> Any:
        (found,) = self.read(value).values()
        assert found["kind"] == kind
        return found["value"]

    def blob(self, item: dict[str, Any], data: bytes, media_type: str) -> None:
        assert (item["type"], item["bytes"]) == (media_type, len(data))
        assert self.rest.blob(item["blob"]) == data


def encoded(value: object) -> Encoded:
    return values.encode("v", value)[0]


def test_images(logged: Logged) -> None:
    two = [values.Image(PIXELS), values.Image(PIXELS, range=(-1, 1))]
    seen = logged.only("image", two)
    assert (seen["width"], seen["height"], len(seen["items"])) == (2, 1, 2)
    for item, data in zip(seen["items"], encoded(two).blobs, strict=True):
        logged.blob(item, data, "image/png")


def test_images_with_boxes_and_masks(logged: Logged) -> None:
    image = values.Image(PIXELS, caption="c", boxes=[{"box": [0, 0, 1, 1]}], masks={"m": [[0, 1]]})
    seen = logged.read(image)
    assert {tag: one["kind"] for tag, one in seen.items()} == {
        "v": "image",
        "v/annotations": "text",
        "v/masks/m": "image",
    }
    notes = json.loads(seen["v/annotations"]["value"])
    assert notes["images"][0]["caption"] == "c" and notes["images"][0]["masks"]["m"]["index"] == 0


def test_audio(logged: Logged) -> None:
    clip = values.Audio([math.sin(i / 9) for i in range(400)], 8000, caption="beep")
    (item,) = logged.only("audio", clip)["items"]
    assert (item["rate"], item["channels"], item["frames"], item["label"]) == (8000, 1, 400, "beep")
    logged.blob(item, encoded(clip).blobs[0], "audio/wav")


def test_video(logged: Logged) -> None:
    clip = values.Video([PIXELS] * 3)
    seen = logged.only("video", clip)
    assert seen["format"] == "apng"
    logged.blob(seen, encoded(clip).blobs[0], "image/png")


@pytest.mark.parametrize("text", ["", "# grüße\n\n*x*", LONG], ids=["empty", "short", "long"])
def test_text(logged: Logged, text: str) -> None:
    assert logged.only("text", text) == text


def test_texts_in_a_shape(logged: Logged) -> None:
    assert logged.only("text", values.Text([["a", "b"], ["c", LONG]])) == [["a", "b"], ["c", LONG]]
    broken = b"\xff\x00x"
    assert logged.only("text", values.Text(broken)) == {"base64": base64.b64encode(broken).decode()}


def test_html_is_kept_and_not_served_as_a_page(logged: Logged) -> None:
    seen = logged.only("other", values.HTML("<b>x</b>"))
    assert seen["format"] == "html"
    logged.blob(seen, b"<b>x</b>", "text/html")
    reply = logged.rest.call("GET", f"/api/v1/blobs/{seen['blob']}")
    assert reply.headers["Content-Type"] == "application/octet-stream"


def test_histograms(logged: Logged) -> None:
    edges, counts = [-1.5, 0.1, 1e300], [3.0, 0.25]
    assert logged.only("histogram", values.Histogram(edges=edges, counts=counts)) == {
        "buckets": [[-1.5, 0.1, 3.0], [0.1, 1e300, 0.25]]
    }
    counted = logged.only("histogram", values.Histogram([i * i for i in range(1000)]))["buckets"]
    assert len(counted) == 64 and sum(count for _, _, count in counted) == 1000
    most = logged.only("histogram", values.Histogram(edges=list(range(2501)), counts=[1 / 3] * 2500))["buckets"]
    assert most == [[float(i), float(i + 1), 1 / 3] for i in range(2500)]


def test_tables(logged: Logged) -> None:
    table = values.Table([["cat", 0.1], [None, math.nan]], ["word", "x"])
    seen = logged.only("other", table)
    assert seen["format"] == "table" and seen["type"] == "application/json"
    assert json.loads(logged.rest.blob(seen["blob"]))["rows"] == [["cat", 0.1], [None, "NaN"]]


def test_tensors_of_every_type(logged: Logged) -> None:
    assert logged.only("tensor", values.Tensor([[1, 2], [3, 2**60]])) == {
        "dtype": "int64",
        "shape": [2, 2],
        "data": [1, 2, 3, 2**60],
    }
    assert logged.only("tensor", values.Tensor([0.1, math.inf, -0.0]))["data"] == [0.1, "Infinity", -0.0]
    assert logged.only("tensor", values.Tensor(b"\x80\x3f\xc0\x7f", dtype="bfloat16", shape=(2,))) == {
        "dtype": "bfloat16",
        "shape": [2],
        "data": [1.0, "NaN"],
    }
    assert logged.only("tensor", values.Tensor([True, False]))["data"] == [True, False]
    assert logged.only("tensor", values.Tensor(["a", "é"])) == {"dtype": "string", "shape": [2], "data": ["a", "é"]}
    assert logged.only("tensor", values.Tensor([1j]))["data"] == [[0.0, 1.0]]
    assert logged.only("tensor", values.Tensor(7)) == {"dtype": "int64", "shape": [], "data": [7]}


def test_a_large_tensor(logged: Logged) -> None:
    data = struct.pack("<300000d", *(i / 7 for i in range(300000)))
    seen = logged.only("tensor", values.Tensor(data, dtype="float64", shape=(300, 1000)))
    assert (seen["dtype"], seen["shape"]) == ("float64", [300, 1000])
    logged.blob(seen, data, "application/octet-stream")


def test_pr_curves(logged: Logged) -> None:
    seen = logged.only("pr_curve", values.PRCurve([1, 0, 1], [0.9, 0.4, 0.1], thresholds=3))
    assert seen["thresholds"] == 3 and seen["rows"][:4] == [[2, 1, 0], [1, 0, 0], [0, 1, 1], [0, 1, 2]]
    large = logged.only("pr_curve", values.PRCurve([1, 0], [0.75, 0.25], thresholds=5001))
    assert len(large["rows"]) == 6 and [sum(row) for row in large["rows"][:2]] == [3751, 1251]


def test_embeddings(logged: Logged) -> None:
    value = values.Embedding([[0.5, 1], [2, 3]], [["a", 1], ["b", 2]], columns=["word", "n"], images=[[[0.0]], [[1.0]]])
    seen = logged.only("embedding", value)
    assert (seen["dtype"], seen["shape"], seen["data"]) == ("float32", [2, 2], [0.5, 1, 2, 3])
    assert seen["columns"] == ["word", "n"] and seen["metadata"]["has_header"] is True
    assert logged.rest.blob(seen["metadata"]["blob"]) == b"word\tn\na\t1\nb\t2\n"
    assert (seen["sprite"]["width"], seen["sprite"]["height"], seen["sprite"]["type"]) == (1, 1, "image/png")


def test_meshes(logged: Logged) -> None:
    corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.5]]
    seen = logged.read(values.Mesh(corners, [[0, 1, 2]], [[1, 2, 3]] * 3, {"a": 1}))
    flat = [number for corner in corners for number in corner]
    assert {tag: (one["value"]["part"], one["value"]["data"]) for tag, one in seen.items()} == {
        "v_VERTEX": ("vertex", flat),
        "v_FACE": ("face", [0, 1, 2]),
        "v_COLOR": ("color", [1, 2, 3] * 3),
    }
    assert {json.dumps(one["value"]["config"]) for one in seen.values()} == {'{"a": 1}'}


def test_graphs(logged: Logged) -> None:
    seen = logged.only("graph", values.Graph(b"\x0a\x03\x0a\x01a"))
    assert seen["format"] == "graph_def"
    logged.blob(seen, b"\x0a\x03\x0a\x01a", "application/octet-stream")


def test_a_blob_of_many_parts(logged: Logged) -> None:
    data = b"\x89PNG\r\n\x1a\n" + b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(100_000))
    (item,) = logged.only("image", values.Image(data))["items"]
    logged.blob(item, data, "image/png")
