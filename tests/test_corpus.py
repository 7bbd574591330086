"""Troubles that people had with other trackers (tests/data/cases): uploaded whole, read back exactly, twice."""

from __future__ import annotations

import json
import pathlib
import shutil

import pytest

from conftest import DATA, Upload
from harness.expect import Comparison, lay_out
from harness.rest import Rest

CASES = sorted(path.parent for path in (DATA / "cases").glob("*/expect.json"))
# These warnings come from looking into a value, which is the business of the pages that show such values.
WARNED_BY_THEIR_PAGES = ("17-", "20-", "21-")


def stages(case: pathlib.Path) -> list[dict[str, object]]:
    expect = json.loads((case / "expect.json").read_text())
    if expect["input"] != "logdir":
        return []
    common = {k: v for k, v in expect.items() if k != "stages"}
    found = [{**common, **stage} for stage in expect.get("stages", [{}])]
    # A case that does something to a log directory while it is followed has a test of its own (tests/upload).
    return [] if any("do" in stage for stage in found) else found


def apply(case: pathlib.Path, logdir: pathlib.Path, stage: int) -> None:
    """Appends the files of append-<stage>, or puts those of replace-<stage> in place."""
    for verb, mode in (("append", "ab"), ("replace", "wb")):
        source = case / f"{verb}-{stage}"
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            target = logdir / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open(mode) as file:
                file.write(path.read_bytes())


@pytest.mark.parametrize("case", [c for c in CASES if stages(c)], ids=lambda case: case.name)
def test_case(case: pathlib.Path, folder: pathlib.Path, upload: Upload, rest: Rest) -> None:
    logdir = folder / "logdir"
    shutil.copytree(case / "logdir", logdir)
    lay_out(case, logdir)
    experiment = f"case {case.name}"

    wrong: list[str] = []
    for expect in stages(case):
        stage = int(str(expect.get("stage", 1)))
        if case.name.startswith(WARNED_BY_THEIR_PAGES):
            expect.pop("warnings")
        apply(case, logdir, stage)
        for time in ("", ", uploaded again"):
            done = upload(logdir, experiment)
            assert done.returncode == 0, f"stage {stage}{time}: {done.stdout}{done.stderr}"
            wrong += [f"stage {stage}{time}: {d}" for d in Comparison(rest, experiment, expect).differences()]
    assert not wrong, "\n".join(wrong[:20])


def test_there_are_cases() -> None:
    assert len([c for c in CASES if stages(c)]) >= 15
