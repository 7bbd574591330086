"""`stepwell upload --follow`: growth within a second, and everything that happens to log directories."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from harness import event_file, processes
from harness.event_file import EventFile
from harness.processes import Server
from harness.rest import Rest

START = 1700000000.0
DEADLINE = 20.0  # for things that must happen; a busy machine gets time, the promise of one second has its own test


def curve(count: int, first: int = 0) -> list[tuple[int, float, float]]:
    return [(step, START + step, float(step)) for step in range(first, first + count)]


def until(holds: Callable[[], bool], within: float = DEADLINE) -> float:
    """Seconds until it held; fails after `within`."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within, "it did not come to hold"
        time.sleep(0.02)
    return time.monotonic() - start


class Follower:
    def __init__(
        self, program: pathlib.Path, server: Server, logs: pathlib.Path, experiment: str, before: list[str]
    ) -> None:
        self.command = [*before, str(program), "upload", str(logs), "--experiment", experiment]
        self.command += ["--server", server.grpc, "--follow"]
        self.experiment = experiment
        self.rest = Rest(server.http)
        self.log = logs.parent / f"{logs.name}.follow.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=processes.clean_environment()
            )

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def steps(self, run: str, tag: str = "loss") -> list[int]:
        """Of the visible points; empty if the run or the tag is not there yet."""
        with contextlib.suppress(AssertionError, KeyError):
            return [p["step"] for p in self.rest.points(self.rest.runs(self.experiment)[run]["id"], tag)]
        return []

    def warnings(self) -> list[dict[str, object]]:
        return [
            {**w, "run": name}
            for name, run in self.rest.runs(self.experiment).items()
            for w in self.rest.warnings(run["id"])
        ]


Follow = Callable[..., Follower]


@pytest.fixture
def follow(program: pathlib.Path, server: Server) -> Iterator[Follow]:
    started: list[Follower] = []

    def go(logs: pathlib.Path, experiment: str, before: list[str] | None = None) -> Follower:
        started.append(Follower(program, server, logs, experiment, before or []))
        return started[-1]

    yield go
    for follower in started:
        if follower.process.poll() is None:
            assert follower.stop() == 0, follower.log.read_text(errors="replace")


