"""Values of other types than numbers, and what is captured, go the whole way: log, spool, uploader, server, REST."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys

import pytest
import stepwell
from stepwell._values import encode
from stepwell.api import Api, Run

from client.scripts import ended
from harness.processes import Server, clean_environment

SOURCE = pathlib.Path(stepwell.__file__).parent.parent
TRAINING = """
import sys
import stepwell

params = {"api_key": "abcdefgh", "lr": 0.1}
run = stepwell.init("whole-way", name="values", params=params, capture={"console", "packages"})
print("before the first step")
run.log({"image": stepwell.Image([[0.0, 1.0]], caption="two"), "text": "hello", "bad": object(), "loss": 0.5}, step=3)
run.log({"hist": stepwell.Histogram(edges=[0, 1], counts=[2]), "big": stepwell.Tensor([0.5] * 20000)}, step=4)
print("password=hunter2-and-more", file=sys.stderr)
run.finish(wait=60)
print(run.id)
"""


@pytest.fixture(scope="module")
def run(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of TRAINING, a process of its own."""
    spool = tmp_path_factory.mktemp("spool")
    environment = {**clean_environment(), "STEPWELL_SERVER": server.grpc, "STEPWELL_DIR": str(spool)}
    environment["PYTHONPATH"] = str(SOURCE)
    done = subprocess.run(
        [sys.executable, "-c", TRAINING], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'bad' is left out" in done.stderr
    return ended(Api(server.http).run(done.stdout.split()[-1]))


def test_values_are_those_that_were_logged(server: Server, run: Run) -> None:
    api = Api(server.http)
    (image,) = run.series("image").points()
    assert image.step == 3
    assert api.blob(image.value["items"][0]) == encode("image", stepwell.Image([[0.0, 1.0]]))[0].blobs[0]
    notes = json.loads(run.series("image/annotations").points()[0].value)
    assert notes["images"][0]["caption"] == "two"
    assert [point.value for point in run.series("text")] == ["hello"]
    assert [point.value for point in run.series("hist")] == [{"buckets": [[0.0, 1.0, 2.0]]}]
    (big,) = run.series("big").points()
    assert api.blob(big.value) == encode("big", stepwell.Tensor([0.5] * 20000))[0].blobs[0]
    assert [(point.step, point.value) for point in run.series("loss")] == [(3, 0.5)]


def test_what_is_captured_is_there_without_its_secrets(run: Run) -> None:
    assert run.params["api_key"] == "[redacted]" and run.params["lr"] == 0.1
    assert run.params["stepwell.python"] == ".".join(map(str, sys.version_info[:3]))
    document = json.loads(run.series("stepwell/environment").points()[0].value)
    assert document["packages"]["protobuf"] and "git" not in document
    lines = [point.value for point in run.series("stepwell/console")]
    assert ["stdout", "before the first step"] in lines and ["stderr", "password=[redacted]"] in lines
    assert run.status == "finished"
