"""stepwell.integration.lightning.StepwellLogger with real trainings of Lightning."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from client.scripts import example
from frameworks.conftest import RunScript
from frameworks.torch.conftest import Train
from frameworks.torch.lightning_training import WITHOUT_SHARDS
from frameworks.torch.test_processes import the_run
from harness.rest import Rest


def values(rest: Rest, run: str, tag: str) -> list[list[Any]]:
    return [[point["step"], point["value"]] for point in rest.points(run, tag)]


def fit(train: Train, asked: dict[str, Any], **options: Any) -> dict[str, Any]:
    train("lightning_training.py", json.dumps(asked), **options)
    told: dict[str, Any] = json.loads(train.output.splitlines()[-1]) if not options.get("status") else {}
    return told


def test_a_training_is_a_run(train: Train, rest: Rest, tmp_path: pathlib.Path) -> None:
    logger = {"experiment": "lit-one", "name": "first", "log_graph": True, "prefix": "a"}
    told = fit(train, {"logger": logger, "test": True})
    run = the_run(rest, "lit-one", status="finished")
    assert (run["id"], run["name"]) == (told["version"], "first")
    assert run["params"] == {"lr": 0.05, "sizes": [4, 1], "fail": -1, "said": "later"}
    assert len(told["loss"]) == 12 and values(rest, run["id"], "a/loss") == told["loss"]
    assert values(rest, run["id"], "a/val/loss") == [[5, told["validation"][0]], [11, told["validation"][1]]]
    assert values(rest, run["id"], "a/test/loss") == [[12, told["test"][0]]]
    epochs = [*range(12), 5, 11, 12]  # with the losses of trainings, of validations after each six, and of the test
    assert sorted(values(rest, run["id"], "a/epoch")) == sorted([step, step // 6] for step in epochs)
    (graph,) = (series for series in rest.series(run["id"]) if series["kind"] == "graph")
    assert graph["tag"] == "graph" and graph["count"] == 1
    assert pathlib.Path(told["checkpoint"]).parent == tmp_path / "lit-one" / run["id"] / "checkpoints"


def test_a_training_goes_on_in_its_run(train: Train, rest: Rest) -> None:
    first = fit(train, {"logger": {"experiment": "lit-resume", "name": "r"}, "trainer": {"max_epochs": 1}})
    the_run(rest, "lit-resume", status="finished")
    logger = {"experiment": "lit-resume", "id": first["version"]}
    second = fit(train, {"logger": logger, "from": first["checkpoint"]})
    run = the_run(rest, "lit-resume", status="finished")
    assert (second["version"], run["name"]) == (first["version"], "r")
    assert [step for step, _ in first["loss"] + second["loss"]] == list(range(12))
    assert values(rest, run["id"], "loss") == first["loss"] + second["loss"]


def test_a_training_that_fails_is_a_run_that_failed(train: Train, rest: Rest) -> None:
    fit(train, {"logger": {"experiment": "lit-fail"}, "fail": 3}, status=1)
    run = the_run(rest, "lit-fail", status="failed")
    assert [step for step, _ in values(rest, run["id"], "loss")] == [0, 1, 2]


def test_only_rank_0_of_a_distributed_training_logs(train: Train, rest: Rest) -> None:
    asked = {"logger": {"experiment": "lit-ddp"}, "trainer": {"strategy": "ddp", "devices": 2}}
    told = fit(train, asked)
    run = the_run(rest, "lit-ddp", status="finished")
    assert len(told["loss"]) == 6 and values(rest, run["id"], "loss") == told["loss"]
    assert len({series["writer"] for series in rest.series(run["id"])}) == 1


def test_processes_that_lightning_spawns_mean_the_same_run(train: Train, rest: Rest) -> None:
    asked = {"logger": {"experiment": "lit-spawn"}, "trainer": {"strategy": "ddp_spawn", "devices": 2}}
    told = fit(train, asked)
    run = the_run(rest, "lit-spawn", status="finished", id=told["version"])
    assert run["params"]["said"] == "later"  # by the process that spawned
    assert [step for step, _ in values(rest, run["id"], "loss")] == list(range(6))


def test_the_package_lightning_has_the_same_logger(train: Train, rest: Rest) -> None:
    told = fit(train, {"logger": {"experiment": "lit-package"}}, LIGHTNING_PACKAGE="lightning.pytorch")
    run = the_run(rest, "lit-package", status="finished")
    assert len(told["loss"]) == 12 and values(rest, run["id"], "loss") == told["loss"]


def test_the_example_of_the_guide(run_script: RunScript, rest: Rest) -> None:
    run_script(WITHOUT_SHARDS + example("PyTorch Lightning"))
    run = the_run(rest, "digits-lightning", status="finished")
    assert run["params"]["lr"] == 0.1 and len(values(rest, run["id"], "train/loss")) == 8
