"""Programs that start before their PostgreSQL: they say what they wait for, and become ready by themselves."""

from __future__ import annotations

import pathlib
import signal
import subprocess
from collections.abc import Iterator

import pytest

from conftest import upload_to
from harness import processes
from harness.deployment import Deployment
from harness.event_file import EventFile
from harness.metrics import metric
from harness.postgres import Postgres
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

POINTS = 'stepwell_ingest_points_total{kind="scalar"}'


@pytest.fixture
def deployment(program: pathlib.Path, folder: pathlib.Path) -> Iterator[Deployment]:
    made = Deployment(program, folder)
    try:
        yield made
    finally:
        if made.postgres.process:
            made.postgres.signal_all(signal.SIGCONT)
        made.stop()


def losses(first: int, count: int) -> list[tuple[int, float, float]]:
    return [(step, 1700000000.0 + step, step / 7) for step in range(first, first + count)]


def test_services_wait_for_postgres_and_for_its_tables(deployment: Deployment, folder: pathlib.Path) -> None:
    deployment.start_ingest()
    deployment.start_query()
    assert deployment.ingest and deployment.query
    rest, ops = deployment.rest, deployment.ops

    away = rest.call("GET", "/readyz")
    assert away.status == 503
    assert "cannot reach the database" in away.json()["parts"]["catalog"]["reason"]
    assert ops.get("/readyz")["parts"]["catalog"]["ready"] is False
    problem = rest.call("GET", "/api/v1/experiments")
    assert problem.status == 503
    assert problem.headers["Retry-After"]

    deployment.postgres.start()
    until(
        lambda: "stepwell migrate" in rest.call("GET", "/readyz").json()["parts"]["catalog"]["reason"], "no tables yet"
    )
    assert rest.call("GET", "/api/v1/experiments").status == 503

    deployment.migrate()
    until(lambda: rest.call("GET", "/readyz").status == 200, "query is ready")
    until(lambda: ops.get("/readyz")["parts"]["catalog"]["ready"] is True, "ingest has its catalog")
    EventFile(folder / "logs" / "a").double_scalars("loss", losses(0, 10))
    deployment.upload(folder / "logs", "late")
    assert len(rest.points(rest.runs("late")["a"]["id"], "loss")) == 10
    for process in (deployment.ingest, deployment.query):
        assert process.log.read_text().count("waits for PostgreSQL") == 1


def test_an_ingest_that_starts_without_postgres_takes_points_of_known_writers(
    program: pathlib.Path, deployment: Deployment, folder: pathlib.Path
) -> None:
    grpc = f"127.0.0.1:{processes.reserve_port()}"
    deployment.postgres.start()
    deployment.migrate()
    deployment.start_ingest(grpc=grpc)
    file = EventFile(folder / "logs" / "a")
    file.double_scalars("loss", losses(0, 10))
    command = [str(program), "upload", str(folder / "logs"), "--experiment", "known", "--server", grpc, "--follow"]
    with (folder / "upload.log").open("ab") as log:
        writer = subprocess.Popen(command, stdout=log, stderr=log, env=processes.clean_environment())
    try:
        until(lambda: metric(deployment.ops, POINTS) == 10, "the writer is open")
        deployment.postgres.kill()
        assert deployment.ingest
        deployment.ingest.kill()
        deployment.start_ingest(grpc=grpc)
        file.double_scalars("loss", losses(10, 10))
        until(lambda: metric(deployment.ops, POINTS) == 10, "the other ingest has the points that were new to it")
        deployment.postgres.start()
        deployment.start_query()
        until(lambda: deployment.rest.call("GET", "/readyz").status == 200, "all are ready")
        run = deployment.rest.runs("known")["a"]["id"]
        assert [point["step"] for point in deployment.rest.points(run, "loss")] == list(range(20))
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.wait()


def test_services_stop_while_postgres_hangs(deployment: Deployment) -> None:
    deployment.start()
    rest = deployment.rest
    assert rest.call("GET", "/readyz").status == 200
    deployment.postgres.signal_all(signal.SIGSTOP)
    until(lambda: metric(rest, "stepwell_ready") == 0, "it was noticed")
    assert deployment.query and deployment.ingest
    assert deployment.query.stop() == 0
    assert deployment.ingest.stop() == 0


def test_serve_waits_for_a_postgres_that_is_not_its_own_and_makes_the_tables(
    program: pathlib.Path, folder: pathlib.Path
) -> None:
    postgres = Postgres(folder)
    server = Server(program, folder, "--postgres", postgres.url)
    try:
        server.start()
        rest = Rest(server.http)
        away = rest.call("GET", "/readyz")
        assert away.status == 503
        assert "cannot reach the database" in away.json()["parts"]["catalog"]["reason"]
        postgres.start()
        until(lambda: rest.call("GET", "/readyz").status == 200, "it is ready")
        EventFile(folder / "logs" / "a").double_scalars("loss", losses(0, 10))
        done = upload_to(program, server, folder / "logs", "late")
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(rest.points(rest.runs("late")["a"]["id"], "loss")) == 10
        said = server.log.read_text()
        assert said.count("the server waits for PostgreSQL") == 1
        assert said.count("PostgreSQL is there") == 1
        assert server.stop() == 0
    finally:
        server.kill_tree()
        postgres.stop()


def test_serve_stops_while_it_waits_for_postgres(program: pathlib.Path, folder: pathlib.Path) -> None:
    server = Server(program, folder, "--postgres", f"host={folder} user=stepwell dbname=stepwell")
    try:
        server.start()
        assert server.stop() == 0
    finally:
        server.kill_tree()


@pytest.mark.parametrize("name", ["stepwell-ingest", "stepwell-query", "stepwell"])
def test_what_is_no_url_ends_a_program(program: pathlib.Path, folder: pathlib.Path, name: str) -> None:
    addresses = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--ingest", "127.0.0.1:1"]
    needed = {
        "stepwell": addresses[:4],
        "stepwell-ingest": addresses[2:4],
        "stepwell-query": addresses[:2] + addresses[4:],
    }
    command = [program.with_name(name), *(["serve"] if name == "stepwell" else []), *needed[name]]
    if name != "stepwell-query":
        command += ["--data", folder / "data"]
    done = processes.run([*command, "--postgres", "nonsense"])
    assert done.returncode == 1
    assert "--postgres" in done.stderr
