"""Figures of the whole: real programs, real event files, REST over loopback; client and server on the same cores."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench import logs, memory, peers
from bench.client import Client, maxima
from bench.logs import Shape
from bench.table import Figure
from harness import processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

PEER = "TensorBoard's fast loader"
QUIET: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclasses.dataclass(frozen=True)
class Plan:
    """What all measurements share. `work` holds logs that a second run uses again."""

    program: pathlib.Path
    work: pathlib.Path
    quick: bool
    repeats: int
    peers: frozenset[str]

    def logs(self, name: str, shape: Shape) -> pathlib.Path:
        folder = self.work / f"{name}-{shape.runs}x{shape.tags}x{shape.points}"
        logs.write(folder, shape)
        return folder


@contextlib.contextmanager
def serving(plan: Plan, *flags: str) -> Iterator[Server]:
    with processes.folder("stepwell-bench-") as folder:
        server = Server(plan.program, folder, *flags)
        server.start()
        try:
            yield server
        finally:
            if server.running:
                server.stop(60)
            server.kill_tree()


def upload(plan: Plan, server: Server, logdir: pathlib.Path, experiment: str) -> subprocess.CompletedProcess[str]:
    done = processes.run(
        [plan.program, "upload", logdir, "--experiment", experiment, "--server", server.grpc], timeout=1800
    )
    if done.returncode:
        raise RuntimeError(f"upload of {logdir} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def check_upload(server: Server, experiment: str, shape: Shape) -> None:
    """Every point is there to be read: the counts of some runs' series, and all runs."""
    rest = Rest(server.http)
    runs = rest.runs(experiment)
    if len(runs) != shape.runs:
        raise RuntimeError(f"{len(runs)} runs, not {shape.runs}")
    for name in sorted(runs)[:: max(1, shape.runs // 10)]:
        counts = [s["count"] for s in rest.series(runs[name]["id"])]
        if counts != [shape.points] * shape.tags:
            raise RuntimeError(f"{name}: counts {counts[:5]}..., not {shape.tags} times {shape.points}")


def measure_upload(plan: Plan) -> list[Figure]:
    shape = Shape(20, 20, 1250) if plan.quick else Shape(100, 20, 5000)
    logdir = plan.logs("upload", shape)
    seconds, most = [], []
    for _ in range(plan.repeats):
        with serving(plan) as server:
            command = [str(plan.program), "upload", str(logdir), "--experiment", "bench", "--server", server.grpc]
            begin = time.perf_counter()
            client = subprocess.Popen(command, **QUIET | {"stdout": subprocess.PIPE})
            with memory.Peak(server.pid, client.pid) as peak:
                output, _ = client.communicate(timeout=1800)
            seconds.append(time.perf_counter() - begin)
            if client.returncode:
                raise RuntimeError(f"upload failed:\n{output[-2000:].decode(errors='replace')}")
            most.append(peak.mib)
            check_upload(server, "bench", shape)
    note = f"{shape.total / 1e6:g} M points, {shape.total / statistics.median(seconds) / 1e6:.2f} M points/s"
    peer = peers.tensorboard_load(logdir, shape) if "tensorboard" in plan.peers else None
    return [
        Figure("upload_seconds", seconds, note, [(PEER, peer.seconds)] if peer else []),
        Figure("upload_memory", most, "", [(PEER, peer.mib)] if peer else []),
    ]


def times(client: Client, series: list[tuple[str, str]], count: int) -> tuple[list[float], list[float], bytes]:
    """Server times (round trips where the server does not tell), round trips and the last answer."""
    client.series(series, 1000)
    taken = [client.series(series, 1000) for _ in range(count)]
    return (
        [t.round_trip if t.server is None else t.server for t in taken],
        [t.round_trip for t in taken],
        taken[-1].body,
    )


def measure_query(plan: Plan) -> list[Figure]:
    spiked = logs.KINDS.index("grad_norm")
    lengths = (50_000, 500_000) if plan.quick else (1_000_000, 10_000_000)
    long = plan.work / f"long-{lengths[1]}"
    for name, points in zip(("short", "long"), lengths, strict=True):
        logs.write_run(long / name, points, [spiked], points)
    wide = Shape(50, 1, 10_000 if plan.quick else 100_000)
    compared = plan.logs("compare", wide)
    tag, count = logs.tag_name(spiked), 5 if plan.quick else 25
    with serving(plan, "--seal-age", "1s") as server:
        upload(plan, server, long, "long")
        upload(plan, server, compared, "compare")
        rest, client = Rest(server.http), Client(server.http)
        runs = rest.runs("long")
        figures, medians, spikes = [], {}, []
        for key, name in (("query_1m", "short"), ("query_10m", "long")):
            inside, outside, body = times(client, [(runs[name]["id"], tag)], count)
            spikes.append(maxima(body) == [logs.SPIKE])
            medians[name] = statistics.median(inside)
            figures.append(Figure(key, inside, f"{lengths[name == 'long']:,} points"))
            if name == "short":
                peer = peers.tensorboard_query(long, "short", tag, lengths[0]) if "tensorboard" in plan.peers else None
                figures.append(Figure("query_round_trip", outside, "", [(PEER, peer)] if peer else []))
        figures.append(Figure("query_growth", [medians["long"] / medians["short"]]))
        figures.append(Figure("query_spikes", [float(spikes.count(False))]))
        chosen = [(run["id"], logs.tag_name(0)) for run in rest.runs("compare").values()]
        _, outside, _ = times(client, chosen, count)
    peer = peers.tensorboard_compare(compared, wide) if "tensorboard" in plan.peers else None
    figures.append(Figure("compare", outside, "round trip", [(PEER, peer)] if peer else []))
    return figures


def measure_disk(plan: Plan) -> list[Figure]:
    shape = Shape(5, 20, 5000) if plan.quick else Shape(20, 20, 25_000)
    logdir = plan.logs("disk", shape)
    with serving(plan, "--seal-age", "1s") as server:
        empty = logs.size(server.data)
        upload(plan, server, logdir, "disk")
        # Sealing and compaction go on after the upload: wait until the folder has stood still for a while.
        sizes = [logs.size(server.data)]
        while len(sizes) < 60 and (len(sizes) < 8 or len(set(sizes[-8:])) > 1):
            time.sleep(1)
            sizes.append(logs.size(server.data))
        server.stop(60)
        whole, store = logs.size(server.data), logs.size(server.data) - logs.size(server.data / "postgres")
    note = f"event files {logs.size(logdir) / shape.total:.1f}; the store alone {store / shape.total:.2f}"
    return [Figure("disk", [max(store, whole - empty) / shape.total], note)]


def measure_memory(plan: Plan) -> list[Figure]:
    with serving(plan) as server:
        values = [memory.settled(server.pid, 2 if plan.quick else 10) for _ in range(plan.repeats)]
    peer = None
    if "tensorboard" in plan.peers:
        with processes.folder("stepwell-bench-") as logdir:
            peer = peers.tensorboard_memory(logdir)
    return [Figure("idle_memory", values, "", [("TensorBoard", peer)] if peer else [])]


def measure_follow(plan: Plan) -> list[Figure]:
    waits = []
    with serving(plan) as server, processes.folder("stepwell-bench-") as logdir:
        file = EventFile(logdir / "run")
        file.scalars("loss", [(0, logs.START, 0.0)])
        command = [str(plan.program), "upload", str(logdir), "--experiment", "follow", "--server", server.grpc]
        follower = subprocess.Popen([*command, "--follow"], **QUIET)
        try:
            rest, client = Rest(server.http), Client(server.http)
            run = wait_for_run(rest, "follow")
            for step in range(1, 6 if plan.quick else 60):
                time.sleep(0.25 + 0.037 * (step % 13))  # never in step with anybody's second
                file.scalars("loss", [(step, logs.START + step, float(step))])
                begin = time.perf_counter()
                while maxima(client.series([(run, "loss")], 1000).body) != [float(step)]:
                    if time.perf_counter() - begin > 30:
                        raise RuntimeError("a line was not visible after 30 s")
                    time.sleep(0.005)
                waits.append(time.perf_counter() - begin)
        finally:
            follower.terminate()
            follower.wait(20)
    late = _late(waits)
    peer = None
    if "tensorboard" in plan.peers:
        with processes.folder("stepwell-bench-") as logdir:
            file = EventFile(logdir / "run")
            file.scalars("loss", [(0, logs.START, 0.0)])
            peer = _late(peers.tensorboard_follow(logdir, file, 3 if plan.quick else 15))
    note = f"{len(waits)} lines, median {statistics.median(waits):.3f} s"
    return [Figure("follow", [late], note, [(PEER, peer)] if peer else [])]


def _late(waits: list[float]) -> float:
    """The 95th percentile."""
    return sorted(waits)[int(0.95 * (len(waits) - 1))]


def wait_for_run(rest: Rest, experiment: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError, KeyError):
            run: str = rest.runs(experiment)["run"]["id"]
            rest.points(run, "loss")
            return run
        time.sleep(0.1)
    raise RuntimeError("the followed run did not appear")


def measure_restart(plan: Plan) -> list[Figure]:
    """Uploads with sealing put off, kill -9 of the whole tree, and the time until the server says that it is ready."""
    shape = Shape(20, 20, 1000) if plan.quick else Shape(640, 100, 1000)
    logdir = plan.logs("restart", shape)
    ready, journal = [], 0.0
    with serving(plan, "--seal-age", "24h") as server:
        upload(plan, server, logdir, "restart")
        for _ in range(plan.repeats):
            journal = max(journal, metric(server, "stepwell_ingest_journal_bytes") / memory.MIB)
            server.kill_tree()
            begin = time.perf_counter()
            server.start()
            ready.append(time.perf_counter() - begin)
        check_upload(server, "restart", shape)
    return [Figure("restart", ready), Figure("restart_journal", [journal])]


def metric(server: Server, name: str) -> float:
    """The sum of a metric over its labels; 0 if the server does not tell it."""
    lines = Rest(server.http).call("GET", "/metrics").body.decode().splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.split("{")[0].split(" ")[0] == name)


def under_load(plan: Plan, server: Server, flags: dict[str, float]) -> tuple[dict[str, float], float]:
    """What load_bench says, and the most memory (MiB) that the server and its PostgreSQL had while it ran."""
    command = [str(plan.program.parent.parent / "bench" / "load_bench"), "--server", server.grpc]
    command += [part for name, value in flags.items() for part in (f"--{name}", f"{value:g}")]
    load = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    assert load.stdout
    if load.stdout.readline().strip() != "ready":
        raise RuntimeError(f"load_bench did not start: exit status {load.wait()}")
    with memory.Peak(server.pid) as peak:
        output, _ = load.communicate(timeout=3600)
    figures = [json.loads(line) for line in output.splitlines()]
    if load.returncode:
        raise RuntimeError(f"load_bench ended with {load.returncode}: {figures}")
    return {figure["name"]: figure["value"] for figure in figures}, peak.mib


def measure_clients(plan: Plan) -> list[Figure]:
    clients, seconds = (100, 5) if plan.quick else (2000, 30)
    delays, most = [], []
    for _ in range(plan.repeats):
        with serving(plan) as server:
            told, mib = under_load(plan, server, {"clients": clients, "series": 10, "interval": 1, "seconds": seconds})
        delays.append(told["ack_p99"])
        most.append(mib)
    return [
        Figure("clients_ack_p99", delays, f"{clients} clients for {seconds} s"),
        Figure("clients_memory", most, "ingest, query and PostgreSQL"),
    ]


def measure_open_series(plan: Plan) -> list[Figure]:
    series, seconds = (2_000, 20) if plan.quick else (100_000, 600)
    with serving(plan) as server:
        told, mib = under_load(plan, server, {"clients": 10, "series": series, "interval": 10, "seconds": seconds})
        runs = Rest(server.http).runs("load")
        (answer,) = Rest(server.http).query(
            [{"run": runs["client-0"]["id"], "tag": "group0/metric0"}], x="step", columns=100
        )
        if answer.get("count") != seconds // 10:
            raise RuntimeError(f"a series has {answer.get('count')} points, not {seconds // 10}")
    note = f"{10 * series:,} series for {seconds} s"
    return [Figure("open_series_memory", [mib], note), Figure("open_series_stall", [told["ack_max"]])]


MEASUREMENTS = {
    "clients": measure_clients,
    "open-series": measure_open_series,
    "upload": measure_upload,
    "query": measure_query,
    "disk": measure_disk,
    "memory": measure_memory,
    "follow": measure_follow,
    "restart": measure_restart,
}

if __name__ == "__main__":
    sys.exit("run.py is the program")
