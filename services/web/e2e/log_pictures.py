"""Logs what pictures.spec.ts looks at: every value, step and time is fixed, so that the pictures are the same everywhere.

log_pictures.py EXPERIMENT: eight trainings in two groups, one of which logs NaN, one with a console and a machine's
metrics. STEPWELL_SERVER and STEPWELL_DIR say where to.
"""

from __future__ import annotations

import math
import sys

import stepwell

BEGAN = 1_767_225_600.0  # 2026-01-01 00:00 UTC
STEPS = 240


def wave(step: int, seed: int) -> float:
    """Something like noise, the same on every machine."""
    return (math.sin(step * 12.9898 + seed * 78.233) * 43758.5453) % 1.0 - 0.5


def train(experiment: str, number: int, arch: str, lr: float, seed: int) -> None:
    run = stepwell.init(
        experiment=experiment,
        name=f"{arch}_lr{lr:g}_s{seed}",
        id=f"PICTURE{number:019d}",
        params={"arch": arch, "lr": lr, "seed": seed, "optim": {"name": "adamw", "wd": 0.05}},
        labels={"stage": "final" if seed == 0 else "debug"},
        writer="trainer",
        notes="# Ablation\n\nTwo architectures, **two** rates.",
        capture=False,
    )
    top = (0.82 if arch == "vit-b16" else 0.74) - 20 * abs(lr - 0.001)
    for i in range(STEPS):
        part, wall = i / STEPS, BEGAN + 60 * number + 15 * i
        diverged = arch == "rn50" and lr > 0.001 and seed == 1 and part > 0.7
        loss = float("nan") if diverged else 5 * math.exp(-4 * part) + 0.9 + 0.3 * wave(i, number) + 30 * lr
        run.log({"train/loss": loss, "train/lr": lr * (1 + math.cos(math.pi * part)) / 2}, step=50 * i, wall=wall)
        run.log({"train/grad_norm": math.exp(wave(i, number)) * (1 + 4 * math.exp(-9 * part))}, step=50 * i, wall=wall)
        if i % 8 == 0:
            accuracy = top * (1 - math.exp(-5 * part - 0.05)) + 0.01 * wave(i, number)
            run.log({"val/acc": accuracy, "val/loss": 3 * math.exp(-3 * part) + 1.1}, step=50 * i, wall=wall)
        if number == 0:
            line = f"step {50 * i} loss {loss:.4f}"
            gpu = 95 + 4 * wave(i, 1)
            machine = {"system/gpu/0/percent": gpu, "system/cpu/percent": 40 + 9 * wave(i, 2), "system/memory/bytes": 6e9}
            run.log({"stepwell/console": ["stdout", line], **machine}, step=50 * i, wall=wall)
    run.finish(wait=120)


def main() -> None:
    number = 0
    for arch in ("vit-b16", "rn50"):
        for lr in (0.001, 0.003):
            for seed in (0, 1):
                train(sys.argv[1], number, arch, lr, seed)
                number += 1


if __name__ == "__main__":
    main()
