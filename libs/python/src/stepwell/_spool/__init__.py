"""The client's durable queue on disk. docs/formats/spool.md is its grammar; no protobuf and no gRPC in here."""
