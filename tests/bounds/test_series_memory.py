"""A client that makes series without end: their memory stays within --series-memory, and known series are taken."""

from __future__ import annotations

import pathlib

from bounds.measure import labelled, metric, resident, running
from bounds.pushing import Stream, define, points
from harness import processes
from harness.ingest_api import message
from harness.rest import Rest
from harness.waiting import until

MIB = 1 << 20
BUDGET = 16 * MIB  # some 14,000 series
BATCHES, BATCH = 40, 1000
MEMORY = "stepwell_ingest_memory_bytes"


def test_series_beyond_the_memory_are_refused_until_others_have_left(program: pathlib.Path) -> None:
    flags = ["--series-memory", str(BUDGET), "--seal-age", "1s"]
    with processes.folder() as folder, running(program, folder, *flags) as server:
        rest = Rest(server.http)
        before = resident(server.pid)
        wide = Stream(server, "wide")
        for number in range(BATCHES):
            batch = message("Batch")()
            define(batch, range(1 + number * BATCH, 1 + (number + 1) * BATCH))
            wide.send(points(batch, 0, 1, number))
        watched = wide.run.run_id
        until(lambda: len(rest.points(watched, "t0")) == BATCHES, "the series that is known takes its points")
        assert 0.9 * BUDGET < labelled(rest, MEMORY, "series") < 1.01 * BUDGET
        assert resident(server.pid) - before < BUDGET + 128 * MIB
        until(lambda: any("--series-memory" in w["reason"] for w in rest.warnings(watched)), "the run says so")

        other = Stream(server, "other")
        other.send(points(message("Batch")(), 0, 1))
        refused = other.finish()
        assert "--series-memory" in refused[0].reason

        refused = wide.finish()
        assert metric(rest, "stepwell_ingest_refused_total") > BATCHES * BATCH / 2
        assert "--series-memory" in refused[0].reason
        assert str(BUDGET) in refused[0].reason

        until(lambda: labelled(rest, MEMORY, "series") < BUDGET / 2, "a run that nobody writes gives its place back")
        third = Stream(server, "third")
        third.send(points(message("Batch")(), 0, 3))
        assert third.finish() == []
        assert len(rest.points(third.run.run_id, "t0")) == 3
