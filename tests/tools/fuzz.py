#!/usr/bin/env python3
"""Runs every fuzzer for some seconds from its corpus, two at a time, and writes a JUnit file.

Seeds are in tests/fuzz/<fuzzer>/, where an input that once broke something stays for ever. What a fuzzer finds
interesting is kept in the work folder; what breaks it is written there too, and named in the failure.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import pathlib
import subprocess
import sys
import xml.etree.ElementTree as xml

SEEDS = pathlib.Path(__file__).resolve().parent.parent / "fuzz"


def fuzz(program: pathlib.Path, work: pathlib.Path, seconds: int) -> str:
    """Empty, or what went wrong."""
    corpus = work / program.name
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = [SEEDS / program.name] if (SEEDS / program.name).is_dir() else []
    limits = [f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048"]
    done = subprocess.run(
        [program, corpus, *seeds, *limits, "-verbosity=0", "-print_funcs=0", f"-artifact_prefix={corpus}-broken-"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout[-6000:]


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--programs", type=pathlib.Path, required=True)
    ask.add_argument("--work", type=pathlib.Path, required=True)
    ask.add_argument("--seconds", type=int, required=True, help="for each fuzzer")
    ask.add_argument("--junit", type=pathlib.Path, required=True)
    args = ask.parse_args()
    programs = sorted(p for p in args.programs.iterdir() if p.name.endswith("_fuzz") and p.is_file())
    suite = xml.Element("testsuite", name="fuzz")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda program: fuzz(program, args.work, args.seconds), programs)
        for program, wrong in zip(programs, answers, strict=True):
            case = xml.SubElement(suite, "testcase", classname="fuzz", name=program.name)
            if wrong:
                failed += 1
                xml.SubElement(case, "failure", message=f"{program.name} found something").text = wrong
                print(f"FAIL {program.name}\n{wrong}")
            else:
                print(f"ok   {program.name}")
    args.junit.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(suite).write(args.junit, encoding="utf-8")
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
