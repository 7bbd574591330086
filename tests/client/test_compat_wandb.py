"""Code that was written for wandb logs to Stepwell: one training with many runs, as the server has them."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
from stepwell.api import Api, Run

from client import training
from client.scripts import example, run_as_training, table, the_run, values
from harness import processes
from harness.processes import Server

TRAINING = """
import argparse, os, warnings
import numpy
import stepwell.compat.wandb as wandb

warnings.simplefilter("error")  # every complaint that is not meant ends the training
assert wandb.run is None
for before in (lambda: wandb.log({"a": 1}), lambda: wandb.config.lr, lambda: wandb.summary["a"]):
    try:
        before()
    except wandb.Error as error:
        assert "wandb.init()" in str(error)
    else:
        raise AssertionError

run = wandb.init(project="compat", entity="team", name="steps", group="g", job_type="train", notes="why",
                 tags=["a", "b"], config={"lr": 0.1, "model": {"depth": 4}},
                 settings=wandb.Settings(console="off", x_disable_stats=True))
assert wandb.run is run and wandb.init() is run and run.project == "compat" and run.tags == ("a", "b")
assert wandb.config.lr == wandb.config["lr"] == 0.1 and dict(**wandb.config) == run.config.as_dict()
wandb.config.batch = 32
wandb.config["optimizer"] = "adam"
wandb.config.update(argparse.Namespace(seed=7, lr=0.2), allow_val_change=True)
wandb.config.setdefaults({"lr": 9, "late": True})
wandb.log({"loss": 1.0, "val": {"acc": 0.5, "deep": {"er": 1}}, "none": None, "empty": {}})
wandb.log({"loss": 0.5}, commit=False)
wandb.log({"other": 1.5})
wandb.log({"loss": 0.25}, step=10)
wandb.log({"other": 2.5}, step=10, commit=True)
assert run.step == 11
wandb.log({"loss": 0.125})
assert run.step == 12 and wandb.summary["loss"] == 0.125 and wandb.summary["val.acc"] == 0.5
wandb.summary["best"] = 0.9
wandb.summary.update({"epoch": 3})
wandb.summary.note = "good"
assert os.path.isdir(run.dir) and run.id in run.dir
wandb.alert("Low accuracy", "0.5 is low", level=wandb.AlertLevel.WARN)
wandb.alert("Low accuracy", "0.4 is low", level=wandb.AlertLevel.WARN)
wandb.finish()
assert wandb.run is None
wandb.finish()

with wandb.init(project="compat", name="metrics", reinit=True) as run:
    wandb.define_metric("epoch")
    assert wandb.define_metric("val/*", step_metric="epoch", summary="min,max").name == "val/*"
    for loss in (3.0, 1.0, 2.0):
        run.log({"val/loss": loss, "epoch": loss})
    assert wandb.summary["val/loss"] == {"min": 1.0, "max": 3.0} and wandb.summary.epoch == 2.0

image = numpy.linspace(0, 255, 48).reshape(4, 4, 3)
with wandb.init(project="compat", name="media") as run:
    boxes = {"predictions": {"class_labels": {1: "cat"}, "box_data": [
        {"position": {"minX": 0.25, "maxX": 0.5, "minY": 0, "maxY": 1}, "class_id": 1, "scores": {"score": 0.5}},
        {"position": {"middle": [2, 2], "width": 2, "height": 4}, "domain": "pixel", "box_caption": "dog"}]}}
    masks = {"truth": {"mask_data": numpy.eye(4, dtype="u1"), "class_labels": {0: "ground", 1: "road"}}}
    words = wandb.Table(columns=["word", "picture"], data=[["cat", wandb.Image(image)]])
    words.add_data("dog", wandb.Image(image.astype("u1")))
    assert list(words.get_dataframe()["word"]) == words.get_column("word") == ["cat", "dog"]
    wandb.log({
        "image": wandb.Image(image, caption="noise", boxes=boxes, masks=masks),
        "grey": [wandb.Image(image[:, :, 0] / 255), wandb.Image(image[:, :, 0].astype("u1"))],
        "histogram": wandb.Histogram(numpy.arange(10), num_bins=5),
        "counted": wandb.Histogram(np_histogram=numpy.histogram([1, 2, 2], bins=2)),
        "audio": wandb.Audio(numpy.zeros(100), sample_rate=8000, caption="silence"),
        "video": wandb.Video(numpy.zeros((2, 3, 4, 4), "u1"), fps=8),
        "videos": wandb.Video(numpy.zeros((2, 2, 3, 4, 4), "u1")),
        "html": wandb.Html("<b>bold</b>"),
        "cloud": wandb.Object3D(numpy.array([[0.0, 1, 2, 3], [4, 5, 6, 1]])),
        "words": words,
        "text": "hello",
        "vector": [1, 2.5],
        "array": numpy.arange(3),
    })

