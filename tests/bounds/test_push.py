"""Clients that push more than they may: what is refused, what memory it takes, and that the rest goes in."""

from __future__ import annotations

import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from bounds.measure import labelled, resident
from bounds.pushing import Stream, define, points
from harness import processes
from harness.ingest_api import IngestApi, message
from harness.processes import Server
from harness.rest import Rest

MIB = 1 << 20
MEMORY = 64 * MIB
MAX_BATCH = MIB
MAX_POINTS = 10_000
STREAMS = 16


@pytest.fixture(scope="module")
def server(program: pathlib.Path) -> Iterator[Server]:
    with processes.folder() as folder:
        flags = ["--ingest-memory", str(MEMORY), "--max-points-per-batch", str(MAX_POINTS)]
        running = Server(program, folder, *flags)
        running.start()
        try:
            yield running
            assert running.stop() == 0
        finally:
            running.kill_tree()


def steps(server: Server, run: str, tag: str) -> list[Any]:
    return [point["step"] for point in Rest(server.http).points(run, tag)]


def test_a_batch_beyond_max_batch_ends_the_stream_and_what_was_before_stays(program: pathlib.Path) -> None:
    with processes.folder() as folder:
        server = Server(program, folder, "--max-batch", str(MAX_BATCH))
        server.start()
        try:
            stream = Stream(server, "large")
            stream.send(points(message("Batch")(), 0, 3))
            assert next(stream.replies).durable_seq == 1
            large = message("Batch")()
            large.notes.add().text = "x" * (2 * MAX_BATCH)
            stream.send(large)
            with pytest.raises(grpc.RpcError) as ended:
                stream.finish()
            assert ended.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, ended.value
            assert steps(server, stream.run.run_id, "t0") == [0, 1, 2]
            assert server.stop() == 0
        finally:
            server.kill_tree()


def test_points_beyond_those_of_a_batch_are_refused_and_the_rest_goes_in(server: Server) -> None:
    stream = Stream(server, "points")
    batch = points(message("Batch")(), 0, 10)
    define(batch, [1])
    points(batch, 1, MAX_POINTS)
    stream.send(batch)
    (refusal,) = stream.finish()
    assert (refusal.seq, refusal.series, refusal.points) == (1, 1, MAX_POINTS)
    assert str(MAX_POINTS) in refusal.reason
    assert steps(server, stream.run.run_id, "t0") == list(range(10))


def test_100_000_definitions_in_one_batch_go_in(server: Server) -> None:
    before = resident(server.pid)
    stream = Stream(server, "wide")
    batch = message("Batch")()
    define(batch, range(1, 100_000))
    stream.send(batch)
    assert stream.finish() == []
    listed = list(Rest(server.http).items(f"/api/v1/runs/{stream.run.run_id}/series"))
    assert len(listed) == 100_000
    assert resident(server.pid) - before < 256 * MIB


def test_streams_that_all_send_the_most_keep_to_the_memory_of_ingest(server: Server) -> None:
    before = resident(server.pid)
    streams = [Stream(server, f"much-{n}") for n in range(STREAMS)]
    peak = 0.0
    rest = Rest(server.http)

    def send(stream: Stream) -> None:
        for number in range(40):
            stream.send(points(message("Batch")(), 0, MAX_POINTS, number * MAX_POINTS))

    senders = [threading.Thread(target=send, args=(stream,)) for stream in streams]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    finishers = [threading.Thread(target=stream.finish) for stream in streams]
    for finisher in finishers:
        finisher.start()
    for finisher in finishers:
        while finisher.is_alive():
            peak = max(peak, labelled(rest, "stepwell_ingest_memory_bytes", "unacknowledged"))
            finisher.join(0.01)
    batch_bytes = 20 * MAX_POINTS
    assert peak <= MEMORY / 2 + STREAMS * 3 * batch_bytes
    assert resident(server.pid) - before < 512 * MIB
    for stream in streams:
        assert len(steps(server, stream.run.run_id, "t0")) == 40 * MAX_POINTS


def test_a_client_that_reads_no_acknowledgements_makes_the_server_hold_one_reply(server: Server) -> None:
    """300 batches with 1,000 refused columns each: 300,000 refusals of 100 bytes would be 30 MB."""
    stream = Stream(server, "deaf")
    before = resident(server.pid)
    for _ in range(300):
        batch = message("Batch")()
        batch.axes.add().step_deltas.append(0)
        batch.axes[0].walls.append(0.0)
        for number in range(1000):
            column = batch.columns.add()
            column.series = 1000 + number
            column.scalars.append(1.0)
        stream.send(batch)
    watcher = IngestApi(server.grpc)
    request = message("SyncRunRequest")(run_id=stream.run.run_id)
    watcher.sync_run(request, timeout=60)
    watcher.close()
    assert resident(server.pid) - before < 64 * MIB
    refused = stream.finish()
    assert 0 < len(refused) < 150_000
    assert all("was not defined" in refusal.reason for refusal in refused)
