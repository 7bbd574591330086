"""stepwell.compat.wandb takes the arguments of wandb's own calls, by name, place and default."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest
import stepwell.compat.wandb as ours

wandb: Any = importlib.import_module("wandb")  # mypy says the same with it and without

METHODS = (
    "alert", "define_metric", "finish", "link_artifact", "log", "log_artifact", "log_model", "mark_preempting",
    "restore", "save", "unwatch", "use_artifact", "watch",
)  # fmt: skip
TYPES = ("Audio", "Histogram", "Html", "Image", "Object3D", "Plotly", "Table", "Video")
PLOTS = (
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "scatter",
)
PROPERTIES = (
    "config", "dir", "disabled", "entity", "group", "id", "job_type", "name", "notes", "offline", "path", "project",
    "resumed", "settings", "start_time", "starting_step", "step", "summary", "sweep_id", "tags", "url",
)  # fmt: skip


def arguments(function: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    """Name, kind and default; that of arguments which wandb no longer takes, an object of its own, counts as None."""
    return [
        (one.name, one.kind, None if type(one.default) is object else one.default)
        for one in inspect.signature(function).parameters.values()
    ]


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_a_run(name: str) -> None:
    assert arguments(getattr(ours.Run, name)) == arguments(getattr(wandb.Run, name))


@pytest.mark.parametrize("name", ["init", "finish", "setup", "teardown"])
def test_functions(name: str) -> None:
    """Ours may take what only older ones do, behind: finish(quiet=…)."""
    theirs = arguments(getattr(wandb, name))
    assert arguments(getattr(ours, name))[: len(theirs)] == theirs


@pytest.mark.parametrize("name", PLOTS)
def test_charts(name: str) -> None:
    assert arguments(getattr(ours.plot, name)) == arguments(getattr(wandb.plot, name))


@pytest.mark.parametrize("name", TYPES)
def test_types(name: str) -> None:
    assert arguments(getattr(ours, name).__init__) == arguments(getattr(wandb, name).__init__)


@pytest.mark.parametrize("name", ["add_data", "add_row", "add_column", "get_column", "get_dataframe", "iterrows"])
def test_methods_of_a_table(name: str) -> None:
    assert arguments(getattr(ours.Table, name)) == arguments(getattr(wandb.Table, name))


@pytest.mark.parametrize("name", ["update", "setdefaults", "get", "keys", "items", "as_dict"])
def test_methods_of_config(name: str) -> None:
    assert arguments(getattr(ours.Config, name)) == arguments(getattr(wandb.Config, name))


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_run_tells_what_wandbs_tells(name: str) -> None:
    run = ours.init(project="p", mode="disabled", reinit="create_new")
    try:
        getattr(run, name)
        assert name in ("config", "summary", "start_time", "starting_step") or hasattr(wandb.Run, name)
    finally:
        run.finish()


def test_the_module_has_the_functions() -> None:
    for name in METHODS:
        if hasattr(wandb, name):
            assert callable(getattr(ours, name))
    for name in ("Artifact", "Error", "AlertLevel", "Settings", "errors", "init", "login", "setup", "teardown", "util"):
        assert hasattr(wandb, name) and hasattr(ours, name), name
