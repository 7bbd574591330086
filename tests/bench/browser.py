"""Seconds from a page's opening to its first drawn chart in Chromium (first_chart.mjs looks at pixels)."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess

from bench.end_to_end import PEER, Plan, serving, upload
from bench.logs import Shape
from bench.peers import tensorboard_first_chart
from bench.table import Figure
from harness.rest import Rest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def first_chart(address: str, *page: str) -> float:
    """Seconds; `page`: what a page that is not ours calls its charts (first_chart.mjs)."""
    chromium = os.environ.get("STEPWELL_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise RuntimeError("chromium is not there")
    done = subprocess.run(
        ["node", ROOT / "tests" / "bench" / "first_chart.mjs", address, chromium, ROOT / "services" / "web", *page],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"no chart was drawn: {done.stderr.strip()[-500:]}")
    return float(json.loads(done.stdout)["seconds"])


def measure(plan: Plan) -> list[Figure]:
    many_tags = Shape(1, 1000, 50) if plan.quick else Shape(1, 10_000, 100)
    many_runs = Shape(100, 20, 50) if plan.quick else Shape(1000, 20, 100)
    figures = []
    with serving(plan) as server:
        for key, shape in (("first_chart_tags", many_tags), ("first_chart_runs", many_runs)):
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
