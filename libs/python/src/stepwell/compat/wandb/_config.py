"""wandb.config: the run's parameters, by attribute and by item."""

from __future__ import annotations

import importlib
import json
from collections.abc import ItemsView, KeysView, Mapping, ValuesView
from typing import Any

from stepwell.compat.wandb._items import Items


class Config(Items):
    """What is set here is a parameter of the run at once. A value may change: wandb's refusal is not imitated."""

    def keys(self) -> KeysView[str]:
        items: dict[str, Any] = self._items
        return items.keys()

    def items(self) -> ItemsView[str, Any]:
        items: dict[str, Any] = self._items
        return items.items()

    def values(self) -> ValuesView[Any]:
        items: dict[str, Any] = self._items
        return items.values()

    def get(self, *args: Any) -> Any:
        return self._items.get(*args)

    def update(self, d: Any, allow_val_change: bool | None = None) -> None:
        """Sets several: a mapping, a namespace of argparse, or the path of a YAML or JSON file."""
        said = {key.strip("-"): value for key, value in as_mapping(d).items()}
        self._items.update(said)
        self._tell(said)

    def setdefaults(self, d: Any) -> None:
        self.update({key: value for key, value in as_mapping(d).items() if key not in self._items})

    def as_dict(self) -> dict[str, Any]:
        return dict(self._items)


def as_mapping(config: Any) -> dict[str, Any]:
    """The parameters of whatever wandb.init(config=…) takes."""
    if config is None:
        return {}
    if isinstance(config, str):
        return _read(config)
    if not isinstance(config, Mapping) and hasattr(config, "flag_values_dict"):  # absl's FLAGS
        config = config.flag_values_dict()
    items = config if isinstance(config, Mapping) else vars(config)
    return {str(key): value for key, value in items.items()}


def _read(path: str) -> dict[str, Any]:
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = json.loads(text) if path.endswith(".json") else importlib.import_module("yaml").safe_load(text)
    # wandb's own files have {"value": …, "desc": …} under each key.
    return {str(k): v["value"] if isinstance(v, dict) and "value" in v else v for k, v in (found or {}).items()}
