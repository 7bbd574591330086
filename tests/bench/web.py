"""The web application in Chromium, by what a person sees: pixels of charts, rows of the run table."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from typing import Any

from bench.end_to_end import PEER, Plan, metric, serving, upload
from bench.logs import Shape
from bench.peers import tensorboard_first_chart
from bench.table import Figure
from client import training
from harness import processes, waiting
from harness.processes import Server
from harness.rest import Rest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "services" / "web"


def script(name: str, *arguments: str, timeout: float = 180) -> dict[str, Any]:
    """What a script of this folder measured in Chromium."""
    chromium = os.environ.get("STEPWELL_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise RuntimeError("chromium is not there")
    done = subprocess.run(
        ["node", ROOT / "tests" / "bench" / name, arguments[0], chromium, WEB, *arguments[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-500:]}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def first_chart(address: str, *page: str) -> float:
    """Seconds; `page`: what a page that is not ours calls its charts (first_chart.mjs)."""
    return float(script("first_chart.mjs", address, *page)["seconds"])


def first_charts(plan: Plan) -> list[Figure]:
    shapes = {
        "first_chart_tags": Shape(1, 1000, 50) if plan.quick else Shape(1, 10_000, 100),
        "first_chart_runs": Shape(100, 20, 50) if plan.quick else Shape(1000, 20, 100),
        "first_chart_both": Shape(20, 20, 50) if plan.quick else Shape(100, 100, 100),
    }
    figures = []
    with serving(plan) as server:
        for key, shape in shapes.items():
            logdir = plan.logs("browser", shape)
            upload(plan, server, logdir, key)
            experiment = Rest(server.http).experiment(key)["id"]
            address = f"{server.http}/w/default/e/{experiment}"
            seconds = [first_chart(address) for _ in range(plan.repeats)]
            note, peer = f"{shape.runs} × {shape.tags}", None
            if "tensorboard" in plan.peers:
                try:
                    peer = tensorboard_first_chart(logdir, shape, first_chart)
                except RuntimeError as error:  # our own figure stands without it
                    note += f"; TensorBoard: {str(error).splitlines()[0]}"
            figures.append(Figure(key, seconds, note, [(PEER, peer)] if peer else []))
    return figures


def scripts(plan: Plan) -> list[Figure]:
    del plan
    done = processes.run(["node", WEB / "scripts" / "size.mjs", "--json"], timeout=60)
    if done.returncode:
        raise RuntimeError(f"size.mjs: {done.stdout}{done.stderr}")
    return [Figure("web_scripts", [json.loads(done.stdout)["bytes"] / 1000])]


def run_table(plan: Plan) -> list[Figure]:
    """A store of many runs is kept for the next time: making it takes minutes."""
    runs = 2000 if plan.quick else 100_000
    kept = plan.work / f"many-runs-{runs}"
    made = kept / "made"
    kept.mkdir(mode=0o755, exist_ok=True)
    plan.work.chmod(0o755)  # the private PostgreSQL of a server that root starts is not root
    server = Server(plan.program, kept)
    server.start()
    try:
        if not made.exists():
            command = [plan.program.parent.parent / "bench" / "make_runs", "--server", server.grpc, "--runs", runs]
            done = processes.run([str(part) for part in command], timeout=3600)
            if done.returncode:
                raise RuntimeError(f"make_runs: {done.stderr}")
            deadline = time.monotonic() + 3600
            while metric(server, "stepwell_catalog_backlog_series") > 0:  # points are there, lists follow
                if time.monotonic() > deadline:
                    raise RuntimeError("the run list did not follow in an hour")
                time.sleep(1)
            made.touch()
        experiment = Rest(server.http).experiment("many")["id"]
        asked = {"q": 'params.lr>=1e-4 and params.opt="adam"', "sort": '-m."val/acc".max'}
        query = urllib.parse.urlencode(asked, quote_via=urllib.parse.quote)
        address = f"{server.http}/w/default/e/{experiment}?{query}"
        told = [script("run_table.mjs", address)["milliseconds"] for _ in range(plan.repeats)]
        return [Figure("web_table", told, f"{runs:,} runs"), completion(plan, Rest(server.http), experiment)]
    finally:
        if server.running:
            server.stop(60)
        server.kill_tree()


def completion(plan: Plan, rest: Rest, experiment: str) -> Figure:
    """What the filter's editor asks for, through REST."""

    def milliseconds(key: str) -> float:
        start = time.perf_counter()
        rest.get(f"/api/v1/experiments/{experiment}/values", key=key, limit=50)
        return 1e3 * (time.perf_counter() - start)

    keys = [item["key"] for item in rest.items(f"/api/v1/experiments/{experiment}/keys") if item["space"] == "run"]
    told = {key: [milliseconds(key) for _ in range(plan.repeats)] for key in keys}
    slowest = max(keys, key=lambda key: statistics.median(told[key]))
    return Figure("web_values", told[slowest], slowest)


