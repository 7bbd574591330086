"""Spools are written and read byte for byte as docs/formats/spool.md says; golden files keep them so."""

from __future__ import annotations

import errno
import os
import pathlib
import random
import struct
from typing import Any

import pytest
from client.spool_content import read, series_of

from stepwell import _notes
from stepwell._pb.stepwell.v1 import ingest_pb2 as ingest
from stepwell._pb.stepwell.v1 import value_pb2 as pb
from stepwell._spool import format as spool
from stepwell._spool.lock import held
from stepwell._spool.reader import Reader
from stepwell._spool.writer import SpoolFull, SpoolWriter
from stepwell._uploader.batches import Batcher

GOLDEN = pathlib.Path(__file__).resolve().parents[3] / "tests" / "data" / "golden" / "spool" / "00000001.seg"


def describe(tag: str, kind: type) -> bytes:
    return _notes.scalar_info(tag, "int64" if kind is int else "float64")


def room(size: int) -> int:
    return size + (1 << 20)


def make(root: pathlib.Path, **options: Any) -> SpoolWriter:
    return SpoolWriter(root, {"run": "r"}, options.pop("room", room), **options)


def log(writer: SpoolWriter, values: dict[str, Any], step: int, wall: float) -> None:
    while not writer.row(values, step, wall):
        writer.prepare(values, describe)


def a_spool(writer: SpoolWriter) -> None:
    """Every type of record."""
    writer.note(_notes.status("running", 1.0))
    log(writer, {"loss": 0.5, "epoch": 1}, 0, 10.0)
    log(writer, {"loss": float("nan"), "epoch": 1}, -1, 11.0)
    log(writer, {"loss": -0.0}, (1 << 63) - 1, 12.0)
    text = pb.SeriesInfo(tag=b"sample", kind=pb.KIND_TEXT, plugin="text").SerializeToString()
    writer.value(text, pb.Value(text=pb.Text(values=[b"hello"])).SerializeToString(), [], 3, 13.0)
    writer.rewind(2, True)
    writer.note(_notes.param("lr", "0.1"))


def bodies(folder: pathlib.Path) -> list[bytes]:
    reader, found = Reader(folder), []
    while block := reader.next(dead=True):
        for at, _ in block.records:
            size, _ = spool.HEAD.unpack_from(block.data, at)
            found.append(block.data[at + 8 : at + 8 + size])
    return found


def test_golden(tmp_path: pathlib.Path) -> None:
    """STEPWELL_WRITE_GOLDEN=1 writes it anew, which is a new version of the format."""
    writer = make(tmp_path)
    a_spool(writer)
    writer.close()
    made = (writer.folder / "00000001.seg").read_bytes()
    if os.environ.get("STEPWELL_WRITE_GOLDEN"):
        GOLDEN.parent.mkdir(parents=True, exist_ok=True)
        GOLDEN.write_bytes(made)
    assert made == GOLDEN.read_bytes()


def test_batches_of_every_record(tmp_path: pathlib.Path) -> None:
    writer = make(tmp_path)
    a_spool(writer)
    writer.close()
    before, after = read(writer.folder, Batcher(writer.folder, {}, 1 << 20, 0))
    found = series_of([before])
    assert [step for step, _, _ in found[b"loss"]] == [0, -1, (1 << 63) - 1]
    assert [value for _, _, value in found[b"loss"]] == [struct.pack("<d", v) for v in (0.5, float("nan"), -0.0)]
    assert found[b"sample"][0][:2] == (3, 13.0)
    assert after.rewinds[0] == ingest.Rewind(step=2, spare_own=True) and after.notes[0].param.key == "lr"


@pytest.mark.parametrize("seed", range(20))
def test_any_calls_in_small_segments_come_out_in_order(tmp_path: pathlib.Path, seed: int) -> None:
    """Layouts that share series, segments of a few records, from any position on."""
    chance = random.Random(seed)
    writer = make(tmp_path, segment_bytes=chance.choice([100, 400, 4000]))
    want: dict[bytes, list[tuple[int, float, bytes]]] = {}
    for step in range(300):
        tags = chance.sample("abcd", chance.randint(1, 4))
        values = {tag: chance.random() for tag in tags}
        log(writer, values, step, float(step))
        for tag, value in values.items():
            want.setdefault(tag.encode(), []).append((step, float(step), struct.pack("<d", value)))
    writer.close()
    assert series_of(read(writer.folder, Batcher(writer.folder, {}, 1 << 20, 50))) == want


def test_every_torn_tail_is_left_out(tmp_path: pathlib.Path) -> None:
    writer = make(tmp_path)
    a_spool(writer)
    writer.close()
    whole, path = bodies(writer.folder), writer.folder / "00000001.seg"
    data = path.read_bytes()
    for size in range(len(data) - 1, len(spool.MAGIC), -1):
        path.write_bytes(data[:size])
        found = bodies(writer.folder)
        assert found == whole[: len(found)] and len(found) < len(whole)


def test_damage_before_another_segment_is_passed_over_and_counted(tmp_path: pathlib.Path) -> None:
    writer = make(tmp_path, segment_bytes=400)
    for step in range(50):
        log(writer, {"a": 1.0}, step, 0.0)
    writer.close()
    path = writer.folder / "00000001.seg"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    reader = Reader(writer.folder)
    while reader.next(dead=True):
        pass
    assert reader.damaged > 0 and reader.cut == 0 and reader.segment == spool.segments(writer.folder)[-1]


def test_a_full_spool_drops_but_takes_the_end(tmp_path: pathlib.Path) -> None:
    writer = make(tmp_path, room=lambda size: 0, when_full="drop")
    with pytest.raises(SpoolFull):
        log(writer, {"a": 1.0}, 0, 0.0)
    writer.note(_notes.status("finished", 1.0))
    writer.close()
    assert bodies(writer.folder)[-1] == bytes([spool.NOTE]) + _notes.status("finished", 1.0)


def refuse(*_: Any, **__: Any) -> int:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_a_segment_that_cannot_be_ended_doubles_nothing(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    writer = make(tmp_path, segment_bytes=200)
    log(writer, {"a": 0.0}, 0, 0.0)
    monkeypatch.setattr(os, call, refuse)
    for step in range(1, 20):
        log(writer, {"a": float(step)}, step, 0.0)
    assert (writer.unsynced is not None) == (call == "fsync")
    monkeypatch.undo()
    for step in range(20, 40):
        log(writer, {"a": float(step)}, step, 0.0)
    writer.close()
    assert len(spool.segments(writer.folder)) > 3
    assert [step for step, _, _ in series_of(read(writer.folder, Batcher(writer.folder, {}, 1, 0)))[b"a"]] == [
        *range(40)
    ]


def test_a_lock_that_is_not_there_is_not_held_and_not_made(tmp_path: pathlib.Path) -> None:
    assert not held(tmp_path / "alive") and not held(tmp_path / "gone" / "alive")
    assert not list(tmp_path.iterdir())
