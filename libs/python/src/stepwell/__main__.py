"""`python -m stepwell COMMAND`, for machines that have no server program."""

from __future__ import annotations

import importlib
import sys

# command → (module, function that takes the arguments and returns the exit status, what it does)
COMMANDS = {
    "login": ("stepwell.credentials", "login", "keeps a token for a server"),
    "sync": ("stepwell._sync", "sync", "sends what runs left in their spools"),
    "status": ("stepwell._sync", "status", "what is in the spools of this machine"),
}


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        module, function, _ = COMMANDS[arguments[0]]
        return int(getattr(importlib.import_module(module), function)(arguments[1:]))
    asked = arguments[:1] in (["--help"], ["-h"], [])
    out = sys.stdout if asked and arguments else sys.stderr
    print("usage: python -m stepwell COMMAND [--help]\n", file=out)
    for name, (_, _, text) in COMMANDS.items():
        print(f"  {name:8} {text}", file=out)
    return 0 if asked and arguments else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
