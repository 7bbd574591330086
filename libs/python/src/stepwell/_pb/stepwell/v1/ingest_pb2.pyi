from stepwell._pb.stepwell.v1 import value_pb2 as _value_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Alive(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class Axis(_message.Message):
    __slots__ = ["step_deltas", "walls"]
    STEP_DELTAS_FIELD_NUMBER: _ClassVar[int]
    WALLS_FIELD_NUMBER: _ClassVar[int]
    step_deltas: _containers.RepeatedScalarFieldContainer[int]
    walls: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, step_deltas: _Optional[_Iterable[int]] = ..., walls: _Optional[_Iterable[float]] = ...) -> None: ...

class Batch(_message.Message):
    __slots__ = ["axes", "blobs", "columns", "define", "notes", "position", "rewinds", "seq"]
    AXES_FIELD_NUMBER: _ClassVar[int]
    BLOBS_FIELD_NUMBER: _ClassVar[int]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    DEFINE_FIELD_NUMBER: _ClassVar[int]
    NOTES_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    REWINDS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    axes: _containers.RepeatedCompositeFieldContainer[Axis]
    blobs: _containers.RepeatedCompositeFieldContainer[BlobPart]
    columns: _containers.RepeatedCompositeFieldContainer[Column]
    define: _containers.RepeatedCompositeFieldContainer[Define]
    notes: _containers.RepeatedCompositeFieldContainer[Note]
    position: bytes
    rewinds: _containers.RepeatedCompositeFieldContainer[Rewind]
    seq: int
    def __init__(self, seq: _Optional[int] = ..., position: _Optional[bytes] = ..., define: _Optional[_Iterable[_Union[Define, _Mapping]]] = ..., blobs: _Optional[_Iterable[_Union[BlobPart, _Mapping]]] = ..., axes: _Optional[_Iterable[_Union[Axis, _Mapping]]] = ..., columns: _Optional[_Iterable[_Union[Column, _Mapping]]] = ..., rewinds: _Optional[_Iterable[_Union[Rewind, _Mapping]]] = ..., notes: _Optional[_Iterable[_Union[Note, _Mapping]]] = ...) -> None: ...

class BlobPart(_message.Message):
    __slots__ = ["data", "offset", "sha256", "size"]
    DATA_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    data: bytes
    offset: int
    sha256: bytes
    size: int
    def __init__(self, sha256: _Optional[bytes] = ..., size: _Optional[int] = ..., offset: _Optional[int] = ..., data: _Optional[bytes] = ...) -> None: ...

class Column(_message.Message):
    __slots__ = ["axis", "scalars", "series", "values"]
    AXIS_FIELD_NUMBER: _ClassVar[int]
    SCALARS_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    axis: int
    scalars: _containers.RepeatedScalarFieldContainer[float]
    series: int
    values: _containers.RepeatedCompositeFieldContainer[_value_pb2.Value]
    def __init__(self, series: _Optional[int] = ..., axis: _Optional[int] = ..., scalars: _Optional[_Iterable[float]] = ..., values: _Optional[_Iterable[_Union[_value_pb2.Value, _Mapping]]] = ...) -> None: ...

class Define(_message.Message):
    __slots__ = ["info", "series"]
    INFO_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    info: _value_pb2.SeriesInfo
    series: int
    def __init__(self, series: _Optional[int] = ..., info: _Optional[_Union[_value_pb2.SeriesInfo, _Mapping]] = ...) -> None: ...

class DescribeSeriesReply(_message.Message):
    __slots__ = ["items"]
    class Item(_message.Message):
        __slots__ = ["info", "series", "writer_number"]
        INFO_FIELD_NUMBER: _ClassVar[int]
        SERIES_FIELD_NUMBER: _ClassVar[int]
        WRITER_NUMBER_FIELD_NUMBER: _ClassVar[int]
        info: _value_pb2.SeriesInfo
        series: int
        writer_number: int
        def __init__(self, series: _Optional[int] = ..., writer_number: _Optional[int] = ..., info: _Optional[_Union[_value_pb2.SeriesInfo, _Mapping]] = ...) -> None: ...
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[DescribeSeriesReply.Item]
    def __init__(self, items: _Optional[_Iterable[_Union[DescribeSeriesReply.Item, _Mapping]]] = ...) -> None: ...

class DescribeSeriesRequest(_message.Message):
    __slots__ = ["all_writers", "run_id", "writer_number"]
    ALL_WRITERS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WRITER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    all_writers: bool
    run_id: str
    writer_number: int
    def __init__(self, run_id: _Optional[str] = ..., writer_number: _Optional[int] = ..., all_writers: bool = ...) -> None: ...

