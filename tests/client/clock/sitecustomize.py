"""On PYTHONPATH, a Python starts with a clock that is off by as many seconds as the file $STEPWELL_TEST_CLOCK says.

libfaketime would take the C libraries along, but after a jump its clock_nanosleep makes Python's time.sleep fail.
"""

from __future__ import annotations

import os
import pathlib
import time

_true = time.time
_offset = pathlib.Path(os.environ["STEPWELL_TEST_CLOCK"])


def _shifted() -> float:
    return _true() + float(_offset.read_text())


time.time = _shifted
