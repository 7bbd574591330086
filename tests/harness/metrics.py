"""Prometheus' text format, as far as tests ask for single values."""

from __future__ import annotations

from harness.rest import Rest


def metric(rest: Rest, name: str) -> float:
    """The value of a metric, named with its labels as the page writes them; 0 if it is not there (yet)."""
    for line in rest.call("GET", "/metrics").body.decode().splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0
