"""Lists of a server that are longer than an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

from stepwell._http import Http

Item = TypeVar("Item")
_PAGE = 1000  # the most that the server gives at once


class Paged(Generic[Item]):
    """A list of the server, read page by page and kept: walk through it, take its length, an index or a slice."""

    def __init__(self, http: Http, path: str, query: Mapping[str, Any]) -> None:
        self._http = http
        self._path = path
        self._query = {key: value for key, value in query.items() if value is not None}
        self._items: list[Item] = []
        self._cursor: str | None = ""

    def _make(self, item: Any) -> Item:
        made: Item = item
        return made

    def _more(self) -> bool:
        """Reads a page; False if there was none left."""
        if self._cursor is None:
            return False
        query = {"limit": _PAGE, **self._query}
        if self._cursor:
            query["cursor"] = self._cursor
        page = self._http.json("GET", self._path, query)
        self._items += [self._make(item) for item in page["items"]]
        self._cursor = page["next"]
        return True

    def __iter__(self) -> Iterator[Item]:
        at = 0
        while at < len(self._items) or self._more():
            if at < len(self._items):
                yield self._items[at]
                at += 1

    def __len__(self) -> int:
        while self._more():
            pass
        return len(self._items)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...
    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        last = at if isinstance(at, int) else at.stop
        forward = last is not None and last >= 0 and (isinstance(at, int) or (at.start or 0) >= 0)
        while (not forward or len(self._items) <= last) and self._more():
            pass
        return self._items[at]

    def __repr__(self) -> str:
        more = "" if self._cursor is None else " and more"
        return f"<{type(self).__name__}: {len(self._items)} read{more}>"
