"""The examples of docs/guide/python-types.md run as they stand."""

from __future__ import annotations

import pathlib
import re

from stepwell._values import encode

GUIDE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "guide" / "python-types.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Recorder:
    """A run that encodes what it is given."""

    def __init__(self) -> None:
        self.tags: list[str] = []

    def log(self, values: dict[str, object], step: int | None = None, wall: float | None = None) -> None:
        for tag, value in values.items():
            points = [] if isinstance(value, float) else encode(tag, value)
            self.tags += [point.info.tag.decode() for point in points] or [tag]


def test_the_examples_of_types_run() -> None:
    run = Recorder()
    images = [[[0.0, 0.5], [1.0, 0.25]]] * 3
    exec(
        compile("\n".join(BLOCK.findall(GUIDE.read_text())), "python-types.md", "exec"), {"run": run, "images": images}
    )
    street = ["street", "street/annotations", "street/masks/truth"]
    assert run.tags == ["sample", "note", "batch", *street, "tone", "rollout", "words", "report", "loss"]
