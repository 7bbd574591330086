"""Answers that are larger than they may be, requests for 10,000 series at once, and readers that do not read."""

from __future__ import annotations

import pathlib
import re
import socket
from collections.abc import Iterator

import pytest

from bounds.measure import metric, resident
from harness import processes
from harness.event_file import EventFile, event, message, scalar_value
from harness.processes import Server
from harness.rest import Rest

TAGS = 10_000
MIB = 1 << 20


@pytest.fixture(scope="module")
def server(program: pathlib.Path) -> Iterator[Server]:
    """A run with 10,000 tags of three points each; answers may have 1 MiB, and all of HTTP may hold 8."""
    with processes.folder() as folder:
        file = EventFile(folder / "logs" / "run")
        for step in range(3):
            values = b"".join(scalar_value(f"layer/{n}", float(n + step)) for n in range(TAGS))
            file.append(event(1700000000.0 + step, step, message(5, values)))
        running = Server(program, folder, "--query-memory", str(MIB), "--http-memory", str(8 * MIB))
        running.start()
        try:
            command = [program, "upload", folder / "logs", "--experiment", "wide", "--server", running.grpc]
            done = processes.run(command)
            assert done.returncode == 0, done.stderr
            yield running
            assert running.stop() == 0
        finally:
            running.kill_tree()


def asked(rest: Rest, count: int) -> list[dict[str, object]]:
    run = rest.runs("wide")["run"]["id"]
    return [{"run": run, "tag": f"layer/{n}"} for n in range(count)]


def test_10_000_tags_in_one_query_fill_the_answer_and_the_rest_says_why(server: Server) -> None:
    rest = Rest(server.http)
    before = resident(server.pid)
    items = rest.query(asked(rest, TAGS))
    assert len(items) == TAGS
    whole = [item for item in items if "error" not in item]
    left_out = [item for item in items if "error" in item]
    assert [item["value"] for item in whole] == [[float(n), n + 1.0, n + 2.0] for n in range(len(whole))]
    assert whole and left_out
    assert all("--query-memory" in item["error"]["detail"] for item in left_out)
    assert resident(server.pid) - before < 128 * MIB


def test_more_than_10_000_series_are_refused(server: Server) -> None:
    rest = Rest(server.http)
    reply = rest.call("POST", "/api/v1/series:query", body={"series": asked(rest, 1) * (TAGS + 1)})
    assert reply.status == 400, reply.body[:300]


def test_readers_that_do_not_read_hold_up_nobody(server: Server) -> None:
    """200 clients ask for a list of a megabyte and read none of it: the budget holds and others are answered."""
    rest = Rest(server.http)
    run = rest.runs("wide")["run"]["id"]
    host, _, port = server.http.removeprefix("http://").rpartition(":")
    before = resident(server.pid)
    request = f"GET /api/v1/runs/{run}/series?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    sockets = []
    try:
        for _ in range(200):
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect((host, int(port)))
            one.sendall(request)
            sockets.append(one)
        assert rest.call("GET", "/healthz").status == 200
        assert resident(server.pid) - before < 256 * MIB
    finally:
        for one in sockets:
            one.close()
    assert rest.call("GET", f"/api/v1/runs/{run}/series?limit=1000").status == 200


def test_every_budget_has_its_metric(server: Server) -> None:
    """What docs/operations/limits.md names is served."""
    page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "operations" / "limits.md").read_text()
    text = Rest(server.http).call("GET", "/metrics").body.decode()
    names = set(re.findall(r"`(stepwell_\w+)", page))
    assert names
    missing = sorted(name for name in names if not re.search(rf"^{name}[ {{]", text, re.MULTILINE))
    assert not missing
    assert metric(Rest(server.http), "stepwell_live_listeners") == 0
