"""A small JSON client of Stepwell's REST interface, with Python's standard library alone."""

from __future__ import annotations

import dataclasses
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any


def quote(part: object) -> str:
    """One part of a path, whatever characters it has."""
    return urllib.parse.quote(str(part), safe="")


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Rest:
    def __init__(self, address: str, timeout: float = 60) -> None:
        self.address = address
        self.timeout = timeout

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Any request; errors of the server are replies like others. A body that is not bytes is sent as JSON."""
        url = self.address + path + ("?" + urllib.parse.urlencode(query, doseq=True) if query else "")
        sent = dict(headers or {})
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(url, data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                return Reply(reply.status, dict(reply.headers), reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, dict(error.headers), error.read())

    def json(self, method: str, path: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        """A request that must succeed, and its answer."""
        reply = self.call(method, path, query, body)
        assert 200 <= reply.status < 300, f"{method} {path} {query or ''}: {reply.status} {reply.body[:500]!r}"
        return reply.json() if reply.body else None

    def get(self, path: str, **query: object) -> Any:
        return self.json("GET", path, query)

    def post(self, path: str, body: object, **query: object) -> Any:
        return self.json("POST", path, query, body)

    def items(self, path: str, **query: object) -> Iterator[Any]:
        """All items of a list, page after page."""
        query.setdefault("limit", 1000)
        while True:
            page = self.get(path, **query)
            yield from page["items"]
            if not page.get("next"):
                return
            query["cursor"] = page["next"]

    # ---- the nouns ----

    def experiment(self, name: str) -> Any:
        found = [e for e in self.items("/api/v1/experiments") if e["name"] == name]
        assert found, f"there is no experiment {name!r}"
        return found[0]

    def runs(self, experiment: str) -> dict[str, Any]:
        """The runs of an experiment (by its name), by their names."""
        return {r["name"]: r for r in self.items("/api/v1/runs", experiment=self.experiment(experiment)["id"])}

    def series(self, run: str, **query: object) -> list[Any]:
        return list(self.items(f"/api/v1/runs/{quote(run)}/series", **query))

    def points(self, run: str, tag: str, **query: object) -> list[Any]:
        items: list[Any] = self.get(f"/api/v1/runs/{quote(run)}/points", tag=tag, **query)["items"]
        return items

    def warnings(self, run: str) -> list[Any]:
        return list(self.items(f"/api/v1/runs/{quote(run)}/warnings"))

    def query(self, series: list[dict[str, object]], **body: object) -> list[Any]:
        items: list[Any] = self.post("/api/v1/series:query", {"series": series, **body})["items"]
        return items

    def blob(self, blob: str) -> bytes:
        reply = self.call("GET", f"/api/v1/blobs/{quote(blob)}")
        assert reply.status == 200, f"blob {blob}: {reply.status} {reply.body[:300]!r}"
        return reply.body
