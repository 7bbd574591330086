"""One writer of one run, speaking the ingest protocol as docs/formats/protocol.md has it.

Batches are numbered, kept until they are acknowledged and sent again, in order, after a break.
"""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import grpc

from faults.ledger import Entry, Ledger
from harness.ingest_api import IngestApi, message

PATIENCE = 300.0  # without a single acknowledgement while something is to be acknowledged
WINDOW = 6  # batches
PAUSE = 0.05  # before another try
AWAY = {
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


@dataclasses.dataclass
class Sent:
    seq: int
    request: Any
    entry: Entry


class Stream:
    """One Push call; a thread of its own reads the replies."""

    def __init__(self, api: IngestApi, hello: Any, on_reply: Callable[[Any], None], on_end: Callable[[], None]) -> None:
        self.outgoing: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.outgoing.put(hello)
        self.end: grpc.RpcError | None = None
        self.ended = False
        self._on_reply, self._on_end = on_reply, on_end
        self._call = api.push(iter(self.outgoing.get, None))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            for reply in self._call:
                self._on_reply(reply)
        except grpc.RpcError as error:
            self.end = error
        self.outgoing.put(None)
        self.ended = True
        self._on_end()

    def cancel(self) -> None:
        self._call.cancel()
        self._reader.join()


class Link:
    """Used by one thread."""

    def __init__(self, api: IngestApi, experiment: str, ledger: Ledger, writer: str) -> None:
        self.api, self.experiment, self.ledger, self.writer = api, experiment, ledger, writer
        self.changed = threading.Condition()
        self.window: deque[Sent] = deque()  # guarded by `changed`, as all below
        self.durable = 0
        self.done = 0  # batches that need nothing more
        self.refused: list[str] = []
        self.stream: Stream | None = None
        self.run_id, self.number = "", -1
        self.limits: Any = None
        self._positions = {0: b""}

    def open(self) -> None:
        """Takes the writer's place (again): what is in the window is forgotten, as by a process that died."""
        self.leave()
        request = message("OpenRunRequest")(
            experiment=self.experiment, name=self.ledger.name, writer=self.writer, client="fault-test"
        )
        reply = self._open_run(request)
        self.run_id, self.number, self.limits = reply.run_id, reply.writer_number, reply.limits
        self.hello = message("PushRequest")()
        self.hello.hello.run_id = reply.run_id
        self.hello.hello.writer_number = reply.writer_number
        self.hello.hello.epoch = reply.epoch
        durable = reply.durable_seq
        most = self.window[-1].seq if self.window else self.durable
        where = f"{self.ledger.name}, writer {self.writer}"
        assert durable >= self.durable, f"{where}: {self.durable} was acknowledged, now it stands at {durable}"
        assert durable <= most, f"{where}: {durable} was never sent (only {most})"
        assert reply.position == self._positions[durable], f"{where}: position {reply.position!r} at {durable}"
        self.ledger.cut(self.writer, {id(sent.entry) for sent in self.window if sent.seq <= durable})
        self._acknowledge(durable)
        with self.changed:
            self.done += len(self.window)
            self.window.clear()

    def _open_run(self, request: Any) -> Any:
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.api.open_run(request, timeout=15)
            except grpc.RpcError as error:
                if error.code() not in AWAY or time.monotonic() > deadline:
                    raise AssertionError(f"OpenRun for up to {PATIENCE:.0f} s: {error}") from error
            time.sleep(PAUSE)

    @property
    def next_seq(self) -> int:
        return self.window[-1].seq + 1 if self.window else self.durable + 1

    def push(self, request: Any, entry: Entry) -> None:
        """Numbers the batch and sends it, as soon as the window has room."""
        self._wait(lambda: len(self.window) < WINDOW)
        seq = self.next_seq
        request.batch.seq = seq
        request.batch.position = f"{self.writer} {seq}".encode()
        self._positions[seq] = request.batch.position
        self.ledger.sent(entry)
        with self.changed:
            self.window.append(Sent(seq, request, entry))
        if self.stream is None or self.stream.ended:
            self._connect()
        else:
            self.stream.outgoing.put(request)

    def flush(self) -> None:
        self._wait(lambda: not self.window)

    def leave(self) -> None:
        if self.stream:
            self.stream.cancel()
            self.stream = None

    def _wait(self, holds: Callable[[], bool]) -> None:
        last, deadline = self.durable, time.monotonic() + PATIENCE
        while True:
            with self.changed:
                self.changed.wait_for(lambda: holds() or self.stream is None or self.stream.ended, 0.2)
                assert not self.refused, f"{self.ledger.name}, writer {self.writer}: refused: {self.refused}"
                if holds():
                    return
            if self.durable > last:
                last, deadline = self.durable, time.monotonic() + PATIENCE
            assert time.monotonic() < deadline, (
                f"{self.ledger.name}, writer {self.writer}: nothing acknowledged for {PATIENCE:.0f} s after {last}; "
                f"the stream's end: {self.stream.end if self.stream else None}"
            )
            if self.stream is None or self.stream.ended:
                self._connect()

    def _connect(self) -> None:
        """Another stream, and all that is not acknowledged once more."""
        if self.stream is not None and self.stream.end is not None:
            code = self.stream.end.code()
            assert code in AWAY, f"{self.ledger.name}, writer {self.writer}, behind {self.durable}: {self.stream.end}"
            time.sleep(PAUSE)
        self.stream = Stream(self.api, self.hello, self._on_reply, self._notify)
        for sent in list(self.window):
            self.stream.outgoing.put(sent.request)

    def _on_reply(self, reply: Any) -> None:
        self.refused += [f"{r.reason} (batch {r.seq})" for r in reply.refused]
        self._acknowledge(reply.durable_seq)

    def _acknowledge(self, durable: int) -> None:
        with self.changed:
            self.durable = max(self.durable, durable)
            while self.window and self.window[0].seq <= self.durable:
                self.ledger.acknowledged(self.window.popleft().entry)
                self.done += 1
            self.changed.notify_all()

    def _notify(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def sync(self, run_id: str) -> None:
        """Until the lists know what was acknowledged of a run, be it this link's or another."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(grpc.RpcError):
                self.api.sync_run(message("SyncRunRequest")(run_id=run_id), timeout=35)
                return
            assert time.monotonic() < deadline, "SyncRun does not end"
            time.sleep(PAUSE)
