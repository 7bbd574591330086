"""Fixtures of the clients' tests."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from client import cpp_programs
from harness import processes


@pytest.fixture(scope="session")
def cpp(program: pathlib.Path) -> Iterator[pathlib.Path]:
    """A folder with the programs `trainer` and `calls`, and `example/example`; and the installed client in `prefix`."""
    with processes.folder("stepwell-cpp-") as folder:
        cpp_programs.install(program, folder / "prefix")
        cpp_programs.build(cpp_programs.TRAINERS, folder / "prefix", folder)
        cpp_programs.build(cpp_programs.EXAMPLE, folder / "prefix", folder / "example")
        yield folder
