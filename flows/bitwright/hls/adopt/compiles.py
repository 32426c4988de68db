"""Whether a source is C++ at all: g++ reads it, with the open headers, before it is adopted.

A source may include what is not here, or use of the vendor's headers what the open ones have not
got. That is told and refuses nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bitwright.errors import ConfigError, ToolError
from bitwright.hls.csim import ap_types

OPEN = Path(__file__).resolve().parents[4] / "ip" / "open" / "include"
FLAGS = (
    *("-std=gnu++17", "-fsyntax-only", "-w", "-fpermissive", "-fmax-errors=5"),
    *("-fno-diagnostics-show-caret", "-fdiagnostics-color=never"),
)
MAX_S = 60.0
_ERROR = re.compile(
    r"^(?P<file>[^:\n]+):(?P<line>\d+):(?:\d+:)? (?P<kind>fatal )?error: (?P<text>.*)$", re.M
)
_ABSENT = re.compile(r"(.*): No such file or directory$")
_LACKS = re.compile(
    r"has no member named|is not a member of|not declared|does not name|no match|no type named"
)
_VENDOR = re.compile(r"\b(hls|half)\b|\bap_")


def check(path: Path, where: str) -> tuple[str, ...]:
    """Compile a source, without an object; what kept it from being checked, for people.

    where: the file's name in messages
    Raises ConfigError with g++'s first errors, each with its line.
    """
    found = _errors(path)
    if isinstance(found, str):
        return (f"{where}: not compiled: {found}",)
    told = [f"{where}:{line}: {_said(text)}" for line, text in found]
    if found and all(_ours(text) for _, text in found):
        return (f"{told[0]}; so g++ did not check the rest, the tool will",)
    if found:
        raise ConfigError("\n".join(told) + "\n  next      correct the C++; g++ found this")
    return ()


def _errors(path: Path) -> list[tuple[int, str]] | str:
    """(line, text) of each error in the file itself; or why nothing is known."""
    if shutil.which("g++") is None:
        return "no g++ on PATH"
    try:
        done = subprocess.run(
            ["g++", *FLAGS, f"-I{OPEN}", "-isystem", ap_types(), path.name],
            cwd=path.parent,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=MAX_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, ToolError) as error:
        return str(error).splitlines()[0]
    if done.returncode == 0:
        return []
    found = list(_own(done.stderr.decode(errors="replace"), path.name))
    return found or f"g++ ended with status {done.returncode} and no error in this file"


def _own(said: str, name: str) -> Iterator[tuple[int, str]]:
    """The errors within the file; what is wrong in a header says nothing of it."""
    for match in _ERROR.finditer(said):
        if match["file"] == name:
            yield int(match["line"]), match["text"]


def _said(text: str) -> str:
    absent = _ABSENT.match(text)
    return f"{absent[1]} is not here" if absent else text


def _ours(text: str) -> bool:
    """Whether an error may be that of the headers here, not of the source."""
    return bool(_ABSENT.match(text) or (_LACKS.search(text) and _VENDOR.search(text)))
