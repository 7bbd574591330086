"""A run that this process logs to. `stepwell.init` makes it; docs/guide/python.md shows it.

`log` returns when the record is in the spool: it never waits for a network and never raises for a tracker's fault.
"""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import shutil
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from stepwell import _imports, _notes, _params, _scalars, _settings
from stepwell._complaints import LAST_STEP, Complaints, StepwellWarning
from stepwell._keeper import Keeper, Room
from stepwell._spool import format as spool
from stepwell._spool.lock import held
from stepwell._spool.writer import SpoolFull, SpoolWriter


class Run:
    """Thread safety: all methods may be called from any thread; a forked child becomes a writer of its own."""

    def __init__(self, about: Mapping[str, Any], root: pathlib.Path | None, when_full: str, strict: bool,
                 primary: bool = True, step: int = 0) -> None:  # fmt: skip
        self._about, self._root, self._when_full, self._strict = dict(about), root, when_full, strict
        self._primary = primary
        self._step = step
        self._complaints = Complaints(strict)
        # Of what is rare: opening, finishing. Reentrant: a signal may finish the run while its thread does that.
        self._lock = threading.RLock()
        self._dropped = 0
        self._status = "finished"  # what atexit says
        self._finished = False
        self._writer: SpoolWriter | None = None
        self._keeper: Keeper | None = None
        self._capture: Any = None
        self._uploaded: dict[str, Any] = {}

    # ---- what it is ----

    @property
    def id(self) -> str:
        """Chosen here; empty until the server told it, for a run that is found by its name."""
        return str(self._about["run"] or self._uploaded.get("run") or "")

    @property
    def name(self) -> str:
        return str(self._about["name"])

    @property
    def experiment(self) -> str:
        return str(self._about["experiment"])

    @property
    def writer(self) -> str:
        """This process's name among the run's writers."""
        return str(self._about["writer"])

    @property
    def step(self) -> int:
        """The step that the next `log` without one gets."""
        return min(self._step, LAST_STEP)

    def status(self) -> dict[str, Any]:
        """What the uploader says of this process's spool: status.json of docs/formats/spool.md; empty before that.

        "error" is why nothing is sent now, "missing" that resume="must" found no run, "fork_refused" why it is no fork.
        """
        folder = self._gone or (self._writer.folder if self._writer else None)
        try:
            said = json.loads((folder / "status.json").read_bytes()) if folder else None
        except (OSError, ValueError):
            said = None
        return said if isinstance(said, dict) else dict(self._uploaded)

    # ---- logging ----

    def log(self, values: Mapping[str, Any], step: int | None = None, wall: float | None = None) -> None:
        """Logs values of one step.

        Args:
            values: tag → number, or a value of another type (docs/guide/python.md).
            step: default: one more than that of the call before.
            wall: seconds since the epoch; default: now.
        """
        writer = self._writer
        try:
            at = self._step if step is None else step
            taken = writer.row(values, at, time.time() if wall is None else wall)  # type: ignore[union-attr, arg-type]
            if taken:
                self._step = at + 1
        except Exception:  # whatever it is, the careful way tells it
            taken = False
        if not taken:
            self._carefully(values, step, wall, True)
        elif writer.back is not None or not self._complaints.told_nan:  # type: ignore[union-attr]
            self._complaints.tell_odd(writer, values, at)  # type: ignore[arg-type]

    def log_params(self, params: Any) -> None:
        """Parameters: nested ones become dotted keys, values become JSON. Said again, a parameter is replaced.

        Args:
            params: a mapping, a dataclass or an argparse.Namespace, and of these whatever is inside.
        """
        self._try(self._log_params, params)

    def label(self, key: str, value: object) -> None:
        """Sets a label of the run."""
        self._try(lambda: self._note(_notes.label(str(key), str(value))))

    def note(self, text: str) -> None:
        """Sets the run's note."""
        self._try(lambda: self._note(_notes.text(str(text))))

    def define_metric(self, name: str, step_metric: str | None = None, summary: str | None = None) -> None:
        """Says by which metric a metric is drawn, and which of its values sums it up.

        Kept as the label `stepwell.metric/<name>`, a JSON object.
        """
        self._try(self._define_metric, name, {"step_metric": step_metric, "summary": summary})

    def _define_metric(self, name: Any, said: dict[str, Any]) -> None:
        if not isinstance(name, str) or not name:
            raise TypeError(f"define_metric takes the name of a metric, not {name!r}")
        text = _params.encode({key: str(value) for key, value in said.items() if value is not None})
        self._note(_notes.label(f"stepwell.metric/{name}", text))

    def _carefully(self, values: Any, step: Any, wall: Any, count: bool) -> None:
        self._try(self._log, values, step, wall, count)

    def _log(self, values: Any, step: Any, wall: Any, count: bool) -> None:
        writer = self._open()
        if writer is None:
            return
        complaints = self._complaints
        at, when = complaints.step(step, self._step), complaints.wall(wall)
        scalars: dict[str, Any] = {}
        others: list[tuple[str, Any]] = []
        if not hasattr(values, "items"):
            raise TypeError(f"log takes a mapping of names to values, not a {type(values).__name__}")
        for tag, value in values.items():
            if not complaints.tag_is_good(tag):
                continue
            number = value if _scalars.plain(value) else complaints.number(tag, value)
            if number is None:
                others.append((tag, value))
            else:
                scalars[tag] = number
        if scalars:
            self._row(writer, scalars, at, when)
        for tag, value in others:
            self._value(writer, tag, value, at, when)
        if count:
            self._step = at + 1
        complaints.tell_odd(writer, scalars, at)

    def _row(self, writer: SpoolWriter, scalars: dict[str, Any], at: int, when: float) -> None:
        for tag, value in scalars.items():
            if isinstance(value, int) and abs(value) >= 1 << 1023:
                scalars[tag] = _scalars.as_float(value)
        while not writer.row(scalars, at, when):
            writer.prepare(scalars, lambda tag, kind: _notes.scalar_info(tag, _scalars.dtype(kind)))

    def _value(self, writer: SpoolWriter, tag: str, value: Any, at: int, when: float) -> None:
        try:
            for one in _imports.load("stepwell._values").encode(tag, value):
                writer.value(one.info.SerializeToString(), one.value.SerializeToString(), one.blobs, at, when)
        except (TypeError, ValueError, ImportError) as error:
            why = str(error).removeprefix(f"{tag!r}: ")
            self._complaints.tell(f"{tag!r} is left out: {why}", tag)

    def _log_params(self, params: Any) -> None:
        for key, value in _params.flatten(params, lambda text: self._complaints.tell(text, text)):
            if not self._complaints.tag_is_good(key):
                continue
            try:
                self._note(_notes.param(key, _params.encode(_redacted(key, value))))
            except (ValueError, RecursionError) as error:
                self._complaints.tell(f"parameter {key[:200]!r} is left out: {error}", f"param {key[:200]}")

    def _note(self, data: bytes) -> None:
        if writer := self._open():
            writer.note(data)

    def _try(self, what: Any, *arguments: Any) -> None:
        """Does it; what goes wrong is told once, and raised only if the user asked for that."""
        try:
            what(*arguments)
        except SpoolFull:
            self._dropped += 1
            self._complaints.tell("the spool is full; calls are dropped until the server has taken some of it", "full")
        except StepwellWarning:
            raise
        except Exception as error:
            text = f"this call could not be kept: {type(error).__name__}: {error}"
            self._complaints.tell(text, f"call {type(error)}")

    # ---- its life ----

    def _open(self) -> SpoolWriter | None:
        """This process's writer; None when the run is disabled or finished."""
        if self._writer is not None or self._root is None:
            return self._writer
        with self._lock:
            if self._writer is not None:
                return self._writer
            if self._finished:
                self._complaints.tell("the run is finished; what is logged now is left out", "finished")
                return None
            self._writer = SpoolWriter(
                self._root, self._describe(), Room(self._root), self._when_full, _settings.segment_bytes(self._root)
            )
            upload = self._about["mode"] == "online"
            self._keeper = Keeper(self._root, self._writer, upload, self._on_status, self._on_unsynced)
            self._keeper.start()
            return self._writer

    def _describe(self) -> dict[str, Any]:
        now = datetime.datetime.now(datetime.timezone.utc).isoformat().replace("+00:00", "Z")
        about = {**self._about, "host": socket.gethostname(), "pid": os.getpid(), "created": now}
        if not about["writer"]:
            self._about["writer"] = about["writer"] = f"{about['host'][:200]}-{os.getpid()}-{spool.new_id()[-8:]}"
        return {**about, "primary": self._primary}

    def _on_status(self, status: dict[str, Any]) -> None:
        self._uploaded = status
        if status.get("fenced"):
            text = f"another process took the place of writer {self.writer!r}; what this one logs stays in {self._root}"
            self._complaints.tell_later(text, "fenced")
        elif status.get("missing"):
            self._complaints.tell_later(f"{status.get('error')}. What is logged stays in {self._root}", "missing")
        elif status.get("deleted"):
            self._complaints.tell_later(f"the run was deleted; what is logged stays in {self._root}", "deleted")
        elif status.get("fork_refused"):
            self._complaints.tell_later(str(status["fork_refused"]), "fork")
        if self._dropped and (writer := self._writer) is not None:
            count, self._dropped = self._dropped, 0
            writer.note(_notes.warning("calls of log were dropped: the spool was full", count, time.time()))

    def _on_unsynced(self, error: OSError) -> None:
        if self._complaints.told("unsynced"):
            return
        text = f"the disk of the spool did not take what was logged ({error}): a power cut there may lose some of it"
        self._complaints.tell_later(f"{text}. The spool is in {self._root}", "unsynced")
        if writer := self._writer:
            self._try(writer.note, _notes.warning(text, 1, time.time()))

    def finish(self, status: str | None = None, wait: float = 0.0) -> bool:
        """Ends the run. Nothing is lost without `wait`: the uploader goes on.

        Args:
            status: "finished", "failed" or "killed".
            wait: seconds to wait until the server has everything; not offline, unless `sync --watch` sends it.

        Returns: whether the server has everything.
        """
        with self._lock:
            if self._finished:
                return self._sent(wait)
            self._finished = True
        if self._capture is not None:
            self._capture.stop()
        writer, keeper = self._writer, self._keeper
        if writer is None:
            return True
        try:
            if self._dropped:
                writer.note(_notes.warning("calls of log were dropped: the spool was full", self._dropped, time.time()))
            if self._primary:
                writer.note(_notes.status(status or self._status, time.time()))
            writer.close()
            if writer.unsynced:
                self._on_unsynced(writer.unsynced)
        except OSError as error:
            self._complaints.tell(f"the end of the run could not be kept: {error}", "end")
        self._gone = writer.folder
        self._writer = None
        if keeper is not None:
            keeper.stop()
        return self._sent(wait)

    def _forget(self) -> None:
        """As if it had not been begun: nothing of it is kept."""
        with self._lock:
            self._finished = True
            writer, keeper, self._writer = self._writer, self._keeper, None
        if keeper is not None:
            keeper.stop()
        if writer is not None:
            writer.close()
            shutil.rmtree(writer.folder, ignore_errors=True)

    _gone: pathlib.Path | None = None

    def _sent(self, wait: float) -> bool:
        deadline = time.monotonic() + wait
        while self._gone is not None and self._gone.exists():
            if time.monotonic() > deadline or self._left_to_sync():
                return False
            time.sleep(0.02)
        return True

    def _left_to_sync(self) -> bool:
        """Offline, and no `stepwell sync --watch` is there."""
        root = self._root
        return self._about["mode"] == "offline" and root is not None and not held(root / "uploader.lock")

    def _forked(self) -> None:
        """In the child of a fork: the spool is the parent's."""
        if self._writer is not None:
            self._writer.abandon()
        self._writer = self._keeper = self._capture = None
        self._lock = threading.RLock()
        self._primary = False
        self._about["writer"] = ""
        self._dropped = 0

    def __reduce__(self) -> Any:
        """Another process gets a run of its own, a writer of the same run."""
        return attach, ({**self._about, "writer": ""}, self._root, self._when_full, self._strict, self._step)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(status_of(kind))


def attach(about: dict[str, Any], root: pathlib.Path | None, when_full: str, strict: bool, step: int) -> Run:
    """The run of another process, in this one: a writer of its own that says nothing about the run's status."""
    from stepwell import _life

    run = Run(about, root, when_full, strict, primary=False, step=step)
    _life.watch(run)
    return run


def status_of(kind: type[BaseException] | None) -> str:
    if kind is None or (issubclass(kind, (SystemExit, GeneratorExit))):
        return "finished"
    return "killed" if issubclass(kind, KeyboardInterrupt) else "failed"


def _redacted(key: str, value: Any) -> Any:
    try:
        capture = _imports.load("stepwell._capture.redact")
    except ImportError:
        return value
    return capture.redact(value, key)
