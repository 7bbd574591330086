"""Nothing heavy is imported before it is needed."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import stepwell


def test_nothing_heavy_is_imported_by_what_only_offers() -> None:
    heavy = "[m for m in ('numpy', 'PIL', 'torch', 'pandas', 'grpc') if m in sys.modules]"
    code = f"import sys, stepwell._values, stepwell.tensorboard, stepwell.api, stepwell.compat.wandb; print({heavy})"
    environment = {**os.environ, "PYTHONPATH": str(pathlib.Path(stepwell.__file__).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"


def test_every_name_that_is_offered_is_there() -> None:
    assert {"HTML", "Html", "Image", "init"} <= set(dir(stepwell))
    assert stepwell.HTML is stepwell.Html
    assert [name for name in dir(stepwell) if not hasattr(stepwell, name)] == []
