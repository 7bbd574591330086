"""What is told of a run's calls: once, at the user's own line, and never by ending the training.

What cannot be taken is replaced by what fits best, or left out.
"""

from __future__ import annotations

import os
import re
import sys
import time
import warnings
from collections.abc import Mapping
from typing import Any

from stepwell import _scalars
from stepwell._spool.writer import SpoolWriter

TAG_BYTES = 16 << 10  # the server's own limit
_STEPS = range(-(1 << 63), 1 << 63)
LAST_STEP = _STEPS[-1]
# What UTF-8 has no bytes for. Those from U+DC80 to U+DCFF stand for bytes that were no UTF-8.
_NO_TEXT = re.compile("[\ud800-\udc7f\udd00-\udfff]")


class StepwellWarning(UserWarning):
    """Something that was logged could not be taken, or does not reach the server."""


def warn(text: str) -> None:
    """A warning at the user's own line: the first one outside of this package."""
    level, frame = 1, sys._getframe()
    package = os.path.dirname(__file__)
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename).startswith(package):
        level, frame = level + 1, frame.f_back
    # As an error it would end the training, or a thread of ours: the filter that makes it one is the user's.
    try:
        warnings.warn(f"stepwell: {text}", StepwellWarning, stacklevel=level)
    except StepwellWarning as made_an_error:
        print(made_an_error, file=sys.stderr)


def _shown(value: Any) -> str:
    try:
        return repr(str(value)[:100])
    except Exception:  # an object of the user's may raise anything when it is looked at
        return f"this {type(value).__name__}"


class Complaints:
    """Of one run. Thread safety: as that of a set; of two threads both may be told the same at once."""

    def __init__(self, strict: bool) -> None:
        """`strict`: raises what else is a warning."""
        self._strict = strict
        self._told: set[str] = set()
        self.told_nan = False

    def told(self, once: str) -> bool:
        return once in self._told

    def tell(self, text: str, once: str) -> None:
        """A warning, once for each `once`; an exception if strict."""
        if self._strict:
            raise StepwellWarning(text)
        self.tell_later(text, once)

    def tell_later(self, text: str, once: str) -> None:
        """As tell, and never an exception: it is no fault of a call that is under way."""
        if once not in self._told:
            self._told.add(once)
            warn(text)

    def tell_odd(self, writer: SpoolWriter, scalars: Mapping[str, Any], at: int) -> None:
        """Tells once what is kept as it is and seldom meant: a step that goes back, and NaN."""
        if (back := writer.back) is not None:
            writer.back = None
            told = f"step {back[1]} comes after step {back[0]}; it is kept. rewind_to takes back what is behind a step"
            self.tell(told, "back")
        if self.told_nan:
            return
        for tag, value in scalars.items():
            if value != value:
                self.tell(f"{tag!r} is NaN at step {at}; it is kept, and so are those that follow", "nan")
                self.told_nan = True
                return

    def number(self, tag: str, value: Any) -> float | None:
        """The value as a number; None if it is none, or of a type that _values takes."""
        try:
            return _scalars.as_float(value)
        except Exception as error:
            self.tell(f"{tag!r}: this {type(value).__name__} is no number ({error}); it is left out", tag)
            return None

    def tag_is_good(self, tag: Any) -> bool:
        if not isinstance(tag, str):
            self.tell(f"a name is a str, not {type(tag).__name__}; the value is left out", f"type {type(tag)}")
        elif not tag:
            self.tell("a name is not empty; the value is left out", "empty")
        elif _NO_TEXT.search(tag):
            self.tell(f"the name {tag[:40]!r} has half a character; the value is left out", tag[:200])
        elif len(tag) > TAG_BYTES or len(tag.encode("utf-8", "surrogateescape")) > TAG_BYTES:
            told = f"the name {tag[:40]!r}… has more than {TAG_BYTES:,} bytes; shorten it. The value is left out"
            self.tell(told, tag[:200])
        else:
            return True
        return False

    def step(self, step: Any, default: int) -> int:
        if step is None:
            if default > LAST_STEP:
                self.tell(f"there is no step beyond {LAST_STEP}; what is logged without one stays there", "last step")
            return min(default, LAST_STEP)
        try:
            number = int(step)
            if number != step:
                self.tell(f"a step is a whole number, not {step!r}; it is logged at {number}", "step")
            if number in _STEPS:
                return number
            raise ValueError("it is beyond 64 bits")
        except Exception as error:
            self.tell(f"{_shown(step)} is no step ({error}); it is logged at {default}", "step")
            return default

    def wall(self, wall: Any) -> float:
        if wall is None:
            return time.time()
        try:
            return float(wall)
        except Exception as error:
            self.tell(f"{_shown(wall)} is no time ({error}); it is logged as now", "wall")
            return time.time()
