"""The generated modules are what protoc makes of the protos today."""

from __future__ import annotations

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
GENERATED = ROOT / "libs" / "python" / "src" / "stepwell" / "_pb" / "stepwell" / "v1"


def test_the_generated_modules_are_todays(tmp_path: pathlib.Path) -> None:
    made = tmp_path / "stepwell" / "v1"
    command = ["protoc", f"-I{ROOT / 'proto'}", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}"]
    subprocess.run([*command, "stepwell/v1/value.proto", "stepwell/v1/ingest.proto"], check=True)
    for name in ("value_pb2.py", "value_pb2.pyi", "ingest_pb2.py", "ingest_pb2.pyi"):
        # protoc names modules by the protos' folders; ours lie below the package.
        now = (made / name).read_text().replace("from stepwell.v1 import", "from stepwell._pb.stepwell.v1 import")
        assert (GENERATED / name).read_text() == now, f"protoc makes another {name}"
