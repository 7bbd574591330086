#!/usr/bin/env python3
"""Runs a command while a Stepwell with the sample experiment is up: with_server.py -- COMMAND...

The command finds the server in STEPWELL_URL (web and REST) and STEPWELL_GRPC, an empty one in STEPWELL_EMPTY_URL and
STEPWELL_EMPTY_GRPC, the program in STEPWELL_BIN, the sample's log directory in STEPWELL_SAMPLE and a Python that has
what the client needs in STEPWELL_PYTHON. Its exit status is passed on.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness import processes  # noqa: E402
from harness.processes import Server  # noqa: E402

SAMPLE = ROOT / "tests" / "data" / "real" / "torch-digits"


def main() -> int:
    command = sys.argv[sys.argv.index("--") + 1 :]
    program = pathlib.Path(os.environ.get("STEPWELL_BIN", ROOT / "build" / "bin" / "stepwell"))
    with processes.folder() as folder, processes.folder() as other:
        full, empty = Server(program, folder), Server(program, other)
        try:
            full.start()
            empty.start()
            done = processes.run([program, "upload", SAMPLE, "--experiment", "torch-digits", "--server", full.grpc])
            if done.returncode:
                sys.exit(f"the sample could not be uploaded:\n{done.stdout}{done.stderr}")
            found = {
                "STEPWELL_URL": full.http,
                "STEPWELL_GRPC": full.grpc,
                "STEPWELL_EMPTY_URL": empty.http,
                "STEPWELL_EMPTY_GRPC": empty.grpc,
                "STEPWELL_BIN": str(program),
                "STEPWELL_SAMPLE": str(SAMPLE),
                "STEPWELL_PYTHON": sys.executable,
            }
            return subprocess.run(command, env={**os.environ, **found}, check=False).returncode
        finally:
            for server in (full, empty):
                if server.running:
                    server.stop()
                server.kill_tree()


if __name__ == "__main__":
    sys.exit(main())
