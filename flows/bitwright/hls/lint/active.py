"""What of a file is synthesised: lines that the preprocessor drops become blank.

Conditions on __SYNTHESIS__ are known, those on a macro as well if the file defines it above; of
others, `#ifdef X` counts as not defined and `#if` as true. Every byte stays where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DIRECTIVE = re.compile(rb"[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif|define|undef)\b(.*)", re.S)
_DEFINED = re.compile(rb"(!?)\s*(?:defined\s*\(?\s*)?\(?\s*(\w+)\s*\)*\s*$")
_KEEP = re.compile(rb"[^\r\n]")


@dataclass(slots=True)
class _Branch:
    outer: bool  # what is around it is synthesised
    now: bool  # this part of it is
    done: bool  # a part of it was


def active(data: bytes) -> bytes:
    """The file with blanks for what is not synthesised, and for the conditions themselves."""
    if b"#" not in data:
        return data
    defined = {b"__SYNTHESIS__", b"__cplusplus"}
    stack: list[_Branch] = []
    parts = []
    for line in _lines(data):
        found = _DIRECTIVE.match(line)
        here = not stack or (stack[-1].outer and stack[-1].now)
        if found is None or found[1] in (b"define", b"undef"):
            if found is not None and here:
                _define(found, defined)
            parts.append(line if here else _KEEP.sub(b" ", line))
            continue
        _step(found[1], found[2], stack, defined)
        parts.append(_KEEP.sub(b" ", line))
    return b"".join(parts)


def unclosed(data: bytes) -> int:
    """The line of an #if without its #endif, 0 if there is none."""
    stack: list[int] = []
    number = 1
    for line in _lines(data):
        found = _DIRECTIVE.match(line)
        if found is not None and found[1].startswith(b"if"):
            stack.append(number)
        elif found is not None and found[1] == b"endif" and stack:
            stack.pop()
        number += line.count(b"\n")
    return stack[-1] if stack else 0


def _lines(data: bytes) -> Iterator[bytes]:
    """Lines with their ends; a directive with those that it goes on on."""
    whole = b""
    for line in data.splitlines(keepends=True):
        whole += line
        if whole.lstrip()[:1] == b"#" and line.rstrip(b"\r\n").endswith(b"\\"):
            continue
        yield whole
        whole = b""
    yield whole


def _define(found: re.Match[bytes], defined: set[bytes]) -> None:
    name = re.match(rb"\s*(\w+)", found[2])
    if name is not None:
        (defined.add if found[1] == b"define" else defined.discard)(name[1])


def _step(word: bytes, rest: bytes, stack: list[_Branch], defined: set[bytes]) -> None:
    """Follow one condition."""
    if word in (b"if", b"ifdef", b"ifndef"):
        outer = not stack or (stack[-1].outer and stack[-1].now)
        holds = _holds(word, rest, defined)
        stack.append(_Branch(outer, holds, holds))
    elif stack and word == b"endif":
        stack.pop()
    elif stack:
        branch = stack[-1]
        holds = not branch.done and (word == b"else" or _holds(b"if", rest, defined))
        branch.now, branch.done = holds, branch.done or holds


def _holds(word: bytes, rest: bytes, defined: set[bytes]) -> bool:
    spoken = rest.split(b"//")[0].split(b"/*")[0].strip()
    found = _DEFINED.match(spoken)
    if word != b"if":
        known = found is not None and found[2] in defined
        return known == (word == b"ifdef")
    if found is None:
        return True
    if found[2].isdigit():
        return (int(found[2]) != 0) != bool(found[1])
    asked = b"defined" in spoken or found[2] in defined
    return (found[2] in defined) != bool(found[1]) if asked else True
