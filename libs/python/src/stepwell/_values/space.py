"""Points in space: embeddings for the projector, meshes and point clouds."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._values import png, wire
from stepwell._values.arrays import Array, as_array, is_array
from stepwell._values.base import CLASS_TENSOR, Blobs, Encoded, Media, series
from stepwell._values.pixels import frames
from stepwell._values.tensor import fill_tensor

_MAX_SPRITE = 8192  # pixels of a side: what graphics cards take as a texture


def to_float32(array: Array, what: str) -> Array:
    if array.dtype == "float32":
        return array
    if not (array.is_float or array.is_integer or array.dtype == "bool"):
        raise TypeError(f"{what}: real numbers are needed, not {array.dtype}")
    numbers: Any = array.numpy()
    if numbers is not None:
        import numpy

        with numpy.errstate(over="ignore"):  # beyond float32: infinity
            return Array("float32", array.shape, numbers.astype("<f4").tobytes())
    try:
        return Array("float32", array.shape, struct.pack(f"<{array.count}f", *array.numbers()))
    except OverflowError:
        raise ValueError(f"{what}: a number is beyond float32") from None


class Embedding(Media):
    """Vectors for the projector.

    Args:
        vectors: [rows, dimensions].
        metadata: a label a row, or a list of values a row with `columns` as their names.
        columns: names of the metadata's columns.
        images: an array [rows, H, W, C] (or a list of such images): a picture a row.
    """

    def __init__(
        self,
        vectors: object,
        metadata: Sequence[object] | None = None,
        *,
        columns: Sequence[str] | None = None,
        images: object = None,
    ) -> None:
        self.vectors = vectors
        self.metadata = metadata
        self.columns = columns
        self.images = images

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"embedding {tag!r}"
        array = to_float32(as_array(self.vectors, what), what)
        if len(array.shape) != 2 or 0 in array.shape:
            raise ValueError(f"{what}: vectors have the shape [rows, dimensions], not {list(array.shape)}")
        blobs = Blobs()
        embedding = pb.Embedding(vectors=fill_tensor(array, blobs), tensor_name=tag)
        if self.metadata is not None:
            table, columns = self._table(array.shape[0], what)
            embedding.metadata.CopyFrom(blobs.put(table, "text/tab-separated-values"))
            embedding.columns.extend(columns)
            embedding.metadata_has_header = len(columns) > 1
        elif self.columns is not None:
            raise TypeError(f"{what}: columns need metadata")
        if self.images is not None:
            sheet, width, height = _sprite(self.images, array.shape[0], what)
            embedding.sprite.CopyFrom(blobs.put(sheet))
            embedding.sprite_width, embedding.sprite_height = width, height
        info = series(tag, pb.KIND_EMBEDDING, "projector", value_type="float32")
        return [Encoded(info, pb.Value(embedding=embedding), blobs.all())]

    def _table(self, rows: int, what: str) -> tuple[bytes, list[str]]:
        """The metadata as the projector's TSV: a header line if there is more than one column."""
        metadata = list(self.metadata or ())
        if len(metadata) != rows:
            raise ValueError(f"{what}: {rows:,} vectors, but metadata of {len(metadata):,} rows")
        cells = [list(row) if isinstance(row, (list, tuple)) else [row] for row in metadata]
        widths = {len(row) for row in cells}
        columns = [str(name) for name in self.columns or ()] or ["label"] * (1 in widths)
        if widths != {len(columns)}:
            raise ValueError(f"{what}: rows of metadata have {sorted(widths)} values, and there are columns {columns}")
        lines = [columns, *cells] if len(columns) > 1 else cells
        text = "".join("\t".join(_cell(cell) for cell in line) + "\n" for line in lines)
        return text.encode("utf-8", "surrogateescape"), columns


def _cell(value: object) -> str:
    return str(value).replace("\t", " ").replace("\r", " ").replace("\n", " ")


def _sprite(images: object, rows: int, what: str) -> tuple[bytes, int, int]:
    """(the sheet, width and height of a tile). Tiles go row by row in a square, as the projector reads them."""
    if isinstance(images, (list, tuple)) and images and is_array(images[0]):
        parts = [as_array(image, what) for image in images]
        if len({(part.dtype, part.shape) for part in parts}) != 1:
            raise ValueError(f"{what}: the images are not of one shape and type")
        array = Array(parts[0].dtype, (len(parts), *parts[0].shape), b"".join(part.data for part in parts))
    else:
        array = as_array(images, what)
    if len(array.shape) == 3:
        array = array.reshaped(*array.shape, 1)
    tiles = frames(array, what, None, (0.0, 1.0))
    if len(tiles) != rows:
        raise ValueError(f"{what}: {rows:,} vectors, but {len(tiles):,} images")
    first = tiles[0]
    if first.bits != 8:
        raise ValueError(f"{what}: the images must be of 8 bits")
    side = math.ceil(math.sqrt(rows))
    if max(first.width, first.height) * side > _MAX_SPRITE:
        raise ValueError(f"{what}: {rows:,} images of {first.width} × {first.height} are more than one sheet holds")
    blank = bytes(len(first.data))
    tiled = [tile.data for tile in tiles] + [blank] * (side * side - rows)
    lines = [
        b"".join(tile[y * first.stride : (y + 1) * first.stride] for tile in tiled[row * side : (row + 1) * side])
        for row in range(side)
        for y in range(first.height)
    ]
    sheet = png.Pixels(first.width * side, first.height * side, first.channels, b"".join(lines))
    return png.encode(sheet), first.width, first.height


