"""wandb.watch: histograms of a model's gradients and parameters, by hooks. torch itself is not imported here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell._values import Graph, Histogram

LOG = ("gradients", "parameters", "all", None)


class Every:
    """Says yes at every n-th call."""

    def __init__(self, n: int) -> None:
        self._n, self._count = max(int(n), 1), 0

    def __call__(self) -> bool:
        self._count += 1
        return self._count % self._n == 0


class Watcher:
    """The hooks of a run's models. `log` takes what belongs to the step that the training is in.

    The first model's tags are `gradients/<parameter>`, those of number n `gradients/graph_<n><parameter>`, as wandb's.
    """

    def __init__(self, log: Callable[[dict[str, Any]], None]) -> None:
        self._log = log
        self._models: list[tuple[Any, list[Any]]] = []

    def watch(self, model: Any, what: str | None, every: int, number: int, graph: bool) -> None:
        if graph:
            self._log({f"graph_{number}": Graph(model)})
        prefix = f"graph_{number}" if number else ""
        handles = []
        if what in ("gradients", "all"):
            for name, parameter in model.named_parameters():
                if parameter.requires_grad:
                    handles.append(parameter.register_hook(self._of_gradient(f"gradients/{prefix}{name}", every)))
        if what in ("parameters", "all"):
            handles.append(model.register_forward_hook(self._of_parameters(prefix, every)))
        self._models.append((model, handles))

    def __len__(self) -> int:
        """How many models were watched: the number of the next one."""
        return len(self._models)

    def unwatch(self, models: list[Any] | None) -> None:
        for model, handles in self._models:
            if models is None or any(model is one for one in models):
                for handle in handles:
                    handle.remove()
                handles.clear()

    def _of_gradient(self, tag: str, every: int) -> Callable[[Any], None]:
        due = Every(every)

        def hook(gradient: Any) -> None:
            if due():
                self._log({tag: Histogram(gradient.detach())})

        return hook

    def _of_parameters(self, prefix: str, every: int) -> Callable[..., None]:
        due = Every(every)

        def hook(model: Any, inputs: Any, output: Any) -> None:
            if due():
                named = model.named_parameters()
                self._log({f"parameters/{prefix}{name}": Histogram(one.detach()) for name, one in named})

        return hook
