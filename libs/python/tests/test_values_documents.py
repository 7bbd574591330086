"""Texts, tables, graphs and figures."""

from __future__ import annotations

import datetime
import decimal
import json
import math
import pathlib
import struct
from typing import Any

import pytest

import stepwell._values as values
from stepwell._values.base import INLINE_BYTES, Encoded


def only(tag: str, value: object) -> Encoded:
    (encoded,) = values.encode(tag, value)
    return encoded


def test_a_text_is_a_text_and_a_list_of_texts_has_their_shape() -> None:
    text = only("t", "grüße").value.text
    assert (list(text.shape), list(text.values)) == ([], ["grüße".encode()])
    text = only("t", ["a", "b"]).value.text
    assert (list(text.shape), list(text.values)) == ([2], [b"a", b"b"])
    text = only("t", values.Text([["a", "b"], ["c", "d"]])).value.text
    assert (list(text.shape), list(text.values)) == ([2, 2], [b"a", b"b", b"c", b"d"])
    assert only("t", values.Markdown("# a")).info.plugin == "text"


def test_a_long_text_is_a_blob_with_its_length_before_it() -> None:
    text = "x" * INLINE_BYTES
    encoded = only("t", text)
    assert encoded.value.text.blob.size == 8 + INLINE_BYTES and not encoded.value.text.values
    assert encoded.blobs == [struct.pack("<Q", INLINE_BYTES) + text.encode()]


def test_what_is_no_unicode_stays_what_it_was() -> None:
    assert list(only("t", b"\xff\xfe".decode("utf-8", "surrogateescape")).value.text.values) == [b"\xff\xfe"]


def test_a_page_is_a_document_of_html(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<b>bold</b>")
    for source in ("<b>bold</b>", path):
        encoded = only("p", values.HTML(source))
        assert encoded.blobs == [b"<b>bold</b>"]
        assert (encoded.value.bytes.blob.type, encoded.value.bytes.format) == ("text/html", "html")


def table(value: values.Table) -> Any:
    encoded = only("t", value)
    assert (encoded.info.plugin, encoded.value.bytes.format) == ("table", "table")
    return json.loads(encoded.blobs[0])


def test_rows_columns_and_mappings_are_the_same_table() -> None:
    wanted = {
        "version": 1,
        "columns": [{"name": "word", "type": "string"}, {"name": "n", "type": "number"}],
        "rows": [["cat", 1], [None, 2.5]],
    }
    assert table(values.Table([["cat", 1], [None, 2.5]], ["word", "n"])) == wanted
    assert table(values.Table({"word": ["cat", None], "n": [1, 2.5]})) == wanted
    assert table(values.Table([{"word": "cat", "n": 1}, {"n": 2.5}])) == wanted
    grown = values.Table(columns=["word", "n"])
    grown.add("cat", 1)
    grown.add(None, 2.5)
    assert table(grown) == wanted


def test_a_table_of_pandas_and_of_arrow_is_the_same_table() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2], "when": pandas.to_datetime(["2026-01-01", None]), "x": [0.5, math.nan]})
    wanted = {
        "version": 1,
        "columns": [
            {"name": "a", "type": "integer"},
            {"name": "when", "type": "string"},
            {"name": "x", "type": "number"},
        ],
        "rows": [[1, "2026-01-01T00:00:00", 0.5], [2, None, "NaN"]],
    }
    assert table(values.Table(frame)) == wanted
    assert json.loads(only("t", frame).blobs[0]) == wanted
    arrow = pytest.importorskip("pyarrow")
    assert table(values.Table(arrow.table({"a": [1, 2]})))["rows"] == [[1], [2]]


def test_cells_of_every_plain_type_are_kept() -> None:
    row = [True, 2**70, -0.0, math.inf, datetime.date(2026, 1, 2), decimal.Decimal("1.5"), None]
    assert table(values.Table([row]))["rows"] == [[True, 2**70, -0.0, "Infinity", "2026-01-02", 1.5, None]]
    numpy = pytest.importorskip("numpy")
    assert table(values.Table([[numpy.float32(0.5), numpy.int8(3), numpy.bool_(True)]]))["rows"] == [[0.5, 3, True]]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (values.Table([[1], [1, 2]]), "row 1 has 2 values, and there are 1 columns"),
        (values.Table([[object()]], ["a"]), "row 0, column 'a': a object"),
        (values.Table({"a": [1], "b": []}), "different lengths"),
        (values.Table([[1, 2]], ["a", "a"]), "one name"),
        (values.Table(3), "not a int"),
        (values.Table(["ab"]), "rows are lists"),
        (values.Text(3), "a text is a str"),
        (values.HTML(3), "not a int"),
        (values.Figure(3), "not a int"),
        (values.Graph(3), "not of a int"),
        (values.Graph("/nowhere.pb"), "cannot be read"),
        (values.Graph(b"", format="dot"), "format is"),
    ],
)
def test_what_is_no_document_is_refused(value: values.Media, why: str) -> None:
    with pytest.raises((TypeError, ValueError), match=why):
        values.encode("d", value)


@pytest.mark.parametrize("value", [None, object(), {"a": 1}, {1, 2}, 3, 0.5, [1, 2], [], [values.Text("a"), 3]])
def test_what_has_no_type_is_refused_by_its_tag(value: object) -> None:
    with pytest.raises(TypeError, match="'some/tag'"):
        values.encode("some/tag", value)


def test_different_types_in_one_list_are_refused() -> None:
    with pytest.raises(TypeError, match="a list of Image and Text is not taken"):
        values.encode("x", [values.Image([[0.0]]), "a"])
    with pytest.raises(TypeError, match="a list of Histogram is not taken"):
        values.encode("x", [values.Histogram([1.0]), values.Histogram([1.0])])


def test_graphs_are_kept_as_they_are(tmp_path: pathlib.Path) -> None:
    for name, form, plugin in (
        ("a.onnx", "onnx", "graph_onnx"),
        ("a.pb", "graph_def", "graphs"),
        ("a.json", "keras_json", "graph_keras_model"),
    ):
        (tmp_path / name).write_bytes(b"bytes")
        encoded = only("g", values.Graph(tmp_path / name))
        assert (encoded.blobs, encoded.value.bytes.format, encoded.info.plugin) == ([b"bytes"], form, plugin)


def test_a_graph_of_tensorflows_message_is_its_bytes() -> None:
    graph = pytest.importorskip("tensorboardX.proto.graph_pb2").GraphDef()
    graph.node.add(name="a", op="b")
    encoded = only("g", values.Graph(graph))
    assert encoded.blobs == [graph.SerializeToString()] and encoded.value.bytes.format == "graph_def"


def test_figures_are_pictures() -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    figure, axes = pyplot.subplots()
    axes.plot([1, 2, 3])
    for value in (figure, values.Figure(figure, close=True)):
        encoded = only("f", value)
        assert encoded.info.plugin == "images" and encoded.value.image.items[0].type == "image/png"
    assert not pyplot.get_fignums()


def test_figures_of_plotly_are_their_json() -> None:
    objects = pytest.importorskip("plotly.graph_objects")
    encoded = values.encode("f", objects.Figure(objects.Scatter(y=[1, 2])))[0]
    assert (encoded.info.plugin, encoded.value.bytes.blob.type) == ("plotly", "application/json")
    assert json.loads(encoded.blobs[0])["data"][0]["type"] == "scatter"
