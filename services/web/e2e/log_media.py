"""Logs images, sound, video and text by the Python client, for media_panels.spec.ts.

log_media.py EXPERIMENT: three runs that logged images at steps of their own.
log_media.py live EXPERIMENT: one run that logs images for each line that comes from standard input, until it ends.
log_media.py odd EXPERIMENT: what nobody hopes for: names of tags, sizes, lengths.
log_media.py films EXPERIMENT FILE...: a run for each file, with it as a film.
STEPWELL_SERVER and STEPWELL_DIR say where to.
"""

from __future__ import annotations

import math
import sys

import stepwell
from stepwell.tensorboard import SummaryWriter

SIZE = 24
STEPS = 8


def picture(hue: int, part: float) -> list[list[list[int]]]:
    """A disc that grows with the training, on a ground of the run's own."""
    radius = 2 + part * SIZE / 3
    rows = []
    for y in range(SIZE):
        row = []
        for x in range(SIZE):
            inside = math.hypot(x - SIZE / 2, y - SIZE / 2) < radius
            row.append([240, 200 - 40 * hue, 60] if inside else [30, 60 + 30 * hue, 90 + 8 * y // 2])
        rows.append(row)
    return rows


def mask() -> dict[str, object]:
    """The inner disc, its upper half of one class and its lower half of another."""

    def number(x: int, y: int) -> int:
        inside = math.hypot(x - SIZE / 2, y - SIZE / 2) < SIZE / 4
        return 0 if not inside else 1 if y < SIZE / 2 else 2

    data = [[number(x, y) for x in range(SIZE)] for y in range(SIZE)]
    return {"data": data, "classes": {1: "upper", 2: "lower"}}


def tone(frequency: float, samples: int) -> list[float]:
    return [0.4 * math.sin(2 * math.pi * frequency * i / 8000) for i in range(samples)]


def train(experiment: str, number: int, name: str, every: int) -> None:
    run = stepwell.init(experiment=experiment, name=name, writer="trainer", capture=False)
    box = {"box": [4, 4, 20, 20], "label": "disc", "score": 0.5 + number / 10, "group": "prediction"}
    layout = {"val": {"acc": ["Multiline", ["val/acc"]]}}
    SummaryWriter(run=run).add_custom_scalars(layout)
    for i in range(STEPS):
        step, part = 1000 * every * i, i / (STEPS - 1)
        run.log({"val/acc": part - number / 10}, step=step)
        images = [
            stepwell.Image(picture(number, part), caption=f"disc at {step}", boxes=[box], masks={"truth": mask()}),
            *(stepwell.Image(picture(number, part * k / 3)) for k in (1, 2)),
        ]
        run.log({"val/sample": images}, step=step)
        run.log({"val/note": f"**{name}** at {step}"}, step=step)
        sound = tone(220 * (number + 1), 2000 if name == "gamma" else 4000)
        run.log({"val/tone": stepwell.Audio(sound, rate=8000, caption="a tone")}, step=step)
    frames = [picture(number, k / 5) for k in range(6)]
    run.log({"val/film": stepwell.Video(frames, fps=6)}, step=1000 * (STEPS - 1))
    if number == 0:
        run.log({"rare/only": stepwell.Image(picture(2, 0.5))}, step=500)
    run.finish(wait=120)


def live(experiment: str) -> None:
    run = stepwell.init(experiment=experiment, name="live", writer="trainer", capture=False)
    step = 0
    run.log({"sample": stepwell.Image(picture(0, 0.2)), "loss": 1.0}, step=step)
    for _ in sys.stdin:
        step += 100
        run.log({"sample": stepwell.Image(picture(1, 0.9)), "late": stepwell.Image(picture(2, 0.5))}, step=step)
    run.finish(wait=120)


def films(experiment: str, *files: str) -> None:
    for number, file in enumerate(files):
        run = stepwell.init(experiment=experiment, name=f"film-{number}", writer="trainer", capture=False)
        run.log({"film": stepwell.Video(file)}, step=0)
        run.finish(wait=120)


def odd(experiment: str) -> None:
    run = stepwell.init(experiment=experiment, name="<img src=x onerror=window.pwned=1>", writer="t", capture=False)
    evil = "<img src=x onerror=window.pwned=1>\u202egnp"
    run.log({evil: stepwell.Image(picture(0, 0.5), caption="<script>window.pwned=1</script>")}, step=1)
    run.log({"wide": stepwell.Image([[x % 256 for x in range(20_000)] for _ in range(20)])}, step=1)
    run.log({"many": [stepwell.Image(picture(k % 3, k / 40)) for k in range(40)]}, step=(1 << 62) + 1)
    for i in range(10_000):
        run.log({"long": f"step {i}"}, step=i)
    run.finish(wait=120)


def main() -> None:
    if sys.argv[1] == "live":
        live(sys.argv[2])
    elif sys.argv[1] == "odd":
        odd(sys.argv[2])
    elif sys.argv[1] == "films":
        films(*sys.argv[2:])
    else:
        for number, (name, every) in enumerate((("alpha", 1), ("beta", 2), ("gamma", 3))):
            train(sys.argv[1], number, name, every)


if __name__ == "__main__":
    main()
