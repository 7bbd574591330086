#!/usr/bin/env python3
"""Measures speed and size and prints the table: ./dev bench [WHAT...] [--quick].

Figures are medians of --repeats runs, client and server on the same cores. A figure below its bar is printed as SHORT;
the exit status is 0 as long as everything ran, 1 if something could not be measured. --quick makes all sizes small: it
shows that everything runs, not how fast.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "libs" / "python" / "src"))

from bench import end_to_end, mlflow_server, programs, python_client, table, web
from bench.end_to_end import Plan
from bench.table import BY_KEY, GROUPS, Figure
from harness import processes

# Figures of the C++ programs that are rows of the table: (program, its name for the figure) → (row, factor).
IN_TABLE = {
    ("ingest_bench", "ingest_10_tags_100_steps_4_writers"): ("ingest_wide", 1e-6),
    ("ingest_bench", "ingest_1000_tags_1_step_4_writers"): ("ingest_tall", 1e-6),
    ("log_bench", "log_10_scalars_median"): ("log_cpp", 1e-3),
    ("log_bench", "log_10_scalars_p99"): ("log_cpp_p99", 1e-3),
}


# Tags and steps of a batch; MLflow takes 1,000 values a request.
BATCHES = {"ingest_wide": (10, 100), "ingest_tall": (1000, 1)}


class Bench:
    def __init__(self, build: pathlib.Path, plan: Plan) -> None:
        self.build, self.plan = build, plan
        self.figures: list[Figure] = []
        self.missing: dict[str, str] = {}
        self.others: list[str] = []

    def measure(self, group: str, how: Callable[[Plan], list[Figure]]) -> None:
        begin = time.monotonic()
        print(f"measuring: {group}", file=sys.stderr, flush=True)
        try:
            self.figures += how(self.plan)
        except Exception as error:  # the others still want to be measured
            self.missing[group] = f"failed: {str(error).splitlines()[0] if str(error) else type(error).__name__}"
            print(f"{group}: {error}", file=sys.stderr)
        print(f"measured:  {group} in {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)

    def program(self, name: str, *arguments: str) -> list[Figure]:
        """Runs build/bench/<name>; what is no row of the table is printed below it."""
        # The catalog's measures each figure nine times by itself, among runs that take a minute to make.
        repeats = 1 if name == "catalog_bench" else self.plan.repeats
        few = {"STEPWELL_BENCH_RUNS": "2000"} if self.plan.quick else {}
        found = programs.run(self.build / "bench" / name, *arguments, repeats=repeats, environment=few)
        figures = []
        for figure, (unit, values) in found.items():
            row = IN_TABLE.get((name, figure))
            if row:
                figures.append(Figure(row[0], [v * row[1] for v in values], "", self.peers(row[0])))
            else:
                self.others.append(f"| {name} | {figure} | {table.number(Figure('', values).median)} {unit} |")
        pages = {figure: values for figure, (_, values) in found.items() if figure.startswith("catalog/first_page/")}
        if pages:
            slowest = max(pages, key=lambda figure: Figure("", pages[figure]).median)
            note = f"the slowest of {len(pages)} filters and orders: {slowest.split('/')[2]}"
            figures.append(Figure("run_list", pages[slowest], note))
        return figures

    def peers(self, key: str) -> list[tuple[str, float]]:
        """MLflow's millions of points a second for the rows of ingest, if it was asked for."""
        if key not in BATCHES or "mlflow" not in self.plan.peers:
            return []
        with processes.folder("stepwell-bench-") as folder:
            return [("MLflow on PostgreSQL", mlflow_server.ingest(self.build, folder, *BATCHES[key]) * 1e-6)]

    def run(self, what: list[str]) -> None:
        for group in [g for g in GROUPS if not what or g in what]:
            if group in end_to_end.MEASUREMENTS:
                self.measure(group, end_to_end.MEASUREMENTS[group])
            elif group == "web":
                for how in web.MEASUREMENTS:
                    self.measure(group, how)
            elif group == "python":
                self.measure(group, lambda plan: python_client.measure(plan, self.build))
        for name in there(self.build):
            if not what or name in what or PROGRAM_OF.get(name) in what:
                self.measure(PROGRAM_OF.get(name, name), lambda _, name=name: self.program(name))  # type: ignore[misc]


# Which group of the table a program measures.
PROGRAM_OF = {"ingest_bench": "ingest", "catalog_bench": "run-list", "log_bench": "cpp"}


def there(build: pathlib.Path) -> list[str]:
    """Programs that measure by themselves; load_bench needs a server and is run by the rows that use it."""
    return sorted(p.name for p in (build / "bench").glob("*_bench") if p.name != "load_bench")


def report(bench: Bench) -> None:
    plan = bench.plan
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}; median of {plan.repeats} runs")
    if plan.quick:
        print("--quick: small sizes; these figures say nothing about the bars")
    print()
    print("\n".join(table.lines(bench.figures, bench.missing, judge=not plan.quick)))
    if bench.others:
        print("\n| program | figure | median |\n|---|---|---|")
        print("\n".join(bench.others))


def main() -> int:
    ask = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    ask.add_argument("what", nargs="*", metavar="WHAT", help="rows' groups or programs (--list); default: all")
    ask.add_argument("--list", action="store_true", help="what there is to measure")
    ask.add_argument("--quick", action="store_true", help="small sizes: does it run at all?")
    ask.add_argument("--repeats", type=int, help="runs behind each figure (default 5, quick 1)")
    ask.add_argument("--no-peers", action="store_true", help="leave out TensorBoard, tensorboardX and wandb")
    ask.add_argument(
        "--mlflow",
        action="store_true",
        help="measure MLflow too: its ingest and its client (installs it: some minutes)",
    )
    ask.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    ask.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the figures here")
    args = ask.parse_args()
    build = args.build.resolve()
    if args.list:
        print("\n".join(f"{row.group:12} {row.what}" for row in table.ROWS))
        print("\n".join(f"{name:12} (program)" for name in there(build)))
        return 0
    unknown = [w for w in args.what if w not in GROUPS and w not in there(build)]
    if unknown:
        ask.error(f"there is no {unknown[0]!r} to measure; ./dev bench --list tells what there is")
    # Two thousand clients are two thousand sockets, on both sides.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    work = pathlib.Path(os.environ.get("TMPDIR", tempfile.gettempdir())) / f"stepwell-bench-logs-{os.getuid()}"
    work.mkdir(exist_ok=True)
    peers = frozenset([*([] if args.no_peers else ["tensorboard"]), *(["mlflow"] if args.mlflow else [])])
    repeats = args.repeats or (1 if args.quick else 5)
    bench = Bench(build, Plan(build / "bin" / "stepwell", work, args.quick, repeats, peers))
    bench.run(args.what)
    report(bench)
    if args.json:
        args.json.write_text(
            json.dumps([{**vars(f), "bar": BY_KEY[f.key].bar} for f in bench.figures], indent=1) + "\n"
        )
    return 1 if bench.missing else 0


if __name__ == "__main__":
    sys.exit(main())
