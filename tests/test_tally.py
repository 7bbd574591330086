"""The last lines of `./dev test`: what failed, what passed only at the second try, and the sum."""

from __future__ import annotations

import pathlib
import subprocess
import sys

TALLY = pathlib.Path(__file__).parent / "tools" / "tally.py"
REPORT = """<testsuites><testsuite>
<testcase classname="bulk" name="moved"/>
<testcase classname="bulk" name="renamed"><failure message="3 is not 4">at bulk.spec.ts:3\n{lines}</failure></testcase>
<testcase classname="bulk" name="copied">
<flakyFailure message="not it"><stackTrace>clipboard is empty</stackTrace></flakyFailure></testcase>
<testcase classname="bulk" name="left out"><skipped/></testcase>
</testsuite></testsuites>"""


def told(*arguments: str | pathlib.Path) -> str:
    return subprocess.run([sys.executable, TALLY, *arguments], capture_output=True, text=True, check=True).stdout


def test_failures_stand_before_the_sum_each_with_its_beginning_and_its_end(tmp_path: pathlib.Path) -> None:
    part = tmp_path / "browser"
    part.mkdir()
    (part / "playwright.xml").write_text(REPORT.format(lines="\n".join(f"line {n}" for n in range(100))))
    (part / "status").write_text("1\n")
    failed, again, total = told("--failures", part).strip().split("\n\n")
    assert failed.startswith("FAILED browser: bulk: renamed\n    3 is not 4\n")
    assert "... 62 lines ..." in failed
    assert failed.endswith("line 99")
    assert again == "PASSED ONLY WHEN TRIED AGAIN browser: bulk: copied\n    not it\n    clipboard is empty"
    assert total == "2 passed, 1 failed, 1 skipped"
    assert told(part) == f"{total}\n"


def test_a_report_cut_short_and_a_part_that_ended_badly_are_failures(tmp_path: pathlib.Path) -> None:
    for name in ("wire", "web"):
        (tmp_path / name).mkdir()
    (tmp_path / "wire" / "pytest.xml").write_text("<testsuites><testcase")
    (tmp_path / "web" / "status").write_text("2\n")
    assert told("--failures", tmp_path / "wire", tmp_path / "web") == (
        "FAILED wire: pytest.xml is cut short\n\n"
        "FAILED web: no test of it, but it ended with 2\n\n"
        "0 passed, 2 failed, 0 skipped\n"
    )
