"""Bad input is a warning once, at the user's own line, and the rest of the call is kept."""

from __future__ import annotations

import decimal
import errno
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any

import numpy
import pytest
from client.spool_content import read, series_of

import stepwell
from stepwell import _notes
from stepwell._spool import forks
from stepwell._uploader.batches import Batcher

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "src"


@pytest.fixture
def run(tmp_path: pathlib.Path) -> Iterator[Any]:
    made = stepwell.init("e", dir=tmp_path, mode="offline", capture=False)
    yield made
    made.finish()


def logged(run: Any) -> dict[bytes, list[int]]:
    """tag → steps."""
    folder = run._writer.folder
    return {tag: [step for step, _, _ in points] for tag, points in
            series_of(read(folder, Batcher(folder, {}, 1 << 20, 0))).items()}  # fmt: skip


def test_offline_nobody_is_waited_for(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = stepwell.init("e", dir=tmp_path, mode="offline", capture=False)
    run.log({"x": 1.0})
    waits: list[float] = []
    monkeypatch.setattr("stepwell.run.time.sleep", waits.append)
    assert run.finish(wait=3600) is False and waits == []


class Shy:
    def __float__(self) -> float:
        raise RuntimeError("never")

    def __str__(self) -> str:
        raise RuntimeError("never")


CIRCLE: dict[str, Any] = {}
CIRCLE["itself"] = CIRCLE


@pytest.mark.parametrize(
    "bad",
    [{"x": object()}, {"x": 1j}, {"x" * 10_000_000: 1.0}, {"x\ud83d": 1.0}, {3: 1.0}, {"": 1.0}, {"x": Shy()},
     {"x": CIRCLE}],
)  # fmt: skip
def test_bad_values_are_told_once_and_the_rest_is_kept(run: Any, bad: dict[Any, Any]) -> None:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for _ in range(3):
            run.log({**bad, "good": 1.0})
    assert len(told) == 1 and told[0].filename == __file__
    assert logged(run) == {b"good": [0, 1, 2]}


def log_all(run: Any, calls: list[tuple[dict[str, Any], int | None]]) -> None:
    for values, step in calls:
        run.log(values, step=step)


def test_strict_raises(tmp_path: pathlib.Path) -> None:
    with stepwell.init("e", dir=tmp_path, mode="offline", capture=False, strict=True) as run:
        with pytest.raises(stepwell.StepwellWarning, match="a step is a whole number"):
            run.log({"a": 1.0}, step=0.5)
        run.log({"a": 1.0})


@pytest.mark.parametrize(("step", "logged_at"), [(2.5, 2), ("x", 0), (1 << 70, 0), (math.nan, 0), (Shy(), 0)])
def test_bad_steps_are_told(run: Any, step: Any, logged_at: int) -> None:
    with pytest.warns(stepwell.StepwellWarning):
        run.log({"a": 1.0}, step=step)
    assert logged(run) == {b"a": [logged_at]}


def test_numbers_of_all_types_are_taken_without_a_word(run: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.log({"a": 1, "b": True, "c": decimal.Decimal("0.1"), "d": math.inf, "e": 10**400, "f": -(10**400)}, step=9)
        run.log({"other": 1.0}, step=3)  # of another name: an epoch, say
        run.log({"a": 2.0})
    assert logged(run)[b"a"] == [9, 4] and len(logged(run)) == 7


def test_the_name_of_a_bad_value_is_told_once(run: Any) -> None:
    with pytest.warns(
        stepwell.StepwellWarning, match="^stepwell: 'x' is left out: a value of type object is not taken"
    ):
        run.log({"x": object()})


def test_a_name_of_bytes_that_are_no_text_is_taken(run: Any) -> None:
    run.log({os.fsdecode(b"\xff"): 1.0}, step=3)
    assert logged(run) == {b"\xff": [3]}


@pytest.mark.parametrize("nan", [math.nan, decimal.Decimal("nan"), numpy.float32("nan")])
def test_nan_is_kept_and_told_once(run: Any, nan: Any) -> None:
    with pytest.warns(stepwell.StepwellWarning, match="'loss' is NaN at step 1; it is kept") as told:
        log_all(run, [({"loss": nan if step % 2 else 0.5, "lr": 0.1}, step) for step in range(4)])
    assert [one.filename for one in told] == [__file__]
    assert logged(run) == {b"loss": [0, 1, 2, 3], b"lr": [0, 1, 2, 3]}


def test_a_step_that_goes_back_is_kept_and_told_once(run: Any) -> None:
    with pytest.warns(stepwell.StepwellWarning, match="step 3 comes after step 9; it is kept") as told:
        log_all(run, [({"a": 1.0}, step) for step in (9, 9, 3, 4, 2)])
    assert [one.filename for one in told] == [__file__]
    assert logged(run) == {b"a": [9, 9, 3, 4, 2]}


def test_at_the_last_step_that_there_is_what_is_logged_without_one_stays(run: Any) -> None:
    last = (1 << 63) - 1
    run.log({"a": 1.0}, step=last)
    with pytest.warns(stepwell.StepwellWarning, match=f"there is no step beyond {last}") as told:
        log_all(run, [({"a": 1.0}, None)] * 2)
    assert len(told) == 1 and run.step == last
    assert logged(run) == {b"a": [last] * 3}


@pytest.mark.parametrize("name", [None, "", 3])
def test_a_metric_without_a_name_is_told_and_labels_nothing(run: Any, name: Any) -> None:
    labels: list[Any] = []
    run._note = labels.append
    with pytest.warns(stepwell.StepwellWarning, match="define_metric takes the name of a metric"):
        run.define_metric(name, step_metric="epoch")
    run.define_metric("loss", step_metric=None, summary="min")
    assert labels == [_notes.label("stepwell.metric/loss", '{"summary": "min"}')]


def test_strict_raises_for_what_is_kept_too(tmp_path: pathlib.Path) -> None:
    with stepwell.init("e", dir=tmp_path, mode="offline", capture=False, strict=True) as run:
        for _ in range(2):
            with pytest.raises(stepwell.StepwellWarning, match="is NaN"):
                run.log({"a": math.nan, "b": 1.0}, step=5)
        with pytest.raises(stepwell.StepwellWarning, match="step 1 comes after step 5"):
            run.log({"a": 0.5, "b": 1.0}, step=1)
        assert logged(run) == {b"a": [5, 5, 1], b"b": [5, 5, 1]}


def test_without_any_folder_for_the_spool_the_training_goes_on(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    told = r"file/spool cannot be used .* nor can the temporary folder .*: nothing is logged\. Set STEPWELL_DIR"
    with pytest.warns(stepwell.StepwellWarning, match=told):
        run = stepwell.init("e", dir=tmp_path / "file" / "spool", mode="offline", params={"lr": 1})
    run.log({"a": 1.0})
    assert run.finish()
    with pytest.raises(stepwell.StepwellWarning, match=told):
        stepwell.init("e", dir=tmp_path / "file" / "spool", mode="offline", strict=True)


def test_warnings_as_errors_do_not_leave_log(run: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run.log({"a": object()})


def test_warnings_as_errors_end_no_thread_of_ours(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run._on_status({"deleted": True})
        run._on_unsynced(OSError("no disk"))
    told = capsys.readouterr().err
    assert "the run was deleted" in told and "did not take what was logged (no disk)" in told


def test_a_disk_that_takes_no_sync_is_told_once_and_a_warning_of_the_run(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run.log({"a": 1.0})
        folder = run._writer.folder
        monkeypatch.setattr(os, "fsync", refuse)
        for step in range(3):
            run.log({"a": 1.0}, step=step)
            run._writer.sync()
            run._on_unsynced(run._writer.unsynced)
        run.finish()
    assert len(told) == 1 and "did not take what was logged" in str(told[0].message)
    notes = [note.warning for batch in read(folder, Batcher(folder, {}, 1 << 20, 0)) for note in batch.notes]
    assert [warning.reason.count("Input/output error") for warning in notes if warning.reason] == [1]


def test_what_no_record_can_hold_is_told_and_harms_nothing_after_it(run: Any) -> None:
    with pytest.warns(stepwell.StepwellWarning, match="a record has at most 67,108,864"):
        run.note("x" * (65 << 20))
    run.log({"a": 1.0})
    assert logged(run) == {b"a": [0]}


@pytest.mark.parametrize("bad", [3, None, [("a", 1.0)]])
def test_what_has_no_names_is_told(run: Any, bad: Any) -> None:
    with pytest.warns(stepwell.StepwellWarning, match="log takes a mapping"):
        run.log(bad)


def test_circular_parameters(run: Any) -> None:
    with pytest.warns(stepwell.StepwellWarning, match="contains itself"):
        run.log_params({"a": 1, "b": CIRCLE})


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, tempfile, stepwell\n"
        "run = stepwell.init('e', dir=tempfile.mkdtemp(), mode='disabled')\n"
        "run.log({'a': 1.0}); run.finish()\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('grpc', 'google', 'numpy', 'torch', 'PIL')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE)}, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_fork_is_in_the_head_of_the_spool_with_what_it_waits_for(tmp_path: pathlib.Path) -> None:
    parent = stepwell.init(id="parent", mode="offline", dir=tmp_path, capture=False)
    parent.log({"loss": 1.0})
    parent.finish()
    (before,) = [path.parent for path in tmp_path.glob("*/writer.json")]
    run = stepwell.init(fork_from=("parent", 7), mode="offline", dir=tmp_path, capture=False)
    assert run.step == 7
    assert run._writer
    head = json.loads((run._writer.folder / "writer.json").read_bytes())
    run.finish()
    end = [1, (before / "00000001.seg").stat().st_size]
    assert head["fork"] == {"run": "parent", "step": 7, "after": {before.name: end}}
    (before / "status.json").write_text(json.dumps({"acknowledged": [1, end[1] - 1]}))
    assert "is not sent yet" in str(forks.unsent(tmp_path, head["fork"]))
    (before / "status.json").write_text(json.dumps({"acknowledged": end}))
    assert forks.unsent(tmp_path, head["fork"]) is None


@pytest.mark.parametrize("fork_from", ["parent", ("parent",), ("parent", 1.5), ("", 1), ("parent", 1 << 63), (1, 2)])
def test_what_is_no_fork_is_refused(fork_from: Any) -> None:
    with pytest.raises(ValueError, match="fork_from"):
        stepwell.init(fork_from=fork_from, mode="disabled")
    with pytest.raises(ValueError, match="fork_from"):
        stepwell.init(id="a", fork_from=("parent", 1), resume="must", mode="disabled")
