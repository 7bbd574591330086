#!/usr/bin/env python3
"""Logs a value of every type, and scalars between them, to a run: value_trainer.py JSON (the arguments of init)."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import sys
import warnings
from typing import Any

import stepwell
import stepwell._values as values


def every_type(step: int) -> dict[str, Any]:
    """Values that differ from step to step, small ones and such that need blobs of one and of many parts."""
    pixels = [[[step / 10, 0.0, 0.0], [0.0, 1.0, 0.0]]]
    corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, float(step)]]
    noise = b"".join(hashlib.sha256(f"{step}/{i}".encode()).digest() for i in range(100_000))
    large = struct.pack("<30000d", *(step + i / 7 for i in range(30_000)))
    return {
        "image": [values.Image(pixels), values.Image(pixels, caption="c", masks={"m": [[0, 1]]})],
        "image/large": values.Image(b"\x89PNG\r\n\x1a\n" + noise),
        "audio": values.Audio([math.sin(i / (9 + step)) for i in range(400)], 8000, caption="beep"),
        "video": values.Video([pixels] * 3),
        "text": "# grüße\n\n*x* " * (step + 1),
        "text/long": values.Text([["a", "b"], ["c", "é" * 100_000]]),
        "html": values.HTML(f"<b>{step}</b>"),
        "histogram": values.Histogram([i * i + step for i in range(1000)]),
        "table": values.Table([["cat", 0.1], [None, math.nan]], ["word", "x"]),
        "tensor": values.Tensor([[1, 2], [3, 2**60 + step]]),
        "tensor/large": values.Tensor(large, dtype="float64", shape=(30, 1000)),
        "curve": values.PRCurve([1, 0, 1], [0.9, 0.4, 0.1], thresholds=3),
        "embedding": values.Embedding([[0.5, 1], [2, 3]], [["a", 1], ["b", 2]], columns=["word", "n"]),
        "mesh": values.Mesh(corners, [[0, 1, 2]], [[1, 2, 3]] * 3, {"a": 1}),
        "graph": values.Graph(b"\x0a\x03\x0a\x01a"),
        "numbers/nan": math.nan,
        "numbers/infinite": -math.inf,
        "numbers/whole": 2**60 + step,
        "numbers/flag": step % 2 == 0,
    }


def main() -> None:
    warnings.filterwarnings("ignore", ".* is NaN at step", stepwell.StepwellWarning)
    run = stepwell.init(capture=False, **json.loads(sys.argv[1]))
    for step in range(3):
        run.log(every_type(step), step=step, wall=100.0 + step)
        for i in range(1000):
            run.log({"loss": step + 1 / (i + 1), "lr": 0.1}, step=1000 * step + i, wall=200.0 + i)
            run.log({"loss": -1.0 * i}, step=1000 * step + i, wall=200.5 + i)
    run.finish()


if __name__ == "__main__":
    main()
