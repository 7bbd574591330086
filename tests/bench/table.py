"""The table: what is measured, the bar it must reach, what peers were seen to reach, and how it is printed."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Iterable


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the table. `group` is what ./dev bench takes as WHAT; `known` tells peers' figures of another day."""

    key: str
    group: str
    what: str
    unit: str
    bar: float | None = None
    more_is_better: bool = False
    known: str = ""


ROWS = [
    Row("ingest_wide", "ingest", "ingest, durable: 4 writers, 10 tags × 100 steps a batch", "M points/s", 3, True,
        "MLflow on PostgreSQL 0.015"),
    Row("ingest_tall", "ingest", "ingest, durable: 4 writers, 1,000 tags × 1 step a batch", "M points/s", 1, True,
        "MLflow 0.0077"),
    Row("clients_ack_p99", "clients", "2,000 clients, 10 scalars/s each: acknowledged, p99", "s", 1),
    Row("clients_memory", "clients", "the same: memory of ingest", "MiB", 1024),
    Row("upload_seconds", "upload", "stepwell upload, 10 M points (100 runs × 20 tags), durable and readable", "s", 12,
        known="TensorBoard's Python loader 325"),
    Row("upload_memory", "upload", "the same: memory over all processes", "MiB", 500,
        known="TensorBoard's Python loader 2,900"),
    Row("query_1m", "query", "one series of 1 M points, 1,000 columns: server time", "ms", 2),
    Row("query_10m", "query", "one series of 10 M points, 1,000 columns: server time", "ms", 2),
    Row("query_growth", "query", "the longer over the shorter", "×", 1.5),
    Row("query_spikes", "query", "injected spikes that the answers lack", "spikes", 0),
    Row("query_round_trip", "query", "one series of 1 M points, 1,000 columns: round trip", "ms",
        known="MLflow 532 (320 points)"),
    Row("compare", "query", "50 runs × 100,000 points, 1,000 columns each, one request, binary", "ms", 25,
        known="MLflow 3,420"),
    Row("disk", "disk", "bytes on disk a point, sealed, everything counted", "bytes", 4.0,
        known="event files 49 to 55, trackio 65, wandb 92, Aim 108, MLflow 475"),
    Row("open_series_memory", "open-series", "1,000,000 open series, a point every 10 s for 10 minutes: memory", "MiB",
        4096),
    Row("open_series_stall", "open-series", "the same: longest wait for an acknowledgement", "s", 1),
    Row("run_list", "run-list", "run list, 100,000 runs × 20 parameters × 20 metrics: filter, sort, first page", "ms",
        50, known="MLflow 206"),
    Row("first_chart_tags", "web", "first chart in Chromium: 1 run × 10,000 tags", "s", 0.8, known="TensorBoard 1.9"),
    Row("first_chart_runs", "web", "first chart in Chromium: 1,000 runs × 20 tags", "s", 0.8,
        known="TensorBoard 10.7 after a click"),
    Row("first_chart_both", "web", "first chart in Chromium: 100 runs × 100 tags", "s", 0.8,
        known="TensorBoard 2.7, MLflow 2.5 (10 × 10)"),
    Row("web_scripts", "web", "scripts that a first visit loads, gzip", "kB", 250),
    Row("web_table", "web", "run table of 100,000 runs in Chromium, filtered and sorted: navigation → first page", "ms",
        800),
    Row("web_values", "web", "values that complete a filter, of the slowest of a run's own keys, in 100,000 runs", "ms",
        100),
    Row("web_redraw", "web", "a step of smoothing → 12 charts × 50 runs × 1,000 columns in Chromium", "ms", 100),
    Row("web_hover", "web", "hover → tooltip, 1,000 series in a chart", "ms", 16),
    Row("web_task", "web", "longest task of the main thread while 50,000 points/s arrive (0: none of 50 ms)", "ms", 50),
    Row("web_pixel", "web", "run.log's return → drawn in the chart of an open page, p95", "ms", 700),
    Row("web_memory", "web", "growth of the tab's memory under live points (STEPWELL_BENCH_LIVE_MINUTES, default 10)",
        "%", 10),
    Row("follow", "follow", "line flushed to an event file → visible through REST with --follow, p95", "s", 1.5,
        known="TensorBoard 3.8 (fast loader), 1.6 (Python loader)"),
    Row("idle_memory", "memory", "an idle stepwell serve, PostgreSQL included", "MiB", 150,
        known="MLflow 2,200, TensorBoard 71"),
    Row("restart", "restart", "restart after kill -9: seconds until ready", "s", 10),
    Row("restart_journal", "restart", "the same: journal that was there to replay", "MiB"),
    Row("log_cost", "python", "run.log of 10 scalars from Python, back to back: median", "µs", 12,
        known="tensorboardX 317, wandb offline 69, Aim 507, MLflow async 170, trackio 14"),
    Row("log_p99", "python", "the same: p99", "µs", 60),
    Row("log_away", "python", "the same with the server away: median, over that with it", "×", 1.2),
    Row("log_rate", "python", "scalars a second from one process while its uploader keeps up", "k/s", 500, True),
    Row("sync_rate", "python", "scalars a second of `stepwell sync`, from the spool of an offline run", "M/s", 2, True),
    Row("log_visible", "python", "log's return → visible through REST, p95", "ms", 500),
    Row("log_kill", "python", "kill -9 right after 10,000 calls of 10 scalars: points lost or doubled", "points", 0,
        known="tensorboardX 9 to 96, wandb 10 to 1,960, trackio 3,000 to all"),
    Row("log_memory", "python", "memory added to a trainer that is offline for an hour at 1,000 scalars/s", "MiB", 20),
    Row("log_import", "python", "import stepwell", "ms", 50),
    Row("log_cpp", "cpp", "Run::Log of 10 scalars from C++, back to back: median", "µs", 3),
    Row("log_cpp_p99", "cpp", "the same: p99", "µs", 15),
]  # fmt: skip
BY_KEY = {row.key: row for row in ROWS}
GROUPS = list(dict.fromkeys(row.group for row in ROWS))