def test_growth_is_there_within_a_second(folder: pathlib.Path, follow: Follow) -> None:
    file = EventFile(folder / "logs" / "run")
    file.scalars("loss", curve(1))
    follower = follow(folder / "logs", "follow: growth")
    until(lambda: follower.steps("run") == [0])
    delays = []
    for step in range(1, 8):
        file.scalars("loss", curve(1, step))
        delays.append(until(lambda step=step: follower.steps("run") == list(range(step + 1))))  # type: ignore[misc]
    assert sorted(delays)[len(delays) // 2] < 1.0, delays


def test_new_files_and_folders_are_taken_in(folder: pathlib.Path, follow: Follow) -> None:
    (folder / "logs").mkdir()
    follower = follow(folder / "logs", "follow: new")
    EventFile(folder / "logs" / "a" / "deep").scalars("loss", curve(2))
    until(lambda: follower.steps("a/deep") == [0, 1])
    EventFile(folder / "logs" / "a" / "deep", "events.out.tfevents.1700000001.host.2.0").scalars("acc", curve(3))
    until(lambda: follower.steps("a/deep", "acc") == [0, 1, 2])
    assert follower.warnings() == []


def test_a_torn_record_waits_and_a_damaged_one_is_passed(folder: pathlib.Path, follow: Follow) -> None:
    file = EventFile(folder / "logs" / "run")
    file.scalars("loss", curve(1))
    follower = follow(folder / "logs", "follow: torn")
    whole = event_file.record(event_file.event(START, 1, event_file.message(5, event_file.scalar_value("loss", 1.0))))
    file.append_raw(whole[:9])
    until(lambda: follower.steps("run") == [0])
    file.append_raw(whole[9:])
    until(lambda: follower.steps("run") == [0, 1])
    assert follower.warnings() == []
    damaged = bytearray(
        event_file.record(event_file.event(START, 2, event_file.message(5, event_file.scalar_value("loss", 2.0))))
    )
    damaged[-1] ^= 0x40
    offset = file.path.stat().st_size
    file.append_raw(bytes(damaged))
    file.scalars("loss", curve(1, 3))
    until(lambda: follower.steps("run") == [0, 1, 3])
    until(lambda: [w["offset"] for w in follower.warnings()] == [offset])


def test_a_file_that_is_cut_or_replaced_loses_nothing(folder: pathlib.Path, follow: Follow) -> None:
    file = EventFile(folder / "logs" / "run")
    file.scalars("loss", curve(5))
    follower = follow(folder / "logs", "follow: replaced")
    until(lambda: follower.steps("run") == [0, 1, 2, 3, 4])
    os.truncate(file.path, 60)
    until(lambda: any("shorter" in str(w["reason"]) for w in follower.warnings()))
    file.path.unlink()
    other = folder / "other"
    second = EventFile(other)
    data = event_file.record(event_file.event(START + 9, 0, event_file.message(3, b"brain.Event:2")))
    second.path.write_bytes(data)
    second.scalars("loss", curve(2, 5))
    second.path.rename(file.path)
    until(lambda: sorted(follower.steps("run")) == [0, 1, 2, 3, 4, 5, 6])


def test_killed_and_started_again_it_goes_on_at_its_mark(folder: pathlib.Path, follow: Follow) -> None:
    file = EventFile(folder / "logs" / "run")
    follower = follow(folder / "logs", "follow: killed")
    expected = 0
    for _ in range(5):
        file.scalars("loss", curve(2000, expected))
        expected += 2000
        follower.kill()
        follower.start()
    until(lambda: len(follower.steps("run")) >= expected)
    assert follower.steps("run") == list(range(expected))
    assert follower.rest.runs("follow: killed")["run"]["status"] == "running"


@pytest.fixture
def unprivileged_server(program: pathlib.Path, unprivileged: list[str]) -> Iterator[Server]:
    """A server of a user without root's rights: a server without accounts takes points from its own user alone."""
    with processes.folder() as place:
        place.chmod(0o777)
        running = Server(program, place, before=unprivileged)
        running.start()
        try:
            yield running
        finally:
            running.kill_tree()


def test_folders_that_vanish_move_or_cannot_be_read(
    folder: pathlib.Path, program: pathlib.Path, unprivileged_server: Server, unprivileged: list[str]
) -> None:
    logs = folder / "logs"
    files = {run: EventFile(logs / run) for run in ("keep", "vanish", "rename", "locked")}
    for file in files.values():
        file.scalars("loss", curve(4))
    (logs / "locked").chmod(0)
    follower = Follower(program, unprivileged_server, logs, "follow: folders", unprivileged)
    try:
        folders_come_and_go(follower, logs, files)
    finally:
        follower.kill()


def folders_come_and_go(follower: Follower, logs: pathlib.Path, files: dict[str, EventFile]) -> None:
    for run in ("keep", "vanish", "rename"):
        until(lambda run=run: follower.steps(run) == [0, 1, 2, 3])  # type: ignore[misc]
    until(lambda: any("locked" in str(w["file"]) and "permission" in str(w["reason"]) for w in follower.warnings()))
    assert "locked" not in follower.rest.runs("follow: folders")

    shutil.rmtree(logs / "vanish")
    (logs / "rename").rename(logs / "renamed")
    until(lambda: follower.steps("renamed") == [0, 1, 2, 3])
    until(lambda: any(w["run"] == "vanish" and "gone" in str(w["reason"]) for w in follower.warnings()))
    assert follower.steps("vanish") == [0, 1, 2, 3]

    (logs / "locked").chmod(0o755)
    until(lambda: follower.steps("locked") == [0, 1, 2, 3])

    files["keep"].scalars("loss", curve(2, 4))
    until(lambda: follower.steps("keep") == list(range(6)))
    assert len([w for w in follower.warnings() if w["run"] == "vanish"]) == 1
    assert len([w for w in follower.warnings() if "permission" in str(w["reason"])]) == 1
