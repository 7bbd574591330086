"""Figures of the C++ benchmark programs in build/bench: each prints lines of JSON, {"name", "value", "unit"}."""

from __future__ import annotations

import collections
import contextlib
import json
import pathlib
import subprocess

from harness import processes

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(
    program: pathlib.Path, *arguments: str, repeats: int = 1, environment: dict[str, str] | None = None
) -> dict[str, tuple[str, list[float]]]:
    """name → (unit, values of all runs)."""
    found: dict[str, tuple[str, list[float]]] = {}
    values: dict[str, list[float]] = collections.defaultdict(list)
    for _ in range(repeats):
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=3600,
            env={**processes.clean_environment(), "STEPWELL_SOURCE": str(ROOT), **(environment or {})},
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program.name} ended with {done.returncode}: {done.stderr[-1000:]}")
        for line in done.stdout.splitlines():
            with contextlib.suppress(ValueError, TypeError, KeyError):
                figure = json.loads(line)
                values[figure["name"]].append(float(figure["value"]))
                found[figure["name"]] = (figure.get("unit", ""), values[figure["name"]])
    return found
