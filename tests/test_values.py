"""values:query through the wire: every kind that the cases have, several writers, rewinds, forks, limits."""

from __future__ import annotations

import base64
import json
import queue
import shutil
from typing import Any

import pytest

from bounds.listening import LiveView
from conftest import DATA, Upload
from harness.expect import lay_out
from harness.ingest_api import IngestApi, message
from harness.processes import Server
from harness.rest import Rest

TEXT = 6
TAG = b"notes/\xff"
NAME = {"tag": "notes/�", "tag_base64": base64.b64encode(TAG).decode()}
LIMIT = 32 << 20


def ask(rest: Rest, series: list[dict[str, Any]], **body: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = rest.post("/api/v1/values:query", {"series": series, **body})["items"]
    return items


def one(rest: Rest, series: dict[str, Any], **body: Any) -> dict[str, Any]:
    (item,) = ask(rest, [series], **body)
    assert "error" not in item, item
    return item


# ---- every kind ----


def expected(points: list[dict[str, Any]], at: int | None, choose: str) -> dict[str, Any] | None:
    """What is chosen of points in order of x: the earlier of two that are as near, of equal ones the last."""
    chosen: dict[str, Any] | None = None
    for point in points:
        if choose == "before" and at is not None and point["step"] > at:
            continue
        if chosen and at is not None and choose == "nearest":
            nearer = abs(point["step"] - at) < abs(chosen["step"] - at)
            if not nearer and point["step"] != chosen["step"]:
                continue
        chosen = point
    return chosen


def test_of_every_kind_in_the_cases_each_point_is_answered_as_points_has_it(
    folder: Any, upload: Upload, rest: Rest
) -> None:
    kinds: set[str] = set()
    compared = 0
    for case in sorted(path for path in (DATA / "cases").glob("*") if (path / "logdir").is_dir()):
        logdir = folder / case.name / "logdir"
        shutil.copytree(case / "logdir", logdir)
        if (case / "expect.json").exists():
            lay_out(case, logdir)
        experiment = f"values {case.name}"
        upload(logdir, experiment)
        for run in rest.items("/api/v1/runs", experiment=rest.experiment(experiment)["id"]):
            for series in rest.series(run["id"]):
                if series["kind"] == "scalar" or "tag_base64" in series:
                    continue
                kinds.add(series["kind"])
                compare(rest, {"run": run["id"], **{k: series[k] for k in ("tag", "kind")}})
                compared += 1
    assert kinds >= {"histogram", "image", "audio", "text", "tensor", "graph", "mesh", "embedding", "hparams", "layout"}
    assert compared > 50


def compare(rest: Rest, series: dict[str, Any]) -> None:
    points = rest.points(series["run"], series["tag"], kind=series["kind"])
    for point in points:
        point.pop("writer", None)
    points.sort(key=lambda point: point["step"])
    item = one(rest, series, spread=200, steps=True)
    assert item["count"] == len(points)
    assert item["points"] == points
    assert item["steps"] == {
        "step": [p["step"] for p in points], "wall": [p["wall"] for p in points], "thinned": False,
    }  # fmt: skip
    asked = {point["step"] for point in points} | {point["step"] + 1 for point in points if point["step"] < 2**63 - 1}
    for at in [None, *sorted(asked)[:12]]:
        for choose in ("nearest", "before"):
            got = one(rest, series, at=at, choose=choose)
            assert got["point"] == expected(points, at, choose), (series, at, choose)
            assert "steps" not in got and "points" not in got


# ---- several writers, rewinds, forks ----


class Writer:
    """Texts of one tag, that say who wrote them."""

    def __init__(self, server: Server, name: str, run: str = "", **fork: Any) -> None:
        self.api = IngestApi(server.grpc)
        self.name = name
        request = message("OpenRunRequest")(experiment="values", run_id=run, name="values", writer=name)
        if fork:
            request.fork.run_id, request.fork.step = fork["of"], fork["step"]
        self.run = self.api.open_run(request, timeout=30)
        self.seq = 0

    def log(self, steps: list[int], rewind: int | None = None, value: bytes | None = None, tag: bytes = TAG) -> None:
        """One batch, on disk when this returns."""
        requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        hello = message("PushRequest")()
        hello.hello.run_id, hello.hello.epoch = self.run.run_id, self.run.epoch
        hello.hello.writer_number = self.run.writer_number
        self.seq += 1
        batch = message("Batch")(seq=self.seq)
        number = 0 if tag == TAG else 1
        batch.define.add(series=number).info.tag = tag
        batch.define[0].info.kind = TEXT
        if rewind is not None:
            batch.rewinds.add(step=rewind)
        deltas = [b - a for a, b in zip([0, *steps], steps, strict=False)]
        batch.axes.add(step_deltas=deltas, walls=[1e9 + step for step in steps])
        column = batch.columns.add(series=number, axis=0)
        for step in steps:
            column.values.add().text.values.append(value or f"{self.name} {step}".encode())
        for each in (hello, message("PushRequest")(batch=batch), None):
            requests.put(each)
        replies = list(self.api.push(iter(requests.get, None), timeout=60))
        assert replies[-1].durable_seq == self.seq, replies
        assert not [refused.reason for reply in replies for refused in reply.refused]


@pytest.fixture(scope="module")
def runs(server: Server) -> tuple[str, str]:
    """A run of two writers that was rewound to step 40, and its fork at step 20."""
    first = Writer(server, "first", "values-run")
    second = Writer(server, "second", "values-run")
    first.log(list(range(0, 100, 10)))
    second.log([15, 20, 25, 90])
    first.log([40, 52], rewind=40)
    fork = Writer(server, "forked", "values-fork", of="values-run", step=20)
    fork.log([20, 30])
    for writer in (first, second, fork):
        writer.api.close()
    return "values-run", "values-fork"


# In order of step, of equal steps in order of writers.
LINE = ["first 0", "first 10", "second 15", "first 20", "second 20", "second 25", "first 30", "first 40", "first 52"]
FORK = ["first 0", "first 10", "second 15", "forked 20", "forked 30"]


def texts(points: list[dict[str, Any]]) -> list[str]:
    return [point["value"] for point in points]


def of(run: str, **more: Any) -> dict[str, Any]:
    return {"run": run, "tag_base64": NAME["tag_base64"], "kind": "text", **more}


def test_writers_make_one_line_without_what_a_rewind_took_back(rest: Rest, runs: tuple[str, str]) -> None:
    for run, line in zip(runs, (LINE, FORK), strict=True):
        item = one(rest, of(run), spread=200, steps=True)
        assert {key: item[key] for key in ("run", "kind", *NAME)} == {"run": run, "kind": "text", **NAME}
        assert texts(item["points"]) == line
        assert item["steps"]["step"] == [int(text.split()[1]) for text in line]
        assert item["count"] == len(line)
        assert item["point"]["value"] == line[-1]


def test_the_point_at_a_step_is_the_nearest_or_the_last_before(rest: Rest, runs: tuple[str, str]) -> None:
    run = runs[0]
    for at, nearest, before in [
        (-5, "first 0", None), (0, "first 0", "first 0"), (20, "second 20", "second 20"),
        (35, "first 30", "first 30"), (36, "first 40", "first 30"), (46, "first 40", "first 40"),
        (47, "first 52", "first 40"), (90, "first 52", "first 52"), (2**63 - 1, "first 52", "first 52"),
    ]:  # fmt: skip
        for choose, want in (("nearest", nearest), ("before", before)):
            point = one(rest, of(run), at=at, choose=choose)["point"]
            assert (point and point["value"]) == want, (at, choose)


def test_one_writer_wall_times_and_ranges(rest: Rest, runs: tuple[str, str]) -> None:
    run = runs[0]
    numbers = {s["writer"] for s in rest.series(run) if s.get("tag_base64") == NAME["tag_base64"]}
    assert len(numbers) == 2
    both = [one(rest, of(run, writer=number), spread=200) for number in sorted(numbers)]
    assert [item["writer"] for item in both] == sorted(numbers)
    assert texts(both[1]["points"]) == ["second 15", "second 20", "second 25"]
    item = one(rest, of(run), x="wall", at=1e9 + 24, range=[1e9 + 10, 1e9 + 20], spread=2, steps=True)
    assert item["point"]["value"] == "second 25"
    assert item["count"] == 4
    assert texts(item["points"]) == ["first 10", "second 20"]
    assert item["steps"]["wall"] == [1e9 + 10, 1e9 + 15, 1e9 + 20, 1e9 + 20]
    item = one(rest, of(run), x="relative", at=12.5, choose="nearest", range=[52, None], spread=1)
    assert item["point"]["value"] == "first 10"
    assert texts(item["points"]) == ["first 52"]
    nothing = one(rest, of(run), range=[100, 200], steps=True, spread=5)
    assert nothing["count"] == 0 and nothing["points"] == [] and nothing["steps"]["step"] == []
    assert nothing["point"]["value"] == "first 52"


def test_what_is_unknown_is_an_item_and_the_others_come(rest: Rest, runs: tuple[str, str]) -> None:
    unknown = [of("no-such-run"), of(runs[0], writer=77), {"run": runs[0], "tag": "other", "kind": "text"},
               {"run": runs[0], "tag_base64": NAME["tag_base64"], "kind": "image"}]  # fmt: skip
    items = ask(rest, [unknown[0], of(runs[0]), *unknown[1:], of(runs[1])])
    assert [item.get("error", {}).get("status") for item in items] == [404, None, 404, 404, 404, None]
    assert items[0]["kind"] == "text" and items[3]["tag"] == "other"
    assert items[5]["point"]["value"] == FORK[-1]
    assert ask(rest, []) == []


def test_steps_are_thinned_and_values_are_bounded(server: Server, rest: Rest) -> None:
    writer = Writer(server, "long", "values-long")
    writer.log(list(range(10_001)))
    for step in range(40):
        writer.log([step], tag=b"large", value=b"x" * 1_000_000)
    writer.api.close()
    item = one(rest, of("values-long"), steps=True, spread=3)
    assert item["steps"]["thinned"] and len(item["steps"]["step"]) == 10_000
    assert item["steps"]["step"][0] == 0 and item["steps"]["step"][-1] == 10_000
    assert texts(item["points"]) == ["long 0", "long 5000", "long 10000"]
    large = {"run": "values-long", "tag": "large", "kind": "text"}
    reply = rest.call("POST", "/api/v1/values:query", body={"series": [large, of("values-long")], "spread": 40})
    items = json.loads(reply.body)["items"]
    assert items[0]["error"]["status"] == 429
    assert str(LIMIT) in items[0]["error"]["detail"] and "ask for fewer points" in items[0]["error"]["detail"]
    assert len(items[1]["points"]) == 40
    # As many of them as there is room for, each its last point alone.
    items = ask(rest, [large] * 40)
    room = LIMIT // 1_000_000
    assert [("error" in item) for item in items] == [False] * room + [True] * (40 - room)


def test_a_body_that_is_not_understood_is_refused_with_the_place(rest: Rest) -> None:
    for body, place in [
        ({"series": [{"run": "a", "tag": "b", "kind": "scalar"}]}, "series[0].kind"),
        ({"series": [], "spread": 201}, "spread"),
        ({"series": [], "at": 0.5}, "at must be a whole number"),
    ]:
        reply = rest.call("POST", "/api/v1/values:query", body=body)
        assert reply.status == 400 and place in reply.json()["detail"]


def test_live_views_are_told_what_has_new_points(server: Server, rest: Rest) -> None:
    writer = Writer(server, "teller", "values-live")
    writer.log([1])
    view = LiveView(server, rest.experiment("values")["id"])
    writer.log([2])
    assert view.next_of("logged") == {"run": "values-live", **NAME, "kind": "text"}
    assert one(rest, of("values-live"))["point"]["step"] == 2
    view.close()
    writer.api.close()
