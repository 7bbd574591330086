"""clu's MetricWriter of ours takes what clu's interface has."""

from __future__ import annotations

import inspect

import pytest
from clu import metric_writers
from stepwell.integration.clu import StepwellWriter

from client.scripts import the_run, values
from frameworks.conftest import RunExample, RunScript

WRITING = """
import jax.numpy as jnp, numpy, stepwell
from clu import metric_writers
from stepwell.integration.clu import StepwellWriter

with stepwell.init("clu", name="all") as run:
    writer = StepwellWriter(run)
    writer.write_hparams({"lr": 0.1, "layers": 3})
    writer.write_scalars(1, {"loss": jnp.float32(0.5), "one": jnp.ones((1,)), "count": 7})
    writer.write_scalars(numpy.int64(2), {"loss": 0.25})
    writer.write_images(2, {"images": jnp.zeros((3, 4, 4, 3))})
    writer.write_videos(2, {"video": numpy.zeros((1, 2, 4, 4, 3)), "videos": numpy.zeros((2, 2, 4, 4, 3))})
    writer.write_audios(2, {"sound": jnp.zeros((2, 50, 1))}, sample_rate=8000)
    writer.write_texts(2, {"note": "hello"})
    writer.write_histograms(2, {"weights": jnp.arange(8.0), "more": jnp.arange(8.0)}, num_buckets={"weights": 4})
    writer.write_summaries(2, {"tensor": jnp.arange(6.0).reshape(2, 3)})
    with metric_writers.ensure_flushes(metric_writers.AsyncWriter(writer)) as others:
        metric_writers.write_values(others, 3, {"loss": jnp.float32(0.125)})
    writer.flush()
    writer.close()
"""


def test_values_of_every_kind(run_script: RunScript) -> None:
    run = the_run(run_script(WRITING), "clu", "all")
    assert run.params["lr"] == 0.1 and run.params["layers"] == 3
    assert values(run, "loss") == [(1, 0.5), (2, 0.25), (3, 0.125)] and values(run, "one") == [(1, 1.0)]
    assert len(values(run, "images")[0][1]["items"]) == 3 and len(values(run, "sound")[0][1]["items"]) == 2
    assert [len(values(run, tag)) for tag in ("video", "videos/0", "videos/1")] == [1, 1, 1]
    assert values(run, "note") == [(2, "hello")]
    assert [len(values(run, tag)[0][1]["buckets"]) for tag in ("weights", "more")] == [4, 64]
    assert values(run, "tensor")[0][1]["data"] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("name", sorted(metric_writers.MetricWriter.__abstractmethods__))
def test_arguments_are_those_of_the_interface(name: str) -> None:
    ours, theirs = (
        [(one.name, one.kind, one.default) for one in inspect.signature(getattr(kind, name)).parameters.values()]
        for kind in (StepwellWriter, metric_writers.MetricWriter)
    )
    assert ours == theirs


def test_the_example_of_jax(run_example: RunExample) -> None:
    run = the_run(run_example("JAX"), "networks", "jax")
    assert [step for step, _ in values(run, "loss")] == list(range(10)) and run.params["lr"] == 0.1
    assert len(values(run, "weights")) == 1
