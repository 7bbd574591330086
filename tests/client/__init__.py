"""The Python client against real servers, in real processes."""
