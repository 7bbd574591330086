"""What the environment says, and where the spool is."""

from __future__ import annotations

import dataclasses
import fcntl
import os
import pathlib
import tempfile
import time

from stepwell._complaints import warn
from stepwell._spool import format as spool

DEFAULT_SERVER = "127.0.0.1:7008"
SPOOL_MAX = 10 << 30
KEEP_SECONDS = 3600.0
KEEP_BYTES = 1 << 30
DISK_RESERVE = 64 << 20
VERSION = "0.1.0"

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_told_fallback = False


def server() -> str:
    return os.environ.get("STEPWELL_SERVER") or DEFAULT_SERVER


def size(text: str) -> int:
    """Bytes of "10GiB", "500 MB", "1000"; the units are those of 1,024."""
    lower = text.strip().lower().removesuffix("b").removesuffix("i").strip()
    unit = lower[-1:] if lower[-1:] in _UNITS else ""
    return int(float(lower.removesuffix(unit)) * _UNITS[unit])


def spool_max() -> int:
    """STEPWELL_SPOOL_MAX: bytes that the spool folder may hold."""
    return size(os.environ.get("STEPWELL_SPOOL_MAX") or str(SPOOL_MAX))


def segment_bytes(root: pathlib.Path) -> int:
    """A segment is given back as a whole: a small spool, or one on a small disk, needs small ones."""
    return min(spool.SEGMENT_BYTES, max(4096, min(spool_max(), disk_room(root)) // 8))


def disk_room(root: pathlib.Path) -> int:
    """Bytes that the disk of a folder has for a spool: what is free but a sixteenth (at most 64 MiB), for notes."""
    disk = os.statvfs(root)
    return max(0, disk.f_bavail * disk.f_frsize - min(DISK_RESERVE, disk.f_blocks * disk.f_frsize // 16))


def sync_seconds() -> float:
    """STEPWELL_SYNC: seconds between two fsyncs of what was logged."""
    return float(os.environ.get("STEPWELL_SYNC") or 0.2)


def spool_root(chosen: str | os.PathLike[str] | None = None) -> pathlib.Path:
    """The spool folder, made, writable and with locks; falls back to the temporary folder, and says so once.

    Raises:
        OSError: neither can be used.
    """
    global _told_fallback
    given = chosen or os.environ.get("STEPWELL_DIR")
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    wanted = pathlib.Path(given or os.path.join(state, "stepwell")).absolute()
    try:
        return _writable(wanted)
    except OSError as error:
        try:
            spare = _spare_root()
        except OSError as neither:
            raise OSError(f"{wanted} cannot be used ({error}), nor can the temporary folder ({neither})") from neither
        if not _told_fallback:
            _told_fallback = True
            warn(f"{wanted} cannot be used ({error}); the spool is in {spare}")
        return spare


def _spare_root() -> pathlib.Path:
    spare = _writable(pathlib.Path(tempfile.gettempdir()) / f"stepwell-{os.getuid()}")
    if spare.stat().st_uid != os.getuid():
        raise PermissionError(f"{spare} belongs to somebody else")
    return spare


def _writable(folder: pathlib.Path) -> pathlib.Path:
    """A disk without record locks (NFS without its lock daemon) has no use: a lock tells that a writer lives."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return folder


def used(root: pathlib.Path) -> int:
    """Bytes of all files below a spool folder."""
    total, queue = 0, [os.fspath(root)]
    while queue:
        try:
            with os.scandir(queue.pop()) as entries:
                for entry in entries:
                    try:
                        if entry.is_dir(follow_symlinks=False):
                            queue.append(entry.path)
                        else:
                            total += entry.stat(follow_symlinks=False).st_size
                    except OSError:
                        continue
        except OSError:
            continue
    return total


@dataclasses.dataclass
class Keep:
    """How long acknowledged segments of a live writer stay: STEPWELL_KEEP seconds, and never when room gets scarce."""

    root: pathlib.Path
    seconds: float
    bytes: int
    _looked: float = 0.0
    _full: bool = False

    def full(self) -> bool:
        if time.monotonic() - self._looked > 1:
            there = used(self.root)
            self._looked, self._full = time.monotonic(), there > 0.5 * min(spool_max(), there + disk_room(self.root))
        return self._full


def keep(root: pathlib.Path) -> Keep:
    return Keep(root, float(os.environ.get("STEPWELL_KEEP") or KEEP_SECONDS), KEEP_BYTES)
