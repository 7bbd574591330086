"""A store on a small disk: clients wait while it is full, nothing that was acknowledged is lost, and they go on."""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import subprocess
from collections.abc import Iterator

import pytest

from bounds.measure import running
from client import training
from harness import processes
from harness.event_file import EventFile, event, message, text_value
from harness.processes import Server
from harness.rest import Rest
from harness.waiting import until

MIB = 1 << 20
DISK = 96 * MIB
FILLER = "filler"


@pytest.fixture
def small_disk(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """data/store on a tmpfs of 96 MiB; PostgreSQL's folder is elsewhere. Root alone may mount."""
    store = folder / "data" / "store"
    store.mkdir(parents=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", store], capture_output=True)
    if made.returncode != 0:
        assert os.geteuid() != 0, made.stderr
        pytest.skip("mounting needs root")
    try:
        yield store
    finally:
        subprocess.run(["umount", "-l", store], check=True)


def fill(disk: pathlib.Path, leave: int) -> None:
    """Fills the disk up to `leave` bytes; called again, also what the store has given back since."""
    space = os.statvfs(disk)
    # Unbuffered: what the store takes meanwhile is less for the filler, which ends short then and fails nothing.
    with contextlib.suppress(OSError), (disk / FILLER).open("ab", buffering=0) as filler:
        filler.write(bytes(max(0, space.f_bavail * space.f_frsize - leave)))


def begin_upload(program: pathlib.Path, server: Server, logs: pathlib.Path) -> subprocess.Popen[str]:
    command = [str(program), "upload", str(logs), "--experiment", "disk", "--server", server.grpc]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=processes.clean_environment())


def metrics(rest: Rest) -> str:
    return rest.call("GET", "/metrics").body.decode()


def write_logs(logs: pathlib.Path, texts: int) -> None:
    """Texts that do not get smaller, 100 KB each, and a curve."""
    file = EventFile(logs / "run")
    for step in range(texts):
        noise = os.urandom(50_000).hex().encode()
        file.append(event(1700000000.0 + step, step, message(5, text_value("noise", noise))))
        file.scalars("loss", [(step, 1700000000.0 + step, float(step))])


def check_all_there(rest: Rest, texts: int) -> None:
    run = rest.runs("disk")["run"]["id"]
    assert [p["step"] for p in rest.points(run, "loss")] == list(range(texts))
    assert [p["step"] for p in rest.points(run, "noise")] == list(range(texts))


def test_under_disk_stop_clients_wait_and_go_on_by_themselves(
    program: pathlib.Path, folder: pathlib.Path, small_disk: pathlib.Path
) -> None:
    write_logs(folder / "logs", 20)
    flags = ("--disk-low", str(40 * MIB), "--disk-stop", str(32 * MIB), "--disk-ballast", str(MIB))
    with running(program, folder, "--store-cache", "8MiB", *flags) as server:
        rest = Rest(server.http)
        fill(small_disk, 4 * MIB)
        until(lambda: "stepwell_store_disk_stopped 1" in metrics(rest), "the disk is stopped")
        until(lambda: rest.call("GET", "/readyz").status == 503, "it says that it is not ready")
        upload = begin_upload(program, server, folder / "logs")
        with pytest.raises(subprocess.TimeoutExpired):
            upload.communicate(timeout=3)
        assert list(rest.items("/api/v1/experiments")) is not None  # reading goes on
        (small_disk / FILLER).unlink()
        out, err = upload.communicate(timeout=60)
        assert upload.returncode == 0, out + err
        check_all_there(rest, 20)
        assert "--disk-stop" in server.tail(20000)


def test_a_disk_that_is_really_full_loses_nothing_and_resumes(
    program: pathlib.Path, folder: pathlib.Path, small_disk: pathlib.Path
) -> None:
    write_logs(folder / "logs", 200)
    flags = ("--disk-low", "0", "--disk-stop", "0", "--disk-ballast", "0")
    with running(program, folder, "--store-cache", "8MiB", *flags) as server:
        rest = Rest(server.http)
        fill(small_disk, 2 * MIB)
        upload = begin_upload(program, server, folder / "logs")
        failed = re.compile(r"^stepwell_store_background_errors_total [1-9]", re.MULTILINE)

        def is_full() -> bool:
            assert upload.poll() is None, upload.communicate()
            fill(small_disk, 2 * MIB)
            return failed.search(metrics(rest)) is not None

        until(is_full, "the disk is full")
        (small_disk / FILLER).unlink()
        out, err = upload.communicate(timeout=60)
        assert upload.returncode == 0, out + err
        check_all_there(rest, 200)
        server.kill()
        server.start()
        check_all_there(Rest(server.http), 200)


def test_a_python_training_goes_on_while_the_server_has_no_disk(
    program: pathlib.Path, folder: pathlib.Path, small_disk: pathlib.Path
) -> None:
    flags = ("--disk-low", str(40 * MIB), "--disk-stop", str(32 * MIB), "--disk-ballast", str(MIB))
    told = folder / "told"
    with running(program, folder, "--store-cache", "8MiB", *flags) as server, processes.folder() as spool:
        rest = Rest(server.http)
        init = {"experiment": "disk", "id": "trains"}
        trainer = training.start(spool, server.grpc, init, 1_000_000, pause=0.002, told=str(told))
        try:
            training.await_run(rest, "trains", status="running")
            fill(small_disk, 4 * MIB)
            until(lambda: "stepwell_store_disk_stopped 1" in metrics(rest), "the disk is stopped")
            training.await_told(told, 500)
            (small_disk / FILLER).unlink()
            assert training.terminate(trainer) == ""
            training.wait_sent(spool)
            training.check_told(rest, "trains", told)
        finally:
            trainer.kill()
            training.stop_uploader(spool)
