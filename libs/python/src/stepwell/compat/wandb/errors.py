"""The errors that code written for wandb may catch."""

from __future__ import annotations


class Error(Exception):
    """The base of all."""


class CommError(Error):
    """Raised by nothing here: no call waits for a server."""


class UsageError(Error):
    """A call that cannot mean anything."""
