"""tf.summary and Keras's TensorBoard callback write their event files as before, and the same to Stepwell runs."""

from __future__ import annotations

import json
import pathlib
import subprocess
from typing import Any

import pytest
from stepwell.api import Api, Run

from client.scripts import run_as_training, the_run, values
from conftest import upload_to
from frameworks.conftest import RunExample, RunScript
from harness import processes
from harness.processes import Server

BY_HAND = """
import numpy, stepwell, tensorflow as tf
from tensorboard.plugins.hparams import api as hp
assert stepwell.patch_tensorboard("tensorflow") == ["tensorflow"]
stepwell.patch_tensorboard("tensorflow")  # once is enough

one = tf.summary.create_file_writer("logs/one")
with one.as_default():
    for step in range(5):
        tf.summary.scalar("loss", 1 / (1 + step), step=step)
    tf.summary.histogram("weights", numpy.arange(50.0), step=1)
    tf.summary.image("picture", numpy.random.default_rng(0).random((2, 4, 5, 3)), step=2)
    tf.summary.audio("sound", numpy.zeros((2, 100, 1), "f4"), 8000, step=3)
    tf.summary.text("note", "hello", step=4)
    tf.summary.text("table", [["a", "b"], ["c", "d"]], step=4)
    hp.hparams({"lr": 0.1, "units": 16, "opt": "adam"})
    with tf.summary.record_if(False):
        tf.summary.scalar("never", 1.0, step=0)

@tf.function
def train(step):
    with one.as_default():
        with tf.summary.record_if(step % 2 == 0):
            tf.summary.scalar("inside", tf.cast(step, tf.float32) / 2, step=step)
        with tf.name_scope("scope"):
            tf.summary.text("said", tf.strings.join(["step ", tf.strings.as_string(step)]), step=step)

for step in range(4):
    train(tf.constant(step, tf.int64))
with one.as_default():
    tf.summary.graph(train.get_concrete_function(tf.constant(0, tf.int64)).graph)
one.close()
again = tf.summary.create_file_writer("logs/one")
with again.as_default():
    tf.summary.scalar("loss", 0.0, step=5)
again.close()
"""

TOO_LATE = """
import stepwell, tensorflow as tf, warnings
warnings.simplefilter("error", stepwell.StepwellWarning)  # even so, the training goes on
writer = tf.summary.create_file_writer("late/one")
stepwell.patch_tensorboard("tensorflow")
with writer.as_default():
    tf.summary.scalar("loss", 1.0, step=0)
other = tf.summary.create_file_writer("late/other")
with other.as_default():
    tf.summary.write("odd", tf.zeros(3), step=0, metadata=b"\\n\\x05\\n\\x03odd")
    tf.summary.scalar("loss", 0.5, step=0)
other.close()
writer.close()
"""


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("tensorflow")


@pytest.fixture(scope="module")
def api(server: Server, program: pathlib.Path, logs: pathlib.Path) -> Api:
    """The server's, with what BY_HAND logged as experiment `logs`, and its event files uploaded as `uploaded`."""
    with processes.folder("stepwell-spool-") as spool:
        api = run_as_training(BY_HAND, server, spool, logs)
    done: subprocess.CompletedProcess[str] = upload_to(program, server, logs / "logs", "uploaded")
    assert done.returncode == 0, done.stdout + done.stderr
    return api


@pytest.fixture
def both(api: Api) -> tuple[Run, Run]:
    """The run that was logged to, and that of the event files."""
    return the_run(api, "logs", "one"), the_run(api, "uploaded", "one")


@pytest.mark.parametrize("tag", ["loss", "weights", "note", "table", "inside", "scope/said"])
def test_values_are_those_of_the_event_files(both: tuple[Run, Run], tag: str) -> None:
    ours, theirs = (values(run, tag) for run in both)
    assert ours == theirs and ours


def test_record_if_is_followed(both: tuple[Run, Run]) -> None:
    ours = both[0]
    assert values(ours, "inside") == [(0, 0.0), (2, 1.0)]
    assert "never" not in {one["tag"] for one in ours.tags()}


@pytest.mark.parametrize("tag", ["picture", "sound"])
def test_files_are_those_of_the_event_files(api: Api, both: tuple[Run, Run], tag: str) -> None:
    ours, theirs = ([api.blob(item) for _, value in values(run, tag) for item in value["items"]] for run in both)
    assert ours == theirs and len(ours) == 2


def test_hyperparameters_are_the_runs(both: tuple[Run, Run]) -> None:
    params = both[0].params
    assert {name: params[name] for name in ("lr", "units", "opt")} == {"lr": 0.1, "units": 16.0, "opt": "adam"}


def test_what_cannot_be_taken_is_in_the_event_file(run_script: RunScript, tmp_path: pathlib.Path) -> None:
    api = run_script(TOO_LATE)
    assert [run.name for run in api.runs("late")] == ["other"]
    assert values(the_run(api, "late", "other"), "loss") == [(0, 0.5)]
    assert [b"loss" in path.read_bytes() for path in tmp_path.rglob("*tfevents*")] == [True, True]


def test_the_graph_is_there(api: Api, both: tuple[Run, Run]) -> None:
    ((_, graph),) = values(both[0], "graph")
    assert len(api.blob(graph)) > 100


def test_the_example_of_tensorflow(run_example: RunExample, tmp_path: pathlib.Path) -> None:
    api = run_example("TensorFlow")
    train, validation = the_run(api, "tensorflow", "train"), the_run(api, "tensorflow", "validation")
    assert (
        [step for step, _ in values(train, "epoch_loss")]
        == [0, 1, 2]
        == [s for s, _ in values(validation, "epoch_loss")]
    )
    assert "histogram" in {one["kind"] for one in train.tags()}
    ((_, model),) = values(train, "keras")
    layers: dict[str, Any] = json.loads(api.blob(model))
    assert layers["class_name"] == "Sequential"
    assert values(the_run(api, "networks", "by-hand"), "loss")[9] == (9, pytest.approx(0.1))
    folders = {path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*tfevents*")}
    assert folders == {"networks/tensorflow/train", "networks/tensorflow/validation", "networks/by-hand"}
