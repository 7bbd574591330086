"""The examples of docs/guide/python-api.md run as they stand."""

from __future__ import annotations

import math
import pathlib
import re

import pytest
import stepwell

from client.log_values import log_values
from conftest import upload_to
from harness.event_file import EventFile
from harness.processes import Server

GUIDE = pathlib.Path(__file__).resolve().parent.parent.parent / "docs" / "guide"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> str:
    return "\n".join(BLOCK.findall((GUIDE / page).read_text()))


def test_the_examples_of_the_api_run(
    program: pathlib.Path, fresh_server: Server, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("numpy")
    pytest.importorskip("pandas")
    EventFile(tmp_path / "lr-0.1").double_scalars(
        "val/loss", [(step, float(step), math.exp(-step)) for step in range(9)]
    )
    assert upload_to(program, fresh_server, tmp_path, "digits").returncode == 0
    log_values(fresh_server, "digits", "lr-0.1", [(0, 1.0, {"sample": stepwell.Image([[1.0]])})])
    code = blocks("python-api.md").replace("http://127.0.0.1:7007", fresh_server.http)
    names: dict[str, object] = {}
    exec(compile(code, "python-api.md", "exec"), names)
    assert capsys.readouterr().out.startswith("lr-0.1 ")
    assert names["png"].startswith(b"\x89PNG")  # type: ignore[attr-defined]
    assert len(names["frame"]) == 9  # type: ignore[arg-type]
