"""What a fork waits for: that of its parent which lies in spools of the same folder reaches the server first."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping
from typing import Any

from stepwell._spool import format as spool


def ends(root: pathlib.Path, run: str, server: str) -> dict[str, list[int]]:
    """Spool id → [segment, offset] where the spools of `run` end now."""
    found = {}
    for folder in root.iterdir() if root.is_dir() else ():
        if not spool.is_id(folder.name):
            continue
        about = _read(folder / "writer.json")
        if about.get("run") == run and about.get("server") == server and (numbers := spool.segments(folder)):
            found[folder.name] = [numbers[-1], spool.segment_path(folder, numbers[-1]).stat().st_size]
    return found


def unsent(root: pathlib.Path, fork: Mapping[str, Any]) -> str | None:
    """Why the server must not make the fork yet; None: it may."""
    for name, end in (fork.get("after") or {}).items():
        folder, status = root / name, _read(root / name / "status.json")
        gone = status.get("fenced") or status.get("deleted") or not folder.exists()  # sent, or it never will be
        if not gone and list(status.get("acknowledged") or (0, 0)) < list(end):
            return f"run {fork['run']}, of which this is a fork, is not sent yet: {folder} is waited for"
    return None


def _read(path: pathlib.Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
