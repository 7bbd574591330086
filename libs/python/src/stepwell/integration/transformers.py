"""A callback for the Trainer of Hugging Face's transformers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import transformers

from stepwell.integration._owned import OwnedRun
from stepwell.run import Run

_PHASES = ("eval", "test")  # what the trainer puts before a metric's name; what has none of them is of the training


class StepwellCallback(transformers.TrainerCallback):
    """Logs what a Trainer reports to a run: `Trainer(…, callbacks=[StepwellCallback("digits")])`.

    `loss` becomes `train/loss`, `eval_loss` becomes `eval/loss`, at the trainer's global step. The training's arguments
    and the model's configuration become the run's parameters, as `training.…` and `model.…`. Only the first process
    logs. The run is opened when the training begins, ends with it, and goes on when the trainer is used again.

    Args:
        experiment: its name.
        name: the run's; default: the trainer's `run_name`, or its output folder's name.
        id: go on with the run of this id.
        run: log to this run instead, which stays open.
        options: of stepwell.init.
    """

    def __init__(
        self,
        experiment: str = "transformers",
        name: str | None = None,
        id: str | None = None,
        *,
        run: Run | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self._owned = OwnedRun(run, {"experiment": experiment, "name": name, "id": id, **options})

    @property
    def run(self) -> Run:
        """The Stepwell run."""
        return self._owned.get()

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        run = self._opened(args)
        run.log_params({"training": args.to_sanitized_dict()})
        config = getattr(kwargs.get("model"), "config", None)
        if config is not None and hasattr(config, "to_dict"):
            run.log_params({"model": config.to_dict()})

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        if state.is_world_process_zero and logs:
            self._opened(args).log(_named(logs), step=state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._owned.finish("finished")

    def _opened(self, args: Any) -> Run:
        if self._owned.options["name"] is None:
            output = os.path.basename(os.path.abspath(args.output_dir))
            own = args.run_name if args.run_name != args.output_dir else None  # which it is, if nobody named the run
            self._owned.options["name"] = own or output
        return self._owned.get()


def _named(logs: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are numbers, by the phase that they are of."""
    named = {}
    for name, value in logs.items():
        phase, _, rest = name.partition("_")
        known = phase in _PHASES and rest
        if not isinstance(value, str):
            named[f"{phase}/{rest}" if known else f"train/{name}"] = value
    return named