class Drain(_message.Message):
    __slots__ = ["after_ms"]
    AFTER_MS_FIELD_NUMBER: _ClassVar[int]
    after_ms: int
    def __init__(self, after_ms: _Optional[int] = ...) -> None: ...

class Fork(_message.Message):
    __slots__ = ["run_id", "step"]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    step: int
    def __init__(self, run_id: _Optional[str] = ..., step: _Optional[int] = ...) -> None: ...

class Hello(_message.Message):
    __slots__ = ["epoch", "run_id", "writer_number"]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WRITER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    epoch: int
    run_id: str
    writer_number: int
    def __init__(self, run_id: _Optional[str] = ..., writer_number: _Optional[int] = ..., epoch: _Optional[int] = ...) -> None: ...

class Label(_message.Message):
    __slots__ = ["key", "value"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Limits(_message.Message):
    __slots__ = ["blob_bytes", "blob_part_bytes", "inline_bytes", "message_bytes", "param_bytes", "param_count", "points_per_batch", "position_bytes", "series_per_run", "tag_bytes"]
    BLOB_BYTES_FIELD_NUMBER: _ClassVar[int]
    BLOB_PART_BYTES_FIELD_NUMBER: _ClassVar[int]
    INLINE_BYTES_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_BYTES_FIELD_NUMBER: _ClassVar[int]
    PARAM_BYTES_FIELD_NUMBER: _ClassVar[int]
    PARAM_COUNT_FIELD_NUMBER: _ClassVar[int]
    POINTS_PER_BATCH_FIELD_NUMBER: _ClassVar[int]
    POSITION_BYTES_FIELD_NUMBER: _ClassVar[int]
    SERIES_PER_RUN_FIELD_NUMBER: _ClassVar[int]
    TAG_BYTES_FIELD_NUMBER: _ClassVar[int]
    blob_bytes: int
    blob_part_bytes: int
    inline_bytes: int
    message_bytes: int
    param_bytes: int
    param_count: int
    points_per_batch: int
    position_bytes: int
    series_per_run: int
    tag_bytes: int
    def __init__(self, message_bytes: _Optional[int] = ..., blob_bytes: _Optional[int] = ..., blob_part_bytes: _Optional[int] = ..., inline_bytes: _Optional[int] = ..., tag_bytes: _Optional[int] = ..., position_bytes: _Optional[int] = ..., series_per_run: _Optional[int] = ..., points_per_batch: _Optional[int] = ..., param_count: _Optional[int] = ..., param_bytes: _Optional[int] = ...) -> None: ...

class Note(_message.Message):
    __slots__ = ["label", "param", "status", "text", "warning"]
    LABEL_FIELD_NUMBER: _ClassVar[int]
    PARAM_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    WARNING_FIELD_NUMBER: _ClassVar[int]
    label: Label
    param: Param
    status: Status
    text: str
    warning: Warning
    def __init__(self, param: _Optional[_Union[Param, _Mapping]] = ..., label: _Optional[_Union[Label, _Mapping]] = ..., status: _Optional[_Union[Status, _Mapping]] = ..., warning: _Optional[_Union[Warning, _Mapping]] = ..., text: _Optional[str] = ...) -> None: ...

class OpenRunReply(_message.Message):
    __slots__ = ["created", "deleted", "durable_seq", "epoch", "fork_refused", "generation", "heartbeat_ms", "limits", "position", "push_address", "run_id", "run_number", "writer_number"]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    DELETED_FIELD_NUMBER: _ClassVar[int]
    DURABLE_SEQ_FIELD_NUMBER: _ClassVar[int]
    EPOCH_FIELD_NUMBER: _ClassVar[int]
    FORK_REFUSED_FIELD_NUMBER: _ClassVar[int]
    GENERATION_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_MS_FIELD_NUMBER: _ClassVar[int]
    LIMITS_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    PUSH_ADDRESS_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    RUN_NUMBER_FIELD_NUMBER: _ClassVar[int]
    WRITER_NUMBER_FIELD_NUMBER: _ClassVar[int]
    created: bool
    deleted: bool
    durable_seq: int
    epoch: int
    fork_refused: str
    generation: int
    heartbeat_ms: int
    limits: Limits
    position: bytes
    push_address: str
    run_id: str
    run_number: int
    writer_number: int
    def __init__(self, run_id: _Optional[str] = ..., run_number: _Optional[int] = ..., writer_number: _Optional[int] = ..., epoch: _Optional[int] = ..., durable_seq: _Optional[int] = ..., position: _Optional[bytes] = ..., limits: _Optional[_Union[Limits, _Mapping]] = ..., generation: _Optional[int] = ..., push_address: _Optional[str] = ..., created: bool = ..., deleted: bool = ..., heartbeat_ms: _Optional[int] = ..., fork_refused: _Optional[str] = ...) -> None: ...

class OpenRunRequest(_message.Message):
    __slots__ = ["client", "experiment", "fork", "must_exist", "name", "oldest_kept", "run_id", "workspace", "writer"]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    EXPERIMENT_FIELD_NUMBER: _ClassVar[int]
    FORK_FIELD_NUMBER: _ClassVar[int]
    MUST_EXIST_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OLDEST_KEPT_FIELD_NUMBER: _ClassVar[int]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    WORKSPACE_FIELD_NUMBER: _ClassVar[int]
    WRITER_FIELD_NUMBER: _ClassVar[int]
    client: str
    experiment: str
    fork: Fork
    must_exist: bool
    name: str
    oldest_kept: int
    run_id: str
    workspace: str
    writer: str
    def __init__(self, workspace: _Optional[str] = ..., experiment: _Optional[str] = ..., run_id: _Optional[str] = ..., name: _Optional[str] = ..., writer: _Optional[str] = ..., oldest_kept: _Optional[int] = ..., client: _Optional[str] = ..., must_exist: bool = ..., fork: _Optional[_Union[Fork, _Mapping]] = ...) -> None: ...

class Param(_message.Message):
    __slots__ = ["json", "key"]
    JSON_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    json: str
    key: str
    def __init__(self, key: _Optional[str] = ..., json: _Optional[str] = ...) -> None: ...

class PushReply(_message.Message):
    __slots__ = ["drain", "durable_seq", "refused"]
    DRAIN_FIELD_NUMBER: _ClassVar[int]
    DURABLE_SEQ_FIELD_NUMBER: _ClassVar[int]
    REFUSED_FIELD_NUMBER: _ClassVar[int]
    drain: Drain
    durable_seq: int
    refused: _containers.RepeatedCompositeFieldContainer[Refusal]
    def __init__(self, durable_seq: _Optional[int] = ..., refused: _Optional[_Iterable[_Union[Refusal, _Mapping]]] = ..., drain: _Optional[_Union[Drain, _Mapping]] = ...) -> None: ...

class PushRequest(_message.Message):
    __slots__ = ["alive", "batch", "hello"]
    ALIVE_FIELD_NUMBER: _ClassVar[int]
    BATCH_FIELD_NUMBER: _ClassVar[int]
    HELLO_FIELD_NUMBER: _ClassVar[int]
    alive: Alive
    batch: Batch
    hello: Hello
    def __init__(self, hello: _Optional[_Union[Hello, _Mapping]] = ..., batch: _Optional[_Union[Batch, _Mapping]] = ..., alive: _Optional[_Union[Alive, _Mapping]] = ...) -> None: ...

class Refusal(_message.Message):
    __slots__ = ["points", "reason", "seq", "series"]
    POINTS_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SERIES_FIELD_NUMBER: _ClassVar[int]
    points: int
    reason: str
    seq: int
    series: int
    def __init__(self, seq: _Optional[int] = ..., series: _Optional[int] = ..., reason: _Optional[str] = ..., points: _Optional[int] = ...) -> None: ...

class Rewind(_message.Message):
    __slots__ = ["spare_own", "step"]
    SPARE_OWN_FIELD_NUMBER: _ClassVar[int]
    STEP_FIELD_NUMBER: _ClassVar[int]
    spare_own: bool
    step: int
    def __init__(self, step: _Optional[int] = ..., spare_own: bool = ...) -> None: ...

class Status(_message.Message):
    __slots__ = ["status", "wall"]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    WALL_FIELD_NUMBER: _ClassVar[int]
    status: str
    wall: float
    def __init__(self, status: _Optional[str] = ..., wall: _Optional[float] = ...) -> None: ...

class SyncRunReply(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class SyncRunRequest(_message.Message):
    __slots__ = ["run_id"]
    RUN_ID_FIELD_NUMBER: _ClassVar[int]
    run_id: str
    def __init__(self, run_id: _Optional[str] = ...) -> None: ...

class Warning(_message.Message):
    __slots__ = ["count", "file", "offset", "reason", "source", "tag", "wall"]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    WALL_FIELD_NUMBER: _ClassVar[int]
    count: int
    file: str
    offset: int
    reason: str
    source: str
    tag: bytes
    wall: float
    def __init__(self, source: _Optional[str] = ..., file: _Optional[str] = ..., offset: _Optional[int] = ..., tag: _Optional[bytes] = ..., reason: _Optional[str] = ..., count: _Optional[int] = ..., wall: _Optional[float] = ...) -> None: ...
