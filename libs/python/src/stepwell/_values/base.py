"""What a type of value becomes: a series, a point of it, and the bytes that it names.

The server is given the same as `stepwell upload` makes of TensorBoard's summaries, so that one reader fits both. What a
type cannot take it refuses in `encode` with a TypeError or a ValueError, never in its constructor: the constructor runs
in the user's own line, where a tracker's complaint would end the training.
"""

from __future__ import annotations

import abc
import dataclasses
import hashlib
from collections.abc import Sequence

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import sniff

# A value that is larger goes into a blob. libs/tensorboard cuts at the same size; the server's own limit is higher.
INLINE_BYTES = 64 << 10

# TensorBoard's DataClass (summary.proto), kept so that an export can give it back.
CLASS_TENSOR, CLASS_BLOBS = 2, 3


@dataclasses.dataclass(frozen=True)
class Encoded:
    """One point of one series. `blobs` are the bytes that the value names by their SHA-256."""

    info: pb.SeriesInfo
    value: pb.Value
    blobs: list[bytes]


class Blobs:
    """Bytes on their way into one point; equal ones are kept once."""

    def __init__(self) -> None:
        self._by_digest: dict[bytes, bytes] = {}

    def put(self, data: bytes, media_type: str | None = None) -> pb.BlobRef:
        """Keeps the bytes and gives the reference to them. Without `media_type` the bytes tell it."""
        digest = hashlib.sha256(data).digest()
        self._by_digest[digest] = data
        return pb.BlobRef(sha256=digest, size=len(data), type=media_type or sniff.media_type(data))

    def all(self) -> list[bytes]:
        return list(self._by_digest.values())


class Media(abc.ABC):
    """A value with a type of its own. Subclasses only keep what they are given until `_encode`."""

    @abc.abstractmethod
    def _encode(self, tag: str) -> list[Encoded]:
        """The points that one `log` of this value makes; raises TypeError or ValueError for what it cannot take."""

    @classmethod
    def _encode_many(cls, tag: str, values: Sequence[Media]) -> list[Encoded]:
        """The points of a list of such values that was logged under one tag, in one step."""
        if len(values) == 1:
            return values[0]._encode(tag)
        raise TypeError(f"{tag!r}: a list of {cls.__name__} is not taken; log each under a tag of its own")


def series(
    tag: str,
    kind: pb.Kind,
    plugin: str,
    *,
    content: bytes = b"",
    value_type: str = "",
    data_class: int = 0,
    display_name: str = "",
) -> pb.SeriesInfo:
    return pb.SeriesInfo(
        tag=tag.encode("utf-8", "surrogateescape"),
        kind=kind,
        plugin=plugin,
        content=content,
        value_type=value_type,
        data_class=data_class,
        display_name=display_name.encode("utf-8", "surrogateescape"),
    )


def document(tag: str, kind: pb.Kind, plugin: str, data: bytes, media_type: str, form: str) -> Encoded:
    """A point that is one blob."""
    blobs = Blobs()
    value = pb.Value(bytes=pb.Bytes(blob=blobs.put(data, media_type), format=form))
    return Encoded(series(tag, kind, plugin), value, blobs.all())
