"""Readers that are too slow: they hold up nobody, what they make a server hold is bounded, and they are cut off."""

from __future__ import annotations

import contextlib
import pathlib
import selectors
import socket
import threading
from collections.abc import Iterator

import pytest

from bounds.measure import metric, resident, running
from harness import processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

MIB = 1 << 20
READERS = 64
POINTS = 200_000  # as JSON 11 MB: more than the kernel takes for a client
HTTP_MEMORY = 64 * MIB


@pytest.fixture(scope="module")
def store(program: pathlib.Path) -> Iterator[pathlib.Path]:
    """The folder of a server that has a long series and a short one."""
    with processes.folder() as folder:
        file = EventFile(folder / "logs" / "run")
        file.scalars("long", [(step, 1700000000.0 + step, step / 7) for step in range(POINTS)])
        file.scalars("short", [(step, 1700000000.0 + step, float(step)) for step in range(3)])
        with running(program, folder) as server:
            command = [program, "upload", folder / "logs", "--experiment", "slow", "--server", server.grpc]
            done = processes.run(command)
            assert done.returncode == 0, done.stderr
        yield folder


class SlowReaders:
    """Half of them read nothing of their answers, the others a KiB a second."""

    def __init__(self, server: Server, path: str) -> None:
        host, _, port = server.http.removeprefix("http://").rpartition(":")
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.sockets = []
        self.ended = threading.Event()
        for _ in range(READERS):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect((host, int(port)))
            one.sendall(request)
            self.sockets.append(one)
        self.thread = threading.Thread(target=self._trickle)

    def _trickle(self) -> None:
        readable = selectors.DefaultSelector()
        for one in self.sockets[::2]:
            readable.register(one, selectors.EVENT_READ)
        while not self.ended.wait(1):
            for key, _ in readable.select(0):
                slow = key.fileobj
                assert isinstance(slow, socket.socket)
                with contextlib.suppress(ConnectionError):
                    if slow.recv(1024):
                        continue
                readable.unregister(slow)

    def __enter__(self) -> SlowReaders:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()
        for one in self.sockets:
            one.close()


def test_slow_readers_of_exports_hold_up_no_chart_and_keep_to_the_budget(
    program: pathlib.Path, store: pathlib.Path
) -> None:
    with running(program, store, "--http-memory", str(HTTP_MEMORY), "--http-stall", "30m") as server:
        rest = Rest(server.http)
        run = rest.runs("slow")["run"]["id"]
        before = resident(server.pid)
        with SlowReaders(server, f"/api/v1/runs/{run}/points?tag=long"):
            until(lambda: metric(rest, "stepwell_http_waiting") == READERS, "all wait for their clients")
            items = rest.query([{"run": run, "tag": "short"}])
            assert [item["value"] for item in items] == [[0.0, 1.0, 2.0]]
            assert [point["step"] for point in rest.points(run, "short")] == [0, 1, 2]
            assert metric(rest, "stepwell_http_memory_bytes") < HTTP_MEMORY
            assert resident(server.pid) - before < 256 * MIB
            assert metric(rest, "stepwell_http_cut_off_total") == 0


def test_slow_readers_are_cut_off(program: pathlib.Path, store: pathlib.Path) -> None:
    with running(program, store, "--http-stall", "500ms") as server:
        rest = Rest(server.http)
        run = rest.runs("slow")["run"]["id"]
        with SlowReaders(server, f"/api/v1/runs/{run}/points?tag=long"):
            until(lambda: metric(rest, "stepwell_http_cut_off_total") == READERS, "all are cut off")
            until(lambda: metric(rest, "stepwell_http_waiting") == 0, "nothing waits for them")
        until(lambda: metric(rest, "stepwell_http_memory_bytes") < MIB, "their answers are let go")
