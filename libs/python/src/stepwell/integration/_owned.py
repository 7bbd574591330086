"""The run of a logger or callback that a framework calls."""

from __future__ import annotations

from typing import Any

import stepwell
from stepwell._spool import format as spool
from stepwell.run import Run


class OwnedRun:
    """A run that is opened when it is first needed, and again when more comes after its end (a test after a training).

    Its id is chosen here: copies of this object in processes that a framework starts mean the same run.

    Args:
        run: this one instead, which is the caller's and stays open.
        options: of stepwell.init.
    """

    def __init__(self, run: Run | None, options: dict[str, Any]) -> None:
        self._run, self._owns = run, run is None
        self.options = options
        if options.get("resume") in (None, "never") and not options.get("id"):
            # Primary: no other rank has this id, unless it is a copy, and frameworks log on their rank 0 alone.
            options.update(resume=None, id=spool.new_id(), primary=options.get("primary", True))

    def get(self) -> Run:
        if self._run is None:
            self._run = stepwell.init(**self.options)
            self.options.pop("rewind_to", None)  # once: opened again, it goes on
        return self._run

    @property
    def id(self) -> str:
        """Empty while only the server knows it, of a run that is found by its name."""
        return self._run.id if self._run is not None else str(self.options["id"] or "")

    def finish(self, status: str) -> None:
        if self._owns and self._run is not None:
            self._run.finish(status)
            self.options.update(resume="allow", name=self._run.name, id=self._run.id or None)
            self._run = None
