"""wandb.init and wandb.Settings."""

from __future__ import annotations

import os
import re
import types
from collections.abc import Mapping, Sequence
from typing import Any

import stepwell
from stepwell.compat.wandb import _run, errors
from stepwell.compat.wandb._config import as_mapping

# Argument of init → its name in Settings, and the environment variable that says it where neither does.
_SAID = {
    "entity": ("entity", "WANDB_ENTITY"),
    "project": ("project", "WANDB_PROJECT"),
    "dir": ("root_dir", "WANDB_DIR"),
    "id": ("run_id", "WANDB_RUN_ID"),
    "name": ("run_name", "WANDB_NAME"),
    "notes": ("run_notes", "WANDB_NOTES"),
    "tags": ("run_tags", "WANDB_TAGS"),
    "group": ("run_group", "WANDB_RUN_GROUP"),
    "job_type": ("run_job_type", "WANDB_JOB_TYPE"),
    "mode": ("mode", "WANDB_MODE"),
    "resume": ("resume", "WANDB_RESUME"),
    "reinit": ("reinit", ""),
    "resume_from": ("resume_from", "WANDB_RESUME_FROM"),
    "fork_from": ("fork_from", "WANDB_FORK_FROM"),
}
_FALSE = ("", "0", "false", "no", "off")
_KEEP = ("create_new", "finish_previous", True)  # what reinit says for a run of its own
_UNSUPPORTED = ("sync_tensorboard", "tensorboard", "monitor_gym")


class Settings(types.SimpleNamespace):
    """wandb's settings, of which those count that are arguments of init, `console` and `x_disable_stats`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)


def init(
    entity: str | None = None,
    project: str | None = None,
    dir: Any = None,
    id: str | None = None,
    name: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    config: Any = None,
    config_exclude_keys: list[str] | None = None,
    config_include_keys: list[str] | None = None,
    allow_val_change: bool | None = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    force: bool | None = None,
    reinit: bool | str | None = None,
    resume: bool | str | None = None,
    resume_from: str | None = None,
    fork_from: str | None = None,
    save_code: bool | None = None,
    tensorboard: bool | None = None,
    sync_tensorboard: bool | None = None,
    monitor_gym: bool | None = None,
    settings: Any = None,
    anonymous: Any = None,
) -> _run.Run:
    """Begins a run of the Stepwell experiment `project`, and makes it `wandb.run`.

    `entity` and `tags` are kept as labels of these names; `dir` is where `run.dir` is made. Where the spool is, which
    server and which token, say Stepwell's own variables (docs/guide/python.md).
    """
    given = locals()
    in_settings = dict(settings) if isinstance(settings, Mapping) else vars(settings or Settings())
    said = {argument: _choose(given[argument], in_settings, *names) for argument, names in _SAID.items()}
    before = _run.current()
    if before is not None and said["reinit"] not in _KEEP:
        return before
    if before is not None and said["reinit"] != "create_new":
        before.finish()
    if os.environ.get("WANDB_DISABLED", "").lower() not in _FALSE:
        said["mode"] = "disabled"
    if isinstance(said["tags"], str):
        said["tags"] = [tag for tag in said["tags"].split(",") if tag]
    run = _begin(said, in_settings)
    chosen = as_mapping(config)
    if config_include_keys is not None:
        chosen = {key: value for key, value in chosen.items() if key in config_include_keys}
    run.config.update({key: value for key, value in chosen.items() if key not in (config_exclude_keys or ())})
    if said["resume"] == "never" and said["id"]:
        run._say(f"resume='never' is not checked: if the server has run {said['id']}, this goes on with it")
    for argument in _UNSUPPORTED:
        if given[argument]:
            run._say(f"wandb.init({argument}=…) has no meaning for Stepwell; see stepwell.patch_tensorboard for "
                     "event files")  # fmt: skip
    return run if said["reinit"] == "create_new" and before is not None else _run.make_current(run)


def _choose(argument: Any, in_settings: Mapping[str, Any], setting: str, variable: str) -> Any:
    for value in (argument, in_settings.get(setting), os.environ.get(variable)):
        if value is not None and value != "":
            return value
    return None


def _begin(said: Mapping[str, Any], in_settings: Mapping[str, Any]) -> _run.Run:
    run_id, rewind_to, fork_from = _branch(said)
    resume = said["resume"]
    # A run of a name is found by it; one without id and name is new.
    allow = resume not in (None, False, "never") and (run_id or said["name"])
    labels = {"entity": said["entity"], "tags": ", ".join(map(str, said["tags"] or ())) or None}
    mode = {"shared": "online", "dryrun": "offline", "run": "online"}.get(said["mode"], said["mode"])
    inner = stepwell.init(
        experiment=said["project"] or "uncategorized",
        name=said["name"],
        labels=labels,
        group=said["group"],
        job_type=said["job_type"],
        notes=said["notes"],
        id=run_id,
        resume=("must" if resume == "must" and run_id else "allow") if allow or run_id else None,
        rewind_to=rewind_to,
        fork_from=fork_from,
        mode=mode,
        capture=_captured(in_settings),
    )
    about = {**said, "mode": inner._about["mode"], "tags": tuple(map(str, said["tags"] or ())),
             "settings": Settings(**in_settings), "step": inner.step}  # fmt: skip
    return _run.Run(inner, about)


def _branch(said: Mapping[str, Any]) -> tuple[str | None, int | None, tuple[str, int] | None]:
    """The run's id, the step that it goes back to, and what it is a fork of."""
    if sum(said[argument] not in (None, False) for argument in ("fork_from", "resume", "resume_from")) > 1:
        raise errors.UsageError("fork_from, resume and resume_from exclude each other: give one of them")
    run_id, fork, back = said["id"], _moment(said, "fork_from"), _moment(said, "resume_from")
    if fork and fork[0] == run_id:
        raise errors.UsageError(f"run {run_id} cannot be a fork of itself; resume_from takes it back to a step")
    if back and run_id not in (None, back[0]):
        raise errors.UsageError(f"resume_from goes on with run {back[0]}, and id says {run_id}: leave out id")
    return (*back, None) if back else (run_id, None, fork)


def _moment(said: Mapping[str, Any], argument: str) -> tuple[str, int] | None:
    """Run and first step that is not kept: the one that is named itself stays."""
    moment = said[argument]
    if moment is None:
        return None
    text = moment if isinstance(moment, str) else f"{moment.run}?{moment.metric}={moment.value}"  # a wandb.RunMoment
    found = re.fullmatch(r"(.+)\?_step=(\d+)(\.0*)?", text)
    if found is None:
        raise errors.UsageError(f"{argument} is '<run id>?_step=<step>', not {moment!r}")
    return found[1], int(found[2]) + 1


def _captured(in_settings: Mapping[str, Any]) -> set[str]:
    from stepwell._capture import NAMES

    left_out = {"console"} if in_settings.get("console") == "off" else set()
    return set(NAMES) - left_out - ({"system"} if in_settings.get("x_disable_stats") else set())
