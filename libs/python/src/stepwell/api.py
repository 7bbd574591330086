"""What is on a server, for scripts and notebooks: `Api()` lists, filters, reads, edits and deletes.

    for run in stepwell.Api().runs("digits", filter='metrics."val/loss".min < 0.1'):
        frame = run.series("val/loss").to_pandas()

Lists are read page by page, as they are walked through. Numbers are what was logged, NaN and infinities too.
"""

from __future__ import annotations

import datetime
import importlib
import os
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stepwell._http import ApiError, Http
from stepwell._paged import Paged
from stepwell._series import RunsSeries, Series, numbers

__all__ = ["Api", "ApiError", "Experiment", "Paged", "Run", "Runs", "Series"]

DEFAULT_ADDRESS = "http://127.0.0.1:7007"


def address(server: str | None) -> str:
    """Where the web application is: what is given, STEPWELL_API, or what STEPWELL_SERVER (gRPC) lets tell.

    Raises:
        ValueError: STEPWELL_SERVER has another port than the default, so that REST's cannot be told.
    """
    if chosen := server or os.environ.get("STEPWELL_API"):
        return chosen
    grpc = os.environ.get("STEPWELL_SERVER")
    if not grpc or "//" in grpc:
        return grpc or DEFAULT_ADDRESS
    host, _, port = grpc.rpartition(":")
    if port != "7008":
        raise ValueError(
            f"STEPWELL_SERVER={grpc} is where runs are logged to; say where the web application is: Api(server=…) or "
            "STEPWELL_API, such as http://127.0.0.1:7007"
        )
    return f"http://{host}:7007"


def quote(part: str) -> str:
    return urllib.parse.quote(part, safe="")


class _Record:
    """Something of the server with an id; its members are those of the JSON, as attributes."""

    def __init__(self, http: Http, data: dict[str, Any]) -> None:
        self._http = http
        self._data = data

    @property
    def id(self) -> str:
        return str(self._data["id"])

    @property
    def name(self) -> str:
        return str(self._data["name"])

    @property
    def created(self) -> datetime.datetime:
        return _time(self._data["created"])

    @property
    def updated(self) -> datetime.datetime:
        return _time(self._data["updated"])

    def json(self) -> dict[str, Any]:
        """All of it, as the server gave it."""
        return dict(self._data)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r} {self.id}>"


def _time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))  # 3.10 knows no Z


class Experiment(_Record):
    """An experiment."""

    @property
    def workspace(self) -> str:
        return str(self._data["workspace"])

    @property
    def description(self) -> str:
        return str(self._data["description"])

    @property
    def run_count(self) -> int:
        return int(self._data["run_count"])

    def runs(self, filter: str | None = None, order: str | None = None, **options: Any) -> Runs:
        """Its runs; see Api.runs."""
        return Runs(self._http, {"experiment": self.id, "filter": filter, "order": order, **options})


class Run(_Record):
    """A run, as it was when it was read; `refresh` reads it again."""

    def __init__(self, http: Http, data: dict[str, Any], whole: bool = True) -> None:
        super().__init__(http, data)
        self._whole = whole  # lists leave out metrics that were not asked for

    @property
    def _path(self) -> str:
        return f"/api/v1/runs/{quote(self.id)}"

    @property
    def experiment(self) -> str:
        """The id of its experiment."""
        return str(self._data["experiment"])

    @property
    def status(self) -> str:
        """running, finished, failed, killed, crashed or disconnected."""
        return str(self._data["status"])

    @property
    def finished(self) -> datetime.datetime | None:
        return _time(self._data["finished"]) if self._data["finished"] else None

    @property
    def forked_from(self) -> tuple[str, int] | None:
        """Where it began, as `stepwell.init(fork_from=…)` takes it."""
        fork = self._data["forked_from"]
        return (fork["run"], fork["step"]) if fork else None

    @property
    def params(self) -> dict[str, Any]:
        return dict(self._data["params"])

    @property
    def labels(self) -> dict[str, str]:
        return dict(self._data["labels"])

    @property
    def note(self) -> str:
        return str(self._data["note"])

    @property
    def deleted(self) -> bool:
        return bool(self._data["deleted"])

    @property
    def archived(self) -> bool:
        return bool(self._data["archived"])

    @property
    def owner(self) -> str:
        """The name of who made it."""
        return str(self._data["owner"])

    @property
    def duration(self) -> float:
        """Seconds until it finished, or else until it was last heard of, or now."""
        return float(self._data["duration"])

    @property
    def summary(self) -> dict[str, dict[str, Any]]:
        """tag → {last, min, max, last_step, count} of each scalar series."""
        if not self._whole:
            self.refresh()
        return {tag: numbers(row) for tag, row in self._data["summary"].items()}

    def refresh(self) -> Run:
        self._data, self._whole = self._http.json("GET", self._path), True
        return self

    def tags(self, kind: str | None = None, *, prefix: str | None = None, match: str | None = None) -> Paged[Any]:
        """What it has series of: {tag, kind, plugin, writer, count, first_step, last_step, …} each.

        Args:
            kind: only of this kind.
            prefix: of the tags.
            match: a regular expression that is searched in the tag.
        """
        return Paged(self._http, f"{self._path}/series", {"kind": kind, "prefix": prefix, "match": match})

    def series(self, tag: str, kind: str | None = None, writer: int | None = None) -> Series:
        """One series; nothing is read before its points are asked for. Without `writer`, all after each other."""
        return Series(self._http, self.id, tag, kind, writer)

    def warnings(self) -> Paged[Any]:
        """What of it could not be taken."""
        return Paged(self._http, f"{self._path}/warnings", {})

    def update(
        self,
        *,
        name: str | None = None,
        note: str | None = None,
        status: str | None = None,
        labels: Mapping[str, str | None] | None = None,
        archived: bool | None = None,
    ) -> Run:
        """Changes what is given; a label of None goes."""
        changes = {
            "name": name,
            "note": note,
            "status": status,
            "labels": dict(labels) if labels else None,
            "archived": archived,
        }
        body = {key: value for key, value in changes.items() if value is not None}
        self._data, self._whole = self._http.json("PATCH", self._path, body=body), True
        return self

    def delete(self) -> None:
        """Puts it into the trash, from where `restore` takes it back for a time."""
        self._http.json("DELETE", self._path)
        self._data["deleted"] = True

    def restore(self) -> Run:
        self._data, self._whole = self._http.json("POST", f"{self._path}:restore"), True
        return self


