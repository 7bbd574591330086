"""Keras's callback logs what fit reports, whatever the backend."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest
from stepwell.api import Api, Run

from client.scripts import example, run_as_training, the_run, values
from frameworks.conftest import RunScript
from harness import processes
from harness.processes import Server

TRAINING = """
import json, os, pathlib, sys
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy, stepwell
from stepwell.integration.keras import StepwellCallback

keras.utils.set_random_seed(1)
rows = numpy.random.default_rng(0).random((64, 4))
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
model.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse", metrics=["mae"])
with stepwell.init("keras", name="jax") as run:
    callback = StepwellCallback(run, batches=3)
    halved = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    given = dict(batch_size=8, validation_data=(rows, rows[:, 0]), verbose=0, callbacks=[halved, callback])
    first = model.fit(rows, rows.sum(1), epochs=2, **given).history
    more = model.fit(rows, rows.sum(1), initial_epoch=2, epochs=3, **given).history
    tested = model.evaluate(rows, rows.sum(1), verbose=0, return_dict=True, callbacks=[callback])
pathlib.Path("said.json").write_text(json.dumps([{k: first[k] + more[k] for k in first}, tested], default=float))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("keras")


@pytest.fixture(scope="module")
def api(server: Server, folder: pathlib.Path) -> Api:
    """The server's, after TRAINING in `folder`."""
    with processes.folder("stepwell-spool-") as spool:
        return run_as_training(TRAINING, server, spool, folder)


@pytest.fixture
def run(api: Api) -> Run:
    return the_run(api, "keras", "jax")


@pytest.fixture
def said(api: Api, folder: pathlib.Path) -> tuple[dict[str, list[float]], dict[str, float]]:
    """What fit and evaluate returned."""
    epochs, tested = json.loads((folder / "said.json").read_text())
    return epochs, tested


def test_epochs_are_what_fit_returns(run: Run, said: tuple[dict[str, list[float]], Any]) -> None:
    assert set(said[0]) >= {"loss", "mae", "val_loss", "val_mae"}
    for name, wanted in said[0].items():
        assert values(run, name) == list(enumerate(wanted)), name
    assert [rate for _, rate in values(run, "learning_rate")] == [0.25, 0.125, 0.0625]


def test_evaluate_outside_of_fit_has_its_own_names(run: Run, said: tuple[Any, dict[str, float]]) -> None:
    assert values(run, "evaluate/loss") == [(2, said[1]["loss"])]
    assert values(run, "evaluate/mae") == [(2, said[1]["mae"])]


def test_batches_are_counted_through_all_epochs(run: Run) -> None:
    assert [step for step, _ in values(run, "batch/loss")] == [2, 5, 8, 11, 14, 17, 20, 23]


def test_the_model_is_told(api: Api, run: Run) -> None:
    assert run.params["keras.backend"] == "jax" and run.params["keras.model_parameters"] == 5
    assert run.params["keras.optimizer.name"] == "sgd"
    graph = values(run, "keras")[0][1]
    assert json.loads(api.blob(graph))["class_name"] == "Sequential"


def test_the_example_of_keras(run_script: RunScript) -> None:
    run = the_run(run_script(example("Keras")), "networks", "keras")
    assert [step for step, _ in values(run, "val_loss")] == [0, 1, 2] and run.params["keras.backend"] == "tensorflow"
