"""What wandb.config and wandb.summary have in common: items that are attributes too."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator, Mapping
from typing import Any


class Items(Mapping[str, Any]):
    """`tell` is for `update`, which says what setting does."""

    def __init__(self, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self.__dict__.update(_tell=tell, _items={})

    @abc.abstractmethod
    def update(self, d: Any) -> None: ...

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __setitem__(self, key: str, val: Any) -> None:
        self.update({key: val})

    def __getattr__(self, key: str) -> Any:
        try:
            return self.__dict__["_items"][key]
        except KeyError:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {key!r}") from None

    def __setattr__(self, key: str, val: Any) -> None:
        self[key] = val

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)
