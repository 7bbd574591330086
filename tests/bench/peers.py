"""The peer that PyPI has: TensorBoard with its fast loader, on the same event files on the same machine."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator

from bench import logs, memory
from bench.logs import Shape
from harness.event_file import EventFile


@dataclasses.dataclass(frozen=True)
class Load:
    seconds: float  # from the start of the program until the last point of the last run is served
    mib: float


class TensorBoard:
    def __init__(self, logdir: pathlib.Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir), "--port", str(self.port)]
        # Its fast loader is a program of the package tensorboard-data-server, found through PATH.
        path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
        self.process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--load_fast", "true"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PATH": path},
        )

    def time_series(self, tag: str, run: str | None = None) -> dict[str, list[dict[str, float]]]:
        """What its page asks for to draw a chart: run → points."""
        asked = {"plugin": "scalars", "tag": tag, **({"run": run} if run else {})}
        body = urllib.parse.urlencode({"requests": json.dumps([asked])})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        with contextlib.closing(connection):
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", "/data/plugin/timeseries/timeSeries", body, headers)
            answer = json.loads(connection.getresponse().read())
        series: dict[str, list[dict[str, float]]] = answer[0].get("runToSeries", {})
        return series

    def wait_for(self, tag: str, runs: list[str], last_step: int) -> None:
        """Until the last point of all these runs is served."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
                found = self.time_series(tag)
                if all(found.get(run, [{}])[-1].get("step") == last_step for run in runs):
                    return
            time.sleep(0.2)
        raise RuntimeError("TensorBoard did not load the logs in ten minutes")


@contextlib.contextmanager
def tensorboard(logdir: pathlib.Path) -> Iterator[TensorBoard]:
    running = TensorBoard(logdir)
    try:
        yield running
    finally:
        running.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(20)
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def run_names(logdir: pathlib.Path) -> list[str]:
    return sorted(path.name for path in logdir.iterdir() if path.is_dir())


def tensorboard_load(logdir: pathlib.Path, shape: Shape) -> Load:
    begin = time.perf_counter()
    with tensorboard(logdir) as running, memory.Peak(running.process.pid) as peak:
        running.wait_for(logs.tag_name(shape.tags - 1), run_names(logdir), shape.points - 1)
        seconds = time.perf_counter() - begin
    return Load(seconds, peak.mib)


def _median_ms(running: TensorBoard, tag: str, run: str | None, count: int) -> float:
    taken = []
    for _ in range(count + 1):
        begin = time.perf_counter()
        running.time_series(tag, run)
        taken.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(taken[1:])


def tensorboard_query(logdir: pathlib.Path, run: str, tag: str, points: int) -> float:
    """Milliseconds of a round trip for one series."""
    with tensorboard(logdir) as running:
        running.wait_for(tag, [run], points - 1)
        return _median_ms(running, tag, run, 25)


def tensorboard_memory(logdir: pathlib.Path) -> float:
    """MiB of a TensorBoard that has come to rest on a log directory."""
    with tensorboard(logdir) as running:
        return memory.settled(running.process.pid)


def tensorboard_follow(logdir: pathlib.Path, file: EventFile, lines: int) -> list[float]:
    """Seconds until each line that was flushed into the run's file is served."""
    waits = []
    with tensorboard(logdir) as running:
        running.wait_for("loss", ["run"], 0)
        for step in range(1, lines + 1):
            time.sleep(0.25 + 0.037 * (step % 13))
            file.scalars("loss", [(step, logs.START + step, float(step))])
            begin = time.perf_counter()
            while running.time_series("loss")["run"][-1]["step"] != step:
                time.sleep(0.02)
            waits.append(time.perf_counter() - begin)
    return waits


# A chart of its page, and the boxes before the names of runs: with many runs it selects none.
PLOT, TICK = "line-chart .series-view", "runs-data-table mat-checkbox input, tb-data-table mat-checkbox input"


def tensorboard_first_chart(logdir: pathlib.Path, shape: Shape, first_chart: Callable[..., float]) -> float:
    """Seconds to the first chart of a page whose data is loaded already."""
    with tensorboard(logdir) as running:
        running.wait_for(logs.tag_name(shape.tags - 1), run_names(logdir), shape.points - 1)
        return first_chart(f"http://127.0.0.1:{running.port}/", PLOT, TICK)


def tensorboard_compare(logdir: pathlib.Path, shape: Shape) -> float:
    """Milliseconds of a round trip for all runs of one tag."""
    with tensorboard(logdir) as running:
        running.wait_for(logs.tag_name(0), run_names(logdir), shape.points - 1)
        return _median_ms(running, logs.tag_name(0), None, 20)
