"""A logger for Lightning, as package `lightning` or as `pytorch_lightning`."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import sys
from collections.abc import Mapping
from typing import Any

from stepwell._values import Graph
from stepwell.integration._owned import OwnedRun
from stepwell.run import Run

# The same classes are in two packages, and one's trainer wants its own: the one that the user has imported.
_NAMES = ("lightning.pytorch", "pytorch_lightning")


def _lightning() -> str:
    for name in _NAMES:
        if name in sys.modules:
            return name
    for name in _NAMES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        return name
    raise ImportError("neither lightning nor pytorch_lightning is installed; pip install one of them")


_package = _lightning()
_loggers = importlib.import_module(f"{_package}.loggers.logger")
_rank_zero_only = importlib.import_module(f"{_package}.utilities.rank_zero").rank_zero_only


class StepwellLogger(_loggers.Logger):  # type: ignore[name-defined]
    """Logs what a Lightning training reports to a run: `Trainer(logger=StepwellLogger("digits"))`.

    Metrics are logged at the trainer's step, hyperparameters become the run's. Only rank 0 logs. The run is opened when
    it is first needed, ends with `fit`, and goes on when the trainer is used again.

    Args:
        experiment: its name.
        name: the run's; default: the time.
        id: go on with the run of this id, such as `version` of the training before.
        prefix: put before each metric's name, with a `/`.
        log_graph: log the model's graph when a training begins.
        run: log to this run instead, which stays open.
        options: of stepwell.init.
    """

    def __init__(
        self,
        experiment: str = "lightning",
        name: str | None = None,
        id: str | None = None,
        prefix: str = "",
        log_graph: bool = False,
        *,
        run: Run | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._experiment_name = run.experiment if run is not None else experiment
        self._owned = OwnedRun(run, {"experiment": experiment, "name": name, "id": id, **options})
        self._prefix = f"{prefix}/" if prefix else ""
        self._log_graph = log_graph

    @property
    @_loggers.rank_zero_experiment  # type: ignore[untyped-decorator]
    def experiment(self) -> Any:
        """The Stepwell run; on other ranks than 0 an object that takes every call and does nothing."""
        return self._owned.get()

    @property
    def name(self) -> str:
        """The experiment's name. Checkpoints are in the folder name/version."""
        return self._experiment_name

    @property
    def version(self) -> str:
        """The run's id; its name while only the server knows that. That of rank 0 is the one that counts."""
        return self._owned.id or str(self._owned.options["name"] or "")

    @_rank_zero_only  # type: ignore[untyped-decorator]
    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        self.experiment.log({f"{self._prefix}{name}": value for name, value in metrics.items()}, step=step)

    @_rank_zero_only  # type: ignore[untyped-decorator]
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self.experiment.log_params(_mapping(params))

    @_rank_zero_only  # type: ignore[untyped-decorator]
    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """The model's graph as torch.fx traces it, which needs no input. Lightning calls it at each beginning."""
        if self._log_graph:
            self._log_graph = False  # once: a test after a training has the same
            self.experiment._carefully({"graph": Graph(model)}, 0, None, False)

    @_rank_zero_only  # type: ignore[untyped-decorator]
    def finalize(self, status: str) -> None:
        """Ends the run, unless it was given."""
        self._owned.finish("failed" if status == "failed" else "finished")


def _mapping(params: Any) -> Mapping[str, Any]:
    if isinstance(params, argparse.Namespace):
        return vars(params)
    if dataclasses.is_dataclass(params) and not isinstance(params, type):
        return dataclasses.asdict(params)
    return dict(params or {})
