"""The server answers as docs/openapi.yaml says: statuses, types and shapes, for any input and for names that exist."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from harness import processes
from harness.processes import Server
from harness.rest import Rest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

# Coverage tries hundreds of requests an operation, which is more than a test run has time for.
CONFIG = SchemathesisConfig.from_dict({"phases": {"coverage": {"enabled": False}}})
DOCUMENT = schemathesis.openapi.from_path(ROOT / "docs" / "openapi.yaml", config=CONFIG)
# The live stream does not end, so a request for it would only run into its timeout.
ENDING = DOCUMENT.exclude(operation_id="live")
# On names that exist: without the route that takes the run away from the requests after it.
KEEPING = ENDING.exclude(operation_id="deleteRun")

BOUNDED = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


# Logs with values of many kinds, each with its oddities.
CASES = ["05", "06", "11", "12", "14", "15", "16", "17", "18", "19", "20", "21"]


@dataclasses.dataclass(frozen=True)
class Logged:
    run: str
    tag: str
    kind: str


@dataclasses.dataclass(frozen=True)
class Names:
    """What exists in an experiment of this module alone, so that its requests may change it."""

    experiment: str
    series: list[Logged]
    blob: str
    view: str

    def of_turn(self, turn: int) -> Logged:
        return self.series[turn % len(self.series)]


def first_of_each_kind(rest: Rest, run: str) -> Iterator[Logged]:
    kinds = set()
    for series in rest.series(run):
        # A tag that is not UTF-8 has no name in a str.
        if series["kind"] not in kinds and "tag_base64" not in series:
            kinds.add(series["kind"])
            yield Logged(run, series["tag"], series["kind"])


@pytest.fixture(scope="module")
def names(rest: Rest, server: Server, program: pathlib.Path) -> Names:
    with processes.folder() as folder:
        for case in sorted((ROOT / "tests" / "data" / "cases").glob("*/logdir")):
            if case.parent.name[:2] in CASES:
                shutil.copytree(case, folder / case.parent.name)
        done = processes.run([program, "upload", folder, "--experiment", "openapi", "--server", server.grpc])
    assert done.returncode == 0, done.stdout + done.stderr
    runs = rest.runs("openapi").values()
    series = [logged for run in runs for logged in first_of_each_kind(rest, run["id"])]
    image = next(logged for logged in series if logged.kind == "image")
    (value, *_) = [point["value"] for point in rest.points(image.run, image.tag) if point["value"]["items"]]
    view = rest.post("/api/v1/views", {"path": "/w/default"})
    return Names(rest.experiment("openapi")["id"], series, value["items"][0]["blob"], view["id"])


@ENDING.parametrize()
@BOUNDED
def test_any_input_is_answered_as_documented(case: Any, server: Server) -> None:
    case.call_and_validate(base_url=server.http, checks=CHECKS, timeout=30)


def name_what_exists(case: Any, names: Names, turn: int) -> None:
    """Puts existing names where the generated request has others; every other time without what finds nothing."""
    logged = names.of_turn(turn)
    known = {
        "experiment": names.experiment,
        "run": logged.run,
        "id": names.view if "views" in case.path else names.blob,
    }
    for name in case.path_parameters or {}:
        case.path_parameters[name] = known[name]
    query: dict[str, Any] = case.query or {}
    if "tag" in query:
        query["tag"] = logged.tag
    dropped = ["experiment", "workspace"]
    if turn % 2:
        dropped += ["cursor", "filter", "order", "kind", "writer", "prefix", "match"]
    for parameter in dropped:
        query.pop(parameter, None)
    body = case.body
    if isinstance(body, dict) and isinstance(body.get("series"), list):
        for series in body["series"]:
            if isinstance(series, dict):
                series.pop("tag_base64", None)
                series.update(run=logged.run, tag=logged.tag)


TURNS: dict[str, int] = {}


@KEEPING.parametrize()
@BOUNDED
def test_what_exists_is_answered_as_documented(case: Any, server: Server, names: Names) -> None:
    turn = TURNS[case.operation.label] = TURNS.get(case.operation.label, 0) + 1
    name_what_exists(case, names, turn)
    case.call_and_validate(base_url=server.http, checks=CHECKS, timeout=30)


def test_each_kind_of_point_is_as_documented(names: Names, rest: Rest) -> None:
    """Requests that are known to be right get 200 and the shape of the document."""
    operation = DOCUMENT["/api/v1/runs/{run}/points"]["GET"]
    kinds = {"scalar", "histogram", "text", "image", "audio", "tensor", "graph", "mesh", "hparams", "embedding"}
    assert kinds <= {logged.kind for logged in names.series}
    for logged in names.series:
        query = {"tag": logged.tag, "kind": logged.kind}
        case = operation.Case(path_parameters={"run": logged.run}, query=query)
        response = case.call_and_validate(base_url=rest.address, checks=CHECKS, timeout=30)
        assert response.status_code == 200, logged
        assert response.json()["items"], logged


@pytest.mark.parametrize("columns", [None, 5])
def test_points_and_columns_are_as_documented(names: Names, rest: Rest, columns: int | None) -> None:
    scalars = [{"run": logged.run, "tag": logged.tag} for logged in names.series if logged.kind == "scalar"]
    body: Any = {"series": [*scalars, {"run": scalars[0]["run"], "tag": "no such tag"}], "columns": columns}
    case = DOCUMENT["/api/v1/series:query"]["POST"].Case(body=body, media_type="application/json")
    response = case.call_and_validate(base_url=rest.address, checks=CHECKS, timeout=30)
    assert response.status_code == 200
    assert ["error" in item for item in response.json()["items"]] == [False] * len(scalars) + [True]
