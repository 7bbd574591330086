"""A keep-alive HTTP client that times its requests, and a reader of binary series answers (docs/formats/series.md)."""

from __future__ import annotations

import dataclasses
import http.client
import json
import re
import struct
import time
import urllib.parse

import numpy as np

BINARY = "application/vnd.stepwell.series.v1"


@dataclasses.dataclass(frozen=True)
class Timed:
    """Milliseconds as the client saw them, and as the server says in Server-Timing."""

    round_trip: float
    server: float | None
    body: bytes


class Client:
    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=300)

    def call(self, method: str, path: str, body: object = None, accept: str = "application/json") -> Timed:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "Content-Type": "application/json"} if data else {"Accept": accept}
        begin = time.perf_counter()
        self.connection.request(method, path, data, headers)
        reply = self.connection.getresponse()
        answer = reply.read()
        took = (time.perf_counter() - begin) * 1e3
        if reply.status != 200:
            raise RuntimeError(f"{method} {path}: {reply.status} {answer[:300]!r}")
        told = re.search(r"dur=([0-9.]+)", reply.headers.get("Server-Timing", ""))
        return Timed(took, float(told[1]) if told else None, answer)

    def series(self, series: list[tuple[str, str]], columns: int) -> Timed:
        asked = [{"run": run, "tag": tag} for run, tag in series]
        return self.call("POST", "/api/v1/series:query", {"series": asked, "x": "step", "columns": columns}, BINARY)


def maxima(answer: bytes) -> list[float]:
    """The largest value in each item of a binary answer."""
    magic, version, items, _ = struct.unpack_from("<4sIII", answer)
    assert (magic, version) == (b"SWSQ", 1), answer[:16]
    at, out = 16, []
    for _ in range(items):
        flags, rows, *_, size = struct.unpack_from("<IIQQQQQQQ", answer, at)
        body = at + 64
        if flags & 2 or not rows:
            out.append(float("nan"))
        else:
            # exact: step, wall, value; else first, last, min, max of three columns each: max's value is the 12th
            offset = body + 8 * rows * (2 if flags & 1 else 11)
            out.append(float(np.nanmax(np.frombuffer(answer, "<f8", rows, offset))))
        at = body + (size + 7) // 8 * 8
    return out