with wandb.init(project="compat", name="charts") as run:
    table = wandb.Table(columns=["x", "y", "who"], data=[[0, 1.0, "a"], [1, 2.0, "b"], [2, 2.0, "a"]])
    truth, scores = numpy.array([0, 1, 1, 0]), numpy.array([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.3, 0.7]])
    wandb.log({
        "line": wandb.plot.line(table, "x", "y", stroke="who", title="a line"),
        "scatter": wandb.plot.scatter(table, "x", "y"),
        "bar": wandb.plot.bar(table, "who", "y"),
        "counts": wandb.plot.histogram(table, "y"),
        "series": wandb.plot.line_series([0, 1], [[1, 2], [3, 4]], keys=["p", "q"]),
        "lines": wandb.plot.line_series([[0], [1, 2]], [[3], numpy.array([4, 5])], xname="t"),
        "pr": wandb.plot.pr_curve(truth, scores, labels=["no", "yes"]),
        "roc": wandb.plot.roc_curve(truth, scores, classes_to_plot=[1]),
        "confusion": wandb.plot.confusion_matrix(probs=scores, y_true=truth, class_names=["no", "yes"]),
        "named": wandb.plot.confusion_matrix(preds=["a", "b", "b"], y_true=["a", "a", "b"]),
        "vega": wandb.plot_table("some/chart", table, {"x": "x"}, {"title": "vega"}),
    })
    assert wandb.plot.pr_curve() is None and wandb.plot.roc_curve([1]) is None

os.environ.update(WANDB_PROJECT="compat", WANDB_NAME="environment", WANDB_TAGS="x,y",
                  WANDB_RUN_ID=wandb.util.generate_id())
run = wandb.init(config={"a": 1, "b": 2}, config_exclude_keys=["a"])
assert run.id == os.environ["WANDB_RUN_ID"] and len(run.id) == 8
wandb.log({"one": 1})
beside = wandb.init(project="compat", name="beside", id="compat-beside", reinit="create_new", tags=["z"])
assert wandb.run is run
beside.log({"two": 2})
beside.finish()
wandb.finish(exit_code=1)
for name in [one for one in os.environ if one.startswith("WANDB_")]:
    del os.environ[name]
again = wandb.init(project="compat", name="beside", resume_from="compat-beside?_step=0")
again.log({"two": 3})
again.finish()

origin = wandb.init(project="compat", name="origin", id="compat-origin", config={"lr": 0.5})
for step in range(6):
    wandb.log({"n": step})
origin.finish()
assert origin.inner.finish(wait=100)  # what a rewind hides has reached the server
fork = wandb.init(project="compat", name="forked", id="compat-forked", fork_from="compat-origin?_step=3")
assert fork.step == fork.starting_step == 4
fork.log({"n": 40})
fork.log({"n": 50, "own": 1})
fork.finish()
os.environ["WANDB_RESUME_FROM"] = "compat-origin?_step=4"
back = wandb.init(project="compat")
assert back.id == "compat-origin" and back.step == 5
back.log({"n": 51})
back.finish()
del os.environ["WANDB_RESUME_FROM"]
for said in ({"fork_from": "a?_step=1", "resume_from": "b?_step=1"}, {"fork_from": "a?_step=1", "resume": "allow"},
             {"fork_from": "a?_step=1", "id": "a"}, {"resume_from": "a?_step=1", "id": "b"}, {"fork_from": "a"},
             {"fork_from": "a?_step=-1"}, {"resume_from": "a?loss=1"}):
    try:
        wandb.init(project="compat", name="refused", **said)
    except wandb.UsageError as error:
        assert "fork" in str(error) or "resume_from" in str(error)
    else:
        raise AssertionError(said)

os.environ["WANDB_MODE"] = "disabled"
off = wandb.init(project="compat", name="off")
off.log({"a": 1})
assert off.disabled and wandb.config.as_dict() == {}
off.finish()
del os.environ["WANDB_MODE"]