class Runs(Paged[Run]):
    """Runs that were asked for together."""

    def __init__(self, http: Http, query: Mapping[str, Any]) -> None:
        super().__init__(http, "/api/v1/runs", query)

    def _make(self, item: Any) -> Run:
        return Run(self._http, item, whole=False)

    def series(self, tag: str, kind: str | None = None) -> RunsSeries:
        """The series of one tag of all of them that have it, together."""
        return RunsSeries((run.id, run.name, run.series(tag, kind)) for run in self)

    def to_pandas(self) -> Any:
        """A DataFrame: a row a run, with its id, name, status, times, labels and parameters."""
        rows = [
            {
                "id": run.id, "name": run.name, "status": run.status, "created": run.created, "finished": run.finished,
                **{f"labels.{key}": value for key, value in run.labels.items()},
                **{f"params.{key}": value for key, value in run.params.items()},
            }
            for run in self
        ]  # fmt: skip
        return importlib.import_module("pandas").DataFrame(rows)


class _Experiments(Paged[Experiment]):
    def _make(self, item: Any) -> Experiment:
        return Experiment(self._http, item)


class Api:
    """A server's content.

    Args:
        server: address of the web application; without it STEPWELL_API, the host of STEPWELL_SERVER, or this machine.
        token: without it STEPWELL_TOKEN, or what `python -m stepwell login` stored.
    """

    def __init__(self, server: str | None = None, token: str | None = None) -> None:
        self._http = Http(address(server), token)

    @property
    def server(self) -> str:
        return self._http.address

    def experiments(self, workspace: str | None = None) -> Paged[Experiment]:
        return _Experiments(self._http, "/api/v1/experiments", {"workspace": workspace})

    def experiment(self, name: str, workspace: str | None = None) -> Experiment:
        """The experiment of this name, or of this id.

        Raises:
            LookupError: there is none.
        """
        experiments = list(self.experiments(workspace))
        for found in (*(e for e in experiments if e.name == name), *(e for e in experiments if e.id == name)):
            return found
        raise LookupError(f"{self.server} has no experiment {name!r}")

    def runs(
        self,
        experiment: str | Experiment | Iterable[str | Experiment] | None = None,
        *,
        filter: str | None = None,
        order: str | None = None,
        columns: Sequence[str] | None = None,
        deleted: bool = False,
        archived: bool | None = None,
        workspace: str | None = None,
    ) -> Runs:
        """Runs of one, several or all experiments.

        Args:
            experiment: names, ids or Experiments.
            filter: such as `metrics."val/loss".min < 0.1 and params.lr >= 1e-4`.
            order: keys with commas between them, - for descending: `metrics."val/loss".min,-created`.
            columns: parameters and metrics to include; without it all parameters, and metrics when they are asked for.
            deleted: those in the trash instead.
            archived: those that are archived alone (True), or not at all (False); without it they are left out unless
                the filter asks about `archived`.
        """
        chosen = [experiment] if isinstance(experiment, (str, Experiment)) else list(experiment or ())
        ids = [one.id if isinstance(one, Experiment) else self.experiment(one, workspace).id for one in chosen]
        query = {
            "experiment": ids or None,
            "workspace": workspace,
            "filter": filter,
            "order": order,
            "columns": ",".join(columns) if columns else None,
            "deleted": "true" if deleted else None,
            "archived": None if archived is None else str(archived).lower(),
        }
        return Runs(self._http, query)

    def edit(self, *edits: Mapping[str, Any]) -> dict[str, Any]:
        """Changes up to 10,000 runs at once, all or none: {changed, skipped, undo}.

        Args:
            edits: as in REST's `POST /api/v1/runs:edit`, such as
                `{"runs": {"experiment": id, "filter": "params.lr > 1"}, "set": {"archived": True}}`.

        Returns:
            How many runs were changed, which were skipped and why, and `undo`: `api.edit(*undo["edits"])` takes it
            back.
        """
        found: dict[str, Any] = self._http.json("POST", "/api/v1/runs:edit", body={"edits": list(edits)})
        return found

    def run(self, id: str) -> Run:
        """One run by its id."""
        return Run(self._http, self._http.json("GET", f"/api/v1/runs/{quote(id)}"))

    def blob(self, blob: str | Mapping[str, Any]) -> bytes:
        """The bytes of an image, a clip, a file: by its id, or by the value (or the item of a value) that names it."""
        if not isinstance(blob, str):
            if "blob" not in blob:
                raise ValueError(f"this names no blob: {dict(blob)!r}; an image's are in its items")
            blob = str(blob["blob"])
        return self._http.read("GET", f"/api/v1/blobs/{quote(blob)}")
