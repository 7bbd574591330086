"""wandb.watch, tensors and models, of code that was written for wandb."""

from __future__ import annotations

import pytest
from stepwell.api import Api, Run

from client.scripts import run_as_training, the_run, values
from harness import processes
from harness.processes import Server

TRAINING = """
import torch, warnings
import stepwell.compat.wandb as wandb

warnings.filterwarnings("error", category=UserWarning, message="stepwell")
torch.manual_seed(1)
model, other = torch.nn.Linear(3, 2), torch.nn.Linear(2, 1)
other.bias.requires_grad_(False)

def train(steps):
    for _ in range(steps):
        loss = other(model(torch.ones(4, 3))).pow(2).mean()
        loss.backward()
        wandb.log({"loss": loss, "norm": model.weight.norm()})

with wandb.init(project="watch", name="watched"):
    wandb.watch(model, log="all", log_freq=3)
    wandb.watch(other, log_freq=2)
    train(6)
    wandb.unwatch(model)
    train(2)
    wandb.log({
        "picture": wandb.Image(torch.rand(3, 5, 4)),
        "batch": wandb.Image(torch.rand(2, 1, 4, 4)),
        "sizes": {"weights": torch.tensor(6), "numbers": [1, 2, 3]},
        "vector": torch.arange(3.0),
    })
    wandb.watch(model, log="parameters", log_freq=1, log_graph=True)
    train(1)
train_without = other(model(torch.ones(4, 3)))  # hooks of a finished run are gone
"""


@pytest.fixture(scope="module")
def api(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Api:
    """The server's, after TRAINING."""
    with processes.folder("stepwell-spool-") as spool:
        return run_as_training(TRAINING, server, spool, tmp_path_factory.mktemp("watch"))


@pytest.fixture
def run(api: Api) -> Run:
    return the_run(api, "watch", "watched")


def steps(run: Run, tag: str) -> list[int]:
    return [step for step, _ in values(run, tag)]


def test_histograms_come_every_so_many_batches(run: Run) -> None:
    """At the step that the batch is logged at."""
    assert steps(run, "gradients/weight") == steps(run, "gradients/bias") == [2, 5]
    assert steps(run, "parameters/weight") == [2, 5] and steps(run, "parameters/graph_2weight") == [9]
    assert steps(run, "gradients/graph_1weight") == [1, 3, 5, 7]
    assert "gradients/graph_1bias" not in {one["tag"] for one in run.tags()}, "a frozen parameter has no gradient"
    assert sum(count for _, _, count in values(run, "gradients/weight")[0][1]["buckets"]) == 6


def test_tensors_are_numbers_images_and_vectors(run: Run) -> None:
    assert len(values(run, "loss")) == len(values(run, "norm")) == 9
    assert values(run, "picture")[0][1]["width"] == 4 and len(values(run, "batch")[0][1]["items"]) == 2
    assert values(run, "sizes.weights") == [(8, 6.0)] and values(run, "vector")[0][1]["data"] == [0.0, 1.0, 2.0]


def test_the_graph_is_logged_when_it_is_asked_for(run: Run) -> None:
    assert steps(run, "graph_2") == [9]
