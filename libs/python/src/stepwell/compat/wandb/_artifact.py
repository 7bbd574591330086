"""wandb.Artifact, so that code that makes one goes on; Stepwell keeps no artifacts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import IO, Any

from stepwell.compat.wandb import errors


class Artifact:
    """Takes every call and keeps nothing; only `download` and `get`, whose caller needs an answer, raise."""

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        incremental: bool = False,
        use_as: str | None = None,
        storage_region: str | None = None,
    ) -> None:
        self.name, self.type, self.description = name, type, description
        self.metadata = dict(metadata or {})
        self.aliases: list[str] = []
        self.tags: list[str] = []
        self.version, self.ttl = "v0", None

    @classmethod
    def of(cls, artifact_or_path: Any, name: str | None, type: str | None) -> Artifact:
        if isinstance(artifact_or_path, cls):
            return artifact_or_path
        return cls(name or os.path.basename(str(artifact_or_path)), type or "unspecified")

    def add(self, *args: Any, **kwargs: Any) -> None: ...

    add_file = add_dir = add_reference = remove = save = finalize = delete = link = unlink = verify = add

    def new_file(self, name: str, mode: str = "x", encoding: str | None = None) -> IO[Any]:
        """A file to write to, for a `with` block; what is written goes nowhere."""
        return open(os.devnull, mode.replace("x", "w"), encoding=encoding)

    def files(self, names: list[str] | None = None, per_page: int = 50) -> list[Any]:
        return []

    def wait(self, timeout: int | None = None) -> Artifact:
        return self

    def download(self, *args: Any, **kwargs: Any) -> str:
        raise errors.CommError(f"artifact {self.name!r}: Stepwell keeps no artifacts, so there is nothing to download")

    get = get_entry = get_path = file = checkout = download
