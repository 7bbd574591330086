"""What XGBoost and LightGBM have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stepwell._values import Table


def importance_table(scores: Mapping[str, Any]) -> Table:
    """A row a feature, the most important first."""
    rows = sorted(scores.items(), key=lambda item: -float(item[1]))
    return Table([[name, float(score)] for name, score in rows], columns=["feature", "importance"])
