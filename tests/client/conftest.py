"""Fixtures of the clients' tests."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from client import cpp_programs, training
from harness import processes


@pytest.fixture
def spool() -> Iterator[pathlib.Path]:
    """A spool folder; its uploader does not outlive the test."""
    with processes.folder("stepwell-spool-") as path:
        yield path
        training.stop_uploader(path)


@pytest.fixture
def small_disk(spool: pathlib.Path) -> Iterator[pathlib.Path]:
    """A spool folder on a disk of 1 MiB. Root alone may mount."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", spool], capture_output=True)
    if made.returncode != 0:
        assert os.geteuid() != 0, made.stderr
        pytest.skip("mounting needs root; a spool that is full for STEPWELL_SPOOL_MAX is tried in test_python_log.py")
    try:
        yield spool
        training.stop_uploader(spool)
    finally:
        subprocess.run(["umount", "-l", spool], check=True)


@pytest.fixture(scope="session")
def cpp(program: pathlib.Path) -> Iterator[pathlib.Path]:
    """A folder with the programs `trainer` and `calls`, and `example/example`; and the installed client in `prefix`."""
    with processes.folder("stepwell-cpp-") as folder:
        cpp_programs.install(program, folder / "prefix")
        cpp_programs.build(cpp_programs.TRAINERS, folder / "prefix", folder)
        cpp_programs.build(cpp_programs.EXAMPLE, folder / "prefix", folder / "example")
        yield folder
