"""Secrets, taken out of what is captured before it leaves the process.

A value goes because of its name (`api_key`, `DB_PASSWORD`, `hf_token`) or because of its form (keys of well-known
services, JSON web tokens, private keys, addresses with a password). Numbers of tokens, tokenizers and their special
tokens are what people train with and stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

REDACTED = "[redacted]"

# In a name without its separators, wherever they stand.
_STRONG = re.compile(
    r"passw(or)?d|passphrase|passcode|secret|credential|(api|access|private|auth|account|signing|encryption)key"
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Tokens of texts, not of people.
_TEXT_TOKENS = {"pad", "eos", "bos", "unk", "mask", "sep", "cls", "start", "end", "stop", "special", "image", "first",
                "last", "next", "new", "per", "eot", "decoder", "begin"}  # fmt: skip
_TOKEN_LENGTH = 8  # a shorter text that is called token is hardly a secret

_FORMS = re.compile(
    r"""
      -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{20,}\b | \bgithub_pat_\w{20,}
    | \bglpat-[\w-]{20,}
    | \b(?:sk|rk|pk)-[A-Za-z0-9_-]{20,} | \b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}
    | \bhf_[A-Za-z0-9]{20,}\b
    | \bxox[abeoprs]-[A-Za-z0-9-]{10,}
    | \bAIza[0-9A-Za-z_-]{35}
    | \bnpm_[A-Za-z0-9]{36}\b | \bpypi-AgE[\w-]{16,}
    | \beyJ[\w-]{5,}\.eyJ[\w-]{5,}\.[\w-]*
    """,
    re.VERBOSE | re.DOTALL,
)
_URL_PASSWORD = re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@\"']*:)[^\s/@\"']+(?=@)")
_BEARER = re.compile(r"\b((?:[Bb]earer|BEARER|[Bb]asic)\s+)[A-Za-z0-9._~+/-]{16,}=*")
_ASSIGNMENT = re.compile(r"""(?P<name>[A-Za-z_][\w.-]{1,63})(?P<by>["']?\s?[=:]\s?["']?)(?P<value>[^\s"',;&]{2,})""")


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret whatever it looks like."""
    return _STRONG.search("".join(re.findall("[A-Za-z]", name)).lower()) is not None


def is_token_name(name: str) -> bool:
    """Whether a long enough text of this name is a secret."""
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(words) and words[-1] == "token" and not _TEXT_TOKENS.intersection(words[:-1])


def _is_secret(name: str, value: str) -> bool:
    if is_secret_name(name):
        return True
    plain = len(value) >= _TOKEN_LENGTH and not value.isdigit() and not re.search(r"[\s<>\[\]]", value)
    return plain and is_token_name(name)


def redact_text(text: str) -> str:
    """A text (a line of the console, a diff, a value) without the secrets that can be told in it."""
    if len(text) < 4:
        return text
    text = _FORMS.sub(REDACTED, text)
    text = _URL_PASSWORD.sub(rf"\1{REDACTED}", text)
    text = _BEARER.sub(rf"\1{REDACTED}", text)

    def hidden(found: re.Match[str]) -> str:
        if REDACTED in found["value"] or not _is_secret(found["name"], found["value"]):
            return found[0]
        return f"{found['name']}{found['by']}{REDACTED}"

    return _ASSIGNMENT.sub(hidden, text)


def redact(value: Any, name: str = "") -> Any:
    """A parameter's value (nested to any depth) without secrets; what is no text, mapping or list stays itself."""
    return _redact(value, name, False, ())


def _redact(value: Any, name: str, hide: bool, above: tuple[int, ...]) -> Any:
    hide = hide or is_secret_name(name)
    if isinstance(value, str):
        return REDACTED if (hide and value) or _is_secret(name, value) else redact_text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float, bytes)):
        return REDACTED if hide else value
    if id(value) in above:  # a circle; whoever writes the value tells it
        return value
    above = (*above, id(value))
    if isinstance(value, Mapping):
        return {key: _redact(part, str(key), hide, above) for key, part in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(_redact(part, name, hide, above) for part in value)
    return value


def redact_arguments(arguments: list[str]) -> list[str]:
    """A command line: `--api-key VALUE`, `--api-key=VALUE`, and what has a secret's form."""
    out: list[str] = []
    flag = ""
    for argument in arguments:
        if flag and not argument.startswith("-") and _is_secret(flag, argument):
            out.append(REDACTED)
        elif argument.startswith("-") and "=" in argument:
            name, _, value = argument.partition("=")
            out.append(f"{name}={REDACTED}" if value and _is_secret(name, value) else redact_text(argument))
        else:
            out.append(redact_text(argument))
        flag = argument.lstrip("-") if argument.startswith("-") and "=" not in argument else ""
    return out
