"""stepwell.init."""

from __future__ import annotations

import datetime
import operator
import os
import pathlib
import time
from collections.abc import Collection, Mapping
from typing import Any

from stepwell import _life, _notes, _ranks, _settings
from stepwell._complaints import StepwellWarning, warn
from stepwell._spool import forks
from stepwell._spool import format as spool
from stepwell.run import Run

MODES = ("online", "offline", "disabled")
FOUND_SECONDS = 5.0  # that init waits for the server, when told to raise what it says
RESUME = ("never", "allow", "must")


def init(
    experiment: str = "default",
    name: str | None = None,
    params: Any = None,
    labels: Mapping[str, Any] | None = None,
    group: str | None = None,
    job_type: str | None = None,
    notes: str | None = None,
    id: str | None = None,
    resume: str | None = None,
    rewind_to: int | None = None,
    fork_from: tuple[str, int] | None = None,
    mode: str | None = None,
    dir: str | os.PathLike[str] | None = None,
    server: str | None = None,
    workspace: str = "default",
    writer: str | None = None,
    primary: bool | None = None,
    when_full: str = "block",
    strict: bool = False,
    capture: bool | Collection[str] = True,
) -> Run:
    """Begins a run, or joins one, and returns at once: nothing here waits for the server.

    Args:
        experiment: its name; made if it is new.
        name: the run's; default: the time.
        params: a mapping, a dataclass or an argparse.Namespace; they may be nested.
        id: the run's id, to log to one run from several processes, or to go on with it.
        resume: "allow" goes on with the run of this id, or without an id of this name; "never" (the default without an
            id) makes a new one; "must" makes none: if there is no such run, that is a warning, and what is logged stays
            in the spool until there is. With `strict` init waits up to 5 s to raise it.
        rewind_to: training goes on at this step: the run's points at it and beyond are hidden.
        fork_from: (run id, step): the new run begins with what that run shows below this step when the server makes the
            new one, and with its parameters; whatever becomes of that run changes nothing. Steps go on there.
        mode: "online", "offline" (only the spool; `python -m stepwell sync` sends it), "disabled"; STEPWELL_MODE.
        dir: the spool folder; STEPWELL_DIR.
        server: host:port of gRPC; STEPWELL_SERVER.
        writer: this process's name among the run's writers, such as a rank; default: a new one. A second process of
            the same name fences the first.
        primary: whether this process tells the run's status and takes points back. Default: yes, unless the run may be
            another's (`id`, `resume`) and a launcher made this process another rank than 0 (RANK,
            OMPI_COMM_WORLD_RANK, PMI_RANK, SLURM_PROCID, LOCAL_RANK).
        when_full: "block" or "drop" when the spool is full (STEPWELL_SPOOL_MAX).
        strict: raise what else is a warning.
        capture: what is captured without being logged; False: nothing.

    Raises:
        ValueError: an argument is none of those that there are.
        StepwellWarning: with strict: there is no folder for the spool; with resume="must" too: there is no such run.
    """
    chosen = mode or os.environ.get("STEPWELL_MODE") or "online"
    resume = resume or ("allow" if id else "never")
    for value, known, what in ((chosen, MODES, "mode"), (resume, RESUME, "resume"),
                               (when_full, ("block", "drop"), "when_full")):  # fmt: skip
        if value not in known:
            raise ValueError(f"{what} is one of {', '.join(known)}, not {value!r}")
    if resume == "never" and id:
        raise ValueError("resume='never' with an id cannot be promised without asking the server; leave one out")
    if fork_from is not None and resume == "must":
        raise ValueError("fork_from is for a new run, and resume='must' makes none; leave one out")
    if resume == "must" and not id and not name:
        raise ValueError("resume='must' needs the id or the name of the run")
    about: dict[str, Any] = {
        "server": server or _settings.server(),
        "workspace": str(workspace),
        "experiment": str(experiment),
        "run": str(id or "") or (spool.new_id() if resume == "never" else ""),
        "name": str(name or "") or datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
        "writer": str(writer or ""),
        "client": f"stepwell-python/{_settings.VERSION}",
        "mode": chosen,
        "must_exist": resume == "must",
        **_fork(fork_from),
    }
    root = None if chosen == "disabled" else _root(dir, strict)
    if root is not None and (fork := about.get("fork")):
        fork["after"] = forks.ends(root, fork["run"], about["server"])
    if primary is None:
        primary = resume == "never" or _ranks.first()
    run = Run(about, root, when_full, strict, primary, step=_first_step(rewind_to, fork_from))
    if root is not None:
        run._try(_begin, run, params, labels, group, job_type, notes, rewind_to)
        if strict and resume == "must" and chosen == "online":
            _await_found(run)
        _life.watch(run)
        _start_capture(run, capture)
    return run


def _root(dir: str | os.PathLike[str] | None, strict: bool) -> pathlib.Path | None:
    try:
        return _settings.spool_root(dir)
    except OSError as error:
        told = f"{error}: nothing is logged. Set STEPWELL_DIR"
        if strict:
            raise StepwellWarning(told) from error
        warn(told)
        return None


def _fork(fork_from: tuple[str, int] | None) -> dict[str, Any]:
    if fork_from is None:
        return {}
    try:
        run, step = fork_from
        if isinstance(run, str) and run and -(1 << 63) <= operator.index(step) < 1 << 63:
            return {"fork": {"run": run, "step": operator.index(step)}}
    except (TypeError, ValueError):
        pass
    raise ValueError(f"fork_from is (run id, step), not {fork_from!r}")


def _first_step(rewind_to: int | None, fork_from: tuple[str, int] | None) -> int:
    if rewind_to is not None:
        return rewind_to
    return operator.index(fork_from[1]) if fork_from else 0


def _begin(
    run: Run,
    params: Any,
    labels: Mapping[str, Any] | None,
    group: str | None,
    job_type: str | None,
    notes: str | None,
    rewind_to: int | None,
) -> None:
    opened = run._open()
    if opened is None:
        return
    if run._primary:  # of several ranks that go back, the last would hide what the first logged since
        if rewind_to is not None:
            opened.rewind(int(rewind_to), False)
        opened.note(_notes.status("running", time.time()))
    for key, value in {**(labels or {}), "group": group, "job_type": job_type}.items():
        if value is not None:
            run.label(key, value)
    if notes:
        run.note(notes)
    if params is not None:
        run.log_params(params)


def _await_found(run: Run) -> None:
    """Until the server has opened the run, or said that there is none. Raises that."""
    deadline = time.monotonic() + FOUND_SECONDS
    while time.monotonic() < deadline and not (told := run.status()).get("opened"):
        if told.get("missing"):
            run._forget()
            run._complaints.tell(f"{told.get('error')}", "missing")
        time.sleep(0.02)


class _Captured:
    """The run as _capture sees it: what it logs does not count as a step of the training."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def log_params(self, params: Mapping[str, Any]) -> None:
        if self._run._primary:  # one host and one command to search by; the documents tell those of the others
            self._run.log_params(params)

    def log(self, values: dict[str, Any], step: int | None = None, wall: float | None = None) -> None:
        self._run._carefully(values, step, wall, False)


def _start_capture(run: Run, capture: bool | Collection[str]) -> None:
    if not capture:
        return
    try:
        from stepwell import _capture
    except ImportError:
        return
    run._capture = _capture.start(_Captured(run), capture)
