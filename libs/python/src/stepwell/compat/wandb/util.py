"""wandb.util.generate_id."""

from __future__ import annotations

import secrets
import string

_CHARACTERS = string.ascii_lowercase + string.digits


def generate_id(length: int = 8) -> str:
    """A new run's id, as wandb makes them."""
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))
