"""Logs tensors, meshes, embeddings and graphs by the Python client, for tensors.spec.ts.

log_tensors.py EXPERIMENT: two runs with the same tags at steps of their own; the first has odd ones too.
STEPWELL_SERVER and STEPWELL_DIR say where to.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array

import stepwell

BEGAN = 1_767_225_600.0  # 2026-01-01 00:00 UTC
STEPS = 5


def weights(number: int, step: int) -> stepwell.Tensor:
    """Signed waves, which are another one in each matrix of the first two dimensions."""
    shape = (2, 3, 16, 24)
    values = array("f")
    for a in range(2):
        for b in range(3):
            for y in range(16):
                values.extend(
                    (1 + step) * math.sin((a + 1) * x / 5 + (b + 1) * y / 4 + number) - 0.25 * a for x in range(24)
                )
    return stepwell.Tensor(values.tobytes(), dtype="float32", shape=shape)


def large() -> stepwell.Tensor:
    """Four matrices of 800 rows of 600, each element its row and a thousandth of its column."""
    values = array("f")
    for matrix in range(4):
        for y in range(800):
            values.extend(1000 * matrix + y + x / 1000 for x in range(600))
    return stepwell.Tensor(values.tobytes(), dtype="float32", shape=(4, 800, 600))


def train(experiment: str, number: int) -> None:
    with stepwell.init(
        experiment=experiment, name=("small", "other")[number], id=f"TENSORS{number:019d}", capture=False
    ) as run:
        for step in range(number, 100 * STEPS, 100):
            wall = BEGAN + step
            run.log({"t/weights": weights(number, step // 100)}, step=step, wall=wall)
            vector = [0.5 * (1 + number) + 0.25 * i + step / 100 for i in range(6)]
            run.log({"t/vector": stepwell.Tensor(vector)}, step=step, wall=wall)
            run.log({"t/scalar": stepwell.Tensor(9_007_199_254_740_993 + step)}, step=step, wall=wall)
            shapes(run, step, number)
        if number == 0:
            odd(run)


def shapes(run: stepwell.Run, step: int, number: int) -> None:
    corners = [[float(i & 1), float(i >> 1 & 1), float(i >> 2)] for i in range(8)]
    points = [[math.sin(i * (k + 1)) for k in range(16)] for i in range(20 * (1 + number))]
    names = [[f"word {i}", str(i)] for i in range(len(points))]
    values = {
        "s/cube": stepwell.Mesh(corners, faces=[[0, 1, 2], [1, 2, 3]]),
        "s/words": stepwell.Embedding(points, names, columns=["word", "count"]),
        "s/model": stepwell.Graph(b"\n\x03\n\x01x", format="graph_def"),
    }
    run.log(values, step=step, wall=BEGAN + step)


def odd(run: stepwell.Run) -> None:
    def log(tag: str, tensor: stepwell.Tensor) -> None:
        run.log({tag: tensor}, step=0, wall=BEGAN)

    log("large/rows", large())
    log("o/odd", stepwell.Tensor([[1.0, math.nan, -2.0], [math.inf, 0.5, -math.inf]]))
    log("o/nan", stepwell.Tensor([math.nan, math.nan]))
    log("o/empty", stepwell.Tensor(b"", dtype="float32", shape=(0, 4)))
    log("o/bool", stepwell.Tensor([[True, False], [False, False]]))
    log("o/complex", stepwell.Tensor(struct.pack("<4f", 3, -4, 0, 1), dtype="complex64", shape=(2,)))
    log("o/text", stepwell.Tensor(["\u202eright to left", "<b>plain</b>"]))
    log("o/wide", stepwell.Tensor(bytes(i % 251 for i in range(300_000)), dtype="uint8", shape=(1, 300_000)))


def main() -> None:
    for number in range(2):
        train(sys.argv[1], number)


if __name__ == "__main__":
    main()
