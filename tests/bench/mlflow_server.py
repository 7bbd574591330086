"""A second peer, on request (--mlflow): MLflow's server on PostgreSQL, from PyPI into an environment of its own.

Not mlflow.py: a script of this folder that imports the package would import that.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator

from harness.postgres import Postgres

REQUIREMENTS = pathlib.Path(__file__).resolve().parent.parent / "requirements-mlflow.txt"
WRITERS = 4
SECONDS = 20.0
START_SECONDS, STOP_SECONDS = 600.0, 30.0  # it makes its tables and loads its workers: a quarter of a minute alone


def environment(build: pathlib.Path) -> pathlib.Path:
    """The folder with MLflow's programs."""
    venv = build / "venv-mlflow"
    if not (venv / "bin" / "mlflow").exists():
        subprocess.run(["/usr/bin/python3", "-m", "venv", venv], check=True)
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
    return venv / "bin"


class Mlflow:
    def __init__(self, programs: pathlib.Path, folder: pathlib.Path, database: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        command = [str(programs / "mlflow"), "server", "--host", "127.0.0.1", "--port", port]
        self.process = subprocess.Popen(
            [*command, "--backend-store-uri", database, "--default-artifact-root", str(folder / "artifacts")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
            env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "MLFLOW_DISABLE_TELEMETRY": "true"},
        )

    def call(self, path: str, body: dict[str, object]) -> dict[str, object]:
        request = urllib.request.Request(
            f"{self.address}/api/2.0/mlflow/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as reply:
            answer: dict[str, object] = json.loads(reply.read() or b"{}")
        return answer

    def wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.address}/health", timeout=5):
                return
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("MLflow did not start")
            time.sleep(0.2)

    def stop(self) -> None:
        """The server and its workers, which need not end when they are asked to."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def serving(build: pathlib.Path, folder: pathlib.Path) -> Iterator[Mlflow]:
    postgres = Postgres(folder, durable=True)
    postgres.start()
    try:
        url = f"postgresql+psycopg2://stepwell@/stepwell?host={postgres.data}"
        running = Mlflow(environment(build), folder, url)
        try:
            running.wait()
            yield running
        finally:
            running.stop()
    finally:
        postgres.stop()


def ingest(build: pathlib.Path, folder: pathlib.Path, tags: int, steps: int) -> float:
    """Points a second of four clients that log batches of tags × steps (MLflow takes 1,000 metrics a request)."""
    with serving(build, folder) as server:
        experiment = server.call("experiments/create", {"name": "bench"})["experiment_id"]
        done = [0] * WRITERS
        end = time.monotonic() + SECONDS

        def write(writer: int) -> None:
            made = server.call("runs/create", {"experiment_id": experiment, "start_time": int(time.time() * 1e3)})
            run = made["run"]["info"]["run_id"]  # type: ignore[index]
            first = 0
            while time.monotonic() < end:
                now = int(time.time() * 1e3)
                metrics = [
                    {"key": f"group/metric{t}", "value": 1 / (1 + first + s), "timestamp": now, "step": first + s}
                    for s in range(steps)
                    for t in range(tags)
                ]
                server.call("runs/log-batch", {"run_id": run, "metrics": metrics})
                done[writer] += len(metrics)
                first += steps

        threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
        begin = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(done) / (time.monotonic() - begin)
