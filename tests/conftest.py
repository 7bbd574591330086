"""Fixtures of the wire tests: real programs from build/bin, reached through their command line, REST and gRPC alone."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable, Iterator

import pytest

from harness import processes
from harness.processes import Server
from harness.rest import Rest

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = ROOT / "tests" / "data"
SAMPLE = DATA / "real" / "torch-digits"
SAMPLE_EXPERIMENT = "torch-digits"

Upload = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def program() -> pathlib.Path:
    """The `stepwell` program: STEPWELL_BIN, or what ./dev build left in build/bin."""
    path = pathlib.Path(os.environ.get("STEPWELL_BIN", ROOT / "build" / "bin" / "stepwell"))
    if not path.exists():
        pytest.fail(f"{path} is not there; ./dev build makes it", pytrace=False)
    return path


@pytest.fixture(scope="session")
def sample() -> pathlib.Path:
    """The log directory of the sample experiment: what a PyTorch training wrote."""
    return SAMPLE


@pytest.fixture(scope="session")
def server(program: pathlib.Path) -> Iterator[Server]:
    """A running server with the sample uploaded as experiment `torch-digits`, shared by the tests of a session.

    Tests add experiments of their own names and leave the sample as it is.
    """
    with processes.folder() as folder:
        running = Server(program, folder)
        running.start()
        try:
            done = upload_to(program, running, SAMPLE, SAMPLE_EXPERIMENT)
            assert done.returncode == 0, done.stdout + done.stderr
            yield running
            assert running.running, f"the server ended on its own:\n{running.tail()}"
            running.stop()
        finally:
            running.kill_tree()


@pytest.fixture
def fresh_server(program: pathlib.Path) -> Iterator[Server]:
    """A running server of this test alone, with nothing in it. It may be stopped, killed and started again."""
    with processes.folder() as folder:
        running = Server(program, folder)
        running.start()
        try:
            yield running
        finally:
            if running.running:
                running.stop()
            running.kill_tree()


@pytest.fixture
def folder() -> Iterator[pathlib.Path]:
    """An empty folder that other users may enter."""
    with processes.folder() as path:
        yield path


@pytest.fixture(scope="session")
def rest(server: Server) -> Rest:
    """REST of the shared server."""
    return Rest(server.http)


def upload_to(
    program: pathlib.Path, server: Server, logdir: pathlib.Path, experiment: str, *flags: str
) -> subprocess.CompletedProcess[str]:
    return processes.run([program, "upload", logdir, "--experiment", experiment, "--server", server.grpc, *flags])


@pytest.fixture
def upload(program: pathlib.Path, server: Server) -> Upload:
    """upload(logdir, experiment, *flags): `stepwell upload` to the shared server, to its end."""

    def go(logdir: pathlib.Path, experiment: str, *flags: str) -> subprocess.CompletedProcess[str]:
        return upload_to(program, server, logdir, experiment, *flags)

    return go


@pytest.fixture(scope="session")
def unprivileged() -> list[str]:
    """What to put before a command so that it runs without root's rights."""
    prefix = processes.unprivileged()
    if prefix and not shutil.which(prefix[0]):
        pytest.fail("setpriv is not there (Debian: util-linux)", pytrace=False)
    return prefix
