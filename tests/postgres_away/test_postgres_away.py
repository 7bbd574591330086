"""PostgreSQL killed, stopped, cut off, out of connections, read-only: points are acknowledged all the same, lists say
that they are not there, and afterwards everything is in its place without a restart."""

from __future__ import annotations

import contextlib
import math
import pathlib
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from harness import processes
from harness.deployment import Deployment
from harness.event_file import EventFile
from harness.metrics import metric
from harness.relay import Relay, before_postgres
from harness.rest import Rest
from harness.waiting import DEADLINE, until

START = 1700000000.0
POINTS = 'stepwell_ingest_points_total{kind="scalar"}'


def curve(first: int, count: int) -> list[tuple[int, float, float]]:
    return [(step, START + step, math.cos(step)) for step in range(first, first + count)]


class Fault:
    """One way in which the database fails; `begin` and `end` it."""

    def __init__(self, deployment: Deployment, relay: Relay) -> None:
        self.postgres, self.relay = deployment.postgres, relay


class Killed(Fault):
    def begin(self) -> None:
        self.postgres.kill()

    def end(self) -> None:
        self.postgres.start()


class Stopped(Fault):
    """Slow without end: connections are open, and nobody answers."""

    def begin(self) -> None:
        self.postgres.signal_all(signal.SIGSTOP)

    def end(self) -> None:
        self.postgres.signal_all(signal.SIGCONT)


class CutOff(Fault):
    def begin(self) -> None:
        self.relay.cut()

    def end(self) -> None:
        self.relay.mend()


class OutOfConnections(Fault):
    def begin(self) -> None:
        kick = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tracker'"
        self.postgres.sql("alter role tracker connection limit 0", kick)

    def end(self) -> None:
        self.postgres.sql("alter role tracker connection limit -1")


class ReadOnly(Fault):
    """As a primary that has become a standby."""

    def begin(self) -> None:
        self.postgres.sql("alter system set default_transaction_read_only = on", "select pg_reload_conf()")

    def end(self) -> None:
        writable = "set default_transaction_read_only = off"
        self.postgres.sql(writable, "alter system reset default_transaction_read_only", "select pg_reload_conf()")