class Mesh(Media):
    """A mesh, or a cloud of points. Its parts are series of their own, named as TensorBoard names them.

    Args:
        vertices: [n, 3], or a batch [b, n, 3].
        faces: [m, 3] numbers of vertices; none for a cloud.
        colors: [n, 3], whole numbers from 0 to 255, or floats from 0 to 1.
        config: of the scene (camera, lights, material), as THREE.js takes it.
    """

    def __init__(
        self, vertices: object, faces: object = None, colors: object = None, config: Mapping[str, Any] | None = None
    ) -> None:
        self.vertices = vertices
        self.faces = faces
        self.colors = colors
        self.config = config

    def _encode(self, tag: str) -> list[Encoded]:
        what = f"mesh {tag!r}"
        try:
            config = json.dumps(self.config, allow_nan=False).encode() if self.config is not None else b""
        except (TypeError, ValueError) as error:
            raise TypeError(f"{what}: config is no JSON ({error})") from None
        vertices = _batch(to_float32(as_array(self.vertices, what), what), "vertices", what)
        parts = [("vertex", 1, vertices)]
        if self.faces is not None:
            parts.append(("face", 2, _whole(self.faces, "faces", "int32", vertices.shape[1] - 1, what)))
        if self.colors is not None:
            colors = _whole(_bytes_of_colors(self.colors, what), "colors", "uint8", 255, what)
            if colors.shape[:2] != vertices.shape[:2]:
                raise ValueError(f"{what}: {vertices.shape[1]:,} vertices, but {colors.shape[1]:,} colors")
            parts.append(("color", 3, colors))
        components = sum(1 << number for _, number, _ in parts)
        return [self._part(tag, name, number, array, config, components) for name, number, array in parts]

    @staticmethod
    def _part(tag: str, name: str, number: int, array: Array, config: bytes, components: int) -> Encoded:
        blobs = Blobs()
        mesh = pb.Mesh(tensor=fill_tensor(array, blobs), part=name, config=config, name=tag)
        # MeshPluginData: name = 2, content_type = 3, json_config = 5, shape = 6, components = 7.
        content = wire.bytes_field(2, tag.encode("utf-8", "surrogateescape")) + b"\x18" + wire.varint(number)
        content += (wire.bytes_field(5, config) if config else b"") + wire.bytes_field(
            6, b"".join(map(wire.varint, array.shape))
        )
        content += b"\x38" + wire.varint(components)
        info = series(
            f"{tag}_{name.upper()}", pb.KIND_MESH, "mesh", content=content, value_type=array.dtype,
            data_class=CLASS_TENSOR, display_name=tag,
        )  # fmt: skip
        return Encoded(info, pb.Value(mesh=mesh), blobs.all())


class PointCloud(Mesh):
    """A cloud of points [n, 3], with colors [n, 3] from 0 to 255: a mesh without faces."""

    def __init__(self, points: object, colors: object = None, config: Mapping[str, Any] | None = None) -> None:
        super().__init__(points, None, colors, config)


def _bytes_of_colors(colors: object, what: str) -> object:
    """Floats from 0 to 1 as whole numbers from 0 to 255; everything else as it is."""
    array = as_array(colors, what)
    numbers = array.numbers() if array.is_float else ()
    if not numbers or not all(0 <= number <= 1 for number in numbers):
        return array
    return Array("uint8", array.shape, bytes(math.floor(255 * number + 0.5) for number in numbers))


def _batch(array: Array, name: str, what: str) -> Array:
    if len(array.shape) == 2:
        array = array.reshaped(1, *array.shape)
    if len(array.shape) != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ValueError(f"{what}: {name} have the shape [n, 3], not {list(array.shape)}")
    return array


def _whole(value: object, name: str, dtype: str, most: int, what: str) -> Array:
    """Whole numbers from 0 to `most` of shape [b, n, 3]."""
    array = _batch(as_array(value, what), name, what)
    numbers = array.numbers()
    if any(number != int(number) or not 0 <= number <= most for number in numbers):
        raise ValueError(f"{what}: {name} are whole numbers from 0 to {most:,}")
    code = {"int32": "i", "uint8": "B"}[dtype]
    return Array(dtype, array.shape, struct.pack(f"<{array.count}{code}", *map(int, numbers)))
