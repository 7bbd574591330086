"""wandb's Run, that logs to a Stepwell run."""

from __future__ import annotations

import datetime
import enum
import pathlib
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from stepwell._values import Media
from stepwell.compat.wandb import _media, _summary, errors
from stepwell.compat.wandb._artifact import Artifact
from stepwell.compat.wandb._config import Config
from stepwell.compat.wandb._summary import Summary
from stepwell.compat.wandb._watch import LOG, Watcher
from stepwell.run import Run as Inner
from stepwell.run import status_of

ALERT_SECONDS = 60.0  # wandb's own pause between two alerts of one title


class AlertLevel(enum.Enum):
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


class Metric:
    """What define_metric was told."""

    def __init__(self, name: str, step_metric: str | None, summary: str | None) -> None:
        self.name, self.step_metric, self.summary = name, step_metric, summary


class Run:
    """Made by init. `inner` is the Stepwell run; as there, no bad value raises.

    Values are logged at once, not when their step is committed: what `log` returned from is kept, whatever happens. A
    tag that is logged twice in one step has two points there, and a step that goes back is logged as it is.
    """

    def __init__(self, inner: Inner, about: Mapping[str, Any]) -> None:
        self.inner = inner
        self._about = dict(about)
        self._step = int(about["step"])
        self.starting_step = self._step
        self.start_time = time.time()
        self.config = Config(inner.log_params)
        self.summary = Summary(self._keep_summary)
        self._watcher = Watcher(lambda values: self.log(values, commit=False))
        self._alerts: dict[str, float] = {}
        self._finished = False
        self._folder: pathlib.Path | None = None

    # ---- what it is ----

    @property
    def id(self) -> str:
        return self.inner.id

    @property
    def name(self) -> str:
        return self.inner.name

    @name.setter
    def name(self, name: str) -> None:
        self._say("a run is named by init(name=…): setting run.name does nothing")

    @property
    def project(self) -> str:
        return self.inner.experiment

    @property
    def entity(self) -> str:
        return str(self._about["entity"] or "")

    @property
    def group(self) -> str:
        return str(self._about["group"] or "")

    @property
    def job_type(self) -> str:
        return str(self._about["job_type"] or "")

    @property
    def path(self) -> str:
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def notes(self) -> str | None:
        notes: str | None = self._about["notes"]
        return notes

    @notes.setter
    def notes(self, notes: str) -> None:
        self._about["notes"] = notes
        self.inner.note(notes)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self._about["tags"])

    @tags.setter
    def tags(self, tags: Any) -> None:
        self._about["tags"] = tuple(map(str, tags))
        self.inner.label("tags", ", ".join(self._about["tags"]))

    @property
    def step(self) -> int:
        """The step that is being logged to."""
        return self._step

    @property
    def disabled(self) -> bool:
        return bool(self._about["mode"] == "disabled")

    @property
    def offline(self) -> bool:
        return bool(self._about["mode"] == "offline")

    @property
    def resumed(self) -> bool:
        return bool(self._about["resume"])

    @property
    def settings(self) -> Any:
        return self._about["settings"]

    @property
    def url(self) -> None:
        """None: the training does not know where the web application is."""

    @property
    def sweep_id(self) -> None:
        """None: Stepwell has no sweeps."""

    @property
    def dir(self) -> str:
        """A folder of this run's own, for files of the training; made when it is asked for."""
        if self._folder is None:
            started = time.strftime("%Y%m%d_%H%M%S", time.localtime(self.start_time))
            self._folder = pathlib.Path(self._about["dir"] or ".", "wandb", f"run-{started}-{self.id}", "files")
            self._folder.mkdir(parents=True, exist_ok=True)
        return str(self._folder.absolute())

    # ---- logging ----

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Logs at `step`, or at the step that is being logged to, which then ends unless `commit` is False.

        Nested mappings become names with dots. With `step` the step ends only if `commit` is True.
        """
        if not isinstance(data, Mapping):
            self._say(f"wandb.log takes a dictionary, not a {type(data).__name__}")
            return
        flat = dict(_flat(data, ""))
        _summary.saw(self.summary, flat)
        self.inner.log(flat, step=self._step if step is None else step)
        if isinstance(step, int) or hasattr(step, "__index__"):
            self._step = max(self._step, int(step))  # type: ignore[arg-type]
        if commit or (commit is None and step is None):
            self._step += 1

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        by = step_metric.name if isinstance(step_metric, Metric) else step_metric
        self.inner.define_metric(name, by, summary)
        if summary:
            _summary.rule(self.summary, name, summary)
        return Metric(name, by, summary)

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Logs histograms of gradients, parameters or both at every `log_freq`th batch; `log_graph` the graph, now."""
        if log not in LOG:
            self._say("wandb.watch: log is 'gradients', 'parameters', 'all' or None")
            return
        for number, model in enumerate(_list(models)):
            if not hasattr(model, "named_parameters"):
                self._say(f"wandb.watch takes models of torch, not a {type(model).__name__}")
                continue
            at = len(self._watcher) if idx is None else idx + number
            self.inner._try(self._watcher.watch, model, log, log_freq, at, log_graph)

    def unwatch(self, models: Any = None) -> None:
        self._watcher.unwatch(_list(models) if models else None)

    def alert(
        self,
        title: str,
        text: str,
        level: str | AlertLevel | None = None,
        wait_duration: int | float | datetime.timedelta | None = None,
    ) -> None:
        """Kept as a text of the series `alert`; one of the same title within `wait_duration` (a minute) is left out."""
        pause = ALERT_SECONDS if wait_duration is None else wait_duration
        seconds = pause.total_seconds() if isinstance(pause, datetime.timedelta) else float(pause)
        now = time.monotonic()
        if now - self._alerts.get(title, -float("inf")) < seconds:
            return
        self._alerts[title] = now
        grade = level.value if isinstance(level, AlertLevel) else str(level or "INFO")
        self.inner.log({"alert": f"**{title}** ({grade})\n\n{text}"}, step=self._step)

    def finish(self, exit_code: int | None = None) -> None:
        """Ends the run: `finished`, or `failed` with an exit code that is not 0."""
        self._end("failed" if exit_code else None)

    def _end(self, status: str | None) -> None:
        if not self._finished:
            self._finished = True
            self._watcher.unwatch(None)
            self.inner.finish(status)
        if _Current.run is self:
            _Current.run = None

    # ---- what Stepwell does not keep ----

    def log_artifact(
        self,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,
        aliases: list[str] | None = None,
        tags: list[str] | None = None,
    ) -> Artifact:
        self._unsupported("log_artifact")
        return Artifact.of(artifact_or_path, name, type)

    def use_artifact(
        self,
        artifact_or_name: Any,
        type: str | None = None,
        aliases: list[str] | None = None,
        use_as: str | None = None,
    ) -> Artifact:
        self._unsupported("use_artifact")
        return Artifact.of(artifact_or_name, None, type)

    def link_artifact(self, artifact: Any, target_path: str, aliases: list[str] | None = None) -> Artifact:
        self._unsupported("link_artifact")
        return Artifact.of(artifact, None, None)

    def upsert_artifact(self, artifact_or_path: Any, *args: Any, **kwargs: Any) -> Artifact:
        self._unsupported("upsert_artifact")
        return Artifact.of(artifact_or_path, None, None)

    finish_artifact = upsert_artifact

    def link_model(self, path: Any, registered_model_name: str, *args: Any, **kwargs: Any) -> None:
        self._unsupported("link_model")

    def log_model(self, path: Any, name: str | None = None, aliases: list[str] | None = None) -> None:
        self._unsupported("log_model")

    def log_code(self, root: str | None = ".", name: str | None = None, **kwargs: Any) -> None:
        self._unsupported("log_code")

    def save(self, glob_str: Any, base_path: Any = None, policy: str = "live", glob: bool = True) -> bool | list[str]:
        self._unsupported("save")
        return []

    def restore(self, name: str, run_path: str | None = None, replace: bool = False, root: str | None = None) -> None:
        self._unsupported("restore")

    def mark_preempting(self) -> None:
        """Not needed: what was logged is in the spool."""

    def _unsupported(self, what: str) -> None:
        self._say(f"stepwell.compat.wandb keeps no files: {what} does nothing")

    def _say(self, text: str) -> None:
        self.inner._try(self.inner._complaints.tell, text, text)

    def _keep_summary(self, said: Mapping[str, Any]) -> None:
        media = {key: value for key, value in said.items() if isinstance(value, Media)}
        if media:
            self.inner.log(media, step=self._step)
        self.inner.log_params({"summary": {key: value for key, value in said.items() if key not in media}})

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        self._end(status_of(exc_type))


class _Current:
    """The run that the module's functions mean."""

    run: Run | None = None


def current() -> Run | None:
    return _Current.run


def make_current(run: Run) -> Run:
    _Current.run = run
    return run


def the_run(what: str) -> Run:
    if _Current.run is None:
        raise errors.Error(f"You must call wandb.init() before {what}")
    return _Current.run


def _flat(data: Mapping[Any, Any], above: str) -> Any:
    for key, value in data.items():
        name = f"{above}{key}" if above or isinstance(key, str) else key
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif value is not None:
            yield name, _media.plain(value)


def _list(models: Any) -> list[Any]:
    return list(models) if isinstance(models, (list, tuple)) else [models]
