"""Notes and series that are written without protobuf are what protobuf reads and writes."""

from __future__ import annotations

import pytest

from stepwell import _notes
from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest
from stepwell._pb.stepwell.v1 import value_pb2 as pb

LONG = "ü" * 5000


@pytest.mark.parametrize(
    ("made", "want"),
    [
        (_notes.param("lr", "0.1"), ingest.Note(param=ingest.Param(key="lr", json="0.1"))),
        (_notes.param("", LONG), ingest.Note(param=ingest.Param(json=LONG))),
        (_notes.label("team", "vision"), ingest.Note(label=ingest.Label(key="team", value="vision"))),
        (_notes.status("finished", 1.5), ingest.Note(status=ingest.Status(status="finished", wall=1.5))),
        (_notes.text(""), ingest.Note(text="")),
        (_notes.text(LONG), ingest.Note(text=LONG)),
        (
            _notes.warning("full", 300, 2.5),
            ingest.Note(warning=ingest.Warning(source="client", offset=-1, reason="full", count=300, wall=2.5)),
        ),
    ],
)
def test_notes(made: bytes, want: ingest.Note) -> None:
    assert made == want.SerializeToString()


@pytest.mark.parametrize("tag", ["loss", LONG, "not\udc80utf-8"])
def test_scalar_info(tag: str) -> None:
    want = pb.SeriesInfo(
        tag=tag.encode("utf-8", "surrogateescape"), kind=pb.KIND_SCALAR, plugin="scalars", value_type="float32"
    )
    assert _notes.scalar_info(tag, "float32") == want.SerializeToString()
