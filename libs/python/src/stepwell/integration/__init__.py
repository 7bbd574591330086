"""Callbacks for frameworks. Each module needs its framework and is imported by name: docs/guide/integrations.md."""