@dataclasses.dataclass
class Figure:
    """What was measured: every run's value. `peers` are those that ran beside it on this machine."""

    key: str
    values: list[float]
    note: str = ""
    peers: list[tuple[str, float]] = dataclasses.field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)


def number(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"


def bar(row: Row) -> str:
    if row.bar is None:
        return "–"
    return f"{'≥' if row.more_is_better else '≤'} {number(row.bar)}"


def holds(row: Row, value: float) -> bool | None:
    if row.bar is None:
        return None
    return value >= row.bar if row.more_is_better else value <= row.bar


def beside(row: Row, figure: Figure) -> str:
    """Each peer's figure, and how many times better ours is, whichever way better is."""
    told = []
    for name, value in figure.peers:
        better = ""
        if value and figure.median:
            better = f" ({number(figure.median / value if row.more_is_better else value / figure.median)}×)"
        told.append(f"{name} {number(value)}{better}")
    return ", ".join(told)


def lines(figures: Iterable[Figure], missing: dict[str, str], judge: bool = True) -> list[str]:
    """The table as Markdown. `missing` tells for a group why it has no figures; `judge`: hold them against the bars."""
    found = {figure.key: figure for figure in figures}
    out = [
        "| what | bar | measured | | runs (min to max) | peers beside it (ours is better by) | measured elsewhere |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in ROWS:
        figure = found.get(row.key)
        if figure is None:
            if row.group in missing:
                out.append(f"| {row.what} | {bar(row)} {row.unit} | {missing[row.group]} | | | | {row.known} |")
            continue
        good = holds(row, figure.median) if judge else None
        mark = "" if good is None else "ok" if good else "SHORT"
        spread = f"{len(figure.values)} ({number(min(figure.values))} to {number(max(figure.values))})"
        note = f"; {figure.note}" if figure.note else ""
        out.append(
            f"| {row.what} | {bar(row)} {row.unit} | {number(figure.median)} {row.unit} | {mark} | {spread}{note} "
            f"| {beside(row, figure)} | {row.known} |"
        )
    return out