def charts_answer(plan: Plan) -> list[Figure]:
    """A step of smoothing and a hover; of TensorBoard neither can be told from outside."""
    figures = []
    with serving(plan) as server:
        for key, what, shape, query in (
            ("web_redraw", "redraw", Shape(50, 12, 1000), "sel=top:50"),
            ("web_hover", "hover", Shape(1000, 1, 1000), "sel=all"),
        ):
            upload(plan, server, plan.logs("browser", shape), key)
            experiment = Rest(server.http).experiment(key)["id"]
            address = f"{server.http}/w/default/e/{experiment}?{query}"
            medians = [
                statistics.median(script("charts.mjs", address, what)["milliseconds"]) for _ in range(plan.repeats)
            ]
            figures.append(Figure(key, medians, f"{shape.runs} × {shape.tags} × {shape.points:,}"))
    return figures


@contextlib.contextmanager
def load(plan: Plan, server: Server, seconds: float, *how: str) -> Iterator[str]:
    """load_bench meanwhile; gives the address of its experiment's page."""
    bench = plan.program.parent.parent / "bench" / "load_bench"
    command = [str(bench), "--server", server.grpc, "--seconds", f"{seconds:g}", *how]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"load_bench did not start: exit status {process.wait()}")
        yield f"{server.http}/w/default/e/{Rest(server.http).experiment('load')['id']}"
    finally:
        process.terminate()
        process.wait()


def live_task(plan: Plan) -> list[Figure]:
    """50,000 points a second; a task shorter than 50 ms is no long task, and the figure 0 then."""
    seconds = 5 if plan.quick else 30
    with (
        serving(plan) as server,
        load(
            plan,
            server,
            40 * plan.repeats + 60 + seconds * plan.repeats,
            "--clients",
            "20",
            "--series",
            "50",
            "--interval",
            "0.02",
        ) as address,
    ):
        longest = [script("charts.mjs", address, "task", str(seconds))["milliseconds"] for _ in range(plan.repeats)]
    return [Figure("web_task", longest, f"{seconds} s each; the worst {max(longest):.0f}")]


def listed(rest: Rest, name: str) -> bool:
    return any(experiment["name"] == name for experiment in rest.items("/api/v1/experiments"))


def drawn_after(returned: dict[int, float], seen: dict[int, float]) -> list[float]:
    """Seconds from each call's return to a picture with its point or a later one; the page's first is not live."""
    first, last = min(seen), max(seen)
    return [
        min(at for newest, at in seen.items() if newest >= step) - back
        for step, back in returned.items()
        if first < step <= last
    ]


def log_to_pixel(plan: Plan) -> list[Figure]:
    """From the return of run.log to the chart that has the point, both by this machine's clock."""
    seconds = 5 if plan.quick else 30
    p95 = []
    for _ in range(plan.repeats):
        with serving(plan) as server, processes.folder("stepwell-bench-") as spool:
            environment = training.environment(spool, server.grpc)
            logger = subprocess.Popen([sys.executable, ROOT / "tests" / "bench" / "rising.py"], env=environment,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)  # fmt: skip
            try:
                rest = Rest(server.http)
                waiting.until(lambda rest=rest: listed(rest, "rising"), "the experiment is listed")  # type: ignore[misc]
                experiment = rest.experiment("rising")["id"]
                address = f"{server.http}/w/default/e/{experiment}?sm=none"
                seen = script("charts.mjs", address, "pixel", str(seconds))["seen"]
            finally:
                logger.terminate()
                told, _ = logger.communicate()
                training.stop_uploader(spool)
        returned = {int(step): float(at) for step, at in (line.split() for line in told.splitlines())}
        delays = drawn_after(returned, {int(step): ms / 1e3 for step, ms in seen.items()})
        if len(delays) < 5 * seconds:
            raise RuntimeError(f"only {len(delays)} points were drawn in {seconds} s")
        p95.append(1e3 * sorted(delays)[len(delays) * 95 // 100])
    return [Figure("web_pixel", p95, "ten calls a second")]


def tab_memory(plan: Plan) -> list[Figure]:
    """By how many percent the tab grows between the first tenth of the time and the end, with a page of live charts."""
    minutes = 1 if plan.quick else float(os.environ.get("STEPWELL_BENCH_LIVE_MINUTES", "10"))
    with serving(plan) as server:
        asked = ("--clients", "20", "--series", "50", "--interval", "0.2")
        with load(plan, server, 60 * minutes + 60, *asked) as address:
            mib = script("tab_memory.mjs", address, f"{60 * minutes:g}", timeout=60 * minutes + 180)["mib"]
    note = f"{mib[0]:.0f} → {mib[-1]:.0f} MiB in {minutes:g} min of 5,000 points/s"
    return [Figure("web_memory", [100 * (mib[-1] / mib[0] - 1)], note)]


# Each by itself, so that one that fails leaves the others their figures.
MEASUREMENTS = (scripts, first_charts, charts_answer, live_task, log_to_pixel, run_table, tab_memory)
