#!/usr/bin/env python3
"""Sums up JUnit files: prints `N passed, N failed, N skipped` for the folders of results that it is given.

A folder may hold a file `status` with the exit status of what wrote there. Not 0 without a failed test in the folder
counts as one failure (a crash, a build that broke); 0 without any test counts as one pass (a check without cases).
"""

from __future__ import annotations

import collections
import pathlib
import sys
import xml.etree.ElementTree as xml


def outcome(case: xml.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.find("skipped") is not None or case.get("status") == "notrun" or case.get("result") == "suppressed":
        return "skipped"
    return "passed"


def tally(folder: pathlib.Path) -> collections.Counter[str]:
    count: collections.Counter[str] = collections.Counter()
    for path in sorted(folder.rglob("*.xml")):
        try:
            count.update(outcome(case) for case in xml.parse(path).iter("testcase"))
        except xml.ParseError:
            count["failed"] += 1  # cut short by a crash
    status = folder / "status"
    if status.exists() and status.read_text().strip() != "0":
        count["failed"] = max(count["failed"], 1)
    elif not count:
        count["passed"] = 1
    return count


def main() -> None:
    total: collections.Counter[str] = collections.Counter()
    for name in sys.argv[1:]:
        total += tally(pathlib.Path(name))
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")


if __name__ == "__main__":
    main()
