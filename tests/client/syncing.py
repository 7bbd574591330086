"""Runs `stepwell sync`, once and as the uploader of a spool folder."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import time

from client import training
from harness import processes


def sync(program: pathlib.Path, spool: pathlib.Path, *flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(program), "sync", str(spool), *flags], env=processes.clean_environment(), text=True,
                          capture_output=True, timeout=training.LONGEST, check=False)  # fmt: skip


def copy_as(spool: pathlib.Path, to: pathlib.Path, run: str) -> None:
    """The writers of a spool folder, meant for another run."""
    for folder in training.spools(spool):
        shutil.copytree(folder, to / folder.name)
        path = to / folder.name / "writer.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), "run": run, "name": run}))


class Watch:
    """`stepwell sync --watch` of a spool folder, which it has when the constructor returns; killed at the end."""

    def __init__(self, program: pathlib.Path, spool: pathlib.Path, *flags: str) -> None:
        command = [str(program), "sync", "--watch", str(spool), *flags, "--idle", "0"]
        self.spool = spool
        with (spool / "watch.log").open("a") as log:
            self.process = subprocess.Popen(
                command, env=processes.clean_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def __enter__(self) -> Watch:
        deadline = time.monotonic() + 30
        while not self.has_lock():
            assert self.process.poll() is None and time.monotonic() < deadline, "it did not get the lock"
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def has_lock(self) -> bool:
        try:
            return (self.spool / "uploader.lock").read_text() == f"{self.process.pid}\n"
        except OSError:
            return False

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
