"""Bytes of the store that rotted, met while the server works: writers, charts and restarts go on."""

from __future__ import annotations

import math
import pathlib
import random

from bounds.measure import running
from conftest import upload_to
from harness.event_file import EventFile
from harness.metrics import metric
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

CHUNKS = b"namedata"  # among the properties of a table of RocksDB that has chunks
SERIES, POINTS = 4, 1_500
CORRUPTIONS = "stepwell_store_corruptions_total"


def curve(seed: int) -> list[tuple[int, float, float]]:
    noise = random.Random(seed)
    return [(step, 1700000000.0 + step, math.cos(step / 100) + noise.random()) for step in range(POINTS)]


def write(program: pathlib.Path, server: Server, folder: pathlib.Path, run: str) -> None:
    """A run of series; its name makes their values."""
    file = EventFile(folder / run / run)
    for tag in range(SERIES):
        file.double_scalars(f"t{tag}", curve(hash_of(run) + tag))
    done = upload_to(program, server, folder / run, "damage")
    assert done.returncode == 0, done.stdout + done.stderr


def hash_of(run: str) -> int:
    return 1000 * int.from_bytes(run.encode(), "big")


def whole(rest: Rest, run: str) -> bool:
    found = rest.runs("damage")[run]["id"]
    return all(
        [(p["step"], p["value"]) for p in rest.points(found, f"t{tag}")]
        == [(step, value) for step, _, value in curve(hash_of(run) + tag)]
        for tag in range(SERIES)
    )


def flip_a_bit(file: pathlib.Path) -> None:
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)


def test_a_damaged_block_that_compaction_meets_costs_no_service(program: pathlib.Path, folder: pathlib.Path) -> None:
    with running(program, folder, "--seal-age", "1s") as server:
        write(program, server, folder, "a")
        write(program, server, folder, "b")
        until(lambda: metric(Rest(server.http), "stepwell_ingest_tails_open") == 0, "all points are in chunks")
    with running(program, folder):
        pass  # what was in the log is in tables now
    tables = [file for file in (folder / "data" / "store").glob("*.sst") if CHUNKS in file.read_bytes()]
    assert tables
    for table in tables:
        flip_a_bit(table)

    with running(program, folder, "--trash", "1s") as server:
        rest = Rest(server.http)
        rest.call("DELETE", f"/api/v1/runs/{rest.runs('damage')['a']['id']}")
        until(lambda: "compacted" in server.log.read_text(), "compaction has met the damage, and the log says so")
        until(lambda: metric(rest, CORRUPTIONS) >= 1, "it is counted")
        until(lambda: rest.call("GET", "/readyz").status == 200, "points are taken")
        for run in ("c", "d"):
            write(program, server, folder, run)
            assert whole(rest, run)
        assert "b" in rest.runs("damage")
    with running(program, folder) as server:
        rest = Rest(server.http)
        assert rest.call("GET", "/readyz").status == 200
        assert whole(rest, "c") and whole(rest, "d")
