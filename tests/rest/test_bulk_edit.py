"""Many runs changed at once through the wire: moved while they are written to, told to live pages, and taken back."""

from __future__ import annotations

import contextlib
import json
import pathlib
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from conftest import Upload
from harness.event_file import EventFile
from harness.rest import Rest

EDIT = "/api/v1/runs:edit"


@pytest.fixture
def name() -> str:
    return f"edit-{uuid.uuid4()}"


def write(folder: pathlib.Path, run: str, step: int) -> None:
    EventFile(folder / run).scalars("loss", [(step, 1700000000.0 + step, step / 2)])


@contextlib.contextmanager
def live(rest: Rest, experiment: str) -> Iterator[Iterator[Any]]:
    """What a live page of the experiment hears of runs, once it has been told hello."""
    with urllib.request.urlopen(f"{rest.address}/api/v1/live?experiment={experiment}", timeout=60) as stream:

        def runs() -> Iterator[Any]:
            event = ""
            for line in stream:
                kind, _, text = line.decode().strip().partition(": ")
                event = text if kind == "event" else event
                if kind == "data" and event == "run":
                    yield json.loads(text)

        while b"event: hello" not in stream.readline():
            pass
        yield runs()


def test_runs_are_changed_together_and_taken_back(rest: Rest, upload: Upload, folder: pathlib.Path, name: str) -> None:
    for run in ("lr-1", "lr-2", "other"):
        write(folder, run, 0)
    assert upload(folder, name).returncode == 0
    experiment = rest.experiment(name)["id"]
    before = rest.runs(name)
    chosen = {"runs": {"experiment": experiment, "filter": 'name ~ "^lr"'}}
    edits = [
        {**chosen, "set": {"rename": {"match": "^lr-(.*)", "to": r"rate \1"}, "labels": {"team": "vision"}}},
        {"runs": [before["other"]["id"], "nobody"], "set": {"archived": True, "note": "seen"}, "delete": True},
    ]
    done = rest.post(EDIT, {"edits": edits})
    assert done["changed"] == 3
    assert [skipped["run"] for skipped in done["skipped"]] == ["nobody"]
    assert set(rest.runs(name)) == {"rate 1", "rate 2"}
    assert rest.runs(name)["rate 1"]["labels"] == {"team": "vision"}
    assert rest.post(EDIT, done["undo"])["changed"] == 3
    after = rest.runs(name)
    for run in after.values():
        run["updated"] = before[run["name"]]["updated"]
        run["duration"] = before[run["name"]]["duration"]
    assert after == before


def test_a_moved_run_is_written_to_on_and_live_pages_hear_of_it(
    rest: Rest, upload: Upload, folder: pathlib.Path, name: str
) -> None:
    for run in ("a", "b"):
        write(folder, run, 0)
    assert upload(folder, name).returncode == 0
    old, run = rest.experiment(name)["id"], rest.runs(name)["a"]["id"]
    with live(rest, old) as left:
        edit = {"runs": [run], "set": {"experiment": {"name": name + " new"}}}
        done = rest.post(EDIT, {"edits": [edit]})
        assert done["changed"] == 1
        new = rest.experiment(name + " new")["id"]
        assert next(one for one in left if one["id"] == run and one["experiment"] == new)
    write(folder, "a", 1)
    assert upload(folder, name).returncode == 0
    assert set(rest.runs(name)) == {"b"}, "the upload found the run where it is now"
    assert {point["step"] for point in rest.points(run, "loss")} == {0, 1}
    assert rest.runs(name + " new")["a"]["id"] == run
    page = rest.get("/api/v1/runs", experiment=new, filter="metrics.loss.count = 2")
    assert [one["id"] for one in page["items"]] == [run]
    with live(rest, old) as back:
        rest.post(EDIT, done["undo"])
        assert next(one for one in back if one["id"] == run and one["experiment"] == old)
    assert set(rest.runs(name)) == {"a", "b"}


def test_named_views_keep_their_history(rest: Rest, upload: Upload, folder: pathlib.Path, name: str) -> None:
    write(folder, "a", 0)
    assert upload(folder, name).returncode == 0
    views = f"/api/v1/experiments/{rest.experiment(name)['id']}/views"
    view = rest.post(views, {"name": "best", "state": {"query": "q=1"}, "shared": True, "default": True})
    one = f"{views}/{view['id']}"
    assert rest.json("PATCH", one, body={"state": {"query": "q=2"}})["version"] == 2
    assert [version["state"]["query"] for version in rest.items(one + "/history", limit=1)] == ["q=2", "q=1"]
    assert rest.post(one + ":restore", {"version": 1})["state"] == {"query": "q=1"}
    assert rest.call("POST", views, body={"name": "best", "state": {}}).status == 409
    rest.json("DELETE", one)
    assert rest.get(views)["items"] == []
    assert rest.post(one + ":restore", {"version": 3})["name"] == "best"
    assert rest.get(views)["items"][0]["shared"]
