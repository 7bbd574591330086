"""A spool on a disk that fails as NFS does: without locks, with syncs that fail, with files that went stale.

This machine's kernel need not have NFS: a file system in user space stands for it. Root alone may mount.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from client import cpp_programs, training
from harness import processes
from harness.processes import Server
from harness.rest import Rest

Disk = tuple[pathlib.Path, Callable[[str], None]]


@pytest.fixture
def disk(folder: pathlib.Path, request: pytest.FixtureRequest) -> Iterator[Disk]:
    """A mounted folder, and what sets its faults; with the parameter "lockless" one that has no locks."""
    pytest.importorskip("mfusepy")
    if os.geteuid() != 0 or not pathlib.Path("/dev/fuse").exists():
        pytest.skip("mounting needs root and /dev/fuse")
    backing, mount, faults = folder / "backing", folder / "mount", folder / "faults"
    backing.mkdir()
    mount.mkdir()

    def fail(words: str) -> None:
        new = faults.with_suffix(".new")
        new.write_text(words)
        new.replace(faults)

    fail("")
    program = str(pathlib.Path(__file__).with_name("faulty_disk.py"))
    kind = [request.param] if hasattr(request, "param") else []
    command = [sys.executable, program, str(backing), str(mount), str(faults), *kind]
    with (folder / "disk.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + training.LONGEST
        while not mount.is_mount():
            assert process.poll() is None and time.monotonic() < deadline, (folder / "disk.log").read_text()
            time.sleep(0.02)
        yield mount, fail
        training.stop_uploader(mount)
    finally:
        subprocess.run(["umount", "-l", mount], check=False, capture_output=True)
        process.kill()
        process.wait()


@pytest.fixture
def spare() -> Iterator[pathlib.Path]:
    """A temporary folder, where a spool goes that cannot be where it was to be."""
    with processes.folder("stepwell-tmp-") as path:
        yield path
        training.stop_uploader(path / f"stepwell-{os.getuid()}")


@pytest.mark.parametrize("disk", ["lockless"], indirect=True)
def test_without_locks_the_spool_is_elsewhere_and_it_is_told(
    server: Server, rest: Rest, disk: Disk, spare: pathlib.Path
) -> None:
    mount, _ = disk
    init = {"experiment": "nfs", "id": "nfs-locks"}
    status, complaints = training.train(mount, server.grpc, init, 1000, environment={"TMPDIR": str(spare)})
    assert status == 0 and complaints.count(f"{mount} cannot be used") == 1, complaints
    training.wait_sent(spare / f"stepwell-{os.getuid()}")
    assert training.spools(mount) == []
    training.check(rest, "nfs-locks", 0, range(1000))


@pytest.mark.parametrize("disk", ["lockless"], indirect=True)
def test_so_it_is_for_a_training_in_cpp(
    cpp: pathlib.Path, server: Server, rest: Rest, disk: Disk, spare: pathlib.Path
) -> None:
    mount, _ = disk
    environment = {**cpp_programs.environment(mount, server.grpc), "TMPDIR": str(spare)}
    command = [str(cpp / "trainer"), "nfs-cpp", "1000", "0", "", "finish"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=training.LONGEST)
    assert done.returncode == 0 and done.stderr.count(f"{mount} cannot be used") == 1, done.stderr
    training.wait_sent(spare / f"stepwell-{os.getuid()}")
    training.check(rest, "nfs-cpp", 0, range(1000))


def test_syncs_that_fail_are_told_once_and_what_was_logged_comes(
    server: Server, rest: Rest, disk: Disk, folder: pathlib.Path
) -> None:
    mount, fail = disk
    told = folder / "told"
    init = {"experiment": "nfs", "id": "nfs-sync"}
    trainer = training.start(mount, server.grpc, init, 1_000_000, pause=0.001, told=str(told))
    try:
        training.await_told(told, 100)
        fail("sync")
        assert trainer.stderr and "did not take what was logged" in trainer.stderr.readline()
        fail("")
        training.await_told(told, 100)
        assert "did not take" not in training.terminate(trainer)
    finally:
        trainer.kill()
    training.wait_sent(mount)
    training.check_told(rest, "nfs-sync", told)
    training.await_run(rest, "nfs-sync", status="killed")
    assert ["did not take" in warning["reason"] for warning in rest.warnings("nfs-sync")] == [True]


def test_a_stale_file_costs_the_calls_that_were_told_and_no_other(
    server: Server, rest: Rest, disk: Disk, folder: pathlib.Path
) -> None:
    mount, fail = disk
    told = folder / "told"
    init = {"experiment": "nfs", "id": "nfs-stale"}
    trainer = training.start(mount, server.grpc, init, 1_000_000, pause=0.001, told=str(told))
    try:
        training.await_told(told, 100)
        fail("stale")
        assert trainer.stderr and "could not be kept" in trainer.stderr.readline()
        fail("")
        training.await_told(told, 100)
        complaints = training.terminate(trainer)
    finally:
        trainer.kill()
    assert "could not be kept" not in complaints
    training.wait_sent(mount)
    points = training.points(rest, "nfs-stale", "0/loss")
    steps = [step for step, _, _ in points]
    assert steps == sorted(set(steps)) and 200 <= len(steps) <= max(steps), "some calls were lost"
    assert max(steps) + 1 - told.stat().st_size in (0, 1), "the call in which the training ended may be there"
    known = dict(enumerate(training.logged(0, range(max(steps) + 1))["0/loss"]))
    assert points == [known[step] for step in steps]
