"""wandb's common calls, logged to Stepwell: `import stepwell.compat.wandb as wandb` and nothing else to change.

docs/guide/integrations.md tells what each call becomes. What Stepwell has no place for (artifacts, saved files) warns
once and does nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stepwell._settings import VERSION as __version__
from stepwell.compat.wandb import errors, plot, util
from stepwell.compat.wandb._artifact import Artifact
from stepwell.compat.wandb._config import Config
from stepwell.compat.wandb._init import Settings, init
from stepwell.compat.wandb._media import Audio, Histogram, Html, Image, Object3D, Plotly, Table, Video
from stepwell.compat.wandb._run import AlertLevel, Metric, Run, current, the_run
from stepwell.compat.wandb._summary import Summary
from stepwell.compat.wandb.errors import CommError, Error, UsageError
from stepwell.compat.wandb.plot import plot_table, visualize

__all__ = [
    "AlertLevel", "Artifact", "Audio", "CommError", "Config", "Error", "Histogram", "Html", "Image", "Metric",
    "Object3D", "Plotly", "Run", "Settings", "Summary", "Table", "UsageError", "Video", "__version__", "alert",
    "define_metric", "errors", "finish", "init", "join", "link_artifact", "log", "log_artifact", "log_code",
    "log_model", "login", "mark_preempting", "plot", "plot_table", "restore", "save", "setup", "teardown", "unwatch",
    "use_artifact", "util", "visualize", "watch",
]  # fmt: skip


def _of_the_run(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method of Run as a function, of the run that init made."""

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> Any:
        return method(the_run(f"wandb.{method.__name__}()"), *args, **kwargs)

    return call


alert = _of_the_run(Run.alert)
define_metric = _of_the_run(Run.define_metric)
link_artifact = _of_the_run(Run.link_artifact)
log = _of_the_run(Run.log)
log_artifact = _of_the_run(Run.log_artifact)
log_code = _of_the_run(Run.log_code)
log_model = _of_the_run(Run.log_model)
mark_preempting = _of_the_run(Run.mark_preempting)
restore = _of_the_run(Run.restore)
save = _of_the_run(Run.save)
unwatch = _of_the_run(Run.unwatch)
use_artifact = _of_the_run(Run.use_artifact)
watch = _of_the_run(Run.watch)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """Ends the run, if there is one."""
    if (run := current()) is not None:
        run.finish(exit_code)


join = finish


def login(*args: Any, **kwargs: Any) -> bool:
    """True: the token is Stepwell's, of STEPWELL_TOKEN or `python -m stepwell login`."""
    return True


def setup(settings: Any = None) -> None:
    """Nothing to do."""


def teardown(exit_code: int | None = None) -> None:
    finish(exit_code)


class _Before:
    """wandb.config and wandb.summary while there is no run."""

    def __init__(self, what: str) -> None:
        self.__dict__["_what"] = what

    def __getattr__(self, key: str) -> Any:
        the_run(f"{self._what}.{key}")

    def __setattr__(self, key: str, value: object) -> None:
        the_run(f"{self._what}.{key}")

    def __getitem__(self, key: str) -> Any:
        the_run(f"{self._what}[{key!r}]")

    def __setitem__(self, key: str, value: object) -> None:
        the_run(f"{self._what}[{key!r}]")


def __getattr__(name: str) -> Any:
    run = current()
    if name == "run":
        return run
    if name in ("config", "summary"):
        return _Before(f"wandb.{name}") if run is None else getattr(run, name)
    raise AttributeError(f"stepwell.compat.wandb has no {name!r}; it has run, config, summary, {', '.join(__all__)}")
