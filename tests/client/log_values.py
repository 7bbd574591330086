"""Logs values of any type to a run, through the ingest protocol itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from stepwell._values import Encoded, encode

from harness.ingest_api import IngestApi, message
from harness.processes import Server

_PART = 1 << 20


def log_values(server: Server, experiment: str, name: str, calls: Sequence[tuple[int, float, dict[str, Any]]]) -> str:
    """The run's id. `calls`: step, wall time and values by tag, each."""
    ingest = IngestApi(server.grpc)
    try:
        opened = ingest.open_run(message("OpenRunRequest")(experiment=experiment, name=name, writer="w"), timeout=30)
        points = [
            (step, wall, one) for step, wall, values in calls for tag in values for one in encode(tag, values[tag])
        ]
        hello = message("Hello")(run_id=opened.run_id, writer_number=opened.writer_number, epoch=opened.epoch)
        requests = [message("PushRequest")(hello=hello)]
        requests += [message("PushRequest")(batch=batch) for batch in _batches(points)]
        replies = list(ingest.push(iter(requests), timeout=60))
        assert replies and replies[-1].durable_seq == len(requests) - 1
        assert not [refused.reason for reply in replies for refused in reply.refused]
        ingest.sync_run(message("SyncRunRequest")(run_id=opened.run_id), timeout=60)
        return str(opened.run_id)
    finally:
        ingest.close()


def _batches(points: Sequence[tuple[int, float, Encoded]]) -> Iterator[Any]:
    """A batch for each part of a blob and one for each point."""
    numbers: dict[tuple[bytes, int, str], int] = {}
    seq = 0
    for step, wall, point in points:
        for data, ref in _refs(point):
            for offset in range(0, len(data), _PART):
                seq += 1
                batch = message("Batch")(seq=seq)
                batch.blobs.add(sha256=ref, size=len(data), offset=offset, data=data[offset : offset + _PART])
                yield batch
        seq += 1
        batch = message("Batch")(seq=seq)
        number = numbers.setdefault((point.info.tag, point.info.kind, point.info.plugin), len(numbers))
        batch.define.add(series=number).info.ParseFromString(point.info.SerializeToString())
        batch.axes.add(step_deltas=[step], walls=[wall])
        column = batch.columns.add(series=number, axis=0)
        column.values.add().ParseFromString(point.value.SerializeToString())
        yield batch


def _refs(point: Encoded) -> Iterator[tuple[bytes, bytes]]:
    for data in point.blobs:
        yield data, hashlib.sha256(data).digest()
