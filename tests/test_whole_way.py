"""A point's whole way: an event file written here byte by byte → upload → gRPC → store → REST, and nothing changes."""

from __future__ import annotations

import math
import pathlib
import struct

from conftest import SAMPLE_EXPERIMENT, Upload
from harness import event_file
from harness.event_file import EventFile
from harness.rest import Rest

START = 1700000000.25


def bits(value: object) -> bytes:
    """A REST value as the bytes of its float64; one NaN is like another."""
    number = float(value)  # type: ignore[arg-type]
    return b"NaN" if math.isnan(number) else struct.pack("<d", number)


def as_float32(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def test_every_float32_comes_back_as_it_was_logged(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    logged = [0.1, -0.0, 1e-45, 3.4028234663852886e38, math.nan, math.inf, -math.inf, 0.2, 1 / 3]
    points = [(step, START + step, value) for step, value in enumerate(logged)]
    EventFile(folder / "logs").scalars("train/loss", points)

    done = upload(folder / "logs", "whole way: float32")
    assert done.returncode == 0, done.stdout + done.stderr

    run = rest.runs("whole way: float32")["."]
    items = rest.points(run["id"], "train/loss")
    assert [i["step"] for i in items] == list(range(len(logged)))
    assert [i["wall"] for i in items] == [START + step for step in range(len(logged))]
    assert [bits(i["value"]) for i in items] == [bits(as_float32(v)) for v in logged]
    assert items[4]["value"] == "NaN"
    assert items[5]["value"] == "Infinity"
    assert items[6]["value"] == "-Infinity"


def test_steps_are_int64_and_values_float64(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    steps = [-(2**63), -1, 0, 2**53 + 1, 2**63 - 1]
    points = list(zip(steps, [0.1, 5e-324, 1.7976931348623157e308, 0.30000000000000004, -0.0], strict=True))
    file = EventFile(folder / "logs" / "run")
    for step, value in points:
        file.append(event_file.event(START, step, event_file.message(5, event_file.double_value("x", value))))

    assert upload(folder / "logs", "whole way: int64").returncode == 0

    run = rest.runs("whole way: int64")["run"]
    items = rest.points(run["id"], "x")
    assert [(i["step"], bits(i["value"])) for i in items] == [(s, bits(v)) for s, v in points]


def test_a_chart_of_few_columns_keeps_the_spike(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    count, spike = 5000, 3217
    points = [(s, START + s, 1000.0 if s == spike else math.sin(s / 50)) for s in range(count)]
    EventFile(folder / "logs").scalars("loss", points)
    assert upload(folder / "logs", "whole way: spike").returncode == 0
    run = rest.runs("whole way: spike")["."]

    (answer,) = rest.query([{"run": run["id"], "tag": "loss"}], x="step", columns=100)

    assert answer["exact"] is False
    buckets = answer["buckets"]
    assert len(buckets["count"]) <= 100
    assert sum(buckets["count"]) == count
    assert max(buckets["max"]["value"]) == 1000.0
    assert buckets["max"]["step"][buckets["max"]["value"].index(1000.0)] == spike

    (zoomed,) = rest.query([{"run": run["id"], "tag": "loss"}], x="step", columns=100, range=[spike - 10, spike + 10])
    assert zoomed["exact"] is True
    assert zoomed["step"] == list(range(spike - 10, spike + 11))
    assert [bits(v) for v in zoomed["value"]] == [bits(as_float32(points[s][2])) for s in zoomed["step"]]


def test_uploading_again_adds_only_what_is_new(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    file = EventFile(folder / "logs")
    file.scalars("loss", [(s, START + s, float(s)) for s in range(10)])
    for _ in range(2):
        assert upload(folder / "logs", "whole way: again").returncode == 0
    run = rest.runs("whole way: again")["."]
    assert [i["step"] for i in rest.points(run["id"], "loss")] == list(range(10))

    file.scalars("loss", [(s, START + s, float(s)) for s in range(10, 15)])
    assert upload(folder / "logs", "whole way: again").returncode == 0
    assert [i["step"] for i in rest.points(run["id"], "loss")] == list(range(15))


def test_texts_are_kept_as_bytes(folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    texts = ["plain", "<script>alert(1)</script>", "naïve \U0001f600"]
    file = EventFile(folder / "logs")
    for step, text in enumerate(texts):
        file.append(event_file.event(START, step, event_file.message(5, event_file.text_value("notes", text.encode()))))
    assert upload(folder / "logs", "whole way: text").returncode == 0
    run = rest.runs("whole way: text")["."]
    assert [i["value"] for i in rest.points(run["id"], "notes")] == texts


def test_the_run_list_knows_the_last_value_when_the_upload_returns(
    folder: pathlib.Path, upload: Upload, rest: Rest
) -> None:
    EventFile(folder / "logs" / "a").scalars("loss", [(0, START, 3.0), (1, START, 0.5), (2, START, 1.0)])
    assert upload(folder / "logs", "whole way: list").returncode == 0
    experiment = rest.experiment("whole way: list")["id"]
    (run,) = rest.items("/api/v1/runs", experiment=experiment, columns='metrics."loss"')
    assert run["summary"]["loss"] == {"last": 1.0, "min": 0.5, "max": 3.0, "last_step": 2, "count": 3}


def test_a_real_log_comes_back_bit_for_bit(sample: pathlib.Path, rest: Rest) -> None:
    runs = rest.runs(SAMPLE_EXPERIMENT)
    folders = {path.parent for path in sample.rglob("*tfevents*")}
    assert runs.keys() == {folder.relative_to(sample).as_posix() for folder in folders}
    compared = 0
    for folder in folders:
        run = runs[folder.relative_to(sample).as_posix()]["id"]
        for path in sorted(folder.glob("*tfevents*")):
            for tag, points in event_file.read_scalars(path).items():
                items = rest.points(run, tag, kind="scalar")
                assert [(i["step"], bits(i["wall"]), bits(i["value"])) for i in items] == [
                    (step, bits(wall), bits(value)) for step, wall, value in points
                ], f"{folder.name} · {tag}"
                compared += len(points)
    assert compared > 100
