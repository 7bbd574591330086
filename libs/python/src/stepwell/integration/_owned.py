"""The run of a logger or callback that a framework calls."""

from __future__ import annotations

from typing import Any

import stepwell
from stepwell.run import Run


class OwnedRun:
    """A run that is opened when it is first needed, and again when more comes after its end (a test after a training).

    Args:
        run: this one instead, which is the caller's and stays open.
        options: of stepwell.init.
    """

    def __init__(self, run: Run | None, options: dict[str, Any]) -> None:
        self._run, self._owns = run, run is None
        self.options = options

    def get(self) -> Run:
        if self._run is None:
            self._run = stepwell.init(**self.options)
            self.options.pop("rewind_to", None)  # once: opened again, it goes on
        return self._run

    @property
    def id(self) -> str:
        """Empty while no run was opened, or only the server knows it."""
        return self._run.id if self._run is not None else str(self.options.get("id") or "")

    def finish(self, status: str) -> None:
        if self._owns and self._run is not None:
            self._run.finish(status)
            self.options.update(resume="allow", name=self._run.name, id=self._run.id or None)
            self._run = None