class World:
    """A deployment whose services reach the database through a relay and as an ordinary role."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path) -> None:
        self.program, self.folder = program, folder
        relayed = folder / "relay"
        self.deployment = Deployment(program, folder, f"host={relayed} user=tracker dbname=stepwell")
        postgres = self.deployment.postgres
        self.relay = before_postgres(relayed, postgres.data)
        postgres.start()
        postgres.sql("create role tracker login", "alter database stepwell owner to tracker")
        self.deployment.migrate_as("tracker")
        self.deployment.start_ingest()
        self.deployment.start_query()

    def stop(self) -> None:
        self.deployment.postgres.signal_all(signal.SIGCONT)
        self.deployment.stop()
        self.relay.close()

    @contextlib.contextmanager
    def following(self, logs: pathlib.Path, experiment: str) -> Iterator[subprocess.Popen[bytes]]:
        assert self.deployment.ingest
        grpc = self.deployment.ingest.ports["grpc"]
        command = [str(self.program), "upload", str(logs), "--experiment", experiment, "--server", grpc, "--follow"]
        with (logs.parent / f"{logs.name}.log").open("ab") as log:
            writer = subprocess.Popen(command, stdout=log, stderr=log, env=processes.clean_environment())
        try:
            yield writer
        finally:
            writer.kill()
            writer.wait()


@pytest.fixture(scope="module")
def world(program: pathlib.Path) -> Iterator[World]:
    with processes.folder() as folder:
        made = World(program, folder)
        try:
            yield made
        finally:
            made.stop()


def visible(rest: Rest, experiment: str, run: str, tag: str) -> list[tuple[int, float]]:
    """Steps and values, as exact as REST has them; empty while something is not there yet."""
    with contextlib.suppress(AssertionError, KeyError):
        found = rest.runs(experiment)[run]["id"]
        return [(p["step"], p["value"]) for p in rest.points(found, tag)]
    return []


def parts(ops: Rest) -> Any:
    """Of /readyz of ingest, which is ready all the time."""
    return ops.get("/readyz")["parts"]


def exact(points: list[tuple[int, float, float]]) -> list[tuple[int, float]]:
    return [(step, value) for step, _, value in points]


def last_step(rest: Rest, experiment: str, run: str, tag: str) -> object:
    """As the run list has it, which comes from the database alone."""
    with contextlib.suppress(AssertionError, KeyError):
        columns = f'metrics."{tag}"'
        found = rest.items("/api/v1/runs", experiment=rest.experiment(experiment)["id"], columns=columns)
        return {r["name"]: r for r in found}[run]["summary"][tag]["last_step"]
    return None


@pytest.mark.parametrize("kind", [Killed, Stopped, CutOff, OutOfConnections, ReadOnly])
def test_writers_go_on_and_lists_catch_up(world: World, folder: pathlib.Path, kind: type[Fault]) -> None:
    deployment, name = world.deployment, f"away: {kind.__name__}"
    rest, ops = deployment.rest, deployment.ops
    fault = kind(deployment, world.relay)
    logs = folder / "logs"
    file = EventFile(logs / "known")
    file.double_scalars("loss", curve(0, 50))
    with world.following(logs, name) as writer:
        until(lambda: last_step(rest, name, "known", "loss") == 49, "the first points are in the lists")
        before = metric(ops, POINTS)

        fault.begin()  # type: ignore[attr-defined]
        try:
            until(lambda: metric(rest, "stepwell_ready") == 0, "the gauge falls without anybody asking /readyz")
            file.double_scalars("loss", curve(50, 50))
            file.double_scalars("new/tag", curve(0, 20))
            EventFile(logs / "new").double_scalars("loss", curve(0, 10))  # a run that cannot be opened yet
            until(lambda: metric(ops, POINTS) == before + 70, "points of the known run are acknowledged")
            until(lambda: parts(ops)["ingest"]["waiting"]["since"] is not None, "ingest has noticed")
            until(lambda: parts(ops)["catalog"]["ready"] is False, "and says so")
            assert parts(ops)["catalog"]["reason"]
            waiting = parts(ops)["ingest"]["waiting"]
            assert waiting["series"] >= 1
            assert 0 < waiting["bytes"] < waiting["limit"]
            assert waiting["since"] > START
            assert metric(ops, "stepwell_catalog_flush_lag_seconds") > 0
            assert metric(ops, "stepwell_catalog_backlog_series") >= 1
            assert metric(ops, "stepwell_ready") == 1
            assert rest.call("GET", "/readyz").status == 503
            if kind is not ReadOnly:  # lists can be read then
                problem = rest.call("GET", "/api/v1/experiments")
                assert problem.status == 503
                assert "database" in problem.json()["detail"]
                assert problem.headers["Retry-After"]
        finally:
            fault.end()  # type: ignore[attr-defined]

        until(lambda: rest.call("GET", "/readyz").status == 200, "query is ready again")
        until(lambda: last_step(rest, name, "known", "loss") == 99, "the lists have the known run")
        until(lambda: last_step(rest, name, "known", "new/tag") == 19, "the lists have the new series")
        until(lambda: last_step(rest, name, "new", "loss") == 9, "the new run was opened")
        assert visible(rest, name, "known", "loss") == exact(curve(0, 100))
        assert visible(rest, name, "known", "new/tag") == exact(curve(0, 20))
        assert visible(rest, name, "new", "loss") == exact(curve(0, 10))
        until(lambda: parts(ops)["ingest"]["waiting"]["bytes"] == 0, "nothing waits any more")
        until(lambda: parts(ops)["ingest"]["waiting"]["since"] is None, "and it says so")
        until(lambda: parts(ops)["catalog"]["ready"] is True, "the catalog is ready again")
        until(lambda: metric(rest, "stepwell_ready") == 1, "the metric says so too")
        assert writer.poll() is None, "the uploader survived"
    assert deployment.ingest and deployment.ingest.running
    assert deployment.query and deployment.query.running


def test_an_upload_that_begins_while_postgres_is_away_waits_for_it(world: World, folder: pathlib.Path) -> None:
    deployment = world.deployment
    assert deployment.ingest
    EventFile(folder / "logs" / "a").double_scalars("loss", curve(0, 30))
    command = [str(world.program), "upload", str(folder / "logs"), "--experiment", "begins away"]
    errors = metric(deployment.ops, 'stepwell_catalog_errors_total{reason="away"}')
    world.relay.cut()
    writer = subprocess.Popen(
        [*command, "--server", deployment.ingest.ports["grpc"]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=processes.clean_environment(),
    )
    try:
        counted = 'stepwell_catalog_query_duration_seconds_count{op="find_workspace"}'
        calls = metric(deployment.ops, counted)
        until(lambda: metric(deployment.ops, counted) >= calls + 3, "it tried several times")
        assert metric(deployment.ops, 'stepwell_catalog_errors_total{reason="away"}') > errors
        assert writer.poll() is None
        world.relay.mend()
        said, _ = writer.communicate(timeout=DEADLINE)
    finally:
        world.relay.mend()
        writer.kill()
        writer.wait()
    assert writer.returncode == 0, said.decode()
    assert visible(deployment.rest, "begins away", "a", "loss") == exact(curve(0, 30))
