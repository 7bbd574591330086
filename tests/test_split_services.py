"""`stepwell-ingest` and `stepwell-query` on their own, with a PostgreSQL that is not theirs: the same whole way."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterator

import pytest

from harness.deployment import Deployment
from harness.event_file import EventFile, event, message, text_value

START = 1700000000.0


@pytest.fixture
def deployment(program: pathlib.Path, folder: pathlib.Path) -> Iterator[Deployment]:
    made = Deployment(program, folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def test_the_whole_way_over_two_services(deployment: Deployment, folder: pathlib.Path) -> None:
    points = [(step, START + step, math.cos(step / 10)) for step in range(3000)]
    EventFile(folder / "logs" / "a").scalars("loss", points)
    deployment.upload(folder / "logs", "split")
    rest = deployment.rest

    run = rest.runs("split")["a"]
    items = rest.points(run["id"], "loss")
    assert [i["step"] for i in items] == list(range(3000))
    (answer,) = rest.query([{"run": run["id"], "tag": "loss"}], x="step", columns=50)
    assert sum(answer["buckets"]["count"]) == 3000


def test_values_of_many_megabytes_come_over_two_services(deployment: Deployment, folder: pathlib.Path) -> None:
    texts = [f"{step} ".ljust(60_000, "x") for step in range(150)]
    file = EventFile(folder / "logs" / "a")
    for step, text in enumerate(texts):
        file.append(event(START + step, step, message(5, text_value("note", text.encode()))))
    deployment.upload(folder / "logs", "values")
    (run,) = deployment.rest.runs("values").values()
    ask = {"series": [{"run": run["id"], "tag": "note", "kind": "text"}], "at": 75, "spread": 150}
    (item,) = deployment.rest.post("/api/v1/values:query", ask)["items"]
    assert item["point"]["value"] == texts[75]
    assert [point["value"] for point in item["points"]] == texts


def test_either_service_starts_again_and_nothing_is_lost(deployment: Deployment, folder: pathlib.Path) -> None:
    file = EventFile(folder / "logs" / "a")
    file.scalars("loss", [(step, START + step, float(step)) for step in range(10)])
    deployment.upload(folder / "logs", "split")
    assert deployment.ingest and deployment.query

    deployment.query.kill()
    deployment.ingest.kill()
    deployment.start_ingest()
    deployment.start_query()
    file.scalars("loss", [(step, START + step, float(step)) for step in range(10, 20)])
    deployment.upload(folder / "logs", "split")

    run = deployment.rest.runs("split")["a"]
    assert [(i["step"], i["value"]) for i in deployment.rest.points(run["id"], "loss")] == [(s, s) for s in range(20)]


def test_query_says_that_it_is_not_ready_without_ingest(deployment: Deployment) -> None:
    assert deployment.ingest
    assert deployment.rest.call("GET", "/readyz").status == 200
    deployment.ingest.kill()
    reply = deployment.rest.call("GET", "/readyz")
    assert reply.status == 503
    assert "ingest" in reply.body.decode()
