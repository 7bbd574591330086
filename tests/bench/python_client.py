"""What logging costs a Python training, and what is left of it after kill -9: Stepwell's client beside its peers."""

from __future__ import annotations

import importlib
import json
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from bench import mlflow_server
from bench.end_to_end import Plan, serving
from bench.table import Figure
from client import training
from client.syncing import copy_as, sync
from harness import processes
from harness.rest import Rest

SCRIPT = pathlib.Path(__file__).with_name("log_cost.py")
PEERS = ("tensorboardX", "wandb offline")
MLFLOW = "MLflow async"
NOWHERE = "127.0.0.1:9"  # nobody listens there


def log(
    spool: pathlib.Path,
    server: str,
    system: str,
    calls: int,
    *,
    end: str = "finish",
    python: str | pathlib.Path = sys.executable,
    **settings: str,
) -> dict[str, float]:
    """What log_cost.py printed; nothing after kill -9."""
    asked = json.dumps({"system": system, "calls": calls, "end": end, "name": spool.name})
    done = subprocess.run(
        [python, str(SCRIPT), asked],
        env=training.environment(spool, server, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if end == "kill":
        return {}
    if done.returncode:
        raise RuntimeError(f"log_cost.py failed: {done.stderr.strip()[-1000:]}")
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def fresh(folder: pathlib.Path, name: str) -> pathlib.Path:
    path = folder / name
    path.mkdir()
    return path


def measure_cost(plan: Plan, folder: pathlib.Path, server: str, build: pathlib.Path) -> list[Figure]:
    calls = 2_000 if plan.quick else 20_000
    ways = {"up": (server, "stepwell"), "away": (NOWHERE, "stepwell")}
    ways |= {name: ("", name) for name in PEERS if "tensorboard" in plan.peers}
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
    for i in range(plan.repeats):
        for name, (where, system) in ways.items():
            spool = fresh(folder, f"{name}-{i}")
            found[name].append(log(spool, where, system, calls))
            training.stop_uploader(spool)
    if "mlflow" in plan.peers:
        found[MLFLOW] = cost_of_mlflow(plan, folder, build)
    medians = {name: [one["median_us"] for one in all_] for name, all_ in found.items()}
    tails = {name: [one["p99_us"] for one in all_] for name, all_ in found.items()}
    growth = [away / up for away, up in zip(medians["away"], medians["up"], strict=True)]
    peers = [name for name in found if name not in ("up", "away")]
    return [
        Figure("log_cost", medians["up"], f"{calls:,} calls", [(p, statistics.median(medians[p])) for p in peers]),
        Figure("log_p99", tails["up"], "", [(p, statistics.median(tails[p])) for p in peers]),
        Figure("log_away", growth, f"median {statistics.median(medians['away']):.3g} µs"),
    ]


def cost_of_mlflow(plan: Plan, folder: pathlib.Path, build: pathlib.Path) -> list[dict[str, float]]:
    """Of few calls: its server takes a call every 50 ms or so, and the end waits for all of them."""
    place = fresh(folder, "mlflow")
    with mlflow_server.serving(build, place) as running:
        python = mlflow_server.environment(build) / "python"
        uri = {"MLFLOW_TRACKING_URI": running.address, "MLFLOW_DISABLE_TELEMETRY": "true"}
        return [log(place, "", MLFLOW, 300, python=python, **uri) for _ in range(plan.repeats)]


def measure_rate(plan: Plan, folder: pathlib.Path, server: str) -> Figure:
    """Until the server has acknowledged everything."""
    calls = 10_000 if plan.quick else 300_000
    rates = []
    for i in range(plan.repeats):
        spool = fresh(folder, f"rate-{i}")
        begin = time.perf_counter()
        log(spool, server, "stepwell", calls)
        training.wait_sent(spool)
        rates.append(calls * 10 / (time.perf_counter() - begin) / 1e3)
        training.stop_uploader(spool)
    return Figure("log_rate", rates, f"{calls * 10 / 1e6:g} M scalars, all acknowledged")


def measure_sync(plan: Plan, folder: pathlib.Path, server: str) -> Figure:
    """An offline run's spool to the server, by `stepwell sync` and by the Python package, in turns."""
    calls = 10_000 if plan.quick else 1_000_000
    logged = fresh(folder, "sync-logged")
    log(logged, NOWHERE, "stepwell", calls, STEPWELL_MODE="offline")
    ways: dict[str, Callable[[pathlib.Path], subprocess.CompletedProcess[str]]]
    ways = {"native": lambda spool: sync(plan.program, spool, "--server", server),
            "python": lambda spool: training.command(spool, server, "sync", "--server", server)}  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for i in range(plan.repeats):
        for name, send in ways.items():
            spool = fresh(folder, f"sync-{name}-{i}")
            copy_as(logged, spool, spool.name)
            begin = time.perf_counter()
            done = send(spool)
            if done.returncode:
                raise RuntimeError(f"{name} sync failed: {done.stdout}{done.stderr}")
            rates[name].append(calls * 10 / (time.perf_counter() - begin) / 1e6)
    peer = ("python -m stepwell sync", statistics.median(rates["python"]))
    return Figure("sync_rate", rates["native"], f"{calls * 10 / 1e6:g} M scalars", [peer])


def measure_visible(plan: Plan, folder: pathlib.Path, server: str, rest: Rest) -> Figure:
    """From the return of a call to the REST answer that has its point, for calls 0.1 s apart."""
    spool = fresh(folder, "visible")
    told = spool / "told"
    init = {"experiment": "visible", "id": "visible", "name": "visible"}
    trainer = training.start(spool, server, init, 1_000_000, pause=0.1, told=str(told), end="hang")
    delays: list[float] = []
    try:
        deadline = time.monotonic() + 120
        while len(delays) < (10 if plan.quick else 60) and time.monotonic() < deadline:
            before = told.stat().st_size if told.exists() else 0
            while not told.exists() or told.stat().st_size == before:
                time.sleep(0.001)
            returned = time.perf_counter()
            while returned + 10 > time.perf_counter():
                answer = rest.call("GET", "/api/v1/runs/visible/points", {"tag": "0/loss"})
                if answer.status == 200 and len(json.loads(answer.body)["items"]) > before:
                    break
            delays.append((time.perf_counter() - returned) * 1e3)
    finally:
        trainer.kill()
        trainer.communicate()
        training.stop_uploader(spool)
    p95 = sorted(delays)[len(delays) * 95 // 100]
    return Figure("log_visible", [p95], f"{len(delays)} calls, median {statistics.median(delays):.3g} ms")


def measure_kill(plan: Plan, folder: pathlib.Path, server: str, rest: Rest) -> Figure:
    """Points of 10,000 calls of 10 scalars that are not there, or there twice, after the trainer killed itself."""
    calls = 1_000 if plan.quick else 10_000
    spool = fresh(folder, "kill")
    log(spool, server, "stepwell", calls, end="kill")
    training.wait_sent(spool)
    training.stop_uploader(spool)
    run = rest.runs("log-cost")[spool.name]["id"]
    lost = calls * 10 - sum(len(rest.points(run, series["tag"])) for series in rest.series(run))
    peers = []
    if "tensorboard" in plan.peers:
        other = fresh(folder, "kill-peer")
        log(other, "", PEERS[0], calls, end="kill")
        peers.append((PEERS[0], float(calls * 10 - events(other))))
    return Figure("log_kill", [float(abs(lost))], f"of {calls * 10:,}", peers)


def events(folder: pathlib.Path) -> int:
    """Whole scalar records in the event files of a folder."""
    loader = importlib.import_module("tensorboard.backend.event_processing.event_file_loader").EventFileLoader
    return sum(1 for path in folder.rglob("*tfevents*") for event in loader(str(path)).Load() if event.summary.value)


def measure_memory(plan: Plan, folder: pathlib.Path) -> Figure:
    """As many calls as an hour at 1,000 scalars a second has, without the pauses between them."""
    calls = 10_000 if plan.quick else 360_000
    spool = fresh(folder, "memory")
    told = log(spool, NOWHERE, "stepwell", calls, STEPWELL_MODE="offline")
    return Figure("log_memory", [told["memory_mib"]], f"{calls:,} calls of 10, without the hour's pauses")


def measure_import(plan: Plan) -> Figure:
    code = "import time; t = time.perf_counter(); import stepwell; print(time.perf_counter() - t)"
    environment = {**processes.clean_environment(), "PYTHONPATH": str(training.PACKAGE)}
    taken = []
    for _ in range(plan.repeats):
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        taken.append(float(done.stdout) * 1e3)
    return Figure("log_import", taken)


def measure(plan: Plan, build: pathlib.Path) -> list[Figure]:
    with serving(plan) as server, processes.folder("stepwell-bench-") as folder:
        rest = Rest(server.http)
        return [
            *measure_cost(plan, folder, server.grpc, build),
            measure_rate(plan, folder, server.grpc),
            measure_sync(plan, folder, server.grpc),
            measure_visible(plan, folder, server.grpc, rest),
            measure_kill(plan, folder, server.grpc, rest),
            measure_memory(plan, folder),
            measure_import(plan),
        ]
