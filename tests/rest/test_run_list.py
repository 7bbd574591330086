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


def test_runs_are_grouped_and_a_groups_filter_chooses_its_members(rest: Rest, experiment: str) -> None:
    first, second, third = rest.items("/api/v1/runs", experiment=experiment, order="name")
    for run, team in ((first, "vision"), (second, "vision"), (third, 'a "b"')):
        rest.json("PATCH", f"/api/v1/runs/{run['id']}", body={"labels": {"team": team}})
    query = {"experiment": experiment, "by": "labels.team,status", "order": "-count", "columns": "metrics.loss.last"}
    page = rest.get("/api/v1/runs:group", **query)
    assert [(group["key"][0], group["count"]) for group in page["items"]] == [("vision", 2), ('a "b"', 1)]
    assert page["total"] == 2
    assert page["items"][0]["metrics"]["loss"]["last"]["mean"] == 0.25
    assert page["items"][1]["metrics"]["loss"]["last"]["std"] is None
    assert names(rest, experiment, filter=page["items"][0]["filter"]) == ["a", "b"]
    assert names(rest, experiment, filter=page["items"][1]["filter"]) == ["c"]
    following = rest.get(
        "/api/v1/runs:group", **query, limit=1, cursor=rest.get("/api/v1/runs:group", **query, limit=1)["next"]
    )
    assert following["items"] == page["items"][1:]
    assert rest.call("GET", "/api/v1/runs:group", {**query, "by": "created"}).json()["text"] == "by"


def test_an_editor_can_complete_keys_and_values(rest: Rest, experiment: str) -> None:
    run = next(iter(rest.items("/api/v1/runs", experiment=experiment)))
    rest.json("PATCH", f"/api/v1/runs/{run['id']}", body={"labels": {"te am": "vision"}})
    keys = {item["key"]: item for item in rest.get(f"/api/v1/experiments/{experiment}/keys")["items"]}
    assert keys["status"] == {"key": "status", "space": "run", "type": "string", "runs": 3}
    assert keys['labels."te am"'] == {"key": 'labels."te am"', "space": "label", "type": "string", "runs": 1}
    assert keys["metrics.loss"]["type"] == "number"
    found = rest.get(f"/api/v1/experiments/{experiment}/values", key='labels."te am"', prefix="vi")
    assert found["items"] == [{"value": "vision", "runs": 1}]
    found = rest.get(f"/api/v1/experiments/{experiment}/values", key="metrics.loss")
    assert (found["min"], found["max"]) == (0, 1)


def test_an_error_in_a_filter_says_where_it_is(rest: Rest, experiment: str) -> None:
    reply = rest.call("GET", "/api/v1/runs", {"experiment": experiment, "filter": "name = 'a' and loss < 1"})
    problem = reply.json()
    assert reply.status == 400
    assert (problem["text"], problem["position"], problem["length"]) == ("filter", 16, 4)
    assert "metrics.loss" in problem["hint"]
    assert problem["detail"] == f"filter, column 16: {problem['hint']}"
    problem = rest.call("GET", "/api/v1/runs", {"experiment": experiment, "order": "-name,best"}).json()
    assert (problem["text"], problem["position"], problem["length"]) == ("order", 7, 4)
