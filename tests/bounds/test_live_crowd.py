"""Live views of many series: all their points come, in order, in fewer events than points; a large batch comes too."""

from __future__ import annotations

import pathlib
from collections import defaultdict

from bounds.listening import LiveView
from bounds.measure import metric, running
from bounds.pushing import Stream, define, points
from harness.ingest_api import message
from harness.rest import Rest
from harness.waiting import until

SERIES = 300
BATCHES = 200  # one point of each series in each


def test_a_crowd_is_gathered_and_loses_no_point(program: pathlib.Path, folder: pathlib.Path) -> None:
    with running(program, folder) as server:
        rest = Rest(server.http)
        stream = Stream(server, "crowd")
        first = points(message("Batch")(), 0, 1)
        define(first, range(1, SERIES))
        stream.send(first)
        until(lambda: any(e["name"] == "push" for e in rest.items("/api/v1/experiments")), "the experiment is listed")
        view = LiveView(server, rest.experiment("push")["id"])
        try:
            for step in range(1, BATCHES + 1):
                batch = message("Batch")()
                for series in range(SERIES):
                    points(batch, series, 1, step)
                stream.send(batch)
            stream.finish()
            seen: dict[str, list[int]] = defaultdict(list)
            events = 0
            while sum(map(len, seen.values())) < SERIES * BATCHES:
                name, data = next(view.events)
                assert name != "skip"
                if name == "points":
                    events += 1
                    seen[data["tag"]] += [step for step in data["step"] if step > 0]
            assert dict(seen) == {f"t{series}": list(range(1, BATCHES + 1)) for series in range(SERIES)}
            assert events < SERIES * BATCHES
        finally:
            view.close()


def test_a_batch_of_ten_thousand_points_is_no_reason_to_skip(program: pathlib.Path, folder: pathlib.Path) -> None:
    with running(program, folder) as server:
        rest = Rest(server.http)
        stream = Stream(server, "large")
        stream.send(points(message("Batch")(), 0, 1))
        until(lambda: any(e["name"] == "push" for e in rest.items("/api/v1/experiments")), "the experiment is listed")
        view = LiveView(server, rest.experiment("push")["id"])
        try:
            stream.send(points(message("Batch")(), 0, 10_000, 1))
            assert view.steps(10_000) == list(range(1, 10_001))
            assert metric(rest, "stepwell_live_skips_total") == 0
            stream.finish()
        finally:
            view.close()
