"""The words of a directive, expressions with blanks in them kept whole.

`#pragma HLS loop_tripcount min = 1 max = N * 4` has the options min and max.
`#pragma HLS if (N > 1) unroll` is an unroll that a constant turns on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bitwright.hls.cpp.pragma import uncommented
from bitwright.hls.source import Function, Pragma, Source

MAX_LENGTH = 4000  # of a directive that is looked at
_ASSIGN = re.compile(r"\s*(?<![=<>!])=(?!=)\s*")
_HEAD = re.compile(r"\s*#\s*pragma\s+hls\b", re.IGNORECASE)
_JOINS = "*/+-%<>&|?:(,!="  # a word that ends or begins so is half an expression


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A directive that is to be checked."""

    source: Source
    function: Function | None  # None: at file level
    pragma: Pragma
    name: str  # lower case
    words: tuple[str, ...]  # without a value, lower case
    options: Mapping[str, str]  # names in lower case, values as written

    @property
    def line(self) -> int:
        return self.pragma.span.line

    @property
    def shown(self) -> str:
        return self.name.upper() if self.name in ("dataflow", "interface") else self.name


def read(source: Source, function: Function | None, pragma: Pragma) -> Words:
    """A directive of a function, or of the file."""
    spoken = source.text(pragma.span).replace("\\\r\n", " ").replace("\\\n", " ")
    spoken = _HEAD.sub("", uncommented(spoken[:MAX_LENGTH]), count=1)
    found = list(_split(_ASSIGN.sub("=", spoken)))
    if found and (found[0].lower() == "if" or found[0].lower().startswith("if(")):
        rest = found[1:] if found[0].lower() != "if" else found[2:]
        found = rest or found
    name, *words = found or [pragma.directive]
    pairs = (word.split("=", 1) for word in words if "=" in word)
    return Words(
        source=source,
        function=function,
        pragma=pragma,
        name=name.lower(),
        words=tuple(word.lower() for word in words if "=" not in word),
        options=MappingProxyType({key.lower(): value for key, value in pairs}),
    )


def _split(text: str) -> list[str]:
    """Words at blanks, but not within parentheses nor beside an operator."""
    found: list[str] = []
    for word in text.split():
        before = found[-1] if found else ""
        inside = before.count("(") > before.count(")")
        if "=" in before:  # f<int, 3> is whole, a > is not
            closed = before[-1] == ">" and before.count("<") == before.count(">")
            inside |= word[0] in _JOINS or (before[-1] in _JOINS and not closed)
        if inside:
            found[-1] = before + word
        else:
            found.append(word)
    return found
