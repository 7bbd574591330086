from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
KIND_AUDIO: Kind
KIND_EMBEDDING: Kind
KIND_GRAPH: Kind
KIND_HISTOGRAM: Kind
KIND_HPARAMS: Kind
KIND_IMAGE: Kind
KIND_LAYOUT: Kind
KIND_MESH: Kind
KIND_OTHER: Kind
KIND_PROFILE: Kind
KIND_PR_CURVE: Kind
KIND_SCALAR: Kind
KIND_TENSOR: Kind
KIND_TEXT: Kind
KIND_UNSPECIFIED: Kind
KIND_VIDEO: Kind

class Audio(_message.Message):
    __slots__ = ["items"]
    class Item(_message.Message):
        __slots__ = ["blob", "channels", "frames", "label", "rate"]
        BLOB_FIELD_NUMBER: _ClassVar[int]
        CHANNELS_FIELD_NUMBER: _ClassVar[int]
        FRAMES_FIELD_NUMBER: _ClassVar[int]
        LABEL_FIELD_NUMBER: _ClassVar[int]
        RATE_FIELD_NUMBER: _ClassVar[int]
        blob: BlobRef
        channels: int
        frames: int
        label: bytes
        rate: float
        def __init__(self, blob: _Optional[_Union[BlobRef, _Mapping]] = ..., label: _Optional[bytes] = ..., rate: _Optional[float] = ..., channels: _Optional[int] = ..., frames: _Optional[int] = ...) -> None: ...
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[Audio.Item]
    def __init__(self, items: _Optional[_Iterable[_Union[Audio.Item, _Mapping]]] = ...) -> None: ...

class BlobRef(_message.Message):
    __slots__ = ["sha256", "size", "type"]
    SHA256_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    sha256: bytes
    size: int
    type: str
    def __init__(self, sha256: _Optional[bytes] = ..., size: _Optional[int] = ..., type: _Optional[str] = ...) -> None: ...

class Bytes(_message.Message):
    __slots__ = ["blob", "format", "name"]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    FORMAT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    blob: BlobRef
    format: str
    name: str
    def __init__(self, blob: _Optional[_Union[BlobRef, _Mapping]] = ..., name: _Optional[str] = ..., format: _Optional[str] = ...) -> None: ...

class Embedding(_message.Message):
    __slots__ = ["columns", "metadata", "metadata_has_header", "sprite", "sprite_height", "sprite_width", "tensor_name", "vectors"]
    COLUMNS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    METADATA_HAS_HEADER_FIELD_NUMBER: _ClassVar[int]
    SPRITE_FIELD_NUMBER: _ClassVar[int]
    SPRITE_HEIGHT_FIELD_NUMBER: _ClassVar[int]
    SPRITE_WIDTH_FIELD_NUMBER: _ClassVar[int]
    TENSOR_NAME_FIELD_NUMBER: _ClassVar[int]
    VECTORS_FIELD_NUMBER: _ClassVar[int]
    columns: _containers.RepeatedScalarFieldContainer[str]
    metadata: BlobRef
    metadata_has_header: bool
    sprite: BlobRef
    sprite_height: int
    sprite_width: int
    tensor_name: str
    vectors: Tensor
    def __init__(self, vectors: _Optional[_Union[Tensor, _Mapping]] = ..., columns: _Optional[_Iterable[str]] = ..., metadata: _Optional[_Union[BlobRef, _Mapping]] = ..., sprite: _Optional[_Union[BlobRef, _Mapping]] = ..., sprite_width: _Optional[int] = ..., sprite_height: _Optional[int] = ..., metadata_has_header: bool = ..., tensor_name: _Optional[str] = ...) -> None: ...

class Histogram(_message.Message):
    __slots__ = ["count", "left", "legacy", "right"]
    class Legacy(_message.Message):
        __slots__ = ["max", "min", "num", "sum", "sum_squares"]
        MAX_FIELD_NUMBER: _ClassVar[int]
        MIN_FIELD_NUMBER: _ClassVar[int]
        NUM_FIELD_NUMBER: _ClassVar[int]
        SUM_FIELD_NUMBER: _ClassVar[int]
        SUM_SQUARES_FIELD_NUMBER: _ClassVar[int]
        max: float
        min: float
        num: float
        sum: float
        sum_squares: float
        def __init__(self, min: _Optional[float] = ..., max: _Optional[float] = ..., num: _Optional[float] = ..., sum: _Optional[float] = ..., sum_squares: _Optional[float] = ...) -> None: ...
    COUNT_FIELD_NUMBER: _ClassVar[int]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    LEGACY_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    count: _containers.RepeatedScalarFieldContainer[float]
    left: _containers.RepeatedScalarFieldContainer[float]
    legacy: Histogram.Legacy
    right: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, left: _Optional[_Iterable[float]] = ..., right: _Optional[_Iterable[float]] = ..., count: _Optional[_Iterable[float]] = ..., legacy: _Optional[_Union[Histogram.Legacy, _Mapping]] = ...) -> None: ...