warnings.simplefilter("default")
with wandb.init(project="compat", name="unsupported") as run:
    print("a line for the console")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(2):
            wandb.save("*.pt")
            artifact = wandb.Artifact("weights", type="model")
            artifact.add_file("nowhere.pt")
            with artifact.new_file("inside.txt") as file:
                file.write("text")
            artifact.add_dir("nowhere")
            artifact.add(table, "table")
            artifact.metadata["a"] = artifact.version
            run.log_artifact(artifact, aliases=["best"]).wait()
            assert run.use_artifact("weights:latest").name == "weights:latest"
            run.log_model("nowhere.pt", "weights")
            run.link_model("nowhere.pt", "registry")
            wandb.log_artifact("nowhere.pt", type="model")
            wandb.log(3)
            wandb.log({"bad": object(), "good": 1.0, "scene": wandb.Object3D("scene.obj"),
                       "chart": wandb.plot.line(table, "x", "nowhere"), "no chart": wandb.plot.bar(None, "a", "b")})
    texts = sorted(str(one.message) for one in told)
    assert len(texts) == 10 and len(set(texts)) == 10, texts
    assert sum("keeps no files: log_artifact does nothing" in one for one in texts) == 1
    assert {one.filename for one in told} == {"<string>"}, told
    assert run.step == 2

try:
    with wandb.init(project="compat", name="raises"):
        raise KeyError
except KeyError:
    pass
"""


@pytest.fixture(scope="module")
def api(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The server's, after TRAINING."""
    with processes.folder("stepwell-spool-") as spool:
        yield run_as_training(TRAINING, server, spool, tmp_path_factory.mktemp("training"), warnings=True)
        training.stop_uploader(spool)


@pytest.fixture
def media(api: Api) -> Run:
    return the_run(api, "compat", "media")


def tags(run: Run) -> set[str]:
    return {one["tag"] for one in run.tags()}


def test_steps_are_those_of_wandb(api: Api) -> None:
    run = the_run(api, "compat", "steps")
    assert values(run, "loss") == [(0, 1.0), (1, 0.5), (10, 0.25), (11, 0.125)]
    assert values(run, "other") == [(1, 1.5), (10, 2.5)]
    assert values(run, "val.acc") == [(0, 0.5)] and values(run, "val.deep.er") == [(0, 1.0)]


def test_config_and_summary_are_parameters(api: Api) -> None:
    run = the_run(api, "compat", "steps")
    said = {key: value for key, value in run.params.items() if not key.startswith("stepwell.")}
    assert said == {
        "lr": 0.2, "model.depth": 4, "batch": 32, "optimizer": "adam", "seed": 7, "late": True, "summary.best": 0.9,
        "summary.epoch": 3, "summary.note": "good",
    }  # fmt: skip
    assert run.labels["entity"] == "team" and run.labels["tags"] == "a, b" and run.labels["group"] == "g"
    assert run.labels["job_type"] == "train" and run.note == "why" and run.status == "finished"


def test_an_alert_is_a_text_and_comes_once(api: Api) -> None:
    assert values(the_run(api, "compat", "steps"), "alert") == [(12, "**Low accuracy** (WARN)\n\n0.5 is low")]


def test_settings_say_what_is_captured(api: Api) -> None:
    assert "stepwell/console" not in tags(the_run(api, "compat", "steps"))
    assert "stepwell/console" in tags(the_run(api, "compat", "unsupported"))


def test_metrics_are_defined(api: Api) -> None:
    labels = the_run(api, "compat", "metrics").labels
    assert json.loads(labels["stepwell.metric/val/*"]) == {"step_metric": "epoch", "summary": "min,max"}


def test_boxes_masks_and_captions_are_beside_the_image(media: Run) -> None:
    ((_, text),) = values(media, "image/annotations")
    (said,) = json.loads(text)["images"]
    assert said["caption"] == "noise" and said["masks"]["truth"]["classes"] == {"0": "ground", "1": "road"}
    assert said["boxes"] == [
        {"box": [1.0, 0.0, 2.0, 4.0], "label": "cat", "group": "predictions", "score": 0.5},
        {"box": [1.0, 0.0, 3.0, 4.0], "label": "dog", "group": "predictions"},
    ]


def test_floats_are_taken_as_wandb_takes_them(api: Api, media: Run) -> None:
    """From 0 to 255, or from 0 to 1: the same picture."""
    ((_, grey),) = values(media, "grey")
    whole, halves = (api.blob(item) for item in grey["items"])
    assert whole[:4] == halves[:4] == b"\x89PNG" and grey["width"] == 4
    _, rows = table(api, media, "words")
    assert rows == [["cat", "words/picture[0]"], ["dog", "words/picture[1]"]]
    ((_, pictures),) = values(media, "words/picture")
    assert len(pictures["items"]) == 2


