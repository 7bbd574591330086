"""A client that pushes batches of its own making: what the uploader would never send, as fast as it is taken."""

from __future__ import annotations

import queue
from collections.abc import Iterable
from typing import Any

from harness.ingest_api import IngestApi, message
from harness.processes import Server

SCALAR = 1


class Stream:
    """A Push stream of a new run, with series 0 defined by its first batch."""

    def __init__(self, server: Server, name: str) -> None:
        self.api = IngestApi(server.grpc)
        request = message("OpenRunRequest")(experiment="push", name=name, writer="w")
        self.run = self.api.open_run(request, timeout=30)
        self.requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        hello = message("PushRequest")()
        hello.hello.run_id = self.run.run_id
        hello.hello.writer_number = self.run.writer_number
        hello.hello.epoch = self.run.epoch
        self.requests.put(hello)
        self.replies = self.api.push(iter(self.requests.get, None), timeout=120)
        self.seq = 0

    def send(self, batch: Any) -> None:
        self.seq += 1
        batch.seq = self.seq
        if self.seq == 1:
            define(batch, [0])
        self.requests.put(message("PushRequest")(batch=batch))

    def finish(self) -> list[Any]:
        """What was refused, when all that was sent is on disk."""
        self.requests.put(None)
        refused, durable = [], 0
        try:
            for reply in self.replies:
                durable = max(durable, reply.durable_seq)
                refused += reply.refused
        finally:
            self.api.close()
        assert durable == self.seq
        return refused


def define(batch: Any, numbers: Iterable[int]) -> None:
    for number in numbers:
        one = batch.define.add()
        one.series = number
        one.info.tag = b"t%d" % number
        one.info.kind = SCALAR


def points(batch: Any, series: int, count: int, first: int = 0) -> Any:
    axis = batch.axes.add()
    axis.step_deltas.extend([first] + [1] * (count - 1))
    axis.walls.extend([1700000000.0] * count)
    column = batch.columns.add()
    column.series, column.axis = series, len(batch.axes) - 1
    column.scalars.extend([0.5] * count)
    return batch
