"""Tensors, histograms, curves, embeddings and meshes: the numbers that were logged, bit for bit."""

from __future__ import annotations

import array
import math
import struct
from typing import Any

import pytest

import stepwell._values as values
from stepwell._values.base import INLINE_BYTES, Encoded


def only(tag: str, value: object) -> Encoded:
    (encoded,) = values.encode(tag, value)
    return encoded


@pytest.mark.parametrize(
    ("data", "dtype", "shape", "raw"),
    [
        ([1, 2], "int64", [2], struct.pack("<2q", 1, 2)),
        ([[1.5], [math.inf]], "float64", [2, 1], struct.pack("<2d", 1.5, math.inf)),
        ([True, False], "bool", [2], b"\1\0"),
        ([1j], "complex128", [1], struct.pack("<2d", 0, 1)),
        ([1, 2.5], "float64", [2], struct.pack("<2d", 1, 2.5)),
        ([], "float64", [0], b""),
        (array.array("f", [0.1]), "float32", [1], struct.pack("<f", 0.1)),
        (7, "int64", [], struct.pack("<q", 7)),
    ],
)
def test_lists_and_buffers_are_tensors(data: object, dtype: str, shape: list[int], raw: bytes) -> None:
    tensor = only("t", values.Tensor(data)).value.tensor
    assert (tensor.dtype, list(tensor.shape), tensor.data) == (dtype, shape, raw)


@pytest.mark.parametrize(
    "dtype",
    [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        ">f4",
        ">i8",
    ],
)
def test_every_type_of_numpy_keeps_its_bits(dtype: str) -> None:
    numpy = pytest.importorskip("numpy")
    data = numpy.array([[0, 1], [2, 3]]).astype(dtype)
    encoded = only("t", data)
    tensor = encoded.value.tensor
    assert encoded.info.value_type == tensor.dtype == numpy.dtype(dtype).name
    little = numpy.dtype(dtype).newbyteorder("<")
    assert numpy.array_equal(numpy.frombuffer(tensor.data, little).reshape(2, 2), data)


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_short_floats_of_other_libraries_keep_their_bits(dtype: str) -> None:
    numpy = pytest.importorskip("numpy")
    ml_dtypes = pytest.importorskip("ml_dtypes")
    data = numpy.array([1.0, -0.5, 3.0]).astype(getattr(ml_dtypes, dtype))
    tensor = only("t", data).value.tensor
    assert (tensor.dtype, tensor.data) == (dtype, data.tobytes())


def test_bfloat16_can_be_counted() -> None:
    numpy = pytest.importorskip("numpy")
    ml_dtypes = pytest.importorskip("ml_dtypes")
    data = numpy.array([1.0, 2.0, 3.0]).astype(ml_dtypes.bfloat16)
    histogram = only("h", values.Histogram(data, bins=2)).value.histogram
    assert (list(histogram.left), list(histogram.right), list(histogram.count)) == ([1, 2], [2, 3], [1, 2])


def test_raw_bytes_are_a_tensor_of_what_they_are_said_to_be() -> None:
    tensor = only("t", values.Tensor(b"\x80\x3f", dtype="bfloat16", shape=(1,))).value.tensor
    assert (tensor.dtype, list(tensor.shape), tensor.data) == ("bfloat16", [1], b"\x80\x3f")


