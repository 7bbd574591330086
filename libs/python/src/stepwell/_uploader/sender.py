"""Brings one spool to its server: opens the run, goes on where the server's position says, follows the files.

No state of its own: killed at any moment, the next one asks the server. What is not acknowledged stays in the spool.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import random
import shutil
import threading
import time
from typing import Any

import grpc

from stepwell import _settings
from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest
from stepwell._spool import forks
from stepwell._spool import format as spool
from stepwell._spool.lock import held
from stepwell._spool.reader import Reader
from stepwell._spool.writer import write_whole
from stepwell._uploader.batches import Batcher, Ready, key_of
from stepwell._uploader.stream import Client, Stream, StreamEnded, channel

POLL = 0.02  # s between looks at a file that did not grow
REFRESH = 1.0  # s between other looks: is the writer alive, is there a new segment
LONGEST_WAIT = 5.0  # s between tries to connect
PARENT_LOOK = 0.1  # s between looks whether the parent of a fork is sent
CALL_SECONDS = 30.0

# Answers that trying again does not change.
FINAL = {grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNIMPLEMENTED}


class Refused(Exception):
    """The server will not take this spool. `kind`: fenced, deleted, missing, fork_refused, waits, error."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Sender(threading.Thread):
    """Thread safety: others may read `state`, `done` and call `stop`."""

    def __init__(self, folder: pathlib.Path, about: dict[str, Any], keep: _settings.Keep, token: str | None) -> None:
        super().__init__(name=f"stepwell-{folder.name}", daemon=True)
        self.folder, self.about, self.keep, self.token = folder, about, keep, token
        self.stopping = threading.Event()
        self.done = False  # everything of a dead writer is acknowledged, or nothing more can be
        self.alive = True
        self.status: dict[str, Any] = {"acknowledged": [0, 0], "wall": 0.0, "refused": 0, "opened": False,
                                       "fenced": False, "deleted": False, "missing": False,
                                       "error": None, "fork_refused": None, "run": about["run"]}  # fmt: skip
        self._written = ""
        self._told = 0.0
        self._heartbeat = self._beaten = 0.0  # s; 0: the server takes none
        self._kept: dict[int, float] = {}  # acknowledged segment → since when

    def run(self) -> None:
        wait = 0.1
        while not self.stopping.is_set():
            try:
                self._session()
                if self.done:
                    return
                wait = 0.1
            except Refused as refused:
                if refused.kind == "waits":
                    self._tell(error=str(refused))
                    self.stopping.wait(PARENT_LOOK)
                    continue
                marks: dict[str, Any] = {} if refused.kind == "error" else {refused.kind: True}
                if refused.kind == "fork_refused":
                    marks = {"fork_refused": str(refused)}
                self._tell(error=str(refused), **marks)
                self.done = not self._is_alive()
                self.stopping.wait(REFRESH)
                if self.status["fenced"] or self.status["deleted"]:
                    self.done = True
                    return
            except (grpc.RpcError, StreamEnded) as broken:
                self._tell(error=describe(broken))
                self.stopping.wait(max(wait, retry_after(broken)) * random.uniform(0.5, 1.0))
                wait = min(2 * wait, LONGEST_WAIT)
            except FileNotFoundError:
                if not self.folder.exists():
                    self.done = True
                    return
                self.stopping.wait(REFRESH)
            except Exception as error:  # tell it and go on: the spool stays
                self._tell(error=f"{type(error).__name__}: {error}")
                self.stopping.wait(LONGEST_WAIT)

    def waits_for_parent(self) -> str | None:
        """Why this fork is not opened yet; None: nothing is in its way."""
        fork = self.about.get("fork")
        return forks.unsent(self.folder.parent, fork) if fork and not self.status["opened"] else None

    # ---- one session: OpenRun, one Push stream ----

    def _session(self) -> None:
        opened, metadata = channel(self.about["server"], self.token)
        with opened:
            client = Client(opened, metadata)
            reply = self._open(client)
            known = self._known(client, reply)
            if reply.push_address:
                push, _ = channel(reply.push_address, self.token)
                with push:
                    self._push(Client(push, metadata), reply, known)
            else:
                self._push(client, reply, known)

    def _open(self, client: Client) -> ingest.OpenRunReply:
        about = self.about
        request = ingest.OpenRunRequest(
            workspace=about["workspace"], experiment=about["experiment"], run_id=about["run"], name=about["name"],
            writer=about["writer"], client=about["client"], must_exist=about.get("must_exist", False),
        )  # fmt: skip
        if fork := about.get("fork"):
            if why := self.waits_for_parent():
                raise Refused("waits", why)
            request.fork.run_id, request.fork.step = fork["run"], fork["step"]
        try:
            reply = client.open_run(request, CALL_SECONDS)
        except grpc.RpcError as error:
            if request.must_exist and error.code() == grpc.StatusCode.NOT_FOUND:
                raise Refused("missing", error.details() or "there is no such run") from None
            raise verdict(error) or error from None
        if reply.deleted:
            raise Refused("deleted", f"run {reply.run_id} was deleted; restore it to send the rest")
        self.status.update(run=reply.run_id, opened=True, missing=False)
        if reply.fork_refused:
            self.status.update(fork_refused=reply.fork_refused)
        self._heartbeat, self._beaten = reply.heartbeat_ms / 1000, float("-inf")
        return reply

    def _known(self, client: Client, reply: ingest.OpenRunReply) -> dict[tuple[bytes, int, str], int]:
        if not reply.durable_seq:
            return {}
        request = ingest.DescribeSeriesRequest(run_id=reply.run_id, writer_number=reply.writer_number)
        return {
            key_of(item.info): item.series for part in client.describe(request, CALL_SECONDS) for item in part.items
        }

    def _push(self, client: Client, reply: ingest.OpenRunReply, known: dict[tuple[bytes, int, str], int]) -> None:
        limits = reply.limits
        batcher = Batcher(self.folder, known, limits.blob_part_bytes or 1 << 20, limits.points_per_batch)
        segment, offset, ended = self._position(reply.position)
        reader = Reader(self.folder, segment)
        if reader.segment == segment:
            while reader.offset < offset and (block := reader.next(dead=False)):
                batcher.define(block)
            reader.segment, reader.offset = segment, offset
        stream = Stream(client, ingest.Hello(run_id=reply.run_id, writer_number=reply.writer_number, epoch=reply.epoch))
        stream.acknowledged = (segment, offset, reply.durable_seq)
        try:
            self._follow(stream, batcher, reader, reply.durable_seq, ended)
        except grpc.RpcError as error:
            raise verdict(error) or error from None
        finally:
            stream.close()

    def _position(self, data: bytes) -> tuple[int, int, bool]:
        """Where to go on: where the server says, if it speaks of this spool."""
        if len(data) == spool.POSITION.size:
            name, segment, offset, ended = spool.POSITION.unpack(data)
            if name == self.folder.name.encode():
                return segment, offset, bool(ended)
        return 0, 0, False

    def _follow(self, stream: Stream, batcher: Batcher, reader: Reader, seq: int, ended: bool) -> None:
        number = seq
        looked = -REFRESH
        batcher.ended = ended

        def send(ready: Ready) -> None:
            nonlocal number
            number += 1
            ready.batch.seq = number
            ready.batch.position = spool.POSITION.pack(self.folder.name.encode(), *ready.position, batcher.ended)
            stream.send(ready.batch, ready.position)
            self._beat(stream)

        while not self.stopping.is_set():
            stream.check()
            if stream.draining:
                stream.wait(CALL_SECONDS)
                raise StreamEnded
            now = time.monotonic()
            refresh = now - looked >= REFRESH
            if refresh:
                looked, self.alive = now, self._is_alive()
                self._beat(stream)
            if reader.size() > reader.offset or refresh or not self.alive:
                alive = self.alive
                while block := reader.next(dead=not alive):
                    for ready in batcher.feed(block):
                        send(ready)
                    self._report(stream)
                if not alive:
                    self._end(batcher, reader)
                if last := batcher.rest((reader.segment, reader.offset)):
                    send(last)
                if not alive:
                    if stream.wait(CALL_SECONDS):
                        self._report(stream, final=True)
                        self._remove()
                    return
            self._report(stream)
            self.stopping.wait(POLL)

    def _beat(self, stream: Stream) -> None:
        """Now and then, also while there is much to send: the run's process lives."""
        now = time.monotonic()
        if self._heartbeat and now - self._beaten >= self._heartbeat and self._is_alive():
            self._beaten = now
            stream.beat()

    def _end(self, batcher: Batcher, reader: Reader) -> None:
        """What is said after the last record of a writer that is gone."""
        for count, what in ((reader.cut, "the last call was cut off"), (reader.damaged, "records were damaged")):
            if count:
                reason = f"{count} bytes of the client's spool were left out: {what}"
                batcher.note(ingest.Note(warning=ingest.Warning(source="client", offset=-1, reason=reason, count=1)))
        if batcher.unknown_records:
            reason = (
                f"{batcher.unknown_records} records of a newer client were left out; upgrade the uploader's package"
            )
            batcher.note(ingest.Note(warning=ingest.Warning(source="client", offset=-1, reason=reason, count=1)))
        if not batcher.ended and self.about.get("primary", True):
            batcher.note(ingest.Note(status=ingest.Status(status="crashed", wall=batcher.last_wall)))
            batcher.ended = True

    # ---- the spool ----

    def _is_alive(self) -> bool:
        """Whether the process that writes this spool lives: it holds the lock of `alive`."""
        return held(self.folder / "alive")

    def _report(self, stream: Stream, final: bool = False) -> None:
        """status.json, and segments that nobody needs any more: at most ten times a second."""
        now = time.monotonic()
        if not final and now - self._told < 0.1:
            return
        segment, offset, _ = stream.acknowledged
        self._tell(acknowledged=[segment, offset], refused=stream.refused, error=None)
        self._told = now
        self._forget(segment, now)

    def _tell(self, **changes: Any) -> None:
        self.status.update(changes)
        text = json.dumps({key: value for key, value in self.status.items() if key != "wall"})
        if text == self._written:
            return
        self._written = text
        with contextlib.suppress(OSError):
            write_whole(self.folder / "status.json", {**self.status, "wall": time.time()}, durable=False)

    def _forget(self, acknowledged: int, now: float) -> None:
        """Segments before the acknowledged one are kept for a while, for a server that comes back from a backup."""
        old = [number for number in spool.segments(self.folder) if number < acknowledged]
        for number in old:
            self._kept.setdefault(number, now)
        most = self.keep.bytes // spool.SEGMENT_BYTES
        for i, number in enumerate(old):
            if now - self._kept[number] > self.keep.seconds or len(old) - i > most or self.keep.full():
                shutil.rmtree(spool.blobs_path(self.folder, number), ignore_errors=True)
                spool.segment_path(self.folder, number).unlink(missing_ok=True)

    def _remove(self) -> None:
        """REQUIRES: the writer is gone and all is acknowledged."""
        # Renamed first: a half-removed spool must not look like one that begins later.
        gone = self.folder.with_name(f"{self.folder.name}.gone")
        with contextlib.suppress(OSError):
            self.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        self.done = True


def verdict(error: grpc.RpcError) -> Refused | None:
    """The error as a refusal, if trying again would not change it."""
    code = error.code()
    if code == grpc.StatusCode.FAILED_PRECONDITION:
        text = error.details() or "fenced"
        kind = "fork_refused" if "as a fork of" in text else "deleted" if "deleted" in text else "fenced"
        return Refused(kind, text)
    return Refused("error", f"{code.name}: {error.details()}") if code in FINAL else None


def describe(error: Exception) -> str | None:
    if isinstance(error, grpc.RpcError):
        return f"{error.code().name}: {(error.details() or '')[:500]}"
    return None


def retry_after(error: Exception) -> float:
    """Seconds that the server asks to wait."""
    with contextlib.suppress(Exception):
        for key, value in error.trailing_metadata() or ():  # type: ignore[attr-defined]
            if key == "retry-after-ms":
                return int(value) / 1000
    return 0.0
