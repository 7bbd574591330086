"""The uploader of one spool folder: python -m stepwell._uploader SPOOL. Ends when nothing is left."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import pathlib
import shutil
import sys
import time
from typing import Any

from stepwell import _settings
from stepwell._spool import format as spool
from stepwell._uploader.sender import Sender

IDLE_SECONDS = 10.0
LOOK_SECONDS = 0.1
LOG_BYTES = 4 << 20


def lock(root: pathlib.Path, patience: float = 1.0) -> int | None:
    """The handle that holds uploader.lock; None: another uploader has it."""
    handle = os.open(root / "uploader.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                os.close(handle)
                return None
            time.sleep(0.02)
            continue
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        return handle


def token_for(server: str) -> str | None:
    """STEPWELL_TOKEN, or what `python -m stepwell login` kept for the server."""
    if token := os.environ.get("STEPWELL_TOKEN"):
        return token
    try:
        credentials: Any = importlib.import_module("stepwell.credentials")
    except ImportError:
        return None
    found: str | None = credentials.token_for(server)
    return found


class Uploader:
    """The senders of a spool folder."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.keep = _settings.keep(root)
        self.senders: dict[str, Sender] = {}

    def look(self) -> None:
        """Starts a sender for each spool that has none."""
        for entry in os.scandir(self.root):
            if entry.name in self.senders or not entry.is_dir():
                continue
            if entry.name.endswith(".gone"):
                shutil.rmtree(entry.path, ignore_errors=True)
            elif spool.is_id(entry.name) and (about := read_about(pathlib.Path(entry.path))):
                if about.get("mode") == "offline" or lost(pathlib.Path(entry.path)):
                    continue
                sender = Sender(pathlib.Path(entry.path), about, self.keep, token_for(about["server"]))
                self.senders[entry.name] = sender
                sender.start()

    @property
    def busy(self) -> bool:
        return any(not sender.done and not sender.waits_for_parent() for sender in self.senders.values())

    def work(self, idle: float = IDLE_SECONDS) -> None:
        """Until there has been nothing to do for so long."""
        rest = time.monotonic()
        while time.monotonic() - rest < idle:
            self.look()
            if self.busy:
                rest = time.monotonic()
            time.sleep(LOOK_SECONDS)


def read_about(folder: pathlib.Path) -> dict[str, Any] | None:
    """writer.json, if it is there and of a format that this program knows."""
    try:
        about = json.loads((folder / "writer.json").read_bytes())
    except (OSError, ValueError):
        return None
    return about if isinstance(about, dict) and about.get("format") == spool.FORMAT else None


def lost(folder: pathlib.Path) -> bool:
    """Whether an uploader was told that this spool is not taken: opening again would take another writer's place."""
    try:
        status = json.loads((folder / "status.json").read_bytes())
    except (OSError, ValueError):
        return False
    return bool(status.get("fenced") or status.get("deleted"))


def main(arguments: list[str]) -> int:
    root = pathlib.Path(arguments[0])
    held = lock(root)
    if held is None:
        return 0
    log = root / "uploader.log"
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            log.replace(root / "uploader.log.1")
    Uploader(root).work()
    os.close(held)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
