"""Logs what kinds.spec.ts looks at, by the Python client: histograms, texts and PR curves, sound and odd ones.

log_kinds.py EXPERIMENT: three runs with the same tags, the third with other widths of bins; the first has odd ones too.
STEPWELL_SERVER and STEPWELL_DIR say where to.
"""

from __future__ import annotations

import itertools
import math
import sys

import stepwell

BEGAN = 1_767_225_600.0  # 2026-01-01 00:00 UTC
STEPS = 1200
EVERY = 10


def bell(edges: list[float], middle: float, width: float) -> list[float]:
    """Counts of 10,000 normally distributed values."""

    def below(x: float) -> float:
        return 0.5 * (1 + math.erf((x - middle) / (width * math.sqrt(2))))

    return [round(10_000 * (below(b) - below(a))) for a, b in itertools.pairwise(edges)]


def rates(skill: float) -> tuple[list[bool], list[float]]:
    """Labels and scores: the better, the further apart."""
    labels, scores = [], []
    for i in range(400):
        positive = i % 3 == 0
        wave = math.sin(i * 12.9898) / 2 + 0.5
        score = 0.7 * wave + (0.3 * skill if positive else 0.0)
        labels.append(positive)
        scores.append(min(1.0, max(0.0, score)))
    return labels, scores


def train(experiment: str, number: int) -> None:
    name = ("narrow", "wide", "coarse")[number]
    bins = 12 if number == 2 else 40
    edges = [-3 + 6 * i / bins for i in range(bins + 1)]
    run_id, params = f"KINDS{number:021d}", {"bins": "few" if number == 2 else "many"}
    with stepwell.init(experiment=experiment, name=name, id=run_id, params=params, capture=False) as run:
        for step in range(0, STEPS, EVERY):
            part, wall = step / STEPS, BEGAN + step
            middle, width = 1.2 * part * (1 if number else -1), (0.9 if number else 0.5) * (1 - 0.6 * part)
            counts = bell(edges, middle, width)
            run.log({"weights/conv": stepwell.Histogram(edges=edges, counts=counts)}, step=step, wall=wall)
            if step % 200 == 0:
                caption = f"# Step {step}\n\nThe **{name}** one says `{step // 2}`.\n\n- [home](https://example.org)"
                run.log({"sample/caption": caption}, step=step, wall=wall)
                run.log({"sample/words": stepwell.Text([["word", "count"], ["step", str(step)]])}, step=step, wall=wall)
                page = f"<h1>Step {step}</h1><script>document.body.append('ran')</script>"
                run.log({"sample/page": stepwell.HTML(page)}, step=step, wall=wall)
                run.log({"sample/rows": stepwell.Table([[name, step]], ["who", "when"])}, step=step, wall=wall)
                labels, scores = rates(0.2 + 0.15 * number + 0.3 * part)
                run.log({"val/pr": stepwell.PRCurve(labels, scores)}, step=step, wall=wall)
        if number == 0:
            odd(run)


def odd(run: stepwell.Run) -> None:
    def log(tag: str, edges: list[float], counts: list[float]) -> None:
        run.log({tag: stepwell.Histogram(edges=edges, counts=counts)}, step=1, wall=BEGAN)

    log("odd/one", [0.25, 0.5], [7])
    log("odd/no_width", [3, 3], [9])
    log("odd/endless", [-math.inf, -1, 0, 1, math.inf], [5, 10, 10, 5])
    log("odd/infinite", [-math.inf, math.inf], [5])
    log("odd/empty", [0, 1, 2], [0, 0])
    log("odd/huge", [-1e308, 0, 1e308], [1e308, 1.5e308])
    log("odd/many", [float(i) for i in range(2501)], [float(i % 50) for i in range(2500)])
    for step in (0, 10, 20, 30, 400):
        late = stepwell.Histogram(edges=[0, 1, 2, 3], counts=[step + 100, 200, 300])
        run.log({"odd/late": late}, step=step, wall=BEGAN)
    hostile = "\u202eright to left\u202c <img src=x onerror=window.pwned=1>\n" + "long " * 5000
    run.log({"odd/text": hostile}, step=1, wall=BEGAN)


def main() -> None:
    for number in range(3):
        train(sys.argv[1], number)


if __name__ == "__main__":
    main()
