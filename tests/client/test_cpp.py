"""A program in C++ that a stranger built against the installed client: what it logged is there, bit for bit."""

from __future__ import annotations

import functools
import io
import math
import os
import pathlib
import re
import signal
import struct
import subprocess
from typing import Any

import numpy
import pytest
import stepwell
from PIL import Image
from stepwell._spool import format as spool_format
from stepwell._spool.reader import Reader

from client import cpp_programs, training
from client.test_python_log import await_run
from harness.processes import Server
from harness.rest import Rest

STATUS_NOTE = bytes([spool_format.NOTE, 3 << 3 | 2])


def run(program: pathlib.Path, spool: pathlib.Path, server: str, complaints: str = "", **more: str) -> None:
    done = subprocess.run([program], env={**cpp_programs.environment(spool, server), **more}, capture_output=True,
                          text=True, timeout=training.LONGEST, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, complaints)


def test_the_example_is_there(cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path) -> None:
    run(cpp / "example" / "example", spool, server.grpc)
    training.wait_sent(spool)
    found = await_run(rest, "cpp-example", status="finished")
    name = found["id"]
    assert found["name"] == "sgd"
    assert found["params"] == {"lr": 0.1, "model.depth": 4, "model.widths": [64, 32]}
    assert found["labels"] == {"language": "C++"}
    loss = [1 / (1 + step) for step in range(200)]
    single = [struct.unpack("<f", struct.pack("<f", 1 - one))[0] for one in loss]
    for tag, want in (("train/loss", loss), ("train/accuracy", single), ("epoch", [step // 50 for step in range(200)])):
        items = rest.points(name, tag)
        assert [(item["step"], item["value"]) for item in items] == list(enumerate(want)), tag
    types = {one["tag"]: one["value_type"] for one in rest.series(name) if one["kind"] == "scalar"}
    assert types == {"train/loss": "float64", "train/accuracy": "float32", "epoch": "int64"}
    for step, item in zip(range(0, 200, 50), rest.points(name, "layer/0"), strict=True):
        assert item["step"] == step
        assert item["value"]["shape"] == [10, 100] and item["value"]["dtype"] == "float32"
        assert item["value"]["data"] == [(37 * i + step) % 100 / 8 for i in range(1000)]
    counts = [sum(bucket[2] for bucket in item["value"]["buckets"]) for item in rest.points(name, "weights")]
    assert counts == [1000] * 4
    assert rest.points(name, "remark")[1]["value"] == f"loss is **{1 / 51:.6f}**"
    (image,) = rest.points(name, "sample")[0]["value"]["items"]
    png = rest.call("GET", f"/api/v1/blobs/{image['blob']}").body
    assert Image.open(io.BytesIO(png)).tobytes() == bytes(i % 256 for i in range(16 * 16 * 3))
    assert rest.warnings(name) == []


def bodies(root: pathlib.Path) -> list[bytes]:
    """The records of the one spool of a folder; statuses without the time."""
    (folder,) = training.spools(root)
    found, reader = [], Reader(folder)
    while block := reader.next(dead=True):
        for at, _ in block.records:
            size, _ = spool_format.HEAD.unpack_from(block.data, at)
            body = block.data[at + 8 : at + 8 + size]
            found.append(body[:-8] if body.startswith(STATUS_NOTE) else body)
    return found


def blobs(root: pathlib.Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.glob("*/*.blobs/*")}


def sounds_and_shapes(run: stepwell.Run, pixels: Any, small: Any) -> None:
    """As they are in calls.cc."""
    wave = numpy.arange(800, dtype="f4") % 100 / numpy.float32(90) - numpy.float32(0.5)
    wave[7] = math.nan
    run.log({"a": stepwell.Audio(wave.reshape(400, 2), 8000, "größe")}, 15, 9.0)
    run.log({"a": stepwell.Audio((31 * numpy.arange(800)).astype("i2"), 44100)}, 15, 9.0)
    run.log({"a": stepwell.Audio(b"ID3 a file of sound")}, 15, 9.0)
    for fps in (10.0, 29.97, 120.0):
        run.log({"v": stepwell.Video(pixels[:1800].reshape(4, 10, 15, 3), fps)}, 16, 9.0)
    run.log({"v": stepwell.Video(b"GIF89a of frames")}, 16, 9.0)
    run.log({"v": stepwell.Video(b"frames", format="avi")}, 16, 9.0)

    places = numpy.arange(100)
    labels, scores = places % 3 == 0, (places * 37 % 100).astype("f4") / numpy.float32(99)
    run.log({"p": stepwell.PRCurve(labels, scores)}, 17, 9.0)
    run.log({"p": stepwell.PRCurve(labels, scores, 3000)}, 17, 9.0)

    faces = numpy.array([[0, 1, 2], [2, 1, 0]], "i4")
    run.log({"m": stepwell.Mesh(wave[:12].reshape(4, 3), faces, pixels[:12].reshape(4, 3), {"camera": 1})}, 18, 9.0)
    cloud = numpy.full(30_000, 0.5, "f4")
    run.log({"m": stepwell.Mesh(cloud.reshape(10_000, 3))}, 19, 9.0)

    run.log({"e": stepwell.Embedding(small.reshape(3, 2), ["a", "b\tc", "größe"])}, 20, 9.0)
    run.log({"e": stepwell.Embedding(cloud.reshape(300, 100), images=pixels.reshape(300, 2, 1, 4))}, 21, 9.0)
    rows = [["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"], ["e", "5"]]
    tiles = pixels[: 5 * 24].reshape(5, 2, 4, 3)
    run.log({"e": stepwell.Embedding(cloud[:35].reshape(5, 7), rows, columns=["x", "y"], images=tiles)}, 22, 9.0)


def the_calls(root: pathlib.Path) -> None:
    """Those of cpp/calls.cc."""
    params = {"lr": 0.5, "model": {"depth": 4, "sizes": [1, 2]}, "inf": math.inf}
    run = stepwell.init(experiment="same", name="calls", params=params, labels={"team": "vision"}, group="g",
                        job_type="train", notes="größe", id="same", rewind_to=5, mode="offline", dir=root,
                        capture=False)  # fmt: skip
    run.log({"loss": 0.25, "epoch": 3, "on": True}, 5, 1.0)
    run.log({"loss": math.nan, "epoch": 4, "on": False}, wall=2.0)
    run.log({"loss": -0.0}, -(1 << 63), 3.0)
    run.log({"loss": numpy.float32(0.1)}, 8, 4.0)
    values = numpy.sqrt(numpy.arange(1000.0)) - 7
    values[3] = math.inf
    run.log({"h": stepwell.Histogram(values)}, 9, 5.0)
    run.log({"h": stepwell.Histogram(values[:2], 7)}, 9, 5.0)
    run.log({"h": stepwell.Histogram(edges=[0, 1, 3], counts=[2, 0.5])}, 10, 6.0)
    run.log({"t": stepwell.Text("# größe")}, 10, 6.0)
    run.log({"t": stepwell.Text("x" * 70_000)}, 11, 6.0)
    pixels = numpy.array([i * i // 7 % 256 for i in range(20 * 30 * 4)], "u1")
    for channels in (1, 2, 3, 4):
        run.log({"i": stepwell.Image(pixels[: 600 * channels].reshape(20, 30, channels))}, 12, 7.0)
    run.log({"i": stepwell.Image(pixels[:90].reshape(1, 30, 3), layout="HWC")}, 13, 7.0)
    small = numpy.arange(-2.5, 3.5, dtype="f4")
    run.log({"x": stepwell.Tensor(small.reshape(2, 3))}, 14, 8.0)
    run.log({"y": stepwell.Tensor(numpy.full((100, 200), -7, "i4"))}, 14, 8.0)
    run.log({"z": stepwell.Tensor(small[0])}, 14, 8.0)
    sounds_and_shapes(run, pixels, small)
    run.label("key", "value")
    run.note("second")
    run.define_metric("val/loss", "epoch", "min")
    run.log_params({"late": None})
    run.finish()


def test_the_same_calls_give_the_same_records(cpp: pathlib.Path, folder: pathlib.Path) -> None:
    ours, pythons = folder / "cpp", folder / "python"
    ours.mkdir()
    pythons.mkdir()
    nan = "is NaN at step 6; it is kept, and so are those that follow"
    run(cpp / "calls", ours, "127.0.0.1:1", f'stepwell: "loss" {nan}\n', STEPWELL_MODE="offline")
    with pytest.warns(stepwell.StepwellWarning, match=f"^stepwell: 'loss' {nan}$"):
        the_calls(pythons)
    got, want = bodies(ours), bodies(pythons)
    assert [body[0] for body in got] == [body[0] for body in want]
    for i, (mine, other) in enumerate(zip(got, want, strict=True)):
        assert mine == other, f"record {i}"
    assert blobs(ours) == blobs(pythons)


@pytest.mark.parametrize(("end", "status"), [("finish", "finished"), ("raise", "failed"), ("hang", "crashed")])
def test_the_end_of_a_process_is_told(
    cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, end: str, status: str
) -> None:
    name = f"cpp-end-{end}"
    trainer = cpp_programs.start(cpp, spool, server.grpc, name, 1000, end=end)
    if end == "hang":
        assert trainer.stdout and trainer.stdout.readline() == "ready\n"
        trainer.kill()
    _, complaints = trainer.communicate(timeout=training.LONGEST)
    assert trainer.returncode == {"finish": 0, "raise": 1, "hang": -signal.SIGKILL}[end], complaints
    training.wait_sent(spool)
    training.await_run(rest, name, status=status)
    training.check(rest, name, 0, range(1000))


@pytest.mark.parametrize(("end", "status"), [("sigterm", -signal.SIGTERM), ("handled", 0)])
def test_sigterm_is_told_as_killed_when_the_run_asks_for_it(
    cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, end: str, status: int
) -> None:
    """Alone the process ends by the signal; a handler of the training's own decides how it ends."""
    name = f"cpp-{end}"
    trainer = cpp_programs.start(cpp, spool, server.grpc, name, 1000, end=end)
    assert trainer.stdout and trainer.stdout.readline() == "ready\n"
    trainer.terminate()
    _, complaints = trainer.communicate(timeout=training.LONGEST)
    assert (trainer.returncode, complaints) == (status, "")
    training.wait_sent(spool)
    training.await_run(rest, name, status="killed")
    training.check(rest, name, 0, range(1000))


@pytest.mark.parametrize(("end", "writers"), [("fork", 2), ("threads", 3)])
def test_children_and_threads_log_safely(
    cpp: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, end: str, writers: int
) -> None:
    name = f"cpp-{end}"
    trainer = cpp_programs.start(cpp, spool, server.grpc, name, 500, end=end)
    _, complaints = trainer.communicate(timeout=training.LONGEST)
    assert (trainer.returncode, complaints) == (0, "")
    training.wait_sent(spool)
    training.await_run(rest, name, status="finished")
    training.check(rest, name, 0, range(1000 if end == "fork" else 500))
    for writer in range(1, writers + 1):
        training.check(rest, name, writer, range(500))


def test_stepwell_in_path_is_the_uploader(
    cpp: pathlib.Path, program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path
) -> None:
    environment = training.environment(spool, server.grpc, PATH=f"{program.parent}:{os.environ['PATH']}")
    command = [str(cpp / "trainer"), "cpp-native", "2000", "0", "", "finish"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    uploader = 0
    try:
        training.wait_sent(spool)
        uploader = int((spool / "uploader.lock").read_text())
        assert b"sync\0--watch" in pathlib.Path(f"/proc/{uploader}/cmdline").read_bytes()
        training.await_run(rest, "cpp-native", status="finished")
        training.check(rest, "cpp-native", 0, range(2000))
    finally:
        if uploader:
            os.kill(uploader, signal.SIGTERM)


def test_a_full_disk_blocks_log_until_the_server_has_taken_some(
    cpp: pathlib.Path, program: pathlib.Path, folder: pathlib.Path, small_disk: pathlib.Path
) -> None:
    training.check_full_disk(functools.partial(cpp_programs.start, cpp, small_disk), program, folder, small_disk)


def test_the_guide_shows_the_example() -> None:
    """Its blocks of code are the files that these tests build and run."""
    page = (cpp_programs.ROOT / "docs" / "guide" / "cpp.md").read_text()
    cpp, cmake = re.findall(r"```(?:cpp|cmake)\n(.*?)```", page, re.DOTALL)[:2]
    assert cpp in (cpp_programs.EXAMPLE / "main.cc").read_text()
    assert cmake in (cpp_programs.EXAMPLE / "CMakeLists.txt").read_text()
