"""Makes large log directories with curves like real trainings', for benchmarks: some million points a second.

A run is a folder with one event file. Values are float32 in `simple_value`, as SummaryWriter.add_scalar writes them;
the tags of a step share its wall time up to microseconds, as calls in a row do. The same arguments give the same bytes.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import itertools
import pathlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harness import event_file

KINDS = ("loss", "accuracy", "lr", "grad_norm", "constant", "walk")
GROUPS = ("train", "val", "optim", "layer", "system")
SPIKE = 1000.0
START = 1.7e9


@dataclasses.dataclass(frozen=True)
class Shape:
    runs: int
    tags: int
    points: int

    @property
    def total(self) -> int:
        return self.runs * self.tags * self.points


def tag_name(index: int) -> str:
    return f"{GROUPS[index // len(KINDS) % len(GROUPS)]}/{index // 30}/{KINDS[index % len(KINDS)]}"


def curve(rng: np.random.Generator, kind: str, count: int) -> NDArray[np.float32]:
    x = np.linspace(0, 1, count)
    noise = rng.standard_normal(count)
    if kind == "loss":
        values = (0.3 + 4 * np.exp(-6 * x)) * (1 + 0.05 * noise)
    elif kind == "accuracy":  # of batches of 128
        values = np.round(128 * np.clip(0.9 * (1 - np.exp(-5 * x)) + 0.02 * noise, 0, 1)) / 128
    elif kind == "lr":  # cosine schedule
        values = 1e-3 * 0.5 * (1 + np.cos(np.pi * x))
    elif kind == "grad_norm":  # with a spike that a chart must not lose
        values = np.exp(0.3 * noise) * (1 + 3 * np.exp(-8 * x))
        values[rng.integers(count)] = SPIKE
    elif kind == "constant":
        values = np.full(count, 64.0)
    else:
        values = np.cumsum(noise) * 0.01
    return values.astype(np.float32)


# CRC-32C, a table look-up for all rows of a column at once.
_TABLE = np.array(event_file._TABLE, dtype=np.uint32)


def _masked_crc(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    crc = np.full(len(rows), 0xFFFFFFFF, dtype=np.uint32)
    for column in range(rows.shape[1]):
        crc = _TABLE[(crc ^ rows[:, column]) & np.uint32(0xFF)] ^ (crc >> np.uint32(8))
    crc ^= np.uint32(0xFFFFFFFF)
    masked: NDArray[np.uint32] = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + np.uint32(0xA282EAD8)
    return masked


def _varints(numbers: NDArray[np.int64], size: int) -> NDArray[np.uint8]:
    """Numbers whose varints all have `size` bytes, a row each."""
    out = np.empty((len(numbers), size), dtype=np.uint8)
    for i in range(size):
        out[:, i] = (numbers >> (7 * i)) & 0x7F | (0x80 if i < size - 1 else 0)
    return out


def _records(
    tag: str, steps: NDArray[np.int64], step_size: int, walls: NDArray[np.float64], values: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Framed events of one tag, a row each: every row has the same length."""
    name = tag.encode()
    value = b"\x0a" + event_file.varint(len(name)) + name + b"\x15"
    value_head = b"\x0a" + event_file.varint(len(value) + 4) + value
    summary_head = b"\x2a" + event_file.varint(len(value_head) + 4) + value_head
    count = len(steps)
    data = np.concatenate(
        [
            np.full((count, 1), 0x09, np.uint8),
            walls.astype("<f8").view(np.uint8).reshape(count, 8),
            np.full((count, 1), 0x10, np.uint8),
            _varints(steps, step_size),
            np.tile(np.frombuffer(summary_head, np.uint8), (count, 1)),
            values.astype("<f4").view(np.uint8).reshape(count, 4),
        ],
        axis=1,
    )
    framed = event_file.record(b"\0" * data.shape[1])
    head = np.tile(np.frombuffer(framed[:12], np.uint8), (count, 1))
    return np.concatenate([head, data, _masked_crc(data).astype("<u4").view(np.uint8).reshape(count, 4)], axis=1)


def write_run(folder: pathlib.Path, seed: int, tags: Sequence[int], points: int) -> None:
    """One run with the tags of these numbers. Nothing is done if the folder is there already."""
    if folder.exists():
        return
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    start = START + 100_000.0 * seed
    walls = start + np.arange(points) * 0.1 + rng.uniform(-0.002, 0.002, points)
    columns = [curve(rng, KINDS[i % len(KINDS)], points) for i in tags]
    with (folder / f"events.out.tfevents.{int(start)}.bench.{seed}.0").open("wb") as file:
        file.write(event_file.record(event_file.event(start, 0, event_file.message(3, b"brain.Event:2"))))
        bounds = [0, 1 << 7, 1 << 14, 1 << 21, 1 << 28]
        for size, (low, high) in enumerate(itertools.pairwise(bounds), start=1):
            for begin in range(low, min(high, points), 16384):
                part = slice(begin, min(begin + 16384, high, points))
                steps = np.arange(part.start, part.stop, dtype=np.int64)
                rows = [
                    _records(tag_name(tag), steps, size, walls[part] + i * 3e-6, columns[i][part])
                    for i, tag in enumerate(tags)
                ]
                file.write(np.concatenate(rows, axis=1).tobytes())


def write(folder: pathlib.Path, shape: Shape, seed: int = 1) -> None:
    """`shape.runs` folders below `folder`; those that are there already stay as they are."""
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        jobs = [
            pool.submit(write_run, folder / f"run{i:04d}", seed * 100_000 + i, range(shape.tags), shape.points)
            for i in range(shape.runs)
        ]
        for job in jobs:
            job.result()


def size(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
