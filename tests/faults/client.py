"""A process that logs to one run through one or two writers, as fast as it may: a thread here, so that it lives on."""

from __future__ import annotations

import random
import threading

from faults.content import KINDS, Content
from faults.ledger import Ledger
from faults.link import Link
from harness.ingest_api import IngestApi


class Stopped(Exception):
    pass


class Client(threading.Thread):
    """Sends as many batches as it was granted. Now and then it "dies": it forgets what is not acknowledged, takes its
    place anew and goes on behind the server's mark.
    """

    def __init__(self, address: str, experiment: str, seed: str, name: str, writers: int, *, blobs: bool) -> None:
        super().__init__(name=name, daemon=True)
        names = [f"{name}-{i}" for i in range(writers)]
        self.seed, self.blobs = seed, blobs
        self.ledger = Ledger(name, KINDS, names)
        self.api = IngestApi(address)
        self.links = {writer: Link(self.api, experiment, self.ledger, writer) for writer in names}
        self.contents: dict[str, Content] = {}
        self.failure: BaseException | None = None
        self.last: dict[str, int] = {}  # of each writer, the number of its newest batch
        self._granted = 0
        self._stopping = False
        self._wake = threading.Condition()

    @property
    def done(self) -> int:
        """Batches that need nothing more: acknowledged, or forgotten by a death."""
        return sum(link.done for link in self.links.values())

    @property
    def granted(self) -> int:
        return self._granted

    def grant(self, batches: int) -> None:
        with self._wake:
            self._granted += batches
            self._wake.notify_all()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()

    def run(self) -> None:
        try:
            for link in self.links.values():
                link.open()
                part, rewinds = link.limits.blob_part_bytes, len(self.links) > 1
                self.contents[link.writer] = Content(self.seed, link.writer, part, self.blobs, rewinds)
            number = 0
            while True:
                self._await(number)
                self._step(number)
                number += 1
        except Stopped:
            return
        except BaseException as error:
            self.failure = error

    def _await(self, number: int) -> None:
        """Until batch `number` may be made. What is on its way is brought to its end meanwhile."""
        if number >= self._granted:
            for link in self.links.values():
                link.flush()
        with self._wake:
            self._wake.wait_for(lambda: number < self._granted or self._stopping)
            if self._stopping and number >= self._granted:
                raise Stopped

    def _step(self, number: int) -> None:
        chance = random.Random(f"{self.seed}:{self.name}:{number}")
        link = self.links[chance.choice(list(self.links))]
        content = self.contents[link.writer]
        if chance.random() < 0.02:
            link.open()
            content.forget()
        request, entry = content.batch(number)
        if entry.rewinds:
            self._flush()
        link.push(request, entry)
        if entry.rewinds:
            self._flush()
        self.last[link.writer] = number

    def _flush(self) -> None:
        for link in self.links.values():
            link.flush()
