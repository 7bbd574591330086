"""What a deployment has: a PostgreSQL that is not Stepwell's, migrations, one stepwell-ingest, one stepwell-query."""

from __future__ import annotations

import pathlib

from harness import processes
from harness.postgres import Postgres
from harness.processes import Process
from harness.rest import Rest


class Deployment:
    """`postgres_url`: how the services reach the database, if not directly."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, postgres_url: str | None = None) -> None:
        self.program, self.folder = program, folder
        self.postgres = Postgres(folder)
        self.postgres_url = postgres_url or self.postgres.url
        self.ingest = self.query = None  # type: Process | None

    def start(self, *ingest_flags: object) -> None:
        self.postgres.start()
        self.migrate()
        self.start_ingest(*ingest_flags)
        self.start_query()

    def migrate(self) -> None:
        self.migrate_as("stepwell")

    def migrate_as(self, user: str) -> None:
        url = f"host={self.postgres.data} user={user} dbname=stepwell"
        done = processes.run([self.program, "migrate", "--postgres", url])
        assert done.returncode == 0, done.stdout + done.stderr

    def start_ingest(self, *flags: object, grpc: str = "127.0.0.1:0") -> None:
        command = [self.program.with_name("stepwell-ingest"), "--data", self.folder / "store", "--postgres"]
        addresses = ["--grpc", grpc, "--internal", "127.0.0.1:0", "--ops", "127.0.0.1:0"]
        self.ingest = Process("ingest", [*command, self.postgres_url, *addresses, *flags], self.folder)
        self.ingest.start()

    def start_query(self) -> None:
        assert self.ingest
        command = [self.program.with_name("stepwell-query"), "--http", "127.0.0.1:0", "--postgres", self.postgres_url]
        self.query = Process("query", [*command, "--ingest", self.ingest.ports["internal"]], self.folder)
        self.query.start()

    @property
    def rest(self) -> Rest:
        assert self.query
        return Rest(self.query.ports["http"])

    @property
    def ops(self) -> Rest:
        """Health and metrics of ingest."""
        assert self.ingest
        return Rest(self.ingest.ports["ops"])

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
