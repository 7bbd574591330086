"""A training of LibTorch in C++, built with find_package as a stranger builds his, is there with its types."""

from __future__ import annotations

import pathlib
import subprocess

from client import cpp_programs, training
from harness.processes import Server
from harness.rest import Rest


def test_a_training_of_libtorch(
    program: pathlib.Path, server: Server, rest: Rest, spool: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    cpp_programs.install(program, tmp_path / "prefix")
    cpp_programs.build(cpp_programs.EXAMPLE / "torch", tmp_path / "prefix", tmp_path / "build")
    environment = {**cpp_programs.environment(spool, server.grpc), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([tmp_path / "build" / "training"], env=environment, capture_output=True, text=True,
                          timeout=training.LONGEST, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    training.wait_sent(spool)
    (found,) = rest.runs("libtorch").values()
    run = training.await_run(rest, found["id"], status="finished")
    assert run["params"]["torch"].startswith("1.13")
    losses = [point["value"] for point in rest.points(run["id"], "loss")]
    assert len(losses) == 200 and losses[-1] < 0.01 < losses[0]
    weight = rest.points(run["id"], "weight")[-1]["value"]
    assert (weight["dtype"], weight["shape"]) == ("float32", [1, 2])
    types = {one["tag"]: (one["kind"], one["value_type"]) for one in rest.series(run["id"])}
    assert types["loss"] == ("scalar", "float32") and types["weights"][0] == "histogram"
