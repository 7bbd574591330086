"""Waiting for what a server does after its answer."""

from __future__ import annotations

import time
from collections.abc import Callable

DEADLINE = 90.0


def until(holds: Callable[[], bool], what: str, within: float = DEADLINE) -> None:
    """Asks again and again until it holds; fails with `what` should have held."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within, f"it did not come to hold: {what}"
        time.sleep(0.05)
