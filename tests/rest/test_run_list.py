"""The run table's questions through the wire: totals, what is archived, and errors that say where they are."""

from __future__ import annotations

import pathlib
import uuid

import pytest

from conftest import Upload
from harness.event_file import EventFile
from harness.rest import Rest


@pytest.fixture
def experiment(upload: Upload, folder: pathlib.Path, rest: Rest) -> str:
    """The id of an experiment of its own, with runs a, b and c."""
    name = f"list-{uuid.uuid4()}"
    for step, run in enumerate(("a", "b", "c")):
        EventFile(folder / run).scalars("loss", [(step, 1700000000.0, step / 2)])
    assert upload(folder, name).returncode == 0
    return str(rest.experiment(name)["id"])


def names(rest: Rest, experiment: str, **query: object) -> list[str]:
    return [run["name"] for run in rest.items("/api/v1/runs", experiment=experiment, order="name", limit=2, **query)]


def test_a_page_tells_how_many_runs_match(rest: Rest, experiment: str) -> None:
    page = rest.get("/api/v1/runs", experiment=experiment, total="true", limit=1, order="-metrics.loss")
    assert (page["total"], [run["name"] for run in page["items"]]) == (3, ["c"])
    assert rest.get("/api/v1/runs", experiment=experiment, total="true", filter="metrics.loss > 0.2")["total"] == 2
    assert "total" not in rest.get("/api/v1/runs", experiment=experiment)


def test_archived_runs_are_in_the_lists_that_ask_for_them(rest: Rest, experiment: str) -> None:
    run = next(iter(rest.items("/api/v1/runs", experiment=experiment, filter='name = "b"')))
    changed = rest.json("PATCH", f"/api/v1/runs/{run['id']}", body={"archived": True})
    assert changed["archived"]
    assert changed["owner"] == "local"
    assert changed["duration"] >= run["duration"] >= 0
    assert names(rest, experiment) == ["a", "c"]
    assert names(rest, experiment, archived="true") == ["b"]
    assert names(rest, experiment, archived="any") == ["a", "b", "c"]
    assert names(rest, experiment, filter="archived = true and owner = 'local'") == ["b"]
    assert rest.json("PATCH", f"/api/v1/runs/{run['id']}", body={"archived": False})["archived"] is False
    assert names(rest, experiment) == ["a", "b", "c"]


def test_the_order_by_duration_holds_over_pages(rest: Rest, experiment: str) -> None:
    pages = rest.items("/api/v1/runs", experiment=experiment, order="-duration", limit=1)
    ids = [run["id"] for run in pages]
    assert len(ids) == len(set(ids)) == 3


def test_an_error_in_a_filter_says_where_it_is(rest: Rest, experiment: str) -> None:
    reply = rest.call("GET", "/api/v1/runs", {"experiment": experiment, "filter": "name = 'a' and loss < 1"})
    problem = reply.json()
    assert reply.status == 400
    assert (problem["text"], problem["position"], problem["length"]) == ("filter", 16, 4)
    assert "metrics.loss" in problem["hint"]
    assert problem["detail"] == f"filter, column 16: {problem['hint']}"
    problem = rest.call("GET", "/api/v1/runs", {"experiment": experiment, "order": "-name,best"}).json()
    assert (problem["text"], problem["position"], problem["length"]) == ("order", 7, 4)
