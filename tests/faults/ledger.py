"""What the clients of one run sent, in the order of its batches, and how much of it was acknowledged.

A ledger says which states of a series are right: everything acknowledged is there, what was only sent may be, whole
batch by whole batch in order, and nothing else is.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from typing import NamedTuple


class Point(NamedTuple):
    step: int
    wall: float
    value: bytes  # a scalar's eight bytes, a text's UTF-8, the SHA-256 of each blob


class Rewind(NamedTuple):
    step: int
    spare_own: bool


@dataclasses.dataclass
class Entry:
    """A batch, or one event of a file."""

    writer: str
    points: dict[str, list[Point]]  # by tag
    rewinds: list[Rewind] = dataclasses.field(default_factory=list)  # take effect before the points
    acknowledged: bool = False


@dataclasses.dataclass
class State:
    """A series as it may be read: all points in order, and which of them a rewind took back."""

    points: list[Point] = dataclasses.field(default_factory=list)
    hidden: list[bool] = dataclasses.field(default_factory=list)

    @property
    def visible(self) -> list[Point]:
        return [point for point, hidden in zip(self.points, self.hidden, strict=True) if not hidden]

    def apply(self, entry: Entry, writer: str, tag: str) -> None:
        for rewind in entry.rewinds:
            if not (rewind.spare_own and entry.writer == writer):
                self.hidden = [h or p.step >= rewind.step for p, h in zip(self.points, self.hidden, strict=True)]
        if entry.writer == writer:
            new = entry.points.get(tag, [])
            self.points += new
            self.hidden += [False] * len(new)


class Ledger:
    """Of one run. Thread safety: all methods may be called from any thread.

    A batch with rewinds is sent alone: when all before it was acknowledged, and before anything after it. So the order
    of the entries that matter to a series is that of the server, whoever of the run's writers sent them.
    """

    def __init__(self, name: str, kinds: dict[str, str], writers: list[str]) -> None:
        self.name, self.kinds, self.writers = name, kinds, writers
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def sent(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def cut(self, writer: str, keep: set[int]) -> None:
        """A writer died with what it had not sent for sure: of its unacknowledged entries only these (ids) are left."""
        with self._lock:
            self._entries = [e for e in self._entries if e.writer != writer or e.acknowledged or id(e) in keep]

    def acknowledged(self, entry: Entry) -> None:
        with self._lock:
            entry.acknowledged = True

    def seen(self, writer: str, tag: str, points: int) -> None:
        """Readers saw so many points of a series: what brought them is durable."""
        with self._lock:
            for entry in self._entries:
                if points <= 0:
                    return
                if entry.writer == writer and entry.points.get(tag):
                    points -= len(entry.points[tag])
                    entry.acknowledged = True

    def certain(self, writer: str) -> int:
        """How many of the entries that matter to a writer's series are acknowledged for sure; in order."""
        with self._lock:
            relevant = self._relevant(writer)
            return max((i + 1 for i, entry in enumerate(relevant) if entry.acknowledged), default=0)

    def states(self, writer: str, tag: str, certain: int) -> Iterator[State]:
        """Every state that a reader may find, who began when `certain` entries were acknowledged."""
        with self._lock:
            relevant = self._relevant(writer)
        state = State()
        for i, entry in enumerate(relevant):
            if i >= certain:
                yield state
            state.apply(entry, writer, tag)
        yield state

    def series(self) -> Iterator[tuple[str, str, str]]:
        """(writer, tag, kind) of all that has points."""
        with self._lock:
            pairs = {(e.writer, tag) for e in self._entries for tag, points in e.points.items() if points}
        return ((writer, tag, self.kinds[tag]) for writer, tag in sorted(pairs))

    def final(self, writer: str, tag: str) -> State:
        """When nobody writes any more and all is acknowledged."""
        *_, last = self.states(writer, tag, 0)
        return last

    def _relevant(self, writer: str) -> list[Entry]:
        return [e for e in self._entries if e.writer == writer or e.rewinds]
