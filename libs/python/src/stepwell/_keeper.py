"""What a process that logs does in the background: brings the spool to the disk, watches the uploader and the room."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from stepwell import _settings
from stepwell._spool.lock import held
from stepwell._spool.writer import SpoolWriter
from stepwell._worker import Worker

WATCH_SECONDS = 1.0


class Room:
    """Hands out the bytes that may still be written to a spool folder; looks at most ten times a second."""

    def __init__(self, root: pathlib.Path) -> None:
        self._root, self._most = root, _settings.spool_max()
        self._left, self._looked = 0, -1.0

    def __call__(self, size: int) -> int:
        """At least `size` bytes, taken from what is left, or 0. In parts: other writers want some too."""
        now = time.monotonic()
        if now - self._looked > 0.1:
            self._looked = now
            self._left = min(self._most - _settings.used(self._root), _settings.disk_room(self._root))
        if self._left < size:
            return 0
        granted = max(size, min(self._left // 4, 16 << 20))
        self._left -= granted
        return granted


class Keeper:
    """Of one writer, from `start` to `stop`. `tell(status)` is called with what the uploader wrote, when it changes;
    `unsynced(error)` when the disk did not take what was logged, again and again."""

    def __init__(
        self, root: pathlib.Path, writer: SpoolWriter, upload: bool, tell: Callable[[dict[str, Any]], None],
        unsynced: Callable[[OSError], None],
    ) -> None:  # fmt: skip
        self._root, self._writer, self._upload = root, writer, upload
        self._tell, self._unsynced = tell, unsynced
        self._worker = Worker("stepwell-keeper", _settings.sync_seconds(), self._work)
        self._watched = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._last = b""
        self._lost = False  # fenced, or the run was deleted: no uploader would take it

    def start(self) -> None:
        self.watch()
        self._worker.start()

    def _work(self) -> None:
        with contextlib.suppress(OSError):
            self._writer.sync()
        if self._writer.unsynced:
            self._unsynced(self._writer.unsynced)
        if time.monotonic() - self._watched > WATCH_SECONDS:
            with contextlib.suppress(Exception):  # what fails now is tried again in a second
                self.watch()

    def watch(self) -> None:
        self._watched = time.monotonic()
        if self._upload and not self._lost:
            self._process = ensure_uploader(self._root, self._process)
        with contextlib.suppress(OSError):
            data = (self._writer.folder / "status.json").read_bytes()
            if data != self._last:
                self._last = data
                status = json.loads(data)
                self._lost = bool(status.get("fenced") or status.get("deleted"))
                self._tell(status)

    def stop(self) -> None:
        self._worker.stop(2)
        if self._process is not None:
            self._process.returncode = 0  # it outlives us: no complaint that nobody waited for it


def ensure_uploader(root: pathlib.Path, last: subprocess.Popen[bytes] | None = None) -> subprocess.Popen[bytes] | None:
    """Starts the uploader of a spool folder unless one lives: detached, so that it outlives this process."""
    if last is not None and last.poll() is None:
        return last
    if held(root / "uploader.lock"):
        return None
    package = str(pathlib.Path(__file__).resolve().parents[1])
    path = os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])
    with (root / "uploader.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "stepwell._uploader", str(root)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
