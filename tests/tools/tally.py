#!/usr/bin/env python3
"""Sums up JUnit files: prints `N passed, N failed, N skipped` for the folders of results that it is given.

A folder may hold a file `status` with the exit status of what wrote there. Not 0 without a failed test in the folder
counts as one failure (a crash, a build that broke); 0 without any test counts as one pass (a check without cases).

With --failures the sum comes last, after what every failed test said and the names of those that passed only when they
were tried again: who sees no more than the end of a long log finds all of it there.
"""

from __future__ import annotations

import argparse
import collections
import pathlib
import re
import xml.etree.ElementTree as xml


def outcome(case: xml.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun" or case.get("result") == "suppressed":
        return "skipped"
    return "passed"


def ended_with(folder: pathlib.Path) -> int:
    status = folder / "status"
    return int(status.read_text()) if status.exists() else 0


def tally(folder: pathlib.Path) -> collections.Counter[str]:
    count: collections.Counter[str] = collections.Counter()
    for path in sorted(folder.rglob("*.xml")):
        try:
            count.update(outcome(case) for case in xml.parse(path).iter("testcase"))
        except xml.ParseError:
            count["failed"] += 1  # cut short by a crash
    if ended_with(folder):
        count["failed"] = max(count["failed"], 1)
    elif not count:
        count["passed"] = 1
    return count


LINES = 40  # of what a failed test said
COLORS = re.compile(r"\x1b\[[0-9;]*m")


def said(report: xml.Element) -> list[str]:
    """The lines of a failure, its message first; of too many also the last, where pytest says what differs."""
    text, message = "".join(report.itertext()).strip("\n"), report.get("message") or ""
    lines = COLORS.sub("", text if message in text else f"{message}\n{text}").splitlines()
    if len(lines) > LINES:
        lines = [*lines[: LINES // 2], f"... {len(lines) - LINES} lines ...", *lines[-LINES // 2 :]]
    return lines


def stories(folder: pathlib.Path) -> list[str]:
    """What is to be told of a folder's tests, a paragraph each."""
    told = []
    for path in sorted(folder.rglob("*.xml")):
        try:
            cases = list(xml.parse(path).iter("testcase"))
        except xml.ParseError:
            told.append(f"FAILED {folder.name}: {path.name} is cut short")
            continue
        for case in cases:
            name = f"{folder.name}: {case.get('classname')}: {case.get('name')}"
            reports = [*case.findall("failure"), *case.findall("error")]
            again = [*case.findall("flakyFailure"), *case.findall("flakyError")]
            kind = "FAILED" if reports else "PASSED ONLY WHEN TRIED AGAIN"
            told += ["\n    ".join([f"{kind} {name}", *said(report)]) for report in reports + again]
    status = ended_with(folder)
    return told if told or not status else [f"FAILED {folder.name}: no test of it, but it ended with {status}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--failures", action="store_true", help="tell first what failed")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    given = parser.parse_args()
    total: collections.Counter[str] = collections.Counter()
    for folder in given.folders:
        total += tally(folder)
        for story in stories(folder) if given.failures else ():
            print(story, end="\n\n")
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")


if __name__ == "__main__":
    main()
