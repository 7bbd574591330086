"""Stepwell's Python client."""

from __future__ import annotations

import importlib
from typing import Any

# name → module that has it, imported when the name is used.
_LAZY = {
    "init": "stepwell._init",
    "Run": "stepwell.run",
    "StepwellWarning": "stepwell._complaints",
    **dict.fromkeys(
        (
            "Audio", "Embedding", "Figure", "Graph", "HTML", "Histogram", "Html", "Image", "Markdown", "Mesh",
            "PRCurve", "PointCloud", "Table", "Tensor", "Text", "Video",
        ),
        "stepwell._values",
    ),
    "Api": "stepwell.api",
    "patch_tensorboard": "stepwell.tensorboard",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'stepwell' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])
