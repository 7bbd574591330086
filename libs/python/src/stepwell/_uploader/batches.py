"""Makes batches of the ingest protocol out of a spool's records: columns of points, in the order of the calls."""

from __future__ import annotations

import dataclasses
import operator
import pathlib
import struct
from collections.abc import Iterator

from google.protobuf.message import Message

from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest
from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._spool import format as spool
from stepwell._spool.reader import Block

BATCH_BYTES = 1 << 20
BATCH_POINTS = 50_000
TERMINAL = frozenset({"finished", "failed", "killed", "crashed"})

Key = tuple[bytes, int, str]


def key_of(info: pb.SeriesInfo) -> Key:
    return info.tag, info.kind, info.plugin


@dataclasses.dataclass
class _Group:
    """Rows of one layout that become one axis and its columns."""

    layout: int
    steps: list[int]
    walls: list[float]
    columns: list[list[float]]


@dataclasses.dataclass(frozen=True)
class Ready:
    """A batch without its number. `position`: of the first record that is not in it."""

    batch: ingest.Batch
    position: tuple[int, int]


class Batcher:
    """Of one session. `known`: the numbers that the server has for this writer's series.

    Two series records of one (tag, kind, plugin) are one series of the server.
    """

    def __init__(self, folder: pathlib.Path, known: dict[Key, int], part_bytes: int, points: int) -> None:
        self.folder, self.known, self.part_bytes = folder, known, part_bytes
        self.most_points = min(BATCH_POINTS, points) if points else BATCH_POINTS
        self.ended = False  # a terminal status was read
        self.last_wall = 0.0
        self.unknown_records = 0
        self._free = max(known.values(), default=-1) + 1
        self._numbers: dict[int, int] = {}  # of the spool → of the server
        self._layouts: dict[int, tuple[tuple[int, ...], struct.Struct]] = {}
        self._sent: set[bytes] = set()  # blobs, in this session
        self._clear()

    def _clear(self) -> None:
        self._batch = ingest.Batch()
        self._groups: list[_Group] = []
        self._last: dict[int, int] = {}  # series → its last group
        self._open: dict[int, int] = {}  # layout → its last group
        self._points = self._bytes = 0

    # ---- records in ----

    def define(self, block: Block) -> None:
        """Only what names something: for the part of a segment before the position."""
        for at, kind in block.records:
            if kind in (spool.SERIES, spool.LAYOUT):
                self._define(block.data, at, kind)

    def feed(self, block: Block) -> Iterator[Ready]:
        """Takes the block's records and gives each batch that is full."""
        records, i = block.records, 0
        while i < len(records):
            at, kind = records[i]
            here = (block.segment, block.offset + at)
            if kind == spool.ROW:
                room = max(1, (self.most_points - self._points))
                i = self._rows(block, i, room)
            else:
                if kind == spool.REWIND and (self._points or self._batch.notes):
                    yield self._take(here)
                if kind == spool.VALUE:
                    yield from self._value(block, i, here)
                else:
                    self._other(block, i)
                i += 1
            if self._points >= self.most_points or self._bytes >= BATCH_BYTES:
                end = block.offset + (records[i][0] if i < len(records) else block.end)
                yield self._take((block.segment, end))

    def rest(self, position: tuple[int, int]) -> Ready | None:
        """What is left, if anything."""
        if self._points or self._batch.notes or self._batch.rewinds or self._batch.define:
            return self._take(position)
        return None

    def note(self, note: ingest.Note) -> None:
        self._batch.notes.append(note)

    def _define(self, data: bytes, at: int, kind: int) -> None:
        if kind == spool.SERIES:
            size, _ = spool.HEAD.unpack_from(data, at)
            _, number = spool.SERIES_HEAD.unpack_from(data, at + 8)
            if number in self._numbers:
                return
            info = pb.SeriesInfo.FromString(data[at + 8 + spool.SERIES_HEAD.size : at + 8 + size])
            key = key_of(info)
            if key not in self.known:
                self.known[key] = self._free
                self._free += 1
                self._batch.define.add(series=self.known[key], info=info)
                self._bytes += size
            self._numbers[number] = self.known[key]
        else:
            _, number, count = spool.LAYOUT_HEAD.unpack_from(data, at + 8)
            series = struct.unpack_from(f"<{count}I", data, at + 8 + spool.LAYOUT_HEAD.size)
            self._layouts[number] = (
                tuple(self._numbers[one] for one in series),
                struct.Struct(f"<8xBIqd{count}d"),
            )

    def _rows(self, block: Block, i: int, room: int) -> int:
        """Takes rows of one layout from record i on; returns the record after them."""
        data, records = block.data, block.records
        start = records[i][0]
        (layout,) = struct.unpack_from("<I", data, start + 9)
        series, row = self._layouts[layout]
        size, head = row.size, data[start + 8 : start + 13]
        most = min(len(records), i + max(1, room // max(1, len(series))), i + 1 + (BATCH_BYTES - self._bytes) // size)
        end = i + 1
        while end < most and data.startswith(head, records[end][0] + 8):
            end += 1
        part = data[start : start + size * (end - i)]
        columns = list(zip(*row.iter_unpack(part), strict=True))
        group = self._group(layout, series, len(columns) - 4)
        group.steps += columns[2]
        group.walls += columns[3]
        for old, new in zip(group.columns, columns[4:], strict=True):
            old += new
        self.last_wall = columns[3][-1]
        self._points += max(1, len(series)) * (end - i)
        self._bytes += len(part)
        return end

    def _group(self, layout: int, series: tuple[int, ...], width: int) -> _Group:
        """Where rows of this layout go: the group that it has, unless one of its series has later points elsewhere."""
        number = self._open.get(layout)
        if number is not None and all(self._last[one] == number for one in series):
            return self._groups[number]
        number = len(self._groups)
        self._groups.append(_Group(layout, [], [], [[] for _ in range(width)]))
        self._open[layout] = number
        self._last.update(dict.fromkeys(series, number))
        return self._groups[number]

    def _value(self, block: Block, i: int, here: tuple[int, int]) -> Iterator[Ready]:
        at = block.records[i][0]
        size, _ = spool.HEAD.unpack_from(block.data, at)
        _, number, step, wall = spool.VALUE_HEAD.unpack_from(block.data, at + 8)
        value = pb.Value.FromString(block.data[at + 8 + spool.VALUE_HEAD.size : at + 8 + size])
        for digest in blob_names(value):
            if digest not in self._sent:
                yield from self._send_blob(digest, block.segment, here)
                self._sent.add(digest)
        self.last_wall = wall
        series = self._numbers[number]
        self._batch.axes.add(step_deltas=[step], walls=[wall])
        self._batch.columns.add(series=series, axis=len(self._batch.axes) - 1).values.append(value)
        self._points += 1
        self._bytes += size

    def _send_blob(self, digest: bytes, segment: int, here: tuple[int, int]) -> Iterator[Ready]:
        """In parts; the record that names it comes after them, so the position stays before it."""
        path = spool.blobs_path(self.folder, segment) / digest.hex()
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return  # the server refuses the value and says why
        for offset in range(0, max(1, len(data)), self.part_bytes):
            part = data[offset : offset + self.part_bytes]
            if self._bytes and self._bytes + len(part) > BATCH_BYTES:
                yield self._take(here)
            self._batch.blobs.add(sha256=digest, size=len(data), offset=offset, data=part)
            self._bytes += len(part)

    def _other(self, block: Block, i: int) -> None:
        at, kind = block.records[i]
        size, _ = spool.HEAD.unpack_from(block.data, at)
        if kind in (spool.SERIES, spool.LAYOUT):
            self._define(block.data, at, kind)
        elif kind == spool.NOTE:
            note = ingest.Note.FromString(block.data[at + 9 : at + 8 + size])
            self.ended = note.status.status in TERMINAL if note.HasField("status") else self.ended
            self._batch.notes.append(note)
            self._bytes += size
        elif kind == spool.REWIND:
            _, step, spare = spool.REWIND_BODY.unpack_from(block.data, at + 8)
            self._batch.rewinds.add(step=step, spare_own=bool(spare))
        else:
            self.unknown_records += 1

    # ---- batches out ----

    def _take(self, position: tuple[int, int]) -> Ready:
        batch = self._batch
        for group in self._groups:
            axis = batch.axes.add()
            axis.walls.extend(group.walls)
            # Differences modulo 2^64, as a signed number.
            steps = group.steps
            deltas = list(map(operator.sub, steps[1:], steps))
            if deltas and not -(1 << 63) <= min(deltas) <= max(deltas) < 1 << 63:
                deltas = [(delta + (1 << 63)) % (1 << 64) - (1 << 63) for delta in deltas]
            axis.step_deltas.extend([steps[0], *deltas])
            for series, values in zip(self._layouts[group.layout][0], group.columns, strict=True):
                batch.columns.add(series=series, axis=len(batch.axes) - 1).scalars.extend(values)
        self._clear()
        return Ready(batch, position)


def blob_names(message: Message) -> Iterator[bytes]:
    """The SHA-256 of each blob that a value names."""
    if isinstance(message, pb.BlobRef):
        if message.sha256:
            yield message.sha256
        return
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        if isinstance(value, Message):
            yield from blob_names(value)
        else:
            for one in value:
                yield from blob_names(one)
