"""Programs in C++ that log, built as a stranger builds his: against the client as it is installed."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from client import training

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "libs" / "client" / "example"
TRAINERS = ROOT / "tests" / "client" / "cpp"
BUILD_SECONDS = 600


def build_folder(program: pathlib.Path) -> pathlib.Path:
    """Where the tested programs were built: STEPWELL_BUILD, or above bin/stepwell."""
    return ROOT / os.environ.get("STEPWELL_BUILD", program.resolve().parents[1])


def run(*command: str | pathlib.Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}"


def install(program: pathlib.Path, prefix: pathlib.Path) -> None:
    run("cmake", "--install", build_folder(program), "--component", "client", "--prefix", prefix)


def build(source: pathlib.Path, prefix: pathlib.Path, into: pathlib.Path) -> None:
    """A project that finds the installed client as a package."""
    run("cmake", "-S", source, "-B", into, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", into)


def environment(spool: pathlib.Path, server: str) -> dict[str, str]:
    """With the Python package's uploader: what sends a spool is not the client's affair."""
    return training.environment(spool, server, STEPWELL_UPLOADER=f"{sys.executable} -m stepwell._uploader")


def start(
    folder: pathlib.Path, spool: pathlib.Path, server: str, run_id: str, calls: int, pause_us: int = 0, told: str = "",
    end: str = "finish",
) -> subprocess.Popen[str]:  # fmt: skip
    """The trainer of a folder that was built."""
    command = [str(folder / "trainer"), run_id, str(calls), str(pause_us), told, end]
    return subprocess.Popen(command, env=environment(spool, server), text=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
