"""Compares what REST gives with a ledger, bit for bit, and lists with the points they sum up."""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter
from typing import Any

from faults.content import double
from faults.ledger import Ledger, Point, State
from harness.rest import Rest, quote

BINARY = "application/vnd.stepwell.series.v1"
HEADER, ITEM = 16, 64  # bytes, docs/formats/series.md


def flatten(value: Any) -> list[Any]:
    return [leaf for part in value for leaf in flatten(part)] if isinstance(value, list) else [value]


def one_nan(value: bytes) -> bytes:
    """JSON has one NaN."""
    return struct.pack("<d", math.nan) if math.isnan(double(value)) else value


class Judge:
    """Of one run, as REST has it."""

    def __init__(self, rest: Rest, ledger: Ledger, run: str, numbers: dict[str, int | None]) -> None:
        self.rest, self.ledger, self.run, self.numbers = rest, ledger, run, numbers

    # ---- points ----

    def check_points(self) -> None:
        """While clients go on: every series is in one of the states that it may be in."""
        for writer, tag, kind in self.ledger.series():
            certain = self.ledger.certain(writer)
            got = self.read(writer, tag, kind)
            fitting = self._matching(writer, tag, certain, got)
            assert any(self._same(kind, got, one) for one in fitting), self._explain(writer, tag, kind, got, certain)
            self.ledger.seen(writer, tag, len(got.points))

    def _matching(self, writer: str, tag: str, certain: int, got: State) -> list[State]:
        return [
            State(list(state.points), list(state.hidden))
            for state in self.ledger.states(writer, tag, certain)
            if len(state.points) == len(got.points)
        ]

    def _same(self, kind: str, got: State, want: State) -> bool:
        points = want.points
        if kind == "scalar":
            points = [Point(p.step, p.wall, one_nan(p.value)) for p in points]
        return got.points == points and got.hidden == want.hidden

    def read(self, writer: str, tag: str, kind: str) -> State:
        query: dict[str, object] = {"tag": tag, "kind": kind, "hidden": "true"}
        if self.numbers[writer] is not None:
            query["writer"] = self.numbers[writer]
        reply = self.rest.call("GET", f"/api/v1/runs/{quote(self.run)}/points", query)
        if reply.status == 404:  # nothing of it has come yet
            return State()
        assert reply.status == 200, f"{tag}: {reply.status} {reply.body[:500]!r}"
        items = reply.json()["items"]
        points = [Point(int(item["step"]), float(item["wall"]), self._value(kind, item["value"])) for item in items]
        return State(points, [bool(item.get("hidden")) for item in items])

    def _value(self, kind: str, value: Any) -> bytes:
        if kind == "scalar":
            return one_nan(struct.pack("<d", float(value)))
        if kind == "text":
            return "".join(flatten(value)).encode()
        return b"".join(self._blob_digest(item["blob"]) for item in value["items"])

    def _blob_digest(self, blob: str) -> bytes:
        return hashlib.sha256(self.rest.blob(blob)).digest()

    def _explain(self, writer: str, tag: str, kind: str, got: State, certain: int) -> str:
        first, *_ = (len(state.points) for state in self.ledger.states(writer, tag, certain))
        last = self.ledger.final(writer, tag)
        want = last.points if kind != "scalar" else [Point(p.step, p.wall, one_nan(p.value)) for p in last.points]
        where = f"run {self.ledger.name}, writer {writer!r}, {tag}"
        for i, (a, b) in enumerate(zip(got.points, want, strict=False)):
            if a != b:
                doubled = [p for p, n in Counter(got.points).items() if n > Counter(want)[p]]
                return f"{where}: point {i} of {len(got.points)} is {a}, not {b}; surplus: {doubled[:5]}"
        for state in self._matching(writer, tag, certain, got):
            wrong = [i for i, (a, b) in enumerate(zip(got.hidden, state.hidden, strict=True)) if a != b]
            if wrong:
                told = [(i, got.points[i].step, got.hidden[i]) for i in wrong[:5]]
                return f"{where}: {len(wrong)} of {len(got.points)} points are wrongly hidden or shown: {told}"
        return f"{where}: {len(got.points)} points; {first} were acknowledged and {len(want)} sent"

    # ---- when nobody writes any more ----

    def complete(self) -> bool:
        """As many points can be read as were sent."""
        return all(
            len(self.read(writer, tag, kind).points) == len(self.ledger.final(writer, tag).points)
            for writer, tag, kind in self.ledger.series()
        )

    def check_everything(self) -> None:
        """REQUIRES: all is acknowledged, and the lists were brought up to date."""
        self.check_series()
        self._check_summary()

    def check_series(self) -> None:
        """REQUIRES: all is acknowledged."""
        listed = {(s["writer"], s["tag"]): s for s in self.rest.series(self.run)}
        for writer, tag, kind in self.ledger.series():
            state = self.ledger.final(writer, tag)
            got = self.read(writer, tag, kind)
            certain = self.ledger.certain(writer)
            assert self._same(kind, got, state), self._explain(writer, tag, kind, got, certain)
            number = self.numbers[writer]
            rows = [s for (n, t), s in listed.items() if t == tag and number in (None, n)]
            assert len(rows) == 1, f"{tag} is in the list {len(rows)} times"
            self._check_row(f"{self.ledger.name}, {tag}", kind, rows[0], state)
            if kind == "scalar":
                self._check_bits(writer, tag, state)
                self._check_chart(writer, tag, state)

    def _check_row(self, where: str, kind: str, row: dict[str, Any], state: State) -> None:
        visible = state.visible
        want: dict[str, Any] = {"count": len(visible), "hidden": len(state.points) - len(visible)}
        if visible:
            steps = [p.step for p in visible]
            want |= {"first_step": steps[0], "last_step": steps[-1], "min_step": min(steps), "max_step": max(steps)}
        got = {name: row.get(name) for name in want}
        assert got == want, f"{where}: the list says {got}, the points {want}"
        if kind == "scalar" and visible:
            said = {name: row[name] for name in ("last", "min", "max")}
            assert self._bits(said) == self._extremes(visible), f"{where}: the list says {said}"
            values = [double(p.value) for p in visible]
            odd = [row[name] for name in ("nan", "pos_inf", "neg_inf")]
            counted = [sum(map(math.isnan, values)), values.count(math.inf), values.count(-math.inf)]
            assert odd == counted, f"{where}: the list says {odd} are not finite, the points {counted}"

    @staticmethod
    def _bits(said: dict[str, Any]) -> dict[str, float | str | None]:
        """-0.0 is 0.0 here: which of two equal numbers is the least is nobody's business."""
        return {name: None if v is None else "NaN" if v == "NaN" else float(v) + 0.0 for name, v in said.items()}

    @staticmethod
    def _extremes(visible: list[Point]) -> dict[str, float | str | None]:
        values = [double(p.value) for p in visible]
        finite = [v for v in values if math.isfinite(v)]
        last = "NaN" if math.isnan(values[-1]) else values[-1] + 0.0
        return {
            "last": last,
            "min": min(finite) + 0.0 if finite else None,
            "max": max(finite) + 0.0 if finite else None,
        }

    def _series(self, writer: str, tag: str) -> dict[str, object]:
        number = self.numbers[writer]
        return {"run": self.run, "tag": tag} | ({} if number is None else {"writer": number})

    def _check_bits(self, writer: str, tag: str, state: State) -> None:
        """The binary form has every bit, those of NaN too."""
        body = {"series": [self._series(writer, tag)], "columns": None, "include_hidden": True}
        reply = self.rest.call("POST", "/api/v1/series:query", None, body, {"Accept": BINARY})
        assert reply.status == 200, f"{tag}: {reply.status} {reply.body[:500]!r}"
        flags, rows = struct.unpack_from("<II", reply.body, HEADER)
        where = f"{self.ledger.name}, {tag}, in binary"
        assert flags == 1, f"{where}: flags {flags}"
        columns = [HEADER + ITEM + 8 * rows * i for i in range(3)]
        steps = struct.unpack_from(f"<{rows}q", reply.body, columns[0])
        walls = struct.unpack_from(f"<{rows}d", reply.body, columns[1])
        values = [reply.body[columns[2] + 8 * i : columns[2] + 8 * i + 8] for i in range(rows)]
        got = Counter(map(Point, steps, walls, values))
        want = Counter(state.points)
        assert got == want, f"{where}: missing {list(want - got)[:5]}, surplus {list(got - want)[:5]}"

    def _check_chart(self, writer: str, tag: str, state: State) -> None:
        """Columns of a chart count every visible point."""
        (item,) = self.rest.query([self._series(writer, tag)], x="step", columns=20)
        count = len(item["step"]) if item["exact"] else sum(item["buckets"]["count"])
        assert count == item["count"] == len(state.visible), (
            f"{self.ledger.name}, {tag}: a chart has {count} points (says {item['count']}), not {len(state.visible)}"
        )

    def _check_summary(self) -> None:
        """The run's own summary, for tags that one writer logged."""
        summary = self.rest.get(f"/api/v1/runs/{quote(self.run)}")["summary"]
        writers = Counter(tag for _, tag, _ in self.ledger.series())
        for writer, tag, kind in self.ledger.series():
            visible = self.ledger.final(writer, tag).visible
            if kind != "scalar" or writers[tag] > 1 or not visible:
                continue
            said = summary[tag]
            got = self._bits({n: said[n] for n in ("last", "min", "max")}) | {
                n: said[n] for n in ("count", "last_step")
            }
            want = self._extremes(visible) | {"count": len(visible), "last_step": visible[-1].step}
            assert got == want, f"{self.ledger.name}: the summary of {tag} says {got}, the points {want}"