class Image(_message.Message):
    __slots__ = ["height", "items", "width"]
    HEIGHT_FIELD_NUMBER: _ClassVar[int]
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    WIDTH_FIELD_NUMBER: _ClassVar[int]
    height: bytes
    items: _containers.RepeatedCompositeFieldContainer[BlobRef]
    width: bytes
    def __init__(self, width: _Optional[bytes] = ..., height: _Optional[bytes] = ..., items: _Optional[_Iterable[_Union[BlobRef, _Mapping]]] = ...) -> None: ...

class Json(_message.Message):
    __slots__ = ["raw", "text"]
    RAW_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    raw: bytes
    text: bytes
    def __init__(self, text: _Optional[bytes] = ..., raw: _Optional[bytes] = ...) -> None: ...

class Mesh(_message.Message):
    __slots__ = ["config", "name", "part", "tensor"]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PART_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    config: bytes
    name: str
    part: str
    tensor: Tensor
    def __init__(self, tensor: _Optional[_Union[Tensor, _Mapping]] = ..., part: _Optional[str] = ..., config: _Optional[bytes] = ..., name: _Optional[str] = ...) -> None: ...

class PrCurve(_message.Message):
    __slots__ = ["rows"]
    ROWS_FIELD_NUMBER: _ClassVar[int]
    rows: Tensor
    def __init__(self, rows: _Optional[_Union[Tensor, _Mapping]] = ...) -> None: ...

class SeriesInfo(_message.Message):
    __slots__ = ["content", "data_class", "description", "display_name", "kind", "plugin", "tag", "value_type"]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    DATA_CLASS_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PLUGIN_FIELD_NUMBER: _ClassVar[int]
    TAG_FIELD_NUMBER: _ClassVar[int]
    VALUE_TYPE_FIELD_NUMBER: _ClassVar[int]
    content: bytes
    data_class: int
    description: bytes
    display_name: bytes
    kind: Kind
    plugin: str
    tag: bytes
    value_type: str
    def __init__(self, tag: _Optional[bytes] = ..., kind: _Optional[_Union[Kind, str]] = ..., plugin: _Optional[str] = ..., content: _Optional[bytes] = ..., display_name: _Optional[bytes] = ..., description: _Optional[bytes] = ..., value_type: _Optional[str] = ..., data_class: _Optional[int] = ...) -> None: ...

class Tensor(_message.Message):
    __slots__ = ["blob", "data", "dtype", "shape", "strings"]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    STRINGS_FIELD_NUMBER: _ClassVar[int]
    blob: BlobRef
    data: bytes
    dtype: str
    shape: _containers.RepeatedScalarFieldContainer[int]
    strings: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, dtype: _Optional[str] = ..., shape: _Optional[_Iterable[int]] = ..., data: _Optional[bytes] = ..., strings: _Optional[_Iterable[bytes]] = ..., blob: _Optional[_Union[BlobRef, _Mapping]] = ...) -> None: ...

class Text(_message.Message):
    __slots__ = ["blob", "shape", "values"]
    BLOB_FIELD_NUMBER: _ClassVar[int]
    SHAPE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    blob: BlobRef
    shape: _containers.RepeatedScalarFieldContainer[int]
    values: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, shape: _Optional[_Iterable[int]] = ..., values: _Optional[_Iterable[bytes]] = ..., blob: _Optional[_Union[BlobRef, _Mapping]] = ...) -> None: ...

class Value(_message.Message):
    __slots__ = ["audio", "bytes", "embedding", "histogram", "image", "json", "mesh", "pr_curve", "tensor", "text"]
    AUDIO_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    EMBEDDING_FIELD_NUMBER: _ClassVar[int]
    HISTOGRAM_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    JSON_FIELD_NUMBER: _ClassVar[int]
    MESH_FIELD_NUMBER: _ClassVar[int]
    PR_CURVE_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    audio: Audio
    bytes: Bytes
    embedding: Embedding
    histogram: Histogram
    image: Image
    json: Json
    mesh: Mesh
    pr_curve: PrCurve
    tensor: Tensor
    text: Text
    def __init__(self, histogram: _Optional[_Union[Histogram, _Mapping]] = ..., text: _Optional[_Union[Text, _Mapping]] = ..., image: _Optional[_Union[Image, _Mapping]] = ..., audio: _Optional[_Union[Audio, _Mapping]] = ..., tensor: _Optional[_Union[Tensor, _Mapping]] = ..., pr_curve: _Optional[_Union[PrCurve, _Mapping]] = ..., mesh: _Optional[_Union[Mesh, _Mapping]] = ..., bytes: _Optional[_Union[Bytes, _Mapping]] = ..., embedding: _Optional[_Union[Embedding, _Mapping]] = ..., json: _Optional[_Union[Json, _Mapping]] = ...) -> None: ...

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
