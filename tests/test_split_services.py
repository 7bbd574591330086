"""`stepwell-ingest` and `stepwell-query` on their own, with a PostgreSQL that is not theirs: the same whole way."""

from __future__ import annotations

import math
import pathlib
from collections.abc import Iterator

import pytest

from harness import processes
from harness.event_file import EventFile
from harness.postgres import Postgres
from harness.processes import Process
from harness.rest import Rest

START = 1700000000.0


class Deployment:
    """What a deployment has: a database, migrations, one ingest, one query."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path) -> None:
        self.program, self.folder = program, folder
        self.postgres = Postgres(folder)
        self.ingest = self.query = None  # type: Process | None

    def start(self) -> None:
        self.postgres.start()
        done = processes.run([self.program, "migrate", "--postgres", self.postgres.url])
        assert done.returncode == 0, done.stdout + done.stderr
        self.start_ingest()
        self.start_query()

    def start_ingest(self) -> None:
        command = [self.program.with_name("stepwell-ingest"), "--data", self.folder / "store", "--postgres"]
        addresses = ["--grpc", "127.0.0.1:0", "--internal", "127.0.0.1:0"]
        self.ingest = Process("ingest", [*command, self.postgres.url, *addresses], self.folder)
        self.ingest.start()

    def start_query(self) -> None:
        assert self.ingest
        command = [self.program.with_name("stepwell-query"), "--http", "127.0.0.1:0", "--postgres", self.postgres.url]
        self.query = Process("query", [*command, "--ingest", self.ingest.ports["internal"]], self.folder)
        self.query.start()

    @property
    def rest(self) -> Rest:
        assert self.query
        return Rest(self.query.ports["http"])

    def upload(self, logdir: pathlib.Path, experiment: str) -> None:
        assert self.ingest
        grpc = self.ingest.ports["grpc"]
        done = processes.run([self.program, "upload", logdir, "--experiment", experiment, "--server", grpc])
        assert done.returncode == 0, done.stdout + done.stderr

    def stop(self) -> None:
        for process in (self.query, self.ingest):
            if process and process.running:
                process.stop()
        self.postgres.stop()


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
