"""wandb.summary: of every metric the last value, or what define_metric chose; and what the training sets itself."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

from stepwell.compat.wandb._items import Items


class Summary(Items, MutableMapping[str, Any]):
    """By attribute and by item. What is set here is kept as the run's parameter `summary.<key>`.

    The server sums up every metric by itself (last, least, greatest); this is for code that reads its own.
    """

    def __init__(self, tell: Callable[[Mapping[str, Any]], None]) -> None:
        super().__init__(tell)
        self.__dict__.update(_rules={}, _counts={})

    def __delitem__(self, key: str) -> None:
        del self._items[key]

    def update(self, d: Any = (), **more: Any) -> None:  # type: ignore[override]
        said = {**dict(d), **more}
        self._items.update(said)
        self._tell(said)


def rule(summary: Summary, name: str, how: str) -> None:
    """Chooses what sums up the metrics of a name (a pattern, if it has a `*`): min, max, mean, first, last, none, …"""
    summary._rules[name] = {one.strip() for one in how.split(",")}


def saw(summary: Summary, values: Mapping[str, Any]) -> None:
    """Takes note of what was logged."""
    for name, value in values.items():
        rules = _rules_of(summary, name)
        if not rules or not isinstance(value, (int, float)):
            summary._items[name] = value
        elif "none" not in rules:
            summary._items[name] = _summed(summary, name, rules, float(value))


def _rules_of(summary: Summary, name: str) -> set[str]:
    rules: dict[str, set[str]] = summary._rules
    if name in rules:
        return rules[name]
    return next((found for pattern, found in rules.items() if fnmatch.fnmatchcase(name, pattern)), set())


def _summed(summary: Summary, name: str, rules: set[str], value: float) -> Any:
    if rules <= {"last", "copy"}:
        return value
    before = summary._items.get(name)
    if not isinstance(before, dict):
        before = {}
    count = summary._counts[name] = summary._counts.get(name, 0) + 1
    folds: dict[str, Callable[[float], float]] = {
        "min": lambda old: value if value < old or math.isnan(old) else old,
        "max": lambda old: value if value > old or math.isnan(old) else old,
        "mean": lambda old: old + (value - old) / count,
        "first": lambda old: old,
        "last": lambda _: value,
    }
    return {one: fold(before[one]) if one in before else value for one, fold in folds.items() if one in rules}