def test_a_large_tensor_is_a_blob() -> None:
    data = array.array("d", range(INLINE_BYTES // 8))
    encoded = only("t", values.Tensor(data))
    tensor = encoded.value.tensor
    assert tensor.data == b"" and encoded.blobs == [data.tobytes()] and tensor.blob.size == INLINE_BYTES
    assert tensor.blob.type == "application/octet-stream"
    assert encoded.value.ByteSize() < 1000


def test_texts_are_a_tensor_too() -> None:
    tensor = only("t", values.Tensor([["a"], ["é"]])).value.tensor
    assert (tensor.dtype, list(tensor.shape), list(tensor.strings)) == ("string", [2, 1], [b"a", "é".encode()])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (values.Tensor([[1], [2, 3]]), "different lengths"),
        (values.Tensor([[1], 2]), "different"),
        (values.Tensor([1, "a"]), "int, str"),
        (values.Tensor({"a": 1}), "dict is no array"),
        (values.Tensor(b"123", dtype="float32", shape=(1,)), "3 bytes are not float32"),
        (values.Tensor(b"123"), "shape and a dtype"),
        (values.Tensor([1], dtype="float32"), "raw bytes only"),
        (values.Tensor(None), "NoneType is no array"),
    ],
)
def test_what_is_no_tensor_is_refused(value: values.Tensor, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("t", value)


# ---- histograms ----


def test_every_finite_value_is_in_one_bucket() -> None:
    data = [0.0, 0.25, 0.5, 1.0, math.nan, math.inf, -math.inf]
    histogram = only("h", values.Histogram(data, bins=4)).value.histogram
    assert list(histogram.left) == [0, 0.25, 0.5, 0.75] and list(histogram.right) == [0.25, 0.5, 0.75, 1]
    assert list(histogram.count) == [1, 1, 1, 1]


def test_counts_are_the_same_with_and_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = pytest.importorskip("numpy")
    data = numpy.random.default_rng(3).normal(size=2000)
    with_numpy = only("h", values.Histogram(data)).value
    monkeypatch.setattr("stepwell._values.arrays.import_numpy", lambda: None)
    assert only("h", values.Histogram(data.tolist())).value == with_numpy


@pytest.mark.parametrize("data", [[3.0, 3.0], [3], [True, True, True]])
def test_one_value_is_one_bucket_around_it(data: list[float]) -> None:
    histogram = only("h", values.Histogram(data)).value.histogram
    assert list(histogram.left) == [data[0] - 0.5] and list(histogram.right) == [data[0] + 0.5]
    assert list(histogram.count) == [len(data)]


def test_the_greatest_floats_can_be_counted() -> None:
    histogram = only("h", values.Histogram([-1.7e308, 1.7e308], bins=2)).value.histogram
    assert list(histogram.count) == [1, 1] and histogram.left[0] == -1.7e308 and histogram.right[1] == 1.7e308


def test_buckets_that_were_counted_are_kept_as_they_are() -> None:
    histogram = only("h", values.Histogram(edges=[0, 1, 10], counts=[2.5, 0])).value.histogram
    assert (list(histogram.left), list(histogram.right), list(histogram.count)) == ([0, 1], [1, 10], [2.5, 0])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (values.Histogram(), "made of values"),
        (values.Histogram([math.nan]), "no finite value"),
        (values.Histogram([]), "no finite value"),
        (values.Histogram([1.0], bins=0), "bins is"),
        (values.Histogram(["a"]), "real numbers"),
        (values.Histogram([1j]), "real numbers"),
        (values.Histogram(edges=[0, 1], counts=[1, 2]), "2 counts need 3 edges"),
        (values.Histogram(edges=[1, 0], counts=[1]), "do not rise"),
        (values.Histogram(edges=[0, 1], counts=[-1]), "negative"),
    ],
)
def test_what_is_no_histogram_is_refused(value: values.Histogram, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("h", value)


# ---- PR curves ----


def rows(value: values.PRCurve) -> list[list[float]]:
    tensor = only("pr", value).value.pr_curve.rows
    flat = struct.unpack(f"<{math.prod(tensor.shape)}d", tensor.data)
    n = tensor.shape[1]
    assert list(tensor.shape) == [6, n]
    return [list(flat[i * n : (i + 1) * n]) for i in range(6)]


def test_a_pr_curve_counts_at_each_threshold() -> None:
    tp, fp, tn, fn, precision, recall = rows(values.PRCurve([1, 0, 1], [0.9, 0.4, 0.1], thresholds=3))
    assert (tp, fp, tn, fn) == ([2, 1, 0], [1, 0, 0], [0, 1, 1], [0, 1, 2])
    assert precision == pytest.approx([2 / 3, 1, 0]) and recall == pytest.approx([1, 0.5, 0])


def test_a_pr_curve_is_tensorboards() -> None:
    numpy = pytest.importorskip("numpy")
    summary = pytest.importorskip("tensorboardX.summary")
    random = numpy.random.default_rng(4)
    labels, scores = random.integers(0, 2, 500), random.random(500)
    weights = random.random(500)
    ours = rows(values.PRCurve(labels, scores, weights=weights))
    theirs = summary.compute_curve(labels, scores, num_thresholds=127, weights=weights)
    assert numpy.allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (values.PRCurve([1], [0.5, 0.6]), "1 labels, 2 predictions"),
        (values.PRCurve([1], [1.5]), "from 0 to 1"),
        (values.PRCurve([1], [math.nan]), "from 0 to 1"),
        (values.PRCurve([1], [0.5], thresholds=1), "thresholds"),
    ],
)
def test_what_is_no_pr_curve_is_refused(value: values.PRCurve, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("pr", value)


# ---- space ----


def test_an_embedding_has_vectors_labels_and_pictures() -> None:
    tiles = [[[[1.0]]], [[[0.0]]], [[[1.0]]]]
    encoded = only("e", values.Embedding([[1, 2], [3, 4], [5, 6]], ["a", "b\tc", 7], images=tiles))
    embedding = encoded.value.embedding
    assert struct.unpack("<6f", embedding.vectors.data) == (1, 2, 3, 4, 5, 6)
    assert list(embedding.columns) == ["label"] and not embedding.metadata_has_header
    blobs = {ref.sha256: ref for ref in (embedding.metadata, embedding.sprite)}
    assert len(blobs) == len(encoded.blobs) == 2
    assert encoded.blobs[0] == b"a\nb c\n7\n"
    assert (embedding.sprite_width, embedding.sprite_height) == (1, 1)


def test_metadata_of_several_columns_has_a_header() -> None:
    encoded = only("e", values.Embedding([[1.0], [2.0]], [["a", 1], ["b", 2]], columns=["word", "n"]))
    assert encoded.blobs == [b"word\tn\na\t1\nb\t2\n"] and encoded.value.embedding.metadata_has_header


def test_a_mesh_is_a_series_a_part() -> None:
    vertices = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    parts = values.encode("m", values.Mesh(vertices, [[0, 1, 2]], [[255, 0, 0]] * 3, {"camera": {"fov": 75}}))
    assert [part.info.tag for part in parts] == [b"m_VERTEX", b"m_FACE", b"m_COLOR"]
    assert [part.value.mesh.part for part in parts] == ["vertex", "face", "color"]
    assert [list(part.value.mesh.tensor.shape) for part in parts] == [[1, 3, 3], [1, 1, 3], [1, 3, 3]]
    assert {part.value.mesh.config for part in parts} == {b'{"camera": {"fov": 75}}'}
    floats = values.encode("m", values.PointCloud(vertices, [[1.0, 0.0, 0.0]] * 3))
    assert floats[1].value == parts[2].value.__class__(mesh=_without_config(parts[2]))
    (cloud,) = values.encode("m", values.PointCloud(vertices))
    assert cloud.value.mesh.tensor == parts[0].value.mesh.tensor


def _without_config(part: Encoded) -> Any:
    mesh = part.value.mesh.__class__()
    mesh.CopyFrom(part.value.mesh)
    mesh.ClearField("config")
    return mesh


def test_the_metadata_of_a_mesh_is_tensorboards() -> None:
    plugin = pytest.importorskip("tensorboard.plugins.mesh.plugin_data_pb2")
    (part,) = values.encode("m", values.PointCloud([[0.0, 0.0, 0.0]] * 200, config={"a": 1}))
    data = plugin.MeshPluginData.FromString(part.info.content)
    assert (data.name, data.content_type, data.json_config, list(data.shape), data.components) == (
        "m",
        1,
        '{"a": 1}',
        [1, 200, 3],
        2,
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (values.Embedding([1.0]), "rows, dimensions"),
        (values.Embedding([[1.0]], ["a", "b"]), "1 vectors, but metadata of 2"),
        (values.Embedding([[1.0]], [["a", "b"]]), "columns"),
        (values.Embedding([["a"]]), "real numbers"),
        (values.Embedding([[1.0], [2.0]], images=[[[[0.0]]]]), "2 vectors, but 1 images"),
        (values.Mesh([[0.0, 0.0]]), r"shape \[n, 3\]"),
        (values.Mesh([[0.0] * 3], [[0, 0, 1]]), "faces are whole numbers from 0 to 0"),
        (values.Mesh([[0.0] * 3], None, [[0, 0, 256]]), "colors are whole numbers"),
        (values.Mesh([[0.0] * 3], config={"a": object()}), "no JSON"),
    ],
)
def test_what_is_not_in_space_is_refused(value: values.Media, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("s", value)
