"""What the process prints, as lines with time, stream and level, while it still goes where it went before.

The `write` of the streams themselves is wrapped, so that whoever took `sys.stderr` before (a handler of logging) is
heard too. What other processes and C libraries print past Python is not. `write` only puts text into a queue; a thread
logs it, so a print never waits for the tracker, and what a tracker prints cannot call itself.
"""

from __future__ import annotations

import collections
import re
import sys
import time
from collections.abc import Callable
from typing import Any, TextIO

from stepwell._capture.redact import redact_text
from stepwell._worker import Worker

TAG = "stepwell/console"
LINES_PER_SECOND = 200  # kept in the long run; a burst of as many as in 10 s is taken at once
LINE_CHARACTERS = 4096  # of a line; the rest is cut off
_BURST = 10 * LINES_PER_SECOND
_QUEUE = 100_000  # writes that wait for the thread
_PERIOD = 0.25  # seconds

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")
_LEVEL = re.compile(r"\b(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b")
_LEVELS = {"WARN": "warning", "FATAL": "critical"}

Emit = Callable[[int, float, str, str], None]  # line number, wall time, level, text


class Lines:
    """Text as it is written → lines. A carriage return takes back what is on the line, as on a terminal."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._rest = ""

    def feed(self, text: str) -> list[str]:
        *whole, self._rest = (self._rest + text).replace("\r\n", "\n").split("\n")
        # What a progress bar overwrites is dropped now, or an hour of it would be one line.
        self._rest = self._rest[self._rest.rfind("\r", 0, -1) + 1 :][-4 * LINE_CHARACTERS :]
        return [self._clean(line) for line in whole]

    def flush(self) -> list[str]:
        rest, self._rest = self._rest, ""
        return [self._clean(rest)] if rest.strip() else []

    @staticmethod
    def _clean(line: str) -> str:
        line = _ESCAPES.sub("", line.rstrip("\r").rpartition("\r")[2])
        return line if len(line) <= LINE_CHARACTERS else line[:LINE_CHARACTERS] + " … (cut off)"

    def level(self, line: str) -> str:
        found = _LEVEL.search(line[:160])
        if found:
            return _LEVELS.get(found[1], found[1].lower())
        return "error" if line.startswith("Traceback (most recent call last)") else self._stream


class Console:
    """Wraps the streams until `stop`. `emit` is called from one thread at a time."""

    def __init__(self, emit: Emit, streams: dict[str, TextIO] | None = None) -> None:
        self._emit = emit
        self._lines: dict[str, Lines] = {}
        self._queue: collections.deque[tuple[str, float, str]] = collections.deque(maxlen=_QUEUE)
        self._restore: list[Callable[[], None]] = []
        self._number = 0
        self._dropped = 0
        self._allowance = float(_BURST)
        self._filled = time.monotonic()
        self._worker = Worker("stepwell-console", _PERIOD, self._drain)
        for name, stream in (streams or {"stdout": sys.stdout, "stderr": sys.stderr}).items():
            if stream is not None:
                self._lines[name] = Lines(name)
                self._wrap(name, stream)
        self._worker.start()

    def _wrap(self, name: str, stream: Any) -> None:
        write = stream.write
        queue = self._queue

        def tee(text: str, *rest: Any) -> Any:
            written = write(text, *rest)
            if isinstance(text, str) and not self._worker.inside:
                queue.append((name, time.time(), text))
            return written

        try:
            stream.write = tee
        except AttributeError:  # a stream of slots or of C
            return

        def restore() -> None:
            if stream.__dict__.get("write") is tee:
                del stream.write
                if stream.write != write:  # it was wrapped by somebody else before
                    stream.write = write

        self._restore.append(restore)

    def release(self) -> None:
        """Gives the streams back and does no more; for the child of a fork, where the thread does not exist."""
        for restore in self._restore:
            restore()
        self._restore.clear()
        self._queue.clear()

    def stop(self, patience: float = 5.0) -> None:
        """Gives the streams back and logs what is left."""
        for restore in self._restore:
            restore()
        self._restore.clear()
        if not self._worker.stop(patience):
            return
        self._drain()
        for lines in self._lines.values():
            for line in lines.flush():
                self._line(time.time(), lines.level(line), line)
        self._tell_dropped()

    def _drain(self) -> None:
        while self._queue:
            name, wall, text = self._queue.popleft()
            lines = self._lines[name]
            for line in lines.feed(text):
                self._line(wall, lines.level(line), line)

    def _allow(self) -> bool:
        """Whether one line more may be kept; after a flood not before a second's worth of them may."""
        now = time.monotonic()
        self._allowance = min(float(_BURST), self._allowance + (now - self._filled) * LINES_PER_SECOND)
        self._filled = now
        if self._allowance < (LINES_PER_SECOND if self._dropped else 1):
            return False
        self._allowance -= 1
        return True

    def _line(self, wall: float, level: str, line: str) -> None:
        if not line.strip():
            return
        if not self._allow():
            self._dropped += 1
            return
        self._tell_dropped()
        self._put(wall, level, redact_text(line))

    def _tell_dropped(self) -> None:
        if self._dropped:
            text = f"{self._dropped:,} lines were left out: more than {LINES_PER_SECOND} a second are not kept"
            self._dropped = 0
            self._put(time.time(), "warning", text)

    def _put(self, wall: float, level: str, text: str) -> None:
        self._emit(self._number, wall, level, text)
        self._number += 1
