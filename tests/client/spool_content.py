"""What the uploader would send of a spool, without a server."""

from __future__ import annotations

import pathlib
import struct

from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest
from stepwell._spool.reader import Reader
from stepwell._uploader.batches import Batcher, Ready


def read(folder: pathlib.Path, batcher: Batcher) -> list[ingest.Batch]:
    reader = Reader(folder)
    found: list[Ready] = []
    while block := reader.next(dead=True, most=7):
        found += batcher.feed(block)
    if last := batcher.rest((reader.segment, reader.offset)):
        found.append(last)
    return [ready.batch for ready in found]


def series_of(batches: list[ingest.Batch]) -> dict[bytes, list[tuple[int, float, bytes]]]:
    names: dict[int, bytes] = {}
    found: dict[bytes, list[tuple[int, float, bytes]]] = {}
    for batch in batches:
        names.update({one.series: one.info.tag for one in batch.define})
        for column in batch.columns:
            step, axis = 0, batch.axes[column.axis]
            values = list(column.scalars) or [0.0] * len(column.values)
            for delta, wall, value in zip(axis.step_deltas, axis.walls, values, strict=True):
                step = (step + delta + (1 << 63)) % (1 << 64) - (1 << 63)
                found.setdefault(names[column.series], []).append((step, wall, struct.pack("<d", value)))
    return found
