"""Servers with bounds to try; what a server says of itself, and what the kernel says of it."""

from __future__ import annotations

import contextlib
import pathlib
import re
from collections.abc import Iterator

from harness.processes import Server
from harness.rest import Rest


@contextlib.contextmanager
def running(program: pathlib.Path, folder: pathlib.Path, *flags: str) -> Iterator[Server]:
    server = Server(program, folder, *flags)
    server.start()
    try:
        yield server
        assert server.stop() == 0
    finally:
        server.kill_tree()


def resident(pid: int) -> int:
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found, text
    return int(found[1]) << 10


def metric(rest: Rest, name: str) -> float:
    text = rest.call("GET", "/metrics").body.decode()
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"no {name} in /metrics"
    return float(found[1])


def labelled(rest: Rest, name: str, use: str) -> float:
    return metric(rest, f'{name}{{use="{use}"}}')