def test_every_type_has_its_series(media: Run) -> None:
    (whole,) = values(media, "histogram")
    assert [count for _, _, count in whole[1]["buckets"]] == [2.0] * 5
    assert values(media, "counted") == [(0, {"buckets": [[1.0, 1.5, 1.0], [1.5, 2.0, 2.0]]})]
    assert values(media, "text") == [(0, "hello")]
    assert values(media, "vector")[0][1]["data"] == [1.0, 2.5] and values(media, "array")[0][1]["shape"] == [3]
    for tag in ("audio", "video", "videos/0", "videos/1", "html", "cloud_VERTEX", "cloud_COLOR"):
        assert len(values(media, tag)) == 1, tag


def chart(api: Api, run: Run, tag: str) -> tuple[list[str], list[list[Any]]]:
    """Names of columns, and rows, of the only table of a series."""
    (point,) = run.series(tag)
    found = json.loads(api.blob(point.value))
    return [column["name"] for column in found["columns"]], found["rows"]


def test_charts_are_tables_curves_and_histograms(api: Api) -> None:
    run = the_run(api, "compat", "charts")
    assert chart(api, run, "line") == (["x", "y", "who"], [[0, 1.0, "a"], [1, 2.0, "b"], [2, 2.0, "a"]])
    assert values(run, "line/title") == [(0, "a line")]
    assert chart(api, run, "scatter") == (["x", "y"], [[0, 1.0], [1, 2.0], [2, 2.0]])
    assert chart(api, run, "bar") == (["who", "y"], [["a", 1.0], ["b", 2.0], ["a", 2.0]])
    ((_, counts),) = values(run, "counts")
    assert sum(count for _, _, count in counts["buckets"]) == 3
    names = ["x", "lineKey", "lineVal"]
    assert chart(api, run, "series") == (names, [[0, "p", 1], [1, "p", 2], [0, "q", 3], [1, "q", 4]])
    assert chart(api, run, "lines") == (["t", *names[1:]], [[0, "line_0", 3], [1, "line_1", 4], [2, "line_1", 5]])
    for tag in ("pr/no", "pr/yes"):
        ((_, curve),) = values(run, tag)
        assert curve["rows"][0][0] == 2 and curve["rows"][5][0] == 1, "all are found at threshold 0"
    corners = [[0.0, 0.0], [0.0, 0.5], [0.5, 0.5], [0.5, 1.0], [1.0, 1.0]]
    assert chart(api, run, "roc") == (["class", "fpr", "tpr"], [["1", *corner] for corner in corners])
    pairs = [["no", "no", 1], ["no", "yes", 1], ["yes", "no", 0], ["yes", "yes", 2]]
    assert chart(api, run, "confusion") == (["Actual", "Predicted", "nPredictions"], pairs)
    assert chart(api, run, "named")[1] == [["a", "a", 1], ["a", "b", 1], ["b", "a", 0], ["b", "b", 1]]
    assert len(chart(api, run, "vega")[1]) == 3


def test_environment_resume_and_ends(api: Api) -> None:
    run = the_run(api, "compat", "environment")
    assert run.status == "failed" and run.labels["tags"] == "x, y" and "a" not in run.params and run.params["b"] == 2
    beside = the_run(api, "compat", "beside")
    assert values(beside, "two") == [(0, 2.0), (1, 3.0)] and beside.status == "finished"
    assert the_run(api, "compat", "raises").status == "failed"
    assert not [one for one in api.runs("compat") if one.name == "off"]


def test_a_fork_has_what_came_before_its_moment_and_a_rewind_hides_what_came_after(api: Api) -> None:
    fork, origin = the_run(api, "compat", "forked"), the_run(api, "compat", "origin")
    assert fork.forked_from == ("compat-origin", 4)
    assert values(fork, "n") == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 40.0), (5, 50.0)]
    assert values(fork, "own") == [(5, 1.0)] and fork.params["lr"] == 0.5
    assert values(origin, "n") == [(0, 0.0), (1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (5, 51.0)]
    assert not [one for one in api.runs("compat") if one.name == "refused"]


def test_what_is_not_supported_leaves_the_rest(api: Api) -> None:
    assert values(the_run(api, "compat", "unsupported"), "good") == [(0, 1.0), (1, 1.0)]


def test_the_example_of_wandb(server: Server, tmp_path: pathlib.Path) -> None:
    with processes.folder("stepwell-spool-") as spool:
        api = run_as_training(example("Weights & Biases"), server, spool, tmp_path)
        training.stop_uploader(spool)
    run = the_run(api, "digits-wandb", "lr-0.1")
    steps: list[Any] = [step for step, _ in values(run, "train.loss")]
    assert steps == list(range(100)) and run.params["lr"] == 0.1
