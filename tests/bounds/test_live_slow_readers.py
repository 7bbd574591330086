"""Live views that do not read while points stream in: memory stays within its figures, they are cut off or told to read
again, and a view that keeps up gets every point."""

from __future__ import annotations

import contextlib
import pathlib
import socket
from collections.abc import Iterator

from bounds.listening import LiveView
from bounds.measure import metric, resident, running
from bounds.pushing import Stream, points
from harness import processes
from harness.ingest_api import message
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

MIB = 1 << 20
KIB = 1 << 10
DEAF = 64
BURSTS, BURST = 40, 1000  # as JSON 2 MiB for each view: far more than it and both kernels hold
BUDGET = 64 * KIB


def deaf_views(server: Server, experiment: str, count: int) -> list[socket.socket]:
    """Views that have got their `hello` and read nothing more."""
    host, _, port = server.http.removeprefix("http://").rpartition(":")
    request = f"GET /api/v1/live?experiment={experiment} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    views = []
    for _ in range(count):
        one = socket.socket()
        one.settimeout(90)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.connect((host, int(port)))
        one.sendall(request)
        views.append(one)
    for one in views:
        read_until(one, b"event: hello")
    return views


def read_until(view: socket.socket, word: bytes) -> None:
    seen = b""
    while word not in seen:
        got = view.recv(65536)
        assert got, f"the server ended the stream before {word!r}"
        seen = seen[-len(word) :] + got


class Scene:
    """A run that is written to, a view that keeps up, and views that do not read."""

    def __init__(self, server: Server) -> None:
        self.server, self.rest = server, Rest(server.http)
        self.stream = Stream(server, "streaming")
        self.burst(0)
        assert next(self.stream.replies).durable_seq == 1
        experiment = self.rest.experiment("push")["id"]
        self.view = LiveView(server, experiment)
        self.deaf = deaf_views(server, experiment, DEAF)
        self.resident, self.held = resident(server.pid), 0.0

    def burst(self, number: int) -> None:
        self.stream.send(points(message("Batch")(), 0, BURST, number * BURST))

    def stream_in(self) -> None:
        """Every burst comes to the view that reads, whole and in order; the next one leaves when it has come."""
        for number in range(1, BURSTS + 1):
            self.burst(number)
            assert self.view.steps(BURST) == list(range(number * BURST, (number + 1) * BURST))
            self.held = max(self.held, metric(self.rest, "stepwell_http_memory_bytes"))
        grown = resident(self.server.pid) - self.resident
        assert self.held <= (DEAF + 1) * BUDGET + MIB, f"{self.held / MIB} MiB are held for live views"
        assert grown < 64 * MIB, f"the server grew by {grown >> 20} MiB"


@contextlib.contextmanager
def scene(program: pathlib.Path, *flags: str) -> Iterator[Scene]:
    with (
        processes.folder() as folder,
        running(program, folder, "--live-listener-budget", f"{BUDGET}", *flags) as server,
    ):
        made = Scene(server)
        try:
            yield made
        finally:
            made.view.close()
            for one in made.deaf:
                one.close()
            made.stream.finish()


def test_views_that_read_again_are_told_that_events_are_missing(program: pathlib.Path) -> None:
    with scene(program, "--http-stall", "30m") as it:
        it.stream_in()
        assert metric(it.rest, "stepwell_live_skips_total") >= DEAF
        assert metric(it.rest, "stepwell_http_cut_off_total") == 0
        assert metric(it.rest, "stepwell_live_listeners") == DEAF + 1
        for one in it.deaf:
            read_until(one, b"event: skip")


def test_views_that_do_not_read_are_cut_off(program: pathlib.Path) -> None:
    with scene(program, "--http-stall", "500ms") as it:
        it.stream_in()
        until(lambda: metric(it.rest, "stepwell_http_cut_off_total") == DEAF, "all are cut off")
        until(lambda: metric(it.rest, "stepwell_http_memory_bytes") < MIB, "what waited for them is let go")
        until(lambda: metric(it.rest, "stepwell_live_listeners") == 1, "their places are free")
        it.stream.send(points(message("Batch")(), 0, 1, 10**6))
        assert it.view.steps(1) == [10**6]
