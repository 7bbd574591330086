"""Text, Markdown and HTML."""

from __future__ import annotations

import struct

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values.arrays import as_array
from stepwell._values.base import CLASS_TENSOR, INLINE_BYTES, Blobs, Encoded, Media, document, series

_ROOM = 256  # for the shape and the messages around


def joined(strings: list[bytes]) -> bytes:
    """value.proto: each string as its length (u64le) and its bytes."""
    return b"".join(struct.pack("<Q", len(one)) + one for one in strings)


def fits_inline(strings: list[bytes]) -> bool:
    return sum(map(len, strings)) + 6 * len(strings) + _ROOM <= INLINE_BYTES


def text_value(shape: list[int], strings: list[bytes], blobs: Blobs) -> pb.Text:
    if fits_inline(strings):
        return pb.Text(shape=shape, values=strings)
    return pb.Text(shape=shape, blob=blobs.put(joined(strings)))


class Text(Media):
    """A text (shown as Markdown), or nested lists of texts, as TensorBoard's tables of text are."""

    def __init__(self, text: object) -> None:
        self.text = text

    def _encode(self, tag: str) -> list[Encoded]:
        text = self.text
        shape: list[int] = []
        if isinstance(text, (bytes, bytearray)):
            strings = [bytes(text)]
        elif isinstance(text, str):
            strings = [text.encode("utf-8", "surrogateescape")]
        else:
            array = as_array(text, f"text {tag!r}")
            if array.dtype != "string" and array.count:
                raise TypeError(f"text {tag!r}: a text is a str, or lists of them, not {array.dtype}")
            shape, strings = list(array.shape), list(array.strings)
        blobs = Blobs()
        value = pb.Value(text=text_value(shape, strings, blobs))
        return [Encoded(series(tag, pb.KIND_TEXT, "text", data_class=CLASS_TENSOR), value, blobs.all())]


class Markdown(Text):
    """The same as Text, whose texts are Markdown already; the name says what is meant."""


class HTML(Media):
    """A page of HTML, kept as a document of type text/html. A path that ends in .html is read."""

    def __init__(self, html: object) -> None:
        self.html = html

    def _encode(self, tag: str) -> list[Encoded]:
        html = self.html
        if hasattr(html, "_repr_html_"):
            html = html._repr_html_()
        if hasattr(html, "__fspath__") or (isinstance(html, str) and html.endswith((".html", ".htm"))):
            try:
                with open(html, "rb") as file:
                    html = file.read()
            except OSError as error:
                raise ValueError(f"HTML {tag!r}: {html!r} cannot be read ({error})") from None
        if isinstance(html, str):
            html = html.encode("utf-8", "surrogateescape")
        if not isinstance(html, (bytes, bytearray)):
            raise TypeError(f"HTML {tag!r}: a page is a str, bytes or a path, not a {type(self.html).__name__}")
        return [document(tag, pb.KIND_OTHER, "html", bytes(html), "text/html", "html")]
