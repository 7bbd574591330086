"""Trainings that write event files which `stepwell upload --follow` takes: a thread that appends events, some of them
torn for a moment, with restarts of the training in between."""

from __future__ import annotations

import pathlib
import random
import struct
import threading
import time

from faults.content import START, odd_number
from faults.ledger import Entry, Ledger, Point, Rewind
from harness import event_file
from harness.event_file import EventFile

EVENTS = 30  # of one append


def session_start(step: int) -> bytes:
    """What a training that resumes at `step` writes: event.proto has session_log = 7, status = 1, START = 1."""
    return event_file.event(START + step / 8, step, event_file.message(7, b"\x08\x01"))


KINDS = {"loss": "scalar", "exact": "scalar", "text": "text"}


class Training:
    """One run: a file that grows, and the ledger of what is in it. Every event is an entry."""

    def __init__(self, logs: pathlib.Path, seed: str, name: str) -> None:
        self.chance = random.Random(f"{seed}:{name}")
        self.ledger = Ledger(name, KINDS, [""])
        self.file = EventFile(logs / name)
        self.step = 0
        self.torn = b""
        self.started = False

    def append(self) -> None:
        """Some events; the last of them may be torn until the next append."""
        data = self.torn + b"".join(event_file.record(self._event()) for _ in range(EVENTS))
        end = len(data) - (self.chance.randint(0, 40) if self.chance.random() < 0.3 else 0)
        self.torn = data[end:]
        self.file.append_raw(data[:end])

    def finish(self) -> None:
        self.file.append_raw(self.torn)
        self.torn = b""

    def _event(self) -> bytes:
        if self.step and self.chance.random() < 0.003:
            self.step -= self.chance.randint(0, 100)
            # A file's first one is about other files: it is how the session that writes this one began.
            self.ledger.sent(Entry("", {}, [Rewind(self.step, spare_own=not self.started)]))
            self.started = True
            return session_start(self.step)
        self.step += 1
        wall = START + self.step / 8
        kind = self.chance.choice(["loss", "loss", "exact", "exact", "text"])
        value, bits = self._value(kind)
        self.ledger.sent(Entry("", {kind: [Point(self.step, wall, bits)]}))
        return event_file.event(wall, self.step, event_file.message(5, value))

    def _value(self, kind: str) -> tuple[bytes, bytes]:
        if kind == "text":
            text = f"at {self.step}".encode()
            return event_file.text_value("text", text), text
        if kind == "loss":
            (number,) = struct.unpack("<f", struct.pack("<f", self.chance.gauss(0, 1)))
            return event_file.scalar_value("loss", number), struct.pack("<d", number)
        bits = odd_number(self.chance)
        return event_file.double_value("exact", struct.unpack("<d", bits)[0]), bits


class Trainings(threading.Thread):
    """All of them. Begins another now and then."""

    def __init__(self, logs: pathlib.Path, seed: str) -> None:
        super().__init__(name="trainings", daemon=True)
        self.logs, self.seed = logs, seed
        self.chance = random.Random(f"{seed}:trainings")
        self.trainings = [Training(logs, seed, "log-0")]
        self.failure: BaseException | None = None
        self._left = 0  # appends that were granted and not made
        self._stopping = False
        self._wake = threading.Condition()

    def grant(self, appends: int) -> None:
        with self._wake:
            self._left += appends
            self._wake.notify()

    def stop(self) -> None:
        """What was granted is still written."""
        with self._wake:
            self._stopping = True
            self._wake.notify()

    def run(self) -> None:
        try:
            while self._next():
                self._append()
            for training in self.trainings:
                training.finish()
        except BaseException as error:
            self.failure = error

    def _next(self) -> bool:
        with self._wake:
            self._wake.wait_for(lambda: self._left > 0 or self._stopping)
            self._left -= 1
            return self._left >= 0

    def _append(self) -> None:
        if len(self.trainings) < 5 and self.chance.random() < 0.03:
            self.trainings.append(Training(self.logs, self.seed, f"log-{len(self.trainings)}"))
        self.chance.choice(self.trainings).append()
        time.sleep(self.chance.uniform(0, 0.02))  # a training has other things to do too
