"""docs/openapi.yaml is the truth: requests made from it are answered as it says, and none brings the server down."""

from __future__ import annotations

import pathlib

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from harness.rest import Rest

DOCUMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
# Never ends by itself; its own tests listen to it.
LASTING = "/api/v1/live"

schema = schemathesis.openapi.from_path(DOCUMENT).exclude(path=LASTING)


@pytest.fixture(scope="session")
def examples(rest: Rest) -> dict[str, str]:
    """Ids that exist, so that requests reach more than 404."""
    experiment = next(iter(rest.items("/api/v1/experiments")))
    run = next(iter(rest.items("/api/v1/runs", experiment=experiment["id"])))
    return {"experiment": experiment["id"], "run": run["id"], "tag": rest.series(run["id"])[0]["tag"]}


@schema.parametrize()
@hypothesis.settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_requests_are_answered_as_documented(
    case: schemathesis.Case,  # type: ignore[type-arg]
    rest: Rest,
    examples: dict[str, str],
) -> None:
    reading = case.method.upper() == "GET"
    for name in ("experiment", "run"):
        if reading and name in (case.path_parameters or {}):
            case.path_parameters[name] = examples[name]
    if reading and "tag" in (case.query or {}):
        case.query["tag"] = examples["tag"]
    reply = case.call(base_url=rest.address, timeout=30)
    case.validate_response(
        reply,
        checks=[not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance],
    )
