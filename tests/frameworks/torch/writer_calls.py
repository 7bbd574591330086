#!/usr/bin/env python3
"""Calls of torch's SummaryWriter, patched, so that event files and a run get the same: writer_calls.py LOGDIR."""

from __future__ import annotations

import os
import sys
import tempfile

import matplotlib.figure
import torch
from stepwell.tensorboard import patch_tensorboard

WALL = 12.5


class Model(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Dropout(0.5), torch.nn.ReLU())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x).sum(1)


def numbers(writer: torch.utils.tensorboard.SummaryWriter) -> None:
    writer.add_scalar("scalar", torch.tensor(0.25, requires_grad=True), 3, WALL)
    writer.add_scalar("double", 0.1, 3, WALL, new_style=True, double_precision=True)
    writer.add_scalars("scalars", {"a": 0.5, "b": torch.tensor([2.0])}, 4, WALL)
    values = torch.randn(1000, requires_grad=True)
    writer.add_histogram("hist", values, 1, walltime=WALL)
    writer.add_histogram("hist/number", values, 1, bins=10, walltime=WALL)
    writer.add_histogram("hist/rule", values, 1, bins="auto", walltime=WALL, max_bins=9)
    writer.add_histogram("hist/edges", values, 1, bins=[-9.0, -1, 0, 0.5, 4, 99], walltime=WALL)
    writer.add_histogram("hist/one", torch.ones(3, dtype=torch.int64), 1, walltime=WALL)
    writer.add_histogram_raw("raw", 0, 2, 3, 4, 5, [1, 2], [1, 2], 1, WALL)
    writer.add_pr_curve("pr", torch.randint(0, 2, (100,)), torch.rand(100), 1, walltime=WALL)
    rows = [[1, 0], [1, 0], [0, 1], [0, 1], [0.5, 0.25], [1, 0.1]]
    writer.add_pr_curve_raw("pr_raw", *rows, 1, num_thresholds=2, walltime=WALL)
    layout = {"one": ["Multiline", ["x", "y"]], "two": ["Margin", ["v", "low", "high"]]}
    writer.add_custom_scalars({"a": layout})
    writer.add_hparams({"lr": 0.1, "n": 3, "opt": "adam", "flag": True}, {"acc": 0.5})


def media(writer: torch.utils.tensorboard.SummaryWriter) -> None:
    image = torch.rand(3, 5, 7)  # beyond 1 torch 1.13's pixels begin at black again
    writer.add_image("image", image, 1, WALL)
    writer.add_image("image/uint8", (255 * image).clip(0, 255).to(torch.uint8), 1, WALL)
    writer.add_image("image/grey", image[0], 1, WALL, dataformats="HW")
    writer.add_image("image/hwc", image.permute(1, 2, 0), 1, WALL, dataformats="HWC")
    writer.add_images("images", torch.rand(4, 3, 5, 7), 1, WALL)
    writer.add_image_with_boxes("boxes", image, torch.tensor([[1, 1, 3, 3]]), 1, WALL)
    figure = matplotlib.figure.Figure((1, 1))
    figure.add_subplot().plot([1, 2])
    writer.add_figure("figure", figure, 1, walltime=WALL)
    writer.add_audio("audio", torch.sin(torch.arange(400) / 9).reshape(1, -1) * 1.1, 1, 8000, WALL)
    levels = torch.tensor([0, 85, 170, 255], dtype=torch.uint8)  # 64 colors: a GIF keeps them as they are
    writer.add_video("video", levels[torch.randint(0, 4, (1, 5, 3, 8, 10))], 1, 5, WALL)
    writer.add_text("text", "hello **x**", 1, WALL)


def shapes(writer: torch.utils.tensorboard.SummaryWriter) -> None:
    labels = [["a", "b"]] * 5
    images = torch.rand(5, 3, 4, 4)
    writer.add_embedding(torch.randn(5, 3), labels, images, 2, "emb", metadata_header=["x", "y"])
    writer.add_embedding(torch.randn(5, 3), ["a", "b", "c", "d", "e"])
    colors = (torch.rand(1, 4, 3) * 255).to(torch.uint8)
    writer.add_mesh("mesh", torch.rand(1, 4, 3), colors, torch.tensor([[[0, 1, 2]]]), {"a": 1}, 1, WALL)
    writer.add_graph(Model(), torch.zeros(2, 4))


def main() -> None:
    assert "torch.utils.tensorboard" in patch_tensorboard()
    torch.manual_seed(0)
    with torch.utils.tensorboard.SummaryWriter(sys.argv[1]) as writer:
        numbers(writer)
        media(writer)
        shapes(writer)
    with torch.utils.tensorboard.SummaryWriter(sys.argv[1] + "-charts") as writer:
        writer.add_custom_scalars_multilinechart(["x", "y"], "a", "one")
    with torch.utils.tensorboard.SummaryWriter(sys.argv[1] + "-margin") as writer:
        writer.add_custom_scalars_marginchart(["v", "low", "high"], "a", "one")
    with (
        torch.utils.tensorboard.SummaryWriter(sys.argv[1] + "-onnx") as writer,
        tempfile.TemporaryDirectory() as folder,
    ):
        path = os.path.join(folder, "model.onnx")
        torch.onnx.export(Model().eval(), (torch.zeros(2, 4),), path)
        writer.add_onnx_graph(path)


if __name__ == "__main__":
    main()
