"""One Push stream: batches out with a window, acknowledgements in."""

from __future__ import annotations

import collections
import queue
import threading
from collections.abc import Iterator
from typing import Any

import grpc

from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest

SERVICE = "/stepwell.v1.Ingest/"
WINDOW_BYTES = 8 << 20
# A connection whose other end went without a word is given up after both. The server takes a ping each 10 s.
PING_MS, PONG_MS = 15_000, 10_000
OPTIONS = [("grpc.keepalive_time_ms", PING_MS), ("grpc.keepalive_timeout_ms", PONG_MS),
           ("grpc.http2.max_pings_without_data", 0), ("grpc.max_send_message_length", 64 << 20),
           ("grpc.max_receive_message_length", 64 << 20),
           ("grpc.enable_http_proxy", 0), ("grpc.max_reconnect_backoff_ms", 2000),
           ("grpc.initial_reconnect_backoff_ms", 100), ("grpc.min_reconnect_backoff_ms", 1000),
           ("grpc.use_local_subchannel_pool", 1)]  # fmt: skip


def channel(address: str, token: str | None) -> tuple[grpc.Channel, list[tuple[str, str]]]:
    """A channel and the metadata of its calls. `grpcs://` (or a port of 443) is TLS."""
    secure = address.startswith(("grpcs://", "https://"))
    target = address.split("://", 1)[-1].rstrip("/")
    metadata = [("authorization", f"Bearer {token}")] if token else []
    if secure:
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(), OPTIONS), metadata
    return grpc.insecure_channel(target, OPTIONS), metadata


class Client:
    """The calls of the service."""

    def __init__(self, opened: grpc.Channel, metadata: list[tuple[str, str]]) -> None:
        self._channel, self._metadata = opened, metadata

    def open_run(self, request: ingest.OpenRunRequest, timeout: float) -> ingest.OpenRunReply:
        call = self._channel.unary_unary(
            SERVICE + "OpenRun", ingest.OpenRunRequest.SerializeToString, ingest.OpenRunReply.FromString
        )
        reply: ingest.OpenRunReply = call(request, timeout=timeout, metadata=self._metadata)
        return reply

    def describe(self, request: ingest.DescribeSeriesRequest, timeout: float) -> Iterator[ingest.DescribeSeriesReply]:
        call = self._channel.unary_stream(
            SERVICE + "DescribeSeries",
            ingest.DescribeSeriesRequest.SerializeToString,
            ingest.DescribeSeriesReply.FromString,
        )
        replies: Iterator[ingest.DescribeSeriesReply] = call(request, timeout=timeout, metadata=self._metadata)
        return replies

    def push(self, requests: Iterator[bytes]) -> Any:
        call = self._channel.stream_stream(SERVICE + "Push", None, ingest.PushReply.FromString)
        return call(requests, metadata=self._metadata)


class Stream:
    """Thread safety: `send` and `finish` belong to one owner; a thread of the stream's own reads the replies."""

    def __init__(self, client: Client, hello: ingest.Hello) -> None:
        self.acknowledged = (0, 0, 0)  # segment, offset, number, of the last batch that is durable
        self.refused = 0
        self.draining = False
        self._pending: collections.deque[tuple[int, int, tuple[int, int]]] = collections.deque()  # seq, bytes, position
        self._bytes = 0
        self._changed = threading.Condition()
        self._over = False
        self._error: grpc.RpcError | None = None
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._queue.put(ingest.PushRequest(hello=hello).SerializeToString())
        self._call = client.push(iter(self._queue.get, None))
        self._reader = threading.Thread(target=self._read, name="stepwell-acks", daemon=True)
        self._reader.start()

    def send(self, batch: ingest.Batch, position: tuple[int, int]) -> None:
        """Waits while the window is full. Raises what ended the stream."""
        data = ingest.PushRequest(batch=batch).SerializeToString()
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._bytes < WINDOW_BYTES)
            self.check()
            self._pending.append((batch.seq, len(data), position))
            self._bytes += len(data)
        self._queue.put(data)

    def beat(self) -> None:
        """Says that the process that logs lives."""
        self._queue.put(ingest.PushRequest(alive=ingest.Alive()).SerializeToString())

    def check(self) -> None:
        """Raises what ended the stream, if it ended."""
        if self._over:
            raise self._error or StreamEnded

    @property
    def idle(self) -> bool:
        return not self._pending

    def wait(self, seconds: float) -> bool:
        """Until all is acknowledged, the stream has ended, or so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._over or not self._pending, seconds)
            return not self._pending

    def close(self) -> None:
        self._queue.put(None)
        self._reader.join(5)
        self._call.cancel()

    def _read(self) -> None:
        error = None
        try:
            for reply in self._call:
                self._on_reply(reply)
        except grpc.RpcError as ended:
            error = ended
        with self._changed:
            self._over, self._error = True, error
            self._queue.put(None)
            self._changed.notify_all()

    def _on_reply(self, reply: ingest.PushReply) -> None:
        with self._changed:
            self.refused += len(reply.refused)
            self.draining |= reply.HasField("drain")
            while self._pending and self._pending[0][0] <= reply.durable_seq:
                seq, size, position = self._pending.popleft()
                self._bytes -= size
                self.acknowledged = (*position, seq)
            self._changed.notify_all()


class StreamEnded(Exception):
    """Without an error: a server that stops or rebalances. Connect again."""
