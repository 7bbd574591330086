"""The ingest protocol for tests that speak it themselves: messages made from proto/ by protoc, calls over grpcio."""

from __future__ import annotations

import functools
import pathlib
import subprocess
from typing import Any

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO = pathlib.Path(__file__).resolve().parent.parent.parent / "proto"
SERVICE = "/stepwell.v1.Ingest/"


@functools.cache
def _pool() -> Any:
    command = ["protoc", f"-I{PROTO}", "--include_imports", "--descriptor_set_out=/dev/stdout"]
    made = subprocess.run([*command, "stepwell/v1/ingest.proto"], check=True, capture_output=True).stdout
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_pb2.FileDescriptorSet.FromString(made).file:
        pool.Add(file)
    return pool


@functools.cache
def message(name: str) -> Any:
    """The class of a message of stepwell.v1, such as "PushRequest"."""
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"stepwell.v1.{name}"))


class IngestApi:
    """One connection. It is made again by itself when the server is back."""

    def __init__(self, address: str) -> None:
        back_off = [("grpc.initial_reconnect_backoff_ms", 50), ("grpc.min_reconnect_backoff_ms", 50)]
        options = [*back_off, ("grpc.max_reconnect_backoff_ms", 200), ("grpc.use_local_subchannel_pool", 1)]
        self.channel = grpc.insecure_channel(address, options=options)
        self.push = self.channel.stream_stream(
            SERVICE + "Push",
            request_serializer=message("PushRequest").SerializeToString,
            response_deserializer=message("PushReply").FromString,
        )
        self.open_run = self._unary("OpenRun")
        self.sync_run = self._unary("SyncRun")

    def _unary(self, name: str) -> Any:
        return self.channel.unary_unary(
            SERVICE + name,
            request_serializer=message(f"{name}Request").SerializeToString,
            response_deserializer=message(f"{name}Reply").FromString,
        )

    def close(self) -> None:
        self.channel.close()
