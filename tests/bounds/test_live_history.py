"""What is kept for live views that come back: as much as --live-history says, and who wants older is told."""

from __future__ import annotations

import pathlib

import pytest

from bounds.listening import LiveView
from bounds.measure import metric, running
from bounds.pushing import Stream, points
from harness import processes
from harness.ingest_api import message
from harness.rest import Rest

BURSTS, BURST = 20, 100  # some 5 KiB of events each


@pytest.mark.parametrize(("kept", "resumes"), [(1 << 10, False), (1 << 20, True)])
def test_who_comes_back_gets_what_is_kept(program: pathlib.Path, kept: int, resumes: bool) -> None:
    with processes.folder() as folder, running(program, folder, "--live-history", str(kept)) as server:
        rest = Rest(server.http)
        stream = Stream(server, "run")
        stream.send(points(message("Batch")(), 0, 1))
        assert next(stream.replies).durable_seq == 1
        experiment = rest.experiment("push")["id"]
        stays, leaves = LiveView(server, experiment), LiveView(server, experiment)
        stream.send(points(message("Batch")(), 0, 1, 1))
        assert stays.steps(1) == leaves.steps(1) == [1]
        last = leaves.next_of("id")
        leaves.close()
        for number in range(BURSTS):
            stream.send(points(message("Batch")(), 0, BURST, 2 + number * BURST))
        missed = stays.steps(BURSTS * BURST)
        assert metric(rest, "stepwell_live_history_bytes") <= kept

        back = LiveView(server, experiment, last)
        assert back.hello["resumed"] is resumes
        if resumes:
            assert back.steps(BURSTS * BURST) == missed
            assert metric(rest, "stepwell_live_history_bytes") > 10 * BURSTS * BURST
        else:
            back.next_of("skip")
        for view in (stays, back):
            view.close()
        stream.finish()
