"""Keras 3, with any backend: what `fit` reports of every epoch, and of batches if asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from stepwell import _params
from stepwell.run import Run


class StepwellCallback(keras.callbacks.Callback):
    """Logs to a run what Keras reports: `model.fit(…, callbacks=[StepwellCallback(run)])`.

    Metrics have Keras's names (`loss`, `val_loss`, …) and the epoch as step; `learning_rate` is beside them. What
    `evaluate` reports outside of `fit` is `evaluate/<metric>`, at the epoch that was trained last. The optimizer's
    settings and what the training is to do are parameters `keras.…`.

    Args:
        run: where to; it stays open.
        batches: log `batch/<metric>` after every so many batches too, at the number of the batch; 0: not.
        graph: log the model's graph, as `keras`.
    """

    def __init__(self, run: Run, *, batches: int = 0, graph: bool = True) -> None:
        super().__init__()
        self._run = run
        self._batches = batches
        self._graph = graph
        self._batch = 0
        self._epoch = 0
        self._fitting = False

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._fitting = True
        self._run._try(self._log_params)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._fitting = False

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._batch += 1
        if self._batches and self._batch % self._batches == 0:
            self._log("batch/", logs, self._batch - 1)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch = epoch
        self._run._try(self._log_epoch, dict(logs or {}), epoch)

    def on_test_end(self, logs: Mapping[str, Any] | None = None) -> None:
        if not self._fitting:
            self._log("evaluate/", logs, self._epoch)

    def _log(self, above: str, logs: Mapping[str, Any] | None, step: int) -> None:
        self._run.log({f"{above}{name}": value for name, value in (logs or {}).items()}, step=step)

    def _log_epoch(self, values: dict[str, Any], epoch: int) -> None:
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None and "learning_rate" not in values:
            values["learning_rate"] = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
        self._run.log(values, step=epoch)

    def _log_params(self) -> None:
        model, optimizer = self.model, getattr(self.model, "optimizer", None)
        said = {**self.params, "model": model.name, "backend": keras.backend.backend()}
        if model.built:
            said["model_parameters"] = model.count_params()
            if self._graph:
                self._run._carefully({"keras": _graph(model)}, self._batch, None, False)
        said.pop("verbose", None)
        if optimizer is not None:
            said["optimizer"] = _params.jsonable(optimizer.get_config())
        self._run.log_params({"keras": said})


def _graph(model: Any) -> Any:
    from stepwell._values import Graph

    return Graph(model)
