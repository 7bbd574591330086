"""Workers, processes and ranks of torch log to one run: each a writer, every value there once, one status."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
import torch

from frameworks.torch import loader_training, ranks_training, spawn_training
from frameworks.torch.conftest import TORCHRUN, Train
from harness.rest import Rest


def the_run(rest: Rest, experiment: str, **want: Any) -> dict[str, Any]:
    """The only run, when the lists say what was acknowledged: they follow a moment later."""
    deadline = time.monotonic() + 30
    while True:
        (item,) = rest.runs(experiment).values()
        run: dict[str, Any] = rest.get(f"/api/v1/runs/{item['id']}")
        if all(run[key] == value for key, value in want.items()):
            return run
        assert time.monotonic() < deadline, f"{ {key: run[key] for key in want} }, not {want}"
        time.sleep(0.05)


def by_writer(rest: Rest, run: str, tag: str) -> list[list[tuple[int, float]]]:
    """(step, value) of each writer's series."""
    series = [one for one in rest.series(run, prefix=tag) if one["tag"] == tag]
    points = [rest.points(run, tag, writer=one["writer"]) for one in series]
    return sorted([(point["step"], point["value"]) for point in one] for one in points)


@pytest.mark.parametrize("kept", ["persistent", "fresh"])
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_a_data_loader(train: Train, rest: Rest, method: str, kept: str) -> None:
    experiment = f"torch-loader-{method}-{kept}"
    train("loader_training.py", experiment, method, kept)
    run = the_run(rest, experiment, status="finished")
    workers = by_writer(rest, run["id"], "item")
    epochs, items = loader_training.EPOCHS, loader_training.ITEMS
    assert len(workers) == loader_training.WORKERS * (1 if kept == "persistent" else epochs)
    counted = Counter(point for points in workers for point in points)
    assert counted == {(index, torch.tensor(index / 3).item()): epochs for index in range(items)}
    (batches,) = by_writer(rest, run["id"], "batch")
    assert [step for step, _ in batches] == list(range(4 * epochs))


def test_processes_of_torch_multiprocessing(train: Train, rest: Rest) -> None:
    train("spawn_training.py", "torch-spawn")
    run = the_run(rest, "torch-spawn", status="finished")
    steps = range(spawn_training.STEPS)
    assert by_writer(rest, run["id"], "loss") == [[(step, step + rank / 4) for step in steps] for rank in (0, 1)]


def test_ranks_of_torchrun_are_writers_of_one_run_and_rank_0_tells_its_status(train: Train, rest: Rest) -> None:
    train("ranks_training.py", "torch-ranks", launcher=TORCHRUN)
    run = the_run(rest, "torch-ranks", labels={"last": "rank 1"})
    assert run["status"] == "finished"
    steps = range(ranks_training.STEPS)
    assert by_writer(rest, run["id"], "loss") == [[(step, step + rank / 4) for step in steps] for rank in (0, 1)]
    assert by_writer(rest, run["id"], "loss/sum") == [[(step, 2 * step + 0.25) for step in steps]]
