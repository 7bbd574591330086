"""Stepwell under the names of other trackers' clients."""
