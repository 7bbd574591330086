"""Arrays of any library, brought into one plain form: a dtype's name, a shape and little-endian bytes, row by row.

Nothing is imported for it: an array of numpy, JAX or TensorFlow comes with numpy, a tensor of torch is read from its
own memory, and lists and buffers need neither.
"""

from __future__ import annotations

import ctypes
import dataclasses
import math
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from stepwell._imports import load

# numpy's names → bytes of an element. float8 forms are kept as bytes; nothing here computes with them.
SIZES = {
    "bool": 1, "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8,
    "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "complex64": 8, "complex128": 16,
    "float8_e5m2": 1, "float8_e4m3fn": 1, "float8_e4m3fnuz": 1, "float8_e5m2fnuz": 1, "float8_e4m3b11fnuz": 1,
}  # fmt: skip
_CODES = {
    "bool": "?", "int8": "b", "int16": "h", "int32": "i", "int64": "q", "uint8": "B", "uint16": "H", "uint32": "I",
    "uint64": "Q", "float16": "e", "float32": "f", "float64": "d",
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Array:
    """`data`: elements, little-endian, row by row. For dtype "string" they are in `strings` instead."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes
    strings: tuple[bytes, ...] = ()

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def is_float(self) -> bool:
        return self.dtype in ("float16", "bfloat16", "float32", "float64")

    @property
    def is_integer(self) -> bool:
        return self.dtype.startswith(("int", "uint"))

    def reshaped(self, *shape: int) -> Array:
        return dataclasses.replace(self, shape=shape)

    def numbers(self) -> Sequence[Any]:
        """All elements as Python's numbers, flat."""
        if self.dtype == "bfloat16":
            wide = bytearray(2 * len(self.data))  # the upper half of a float32
            wide[2::4], wide[3::4] = self.data[0::2], self.data[1::2]
            return struct.unpack(f"<{self.count}f", wide)
        if self.dtype not in _CODES:
            raise TypeError(f"elements of type {self.dtype} are not taken here; convert them to float32 first")
        return struct.unpack(f"<{self.count}{_CODES[self.dtype]}", self.data)

    def numpy(self) -> Any:
        """A numpy array of the same elements (bfloat16 as float32), or None if numpy is not installed."""
        numpy = import_numpy()
        if numpy is None or self.dtype not in (*_CODES, "bfloat16"):
            return None
        if self.dtype == "bfloat16":
            wide = numpy.frombuffer(self.data, "<u2").astype("<u4") << numpy.uint32(16)
            return wide.view("<f4").reshape(self.shape)
        return numpy.frombuffer(self.data, numpy.dtype(self.dtype).newbyteorder("<")).reshape(self.shape)


def import_numpy() -> Any:
    """numpy if the user has it, else None."""
    try:
        return load("numpy")
    except ImportError:
        return None


def is_array(value: object) -> bool:
    """Whether `value` is an array of some library (not a list, not a number of Python's)."""
    if isinstance(value, Array):
        return True
    return _is_torch(value) or hasattr(value, "__array__") or isinstance(value, memoryview) or _is_stdlib_array(value)


def _is_torch(value: object) -> bool:
    return hasattr(value, "data_ptr") and hasattr(value, "detach") and hasattr(value, "element_size")


def _is_stdlib_array(value: object) -> bool:
    module = sys.modules.get("array")
    return module is not None and isinstance(value, module.array)


def as_array(value: object, what: str) -> Array:
    """Any array, nested list or number in the plain form. `what` begins the message of a TypeError or ValueError."""
    if isinstance(value, Array):
        return value
    if _is_torch(value):
        return _from_torch(value, what)
    if hasattr(value, "__array__"):
        return _from_numpy(value, what)
    if isinstance(value, memoryview) or _is_stdlib_array(value):
        return _from_buffer(memoryview(value), what)  # type: ignore[arg-type]
    if isinstance(value, (bool, int, float, complex, str, list, tuple)):
        return _from_lists(value, what)
    raise TypeError(f"{what}: {type(value).__name__} is no array")


def _from_torch(tensor: Any, what: str) -> Array:
    tensor = tensor.detach()
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if "strided" not in str(getattr(tensor, "layout", "strided")):
        tensor = tensor.to_dense()
    tensor = tensor.cpu()
    for resolve in ("resolve_conj", "resolve_neg"):
        tensor = getattr(tensor, resolve, lambda same=tensor: same)()
    tensor = tensor.contiguous()
    dtype = str(tensor.dtype).rpartition(".")[2]
    if dtype not in SIZES:
        raise TypeError(f"{what}: a torch tensor of type {dtype} is not taken; convert it first")
    size = tensor.numel() * tensor.element_size()
    data = ctypes.string_at(tensor.data_ptr(), size) if size else b""
    return Array(dtype, tuple(tensor.shape), _little(data, dtype))


def _little(data: bytes, dtype: str) -> bytes:
    size = SIZES[dtype] // (2 if dtype.startswith("complex") else 1)
    if sys.byteorder == "little" or size == 1:
        return data
    swapped = bytearray(len(data))
    for i in range(size):
        swapped[i::size] = data[size - 1 - i :: size]
    return bytes(swapped)


def _from_numpy(value: Any, what: str) -> Array:
    import numpy

    try:
        array = numpy.asarray(value)
    except Exception as error:  # whatever library this is, its __array__ may raise anything
        raise TypeError(f"{what}: {type(value).__name__} cannot be read as an array ({error})") from None
    if array.dtype.kind in "US" or (array.dtype.kind in "OT" and all(isinstance(x, (str, bytes)) for x in array.flat)):
        strings = tuple(x.encode("utf-8", "surrogateescape") if isinstance(x, str) else bytes(x) for x in array.flat)
        return Array("string", tuple(array.shape), b"", strings)
    name = str(array.dtype.name)
    if name not in SIZES:
        if name not in ("longdouble", "float128", "float96"):
            raise TypeError(f"{what}: an array of type {name} is not taken; convert it first")
        array, name = array.astype("float64"), "float64"
    if array.dtype.byteorder == ">" or (array.dtype.byteorder == "=" and sys.byteorder == "big"):
        array = array.astype(array.dtype.newbyteorder("<"))
    return Array(name, tuple(int(n) for n in array.shape), array.tobytes())


def _from_buffer(view: memoryview, what: str) -> Array:
    code = view.format.lstrip("@=<")
    kind = "float" if code in "efd" else "bool" if code == "?" else "int" if code in "bhilqn" else "uint"
    if code not in tuple("efd?bhilqnBHILQNc"):
        raise TypeError(f"{what}: a buffer of format {view.format!r} is not taken")
    dtype = "bool" if kind == "bool" else f"{kind}{8 * view.itemsize}"
    return Array(dtype, tuple(view.shape or ()), _little(view.tobytes(), dtype))


def _from_lists(value: Any, what: str) -> Array:
    shape: list[int] = []
    level = value
    while isinstance(level, (list, tuple)):
        shape.append(len(level))
        if not level:
            break
        level = level[0]
    leaves = list(_leaves(value, shape, 0, what))
    if not leaves:
        return Array("float64", tuple(shape), b"")
    kinds = {type(leaf) for leaf in leaves}
    if kinds == {str}:
        return Array("string", tuple(shape), b"", tuple(x.encode("utf-8", "surrogateescape") for x in leaves))
    if kinds == {bool}:
        return Array("bool", tuple(shape), bytes(leaves))
    if kinds == {int} and all(-(2**63) <= x < 2**63 for x in leaves):
        return Array("int64", tuple(shape), struct.pack(f"<{len(leaves)}q", *leaves))
    if complex in kinds:
        parts = [part for x in map(complex, leaves) for part in (x.real, x.imag)]
        return Array("complex128", tuple(shape), struct.pack(f"<{len(parts)}d", *parts))
    try:
        return Array("float64", tuple(shape), struct.pack(f"<{len(leaves)}d", *map(float, leaves)))
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{what}: a list of {', '.join(sorted(k.__name__ for k in kinds))} is no array") from None


def _leaves(value: Any, shape: list[int], depth: int, what: str) -> Iterator[Any]:
    if depth == len(shape):
        if isinstance(value, (list, tuple)):
            raise ValueError(f"{what}: the nested lists have different depths")
        yield value
        return
    if not isinstance(value, (list, tuple)) or len(value) != shape[depth]:
        raise ValueError(f"{what}: the nested lists have different lengths at depth {depth}")
    for part in value:
        yield from _leaves(part, shape, depth + 1, what)
