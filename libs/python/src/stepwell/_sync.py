"""`python -m stepwell sync` and `status`: what is in the spools of this machine."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import sys
import time

from stepwell import _settings
from stepwell._spool import format as spool
from stepwell._spool.lock import held
from stepwell._spool.writer import write_whole


def _roots(given: list[str]) -> list[pathlib.Path]:
    return [pathlib.Path(one).absolute() for one in given] or [_settings.spool_root()]


def _spools(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted(p for p in root.iterdir() if spool.is_id(p.name) and (p / "writer.json").exists())


def sync(arguments: list[str]) -> int:
    """Sends what offline runs and dead uploaders left. Exit status 0 when nothing is left, 1 else."""
    parser = argparse.ArgumentParser(
        prog="python -m stepwell sync",
        description="Sends what runs left in their spools, those of offline runs too.",
        epilog="example: python -m stepwell sync --server tracker.example:7008",
    )
    parser.add_argument("spool", nargs="*", help="spool folders (default: STEPWELL_DIR or that of this user)")
    parser.add_argument("--server", help="send offline runs here instead of where they were meant to go")
    parser.add_argument("--timeout", type=float, default=3600.0, help="give up after so many seconds")
    chosen = parser.parse_args(arguments)
    return max(_sync_root(root, chosen.server, chosen.timeout) for root in _roots(chosen.spool))


def _sync_root(root: pathlib.Path, server: str | None, timeout: float) -> int:
    from stepwell._uploader.__main__ import Uploader, lock, read_about

    deadline = time.monotonic() + timeout
    handle = lock(root, 0.2)
    waiting = _spools(root)
    for folder in waiting:
        about = read_about(folder)
        if about and about.get("mode") == "offline":
            write_whole(folder / "writer.json", {**about, "mode": "online", "server": server or about["server"]})
    uploader = Uploader(root) if handle is not None else None  # else the one that lives takes them
    try:
        while True:
            if uploader is not None:
                uploader.look()
            left = [folder for folder in waiting if folder.exists() and not held(folder / "alive")]
            if not left or time.monotonic() > deadline:
                break
            if uploader is not None:
                senders = [uploader.senders[f.name] for f in left if f.name in uploader.senders]
                if all(sender.done or sender.waits_for_parent() for sender in senders):
                    break
            time.sleep(0.05)
    finally:
        if handle is not None:
            os.close(handle)
    for folder in left:
        print(f"{folder}: {_state(folder).get('error') or 'not sent'}", file=sys.stderr)
    print(f"{len(waiting) - len(left)} of {len(waiting)} spools are sent or still being written")
    return 1 if left else 0


def _state(folder: pathlib.Path) -> dict[str, object]:
    try:
        state = json.loads((folder / "status.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def status(arguments: list[str]) -> int:
    """One line for each spool."""
    parser = argparse.ArgumentParser(
        prog="python -m stepwell status",
        description="What is in the spools of this machine.",
        epilog="example: python -m stepwell status",
    )
    parser.add_argument("spool", nargs="*", help="spool folders (default: STEPWELL_DIR or that of this user)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args(arguments)
    for root in _roots(chosen.spool):
        spools = _spools(root)
        if not spools and not chosen.json:
            print(f"{root}: nothing waits to be sent")
        for folder in spools:
            about, state = json.loads((folder / "writer.json").read_bytes()), _state(folder)
            told = {"spool": str(folder), "experiment": about["experiment"], "name": about["name"],
                    "mode": about.get("mode"), "bytes": _settings.used(folder), "alive": held(folder / "alive"),
                    "error": state.get("error")}  # fmt: skip
            if chosen.json:
                print(json.dumps(told))
            else:
                alive = "written now" if told["alive"] else "complete"
                print(f"{about['experiment']}/{about['name']}  {told['bytes']:,} bytes, {alive}  {told['error'] or ''}")
    return 0
