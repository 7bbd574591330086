"""What a run captures by itself: how it was started, what it prints, how busy the machine is.

    capture = start(run, True)       # or a set of NAMES
    …
    capture.stop()

Everything slow (git, GPUs, lists of packages) happens in a thread; nothing here raises into a training. What leaves has
passed `redact`.
"""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from collections.abc import Callable, Collection, Mapping
from typing import Any, Protocol

from stepwell._capture import facts
from stepwell._capture.console import TAG, Console
from stepwell._capture.redact import redact, redact_arguments, redact_text
from stepwell._capture.system import SystemMetrics

__all__ = ["NAMES", "Capture", "RunLike", "redact", "redact_arguments", "redact_text", "start"]

# What can be captured, each by its name.
NAMES = frozenset({"git", "command", "packages", "host", "environment", "console", "system"})
FACTS_TAG = "stepwell/environment"
DIFF_TAG = "stepwell/git_diff"


class RunLike(Protocol):
    """What this needs of a run."""

    def log(self, values: dict[str, Any], step: int | None = None, wall: float | None = None) -> None: ...
    def log_params(self, params: Mapping[str, Any]) -> None: ...


def wanted(settings: bool | Collection[str]) -> frozenset[str]:
    """The names that `init(capture=…)` asks for.

    Raises:
        ValueError: there is no such name.
    """
    if isinstance(settings, bool):
        return NAMES if settings else frozenset()
    chosen = frozenset([settings] if isinstance(settings, str) else settings)
    if unknown := chosen - NAMES:
        raise ValueError(f"capture has no {sorted(unknown)}; there are {sorted(NAMES)}")
    return chosen


class Capture:
    """What is captured for one run, until `stop`."""

    def __init__(self, run: RunLike, names: frozenset[str]) -> None:
        self._run = run
        self._owner = os.getpid()
        self._console: Console | None = None
        self._system: SystemMetrics | None = None
        if "console" in names:
            self._console = Console(self._print)
        if "system" in names:
            self._system = SystemMetrics(self._measure)
        self._facts = threading.Thread(
            target=lambda: _quietly(lambda: self._gather(names), None), name="stepwell-facts", daemon=True
        )
        self._facts.start()
        _captures.add(self)

    def stop(self, patience: float = 5.0) -> None:
        """Ends it and logs what is left; waits for at most `patience` seconds for each part."""
        if os.getpid() != self._owner:
            return
        _captures.discard(self)
        self._facts.join(patience)
        if self._system is not None:
            self._system.stop(patience)
        if self._console is not None:
            self._console.stop(patience)

    def forked(self) -> None:
        """In the child of a fork: its prints are its own."""
        if self._console is not None:
            self._console.release()

    def _print(self, number: int, wall: float, level: str, text: str) -> None:
        _quietly(lambda: self._run.log({TAG: [level, text]}, step=number, wall=wall), None)

    def _measure(self, number: int, wall: float, metrics: dict[str, float]) -> None:
        _quietly(lambda: self._run.log(dict(metrics), step=number, wall=wall), None)

    def _gather(self, names: frozenset[str]) -> None:
        document: dict[str, Any] = {"version": 1}
        readers: dict[str, Callable[[], dict[str, Any]]] = {
            "command": facts.command,
            "packages": facts.packages,
            "host": facts.host,
            "environment": facts.environment,
        }
        for name, read in readers.items():
            if name in names:
                document.update(_quietly(read, {}))
        diff = ""
        if "git" in names:
            found, diff = _quietly(facts.git, ({}, ""))
            document.update(found)
        if len(document) > 1:
            self._run.log_params(_parameters(document))
            self._run.log({FACTS_TAG: json.dumps(document, ensure_ascii=False)}, step=0, wall=time.time())
        if diff:
            self._run.log({DIFF_TAG: diff}, step=0, wall=time.time())


def _quietly(read: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return read()
    except Exception:  # a machine that is unlike all others must not end a training
        return otherwise


def _parameters(document: dict[str, Any]) -> dict[str, Any]:
    """What runs are searched and compared by; the whole is the document of series `stepwell/environment`."""
    git, gpus = document.get("git", {}), document.get("gpus") or []
    found = {
        "stepwell.script": document.get("script"),
        "stepwell.command": " ".join(document["command"])[:4096] if "command" in document else None,
        "stepwell.python": document.get("python", {}).get("version"),
        "stepwell.host": document.get("host", {}).get("name"),
        "stepwell.gpu": gpus[0]["name"] if gpus else None,
        "stepwell.gpu_count": len(gpus) if "gpus" in document else None,
        "stepwell.git.commit": git.get("commit"),
        "stepwell.git.branch": git.get("branch"),
        "stepwell.git.dirty": git.get("dirty"),
    }
    return {key: value for key, value in found.items() if value is not None}


_captures: weakref.WeakSet[Capture] = weakref.WeakSet()


def _after_fork() -> None:
    for capture in list(_captures):
        capture.forked()
    _captures.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def start(run: RunLike, settings: bool | Collection[str] = True) -> Capture | None:
    """Begins to capture what `settings` asks for; None if that is nothing."""
    names = wanted(settings)
    return Capture(run, names) if names else None
