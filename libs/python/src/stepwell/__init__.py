"""Stepwell's Python client: docs/guide/python.md."""

from __future__ import annotations

import importlib
from typing import Any

# name → module that has it, imported when the name is used.
_LAZY = {
    "init": "stepwell._init",
    **dict.fromkeys(("Run", "StepwellWarning"), "stepwell.run"),
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'stepwell' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)
