"""Live views as a browser has them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

from harness.processes import Server


class LiveView:
    """A live view of an experiment that reads its events. `hello` is what the server said first.

    From its first moment on it misses nothing: one whose feed had not begun yet asks again.
    """

    def __init__(self, server: Server, experiment: str, last: str = "") -> None:
        url = f"{server.http}/api/v1/live?experiment={experiment}"
        self.hello: Any = {"lsn": 0}
        while not self.hello["lsn"]:
            request = urllib.request.Request(url, headers={"Last-Event-ID": last} if last else {})
            self.reply = urllib.request.urlopen(request, timeout=90)
            self.events = self._events()
            name, self.hello = next(self.events)
            assert name == "hello"

    def _events(self) -> Iterator[tuple[str, Any]]:
        """Names and data, and ("id", number) behind what it is the id of."""
        name = ""
        for line in self.reply:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)
            elif field == "id":
                yield "id", value

    def next_of(self, name: str) -> Any:
        """The data of the next event of that name."""
        for found, data in self.events:
            if found == name:
                return data
        raise AssertionError(f"the stream ended before {name}")

    def steps(self, count: int) -> list[int]:
        """Of the next `count` points; none of them may be missing."""
        steps: list[int] = []
        for name, data in self.events:
            assert name != "skip", f"events are missing behind {steps[-1:]}"
            steps += data["step"] if name == "points" else []
            if len(steps) >= count:
                return steps
        raise AssertionError(f"the stream ended after {len(steps)} points")

    def close(self) -> None:
        self.reply.close()
