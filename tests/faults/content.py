"""What the direct clients log: odd batch sizes, every kind of number, texts, images in parts, rewinds.

The n-th batch of a client follows from the seed and n alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import struct
from typing import Any

from faults.ledger import Entry, Point, Rewind
from harness.ingest_api import message

START = 1700000000.0
# Of batches with rewinds. They come in phases: what one rewind leaves wrong in a sum, the next one may hide.
OFTEN, SELDOM, PHASE = 0.2, 0.02, 32
ODD_NUMBERS = [
    0x8000000000000000,  # -0.0
    0x7FF0000000000000,  # infinities
    0xFFF0000000000000,
    0x7FF8000000000000,  # NaN, with and without a payload and a sign, quiet and signalling
    0x7FF8DEADBEEF0001,
    0xFFF8000000000123,
    0x7FF4000000000001,
    0x0000000000000001,  # the least number
    0x7FEFFFFFFFFFFFFF,  # the greatest
]


def odd_number(chance: random.Random) -> bytes:
    """A double's bytes."""
    kind = chance.random()
    if kind < 0.05:
        return struct.pack("<Q", chance.choice(ODD_NUMBERS))
    if kind < 0.1:
        return chance.randbytes(8)
    return struct.pack("<d", round(chance.gauss(0, 1), chance.choice([1, 3, 17])))


def double(data: bytes) -> float:
    return float(struct.unpack("<d", data)[0])


@dataclasses.dataclass
class Upload:
    """An image whose parts are under way."""

    data: bytes
    sent: int = 0


# Series 0, 1, ... of every writer. The scalars are logged together.
KINDS = {"loss": "scalar", "accuracy": "scalar", "rate": "scalar", "note": "text", "picture": "image"}


class Content:
    """Of one writer."""

    def __init__(self, seed: str, writer: str, part_bytes: int, with_blobs: bool, rewinds: bool) -> None:
        self.seed, self.writer, self.part_bytes = seed, writer, part_bytes
        self.with_blobs, self.rewinds = with_blobs, rewinds
        self.step = 0
        self.forget()

    def forget(self) -> None:
        """A process that starts anew knows nothing of what the one before had told."""
        self.defined = False
        self.upload: Upload | None = None
        self.known: list[Any] = []

    def batch(self, number: int) -> tuple[Any, Entry]:
        chance = random.Random(f"{self.seed}:{self.writer}:{number}")
        request, entry = message("PushRequest")(), Entry(self.writer, {})
        batch = request.batch
        if not self.defined:
            self._define(batch)
        if self.rewinds and number and chance.random() < (OFTEN if number // PHASE % 2 else SELDOM):
            self._rewind(chance, batch, entry)
        self._scalars(chance, batch, entry)
        if self.with_blobs:
            self._texts(chance, batch, entry)
            self._images(chance, batch, entry)
        param = batch.notes.add().param
        param.key, param.json = f"batches of {self.writer}", str(number)
        return request, entry

    def _define(self, batch: Any) -> None:
        for number, (tag, kind) in enumerate(KINDS.items()):
            define = batch.define.add(series=number)
            define.info.tag = tag.encode()
            define.info.kind = {"scalar": 1, "image": 3, "text": 6}[kind]
        self.defined = True

    def _rewind(self, chance: random.Random, batch: Any, entry: Entry) -> None:
        back = chance.randint(0, 300)
        entry.rewinds.append(Rewind(self.step - back, chance.random() < 0.3))
        batch.rewinds.add(step=self.step - back, spare_own=entry.rewinds[0].spare_own)
        self.step -= back

    def _axis(self, chance: random.Random, batch: Any, count: int) -> list[tuple[int, float]]:
        axis, before, points = batch.axes.add(), 0, []
        for _ in range(count):
            self.step += chance.choice([1, 1, 1, 1, 2, 10, -3])
            points.append((self.step, START + self.step / 8 + chance.choice([0, 0, 1e-6])))
            axis.step_deltas.append(self.step - before)
            before = self.step
        axis.walls.extend(wall for _, wall in points)
        return points

    def _scalars(self, chance: random.Random, batch: Any, entry: Entry) -> None:
        count = chance.choice([1, chance.randint(1, 20), chance.randint(1, 200), chance.randint(1, 200), 0])
        if chance.random() < 0.01:
            count = chance.randint(1000, 3000)
        if count == 0:
            return
        axis = self._axis(chance, batch, count)
        for number, tag in enumerate(("loss", "accuracy", "rate")):
            if chance.random() < 0.8:
                values = [odd_number(chance) for _ in axis]
                column = batch.columns.add(series=number, axis=len(batch.axes) - 1)
                column.scalars.extend(map(double, values))
                entry.points[tag] = [Point(*at, value) for at, value in zip(axis, values, strict=True)]

    def _texts(self, chance: random.Random, batch: Any, entry: Entry) -> None:
        if chance.random() < 0.5:
            return
        axis = self._axis(chance, batch, chance.randint(1, 30))
        column = batch.columns.add(series=3, axis=len(batch.axes) - 1)
        entry.points["note"] = []
        for at in axis:
            text = f"step {at[0]} " + "wörds " * chance.randint(0, 40)
            column.values.add().text.values.append(text.encode())
            entry.points["note"].append(Point(*at, text.encode()))

    def _images(self, chance: random.Random, batch: Any, entry: Entry) -> None:
        if self.upload is None and chance.random() < 0.4:
            small = chance.randint(1, 60_000)
            large = self.part_bytes + chance.randint(1, self.part_bytes)
            self.upload = Upload(chance.randbytes(large if chance.random() < 0.15 else small))
        whole = self._send_parts(chance, batch, self.upload) if self.upload else None
        if whole is not None:
            self.known.append(whole)
            self.upload = None
        if whole is None and not (self.known and chance.random() < 0.1):
            return
        (at,) = self._axis(chance, batch, 1)
        image = batch.columns.add(series=4, axis=len(batch.axes) - 1).values.add().image
        image.width, image.height = b"3", b"5"
        shown = [whole] if whole is not None else []
        shown += chance.sample(self.known, min(len(self.known), chance.randint(0, 2))) or self.known[-1:]
        image.items.extend(shown)
        entry.points["picture"] = [Point(*at, b"".join(blob.sha256 for blob in shown))]

    def _send_parts(self, chance: random.Random, batch: Any, upload: Upload) -> Any:
        """Some parts; the blob when it is whole."""
        sha256 = hashlib.sha256(upload.data).digest()
        for _ in range(chance.randint(1, 2)):
            part = upload.data[upload.sent : upload.sent + self.part_bytes]
            if part:
                batch.blobs.add(sha256=sha256, size=len(upload.data), offset=upload.sent, data=part)
                upload.sent += len(part)
        if upload.sent < len(upload.data):
            return None
        return message("BlobRef")(sha256=sha256, size=len(upload.data), type="application/octet-stream")
