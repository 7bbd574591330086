"""Tokens, one a server, in a file that only its owner can read: what `python -m stepwell login` writes.

{"version": 1, "servers": {"tracker.example:7008": {"token": "…"}}}
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import pathlib
import sys
import urllib.parse
from typing import Any

DEFAULT_SERVER = "127.0.0.1:7008"


def path() -> pathlib.Path:
    """STEPWELL_CREDENTIALS, or credentials.json in the user's configuration folder."""
    if chosen := os.environ.get("STEPWELL_CREDENTIALS"):
        return pathlib.Path(chosen)
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
    return pathlib.Path(base) / "stepwell" / "credentials.json"


def server_key(server: str) -> str:
    """host:port of an address, whatever it is written like."""
    parts = urllib.parse.urlsplit(server if "//" in server else f"//{server}")
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    port = parts.port or (443 if parts.scheme == "https" else 80 if parts.scheme == "http" else None)
    return f"{host}:{port}" if port else host


def _read() -> dict[str, Any]:
    try:
        content = json.loads(path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    servers = content.get("servers") if isinstance(content, dict) else None
    return servers if isinstance(servers, dict) else {}


def token_for(server: str) -> str | None:
    """The token for a server: STEPWELL_TOKEN, or the one that was stored for it; None if there is none."""
    if token := os.environ.get("STEPWELL_TOKEN"):
        return token
    servers, key = _read(), server_key(server)
    host = key.rpartition(":")[0] or key
    # REST and gRPC have ports of their own: what was stored for one serves the other, if the host has one token only.
    entries = [servers[key]] if key in servers else [e for k, e in servers.items() if k.rpartition(":")[0] == host]
    tokens = {e["token"] for e in entries if isinstance(e, dict) and isinstance(e.get("token"), str)}
    return tokens.pop() if len(tokens) == 1 else None


def store(server: str, token: str | None) -> None:
    """Keeps a token for a server, or forgets it (None). The file is replaced whole; only its owner can read it."""
    servers = _read()
    if token is None:
        servers.pop(server_key(server), None)
    else:
        servers[server_key(server)] = {"token": token}
    file = path()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            os.fchmod(out.fileno(), 0o600)
            json.dump({"version": 1, "servers": servers}, out, indent=2)
            out.flush()
            os.fsync(out.fileno())
        os.replace(new, file)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def login(arguments: list[str]) -> int:
    """`python -m stepwell login [SERVER]`: asks for a token and keeps it. Exit status 0, 1 or 2."""
    parser = argparse.ArgumentParser(
        prog="python -m stepwell login",
        description="Keeps a token for a server, so that runs of this user need no STEPWELL_TOKEN.",
        epilog="example: python -m stepwell login tracker.example:7008",
    )
    parser.add_argument("server", nargs="?", default=os.environ.get("STEPWELL_SERVER", DEFAULT_SERVER))
    parser.add_argument("--token-stdin", action="store_true", help="read the token from standard input")
    parser.add_argument("--logout", action="store_true", help="forget the token instead")
    chosen = parser.parse_args(arguments)
    if not server_key(chosen.server):
        parser.error(f"{chosen.server!r} is no address, such as tracker.example:7008")
    if chosen.logout:
        store(chosen.server, None)
        print(f"forgot the token for {server_key(chosen.server)}")
        return 0
    if chosen.token_stdin:
        token = sys.stdin.readline().strip()
    else:
        token = getpass.getpass(f"token for {server_key(chosen.server)}: ").strip()
    if not token or any(character.isspace() for character in token):
        print("a token is one word; nothing was stored", file=sys.stderr)
        return 1
    store(chosen.server, token)
    print(f"the token for {server_key(chosen.server)} is in {path()}")
    return 0
