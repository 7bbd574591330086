"""Tensors of every type, bit for bit."""

from __future__ import annotations

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values.arrays import SIZES, Array, as_array
from stepwell._values.base import CLASS_TENSOR, INLINE_BYTES, Blobs, Encoded, Media, series
from stepwell._values.text import fits_inline, joined

_ROOM = 512  # for type, shape and the messages around


def fill_tensor(array: Array, blobs: Blobs) -> pb.Tensor:
    if array.dtype == "string":
        strings = list(array.strings)
        if fits_inline(strings):
            return pb.Tensor(dtype="string", shape=array.shape, strings=strings)
        return pb.Tensor(dtype="string", shape=array.shape, blob=blobs.put(joined(strings), "application/octet-stream"))
    if len(array.data) + _ROOM <= INLINE_BYTES:
        return pb.Tensor(dtype=array.dtype, shape=array.shape, data=array.data)
    return pb.Tensor(dtype=array.dtype, shape=array.shape, blob=blobs.put(array.data, "application/octet-stream"))


class Tensor(Media):
    """An array of any shape and type, kept as it is: numbers (bfloat16 and 8-bit floats too), booleans, texts.

    Args:
        data: an array of numpy, torch, JAX, TensorFlow or of the standard library, or nested lists.
        dtype, shape: with `data` as raw little-endian bytes, what they are.
    """

    def __init__(self, data: object, *, dtype: str | None = None, shape: tuple[int, ...] | None = None) -> None:
        self.data = data
        self.dtype = dtype
        self.shape = shape

    def _array(self, what: str) -> Array:
        if isinstance(self.data, (bytes, bytearray)):
            if self.dtype not in SIZES or self.shape is None:
                raise TypeError(f"{what}: bytes need a shape and a dtype, one of {', '.join(SIZES)}")
            array = Array(self.dtype, tuple(int(n) for n in self.shape), bytes(self.data))
            if any(n < 0 for n in array.shape) or array.count * SIZES[self.dtype] != len(array.data):
                raise ValueError(f"{what}: {len(array.data)} bytes are not {self.dtype} {list(array.shape)}")
            return array
        if self.dtype is not None or self.shape is not None:
            raise TypeError(f"{what}: dtype and shape are for raw bytes only")
        return as_array(self.data, what)

    def _encode(self, tag: str) -> list[Encoded]:
        array = self._array(f"tensor {tag!r}")
        blobs = Blobs()
        value = pb.Value(tensor=fill_tensor(array, blobs))
        info = series(tag, pb.KIND_TENSOR, "tensors", value_type=array.dtype, data_class=CLASS_TENSOR)
        return [Encoded(info, value, blobs.all())]
