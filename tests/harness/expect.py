"""Compares what REST gives with the `expect.json` of a case in tests/data/cases, bit for bit.

Both sides are brought into one form that `==` can compare: a float is its eight bytes (all NaNs are one), a text or a
blob is the SHA-256 of its bytes. `differences` returns sentences; none of them means that all is as it must be.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import pathlib
import struct
from collections.abc import Iterator, Mapping
from typing import Any

from harness.rest import Rest

Json = Any
# A mesh is logged as up to three tags, a part each.
MESH_PARTS = {"vertices": "_VERTEX", "faces": "_FACE", "colours": "_COLOR"}
# Tags that TensorBoard's writers add for themselves; cases do not list them.
SILENT_PREFIXES = ("_hparams_/", "__run_graph__", "custom_scalars__config__")
SILENT_KINDS = {"embedding", "profile", "graph", "hparams", "layout", "other"}


def number(value: Json) -> bytes:
    got = float(value)
    return b"NaN" if math.isnan(got) else struct.pack("<d", got)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def flat(value: Json) -> list[Json]:
    return [leaf for part in value for leaf in flat(part)] if isinstance(value, list) else [value]


def text(value: Json) -> str:
    """A text by the SHA-256 of its bytes: as it is, in base64, or told by size and digest alone."""
    if isinstance(value, dict) and "sha256" in value:
        return str(value["sha256"])
    return sha256(base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode())


def leaf(value: Json) -> Json:
    """An element of a tensor."""
    try:
        return number(value)
    except (TypeError, ValueError):
        return value


class Values:
    """Brings values of either side into the common form. Only what an expectation names is compared."""

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    def wanted(self, kind: str, want: Json) -> Json:
        return getattr(self, f"_want_{kind}", lambda w: w)(want)

    def got(self, kind: str, got: Json, want: Json) -> Json:
        return getattr(self, f"_got_{kind}", lambda g, w: g)(got, want)

    def _want_scalar(self, want: Json) -> Json:
        return number(want)

    def _got_scalar(self, got: Json, want: Json) -> Json:
        return number(got)

    def _want_text(self, want: Json) -> Json:
        return [text(v) for v in want["values"]]

    def _got_text(self, got: Json, want: Json) -> Json:
        return [text(v) for v in flat(got)]

    def _want_histogram(self, want: Json) -> Json:
        form: dict[str, Json] = {"total": number(want["total"])}
        if "buckets" in want:
            form["buckets"] = [[number(x) for x in b] for b in want["buckets"]]
        if "non_empty" in want:
            form["filled"] = [number(b[2]) for b in want["non_empty"]]
            form["range"] = [number(want["min"]), number(want["max"])]
        return form

    def _got_histogram(self, got: Json, want: Json) -> Json:
        counts = [float(b[2]) for b in got["buckets"]]
        form: dict[str, Json] = {"total": number(math.fsum(counts))}
        if "buckets" in want:
            form["buckets"] = [[number(x) for x in b] for b in got["buckets"]]
        if "non_empty" in want:
            form["filled"] = [number(c) for c in counts if c]
            form["range"] = [number(got["min"]), number(got["max"])]
        return form

    def _want_image(self, want: Json) -> Json:
        size = [str(want[k]) for k in ("width", "height") if k in want]
        return size, [[s["sha256"], *(s[k] for k in ("type",) if k in s)] for s in want["samples"]]

    def _got_image(self, got: Json, want: Json) -> Json:
        size = [str(got[k]) for k in ("width", "height") if k in want]
        return size, self._blobs(got["items"], want["samples"], ("type",))

    def _want_audio(self, want: Json) -> Json:
        return [
            [s["sha256"], *(s[k] for k in ("rate", "channels", "frames", "label") if k in s)] for s in want["samples"]
        ]

    def _got_audio(self, got: Json, want: Json) -> Json:
        return self._blobs(got["items"], want["samples"], ("rate", "channels", "frames", "label"))

    def _blobs(self, items: Json, wanted: Json, fields: tuple[str, ...]) -> Json:
        """As many entries as there are items; the fields are those that the expectation of the same place names."""
        named = [*wanted, *([{}] * len(items))]
        return [
            [sha256(self.rest.blob(item["blob"])), *(item.get(f) for f in fields if f in want)]
            for item, want in zip(items, named, strict=False)
        ]

    def _want_tensor(self, want: Json) -> Json:
        return want["dtype"], [int(n) for n in want["shape"]], [leaf(v) for v in want["values"]]

    def _got_tensor(self, got: Json, want: Json) -> Json:
        return got["dtype"], got["shape"], [leaf(v) for v in flat(got["data"])]

    def _want_pr_curve(self, want: Json) -> Json:
        return want["thresholds"], [[number(x) for x in row] for row in want["rows"]]

    def _got_pr_curve(self, got: Json, want: Json) -> Json:
        return got["thresholds"], [[number(x) for x in row] for row in got["rows"]]

    def _want_graph(self, want: Json) -> Json:
        return want["source"]["sha256"] if "sha256" in want.get("source", {}) else None

    def _got_graph(self, got: Json, want: Json) -> Json:
        return sha256(self.rest.blob(got["blob"])) if "sha256" in want.get("source", {}) else None


class Comparison:
    """One log directory's expectation against one experiment."""

    def __init__(self, rest: Rest, experiment: str, expect: Mapping[str, Json]) -> None:
        self.rest = rest
        self.values = Values(rest)
        self.expect = expect
        self.runs = rest.runs(experiment) if expect["runs"] else {}

    def differences(self) -> Iterator[str]:
        optional = {*self.expect.get("optional_runs", ()), *self.expect.get("may_also_have", ())}
        for name in sorted(self.runs.keys() - self.expect["runs"].keys() - optional):
            yield f"run {name!r} is not expected"
        for name in self.expect.get("never_runs", ()):
            if name in self.runs:
                yield f"run {name!r} must not be"
        for name, tags in self.expect["runs"].items():
            if name not in self.runs:
                yield f"run {name!r} is missing"
                continue
            yield from (f"{name} · {line}" for line in self.run(name, tags))
        yield from self.warnings()
        for name, session in self.expect.get("hparams", {}).get("sessions", {}).items():
            if self.runs[name]["params"] != session["hparams"]:
                yield f"{name}: params {self.runs[name]['params']}, not {session['hparams']}"
        for name, files in self.expect.get("files", {}).items():
            yield from (f"{name} · {line}" for line in self.files(name, files))

    def run(self, name: str, tags: Mapping[str, Json]) -> Iterator[str]:
        run = self.runs[name]["id"]
        found: dict[tuple[str, str], Json] = {(s["tag"], s["kind"]): s for s in self.rest.series(run)}
        for tag, expected in tags.items():
            for series in expected if isinstance(expected, list) else [expected]:
                kind = series["kind"]
                if kind == "mesh":
                    yield from (f"{tag}: {line}" for line in self.mesh(run, tag, series))
                elif (tag, kind) not in found:
                    yield f"{tag!r}: no {kind}; there are {sorted(k for t, k in found if t == tag)}"
                else:
                    yield from (f"{tag!r}: {line}" for line in self.series(run, found[tag, kind], series))
        known = {*tags, *self.expect.get("optional_tags", ()), *self.expect.get("may_also_have", ())}
        known |= {tag + part for tag in tags for part in MESH_PARTS.values()}
        for tag, kind in found:
            if tag not in known and kind not in SILENT_KINDS and not tag.startswith(SILENT_PREFIXES):
                yield f"{tag!r}: nobody logged this {kind}"

    def series(self, run: str, info: Json, want: Mapping[str, Json]) -> Iterator[str]:
        kind = want["kind"]
        for field in ("display_name", "description", "plugin"):
            if field in want and info.get(field) != want[field]:
                yield f"{field} {info.get(field)!r}, not {want[field]!r}"
        points = self.rest.points(run, info["tag"], kind=kind, hidden="true")
        shown = [p for p in points if not p.get("hidden")]
        # The list has a line for each writer; `points` without a writer has them all.
        listed = sum(s["count"] for s in self.rest.series(run) if s["tag"] == info["tag"] and s["kind"] == kind)
        if len(shown) != want.get("count", len(shown)) or listed != len(shown):
            yield f"{len(shown)} points (the list says {listed}), not {want.get('count')}"
        for field, have in (("points", shown), ("hidden", [p for p in points if p.get("hidden")])):
            if field in want:
                yield from self.points(kind, field, have, want[field], want.get("order") == "any")
        if "wall" in want and [number(p["wall"]) for p in shown] != [number(w) for w in want["wall"]]:
            yield "wall times differ"
        if kind == "scalar":
            finite = [v for v in (float(p["value"]) for p in shown) if math.isfinite(v)]
            if "nan" in want and sum(p["value"] == "NaN" for p in shown) != want["nan"]:
                yield "the number of NaN differs"
            for field, pick in (("min_finite", min), ("max_finite", max)):
                if want.get(field) is not None and number(pick(finite)) != number(want[field]):
                    yield f"{field} {pick(finite)!r}, not {want[field]}"

    def points(self, kind: str, field: str, have: list[Json], want: list[Json], any_order: bool) -> Iterator[str]:
        if len(have) != len(want):
            yield f"{len(have)} {field}, not {len(want)}"
            return
        got = [(p["step"], self.values.got(kind, p["value"], w[1])) for p, w in zip(have, want, strict=True)]
        wanted = [(int(step), self.values.wanted(kind, value)) for step, value in want]
        if any_order:
            got.sort()
            wanted.sort()
        for i, (a, b) in enumerate(zip(got, wanted, strict=True)):
            if a != b:
                yield f"{field}[{i}]: {short(have[i])}, not {short(want[i])}"

    def mesh(self, run: str, tag: str, want: Mapping[str, Json]) -> Iterator[str]:
        parts: dict[str, dict[int, Json]] = {}
        for name, suffix in MESH_PARTS.items():
            reply = self.rest.call("GET", f"/api/v1/runs/{run}/points", {"tag": tag + suffix, "kind": "mesh"})
            parts[name] = {p["step"]: p["value"] for p in reply.json()["items"]} if reply.status == 200 else {}
        if len(parts["vertices"]) != want["count"]:
            yield f"{len(parts['vertices'])} steps of vertices, not {want['count']}"
        for step, expected in want["points"]:
            vertices, faces = parts["vertices"].get(int(step)), parts["faces"].get(int(step))
            if vertices is None:
                yield f"no vertices at step {step}"
                continue
            got = {
                "batch": vertices["shape"][0],
                "vertices": vertices["shape"][1],
                "faces": faces["shape"][1] if faces else 0,
                "colours": int(step) in parts["colours"],
            }
            if got != {key: expected[key] for key in got}:
                yield f"step {step}: {got}, not {expected}"

    def files(self, name: str, files: Mapping[str, Json]) -> Iterator[str]:
        run = self.runs[name]["id"]
        for tag, want in files.items():
            points = self.rest.points(run, tag, kind="profile")
            if len(points) != 1 or sha256(self.rest.blob(points[0]["value"]["blob"])) != want["sha256"]:
                yield f"{tag}: not the file that was there"

    def warnings(self) -> Iterator[str]:
        have = [w for run in self.runs.values() for w in self.rest.warnings(run["id"])]
        want = self.expect.get("warnings", [])
        if not want and "warnings" in self.expect and have:
            yield f"warnings though nothing is wrong: {short(have)}"
        for expected in want:
            names = [str(expected[k]) for k in ("file", "tag", "embedding") if k in expected]
            fitting = [
                w
                for w in have
                if all(n in json.dumps(w, ensure_ascii=False) for n in names)
                and expected.get("offset", w.get("offset")) == w.get("offset")
            ]
            if len(fitting) != 1:
                yield f"{len(fitting)} warnings, not one, tell {expected}; there are {short(have)}"


def short(value: Json) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) < 300 else shown[:297] + "..."


def lay_out(case: pathlib.Path, logdir: pathlib.Path) -> None:
    """Gives the folders of a laid-out copy the names and links that git or an archive could not carry."""
    plan = json.loads((case / "layout.json").read_text()) if (case / "layout.json").exists() else {}
    for old, new in plan.get("folders", {}).items():
        (logdir / new).parent.mkdir(parents=True, exist_ok=True)
        (logdir / old).rename(logdir / new)
    for link, target in plan.get("links", {}).items():
        (logdir / link).parent.mkdir(parents=True, exist_ok=True)
        (logdir / link).symlink_to(target)
