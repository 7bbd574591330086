"""stepwell.integration.transformers.StepwellCallback with real trainings of the Trainer."""

from __future__ import annotations

import json
from typing import Any

from frameworks.conftest import RunExample
from frameworks.torch.conftest import TORCHRUN, Train
from frameworks.torch.test_lightning import values
from frameworks.torch.test_processes import the_run
from harness.rest import Rest


def history(train: Train, asked: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    train("trainer_training.py", json.dumps(asked), **options)
    found: list[dict[str, Any]] = json.loads(train.output[train.output.rindex("[{") :])
    return found


def test_a_training_is_a_run(train: Train, rest: Rest) -> None:
    told = history(train, {"callback": {"experiment": "hf-one"}, "training": {"learning_rate": 0.01}})
    run = the_run(rest, "hf-one", status="finished")
    assert run["name"] == "out"
    assert (run["params"]["training.learning_rate"], run["params"]["model.hidden_size"]) == (0.01, 8)
    logged = [("train/loss", "loss", 10), ("train/grad_norm", "grad_norm", 10), ("eval/loss", "eval_loss", 2),
              ("test/loss", "test_loss", 1), ("train/train_loss", "train_loss", 1)]  # fmt: skip
    for tag, key, count in logged:
        expected = [[entry["step"], entry[key]] for entry in told if key in entry]
        assert len(expected) == count and values(rest, run["id"], tag) == expected


def test_only_the_first_process_logs(train: Train, rest: Rest) -> None:
    asked = {"callback": {"experiment": "hf-ddp", "name": "two"}, "training": {"ddp_backend": "gloo"}}
    told = history(train, asked, launcher=TORCHRUN)
    run = the_run(rest, "hf-ddp", status="finished")
    expected = [[entry["step"], entry["loss"]] for entry in told if "loss" in entry]
    assert len(expected) == 10 and values(rest, run["id"], "train/loss") == expected


def test_the_example_of_the_guide(run_example: RunExample, rest: Rest) -> None:
    run_example("Hugging Face transformers")
    run = the_run(rest, "tiny-gpt", status="finished")
    assert run["name"] == "first" and len(values(rest, run["id"], "train/loss")) == 10
