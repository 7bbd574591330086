"""10,000 live views of one server: all are held, the next is told to come later, and memory stays within its figure."""

from __future__ import annotations

import asyncio
import pathlib
import resource
from collections.abc import Iterator

import pytest

from bounds.measure import metric, resident
from harness import event_file, processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

LISTENERS = 10_000
A_PORT_RANGE = 1000  # connections from one source address; the server takes 1,024
MEMORY_A_LISTENER = 24 << 10  # docs/operations/limits.md


@pytest.fixture
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert before[1] >= LISTENERS + 1000, "the hard limit of open files must be above 11,000 (ulimit -Hn)"
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class Listeners:
    def __init__(self, server: Server, experiment: str) -> None:
        self.host, _, port = server.http.removeprefix("http://").rpartition(":")
        self.port = int(port)
        self.request = f"GET /api/v1/live?experiment={experiment} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        self.open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def connect(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Listener `number`, asked for; each thousand comes from another loopback address."""
        source = f"127.0.1.{1 + number // A_PORT_RANGE}"
        reader, writer = await asyncio.open_connection(self.host, self.port, local_addr=(source, 0), limit=4096)
        writer.write(self.request)
        return reader, writer

    async def hold(self, count: int) -> None:
        for first in range(0, count, 200):
            new = await asyncio.gather(*(self.connect(n) for n in range(first, min(first + 200, count))))
            for reader, _ in new:
                head = await asyncio.wait_for(reader.readuntil(b"event: hello"), 60)
                assert head.startswith(b"HTTP/1.1 200 "), head
            self.open += new

    async def one_more(self) -> bytes:
        reader, writer = await self.connect(self.open.__len__())
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 60)
        writer.close()
        return head

    async def all_hear(self, word: bytes) -> None:
        for reader, _ in self.open:
            await asyncio.wait_for(reader.readuntil(word), 60)

    def close(self) -> None:
        for _, writer in self.open:
            writer.close()


@pytest.mark.usefixtures("many_files")
def test_10_000_live_views_are_held_and_one_more_is_told_to_come_later(program: pathlib.Path) -> None:
    with processes.folder() as folder:
        server = Server(program, folder)
        server.start()
        try:
            logs = folder / "logs"
            file = EventFile(logs / "run")
            file.scalars("loss", [(0, 1700000000.0, 1.0)])
            done = processes.run([program, "upload", logs, "--experiment", "live", "--server", server.grpc])
            assert done.returncode == 0, done.stderr
            rest = Rest(server.http)
            before = resident(server.pid)

            async def listen() -> None:
                listeners = Listeners(server, rest.experiment("live")["id"])
                try:
                    await listeners.hold(LISTENERS)
                    assert metric(rest, "stepwell_live_listeners") == LISTENERS
                    head = (await listeners.one_more()).lower()
                    assert head.startswith(b"http/1.1 503 ") and b"retry-after:" in head, head
                    file.append(
                        event_file.event(1700000001.0, 1, event_file.message(5, event_file.scalar_value("loss", 2.0)))
                    )
                    command = [program, "upload", logs, "--experiment", "live", "--server", server.grpc]
                    again = await asyncio.to_thread(processes.run, command)
                    assert again.returncode == 0, again.stderr
                    await listeners.all_hear(b"event: points")
                    grown = resident(server.pid) - before
                    assert grown < LISTENERS * MEMORY_A_LISTENER, f"{grown >> 20} MiB for {LISTENERS} listeners"
                finally:
                    listeners.close()

            asyncio.run(listen())
            assert rest.call("GET", "/api/v1/experiments").status == 200
            assert server.stop() == 0
        finally:
            server.kill_tree()
