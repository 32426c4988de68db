"""Texts to be sent away: without the names of a person, a machine, a licence server or a home."""

from __future__ import annotations

import getpass
import os
import re
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

COMMON = ("root", "user", "localhost", "localdomain", "builder", "vivado", "xilinx", "nobody")


def names(root: Path, environ: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What must not be told, each with what stands in its place; the longest first."""
    environ = os.environ if environ is None else environ
    found: dict[str, str] = {str(root.absolute()): "PROJECT", str(root.resolve()): "PROJECT"}
    home = environ.get("HOME", "")
    if len(home) > 1:
        found[home] = "HOME"
    for name, value in environ.items():
        if name.endswith("LICENSE_FILE"):
            found |= {part: "LICENCE" for part in re.split(r"[:;@]", value) if len(part) > 4}
            found |= {part: "LICENCE" for part in value.split(os.pathsep) if len(part) > 4}
    host = socket.gethostname()
    for word in {host, host.partition(".")[0]}:
        found[word] = "HOST"
    for word in (environ.get("USER", ""), environ.get("LOGNAME", ""), _user()):
        found[word] = "USER"
    kept = [(word, place) for word, place in found.items() if len(word) > 2 and word not in COMMON]
    return sorted(kept, key=lambda one: (-len(one[0]), one[0]))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def scrub(text: str, told: Sequence[tuple[str, str]]) -> str:
    """The text with each name replaced; words that merely contain one stay as they are."""
    for word, place in told:
        path = "/" in word
        pattern = re.escape(word) if path else rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
        text = re.sub(pattern, place, text, flags=0 if path else re.IGNORECASE)
    return re.sub(r"/(home|Users)/[^/\s:;\"']+", r"/\1/USER", text)
