"""Dependencies of a component.xml (XPath with AMD's functions) as expressions of the IP catalogue.

    (spirit:decode(id('MODELPARAM_VALUE.C_WIDTH')) div 8) - 1   ->   (C_WIDTH // 8) - 1

What cannot be said there gives None, and whoever asks takes the value at the default parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bitwright.blockdesign import expression as language
from bitwright.blockdesign.expression import ExpressionError, evaluate, value

_DECODED = re.compile(r"spirit:decode\(\s*id\('(?:MODEL)?PARAM_VALUE\.(\w+)'\)\s*\)", re.ASCII)
_PLAIN = re.compile(r"id\('(?:MODEL)?PARAM_VALUE\.(\w+)'\)", re.ASCII)
_LOG2 = re.compile(r"spirit:ceil\(\s*spirit:log\(\s*2\s*,\s*(\w+)\s*\)\s*\)", re.ASCII)
_POWER = re.compile(r"(?:spirit:)?pow\(\s*2\s*,", re.ASCII)
_WORDS = ((r"\bdiv\b", "//"), (r"\bmod\b", "%"), (r"(?<![<>!=])=(?!=)", "=="), (r"\$(\w+)", r"\1"))


def expression(dependency: str) -> str | None:
    """The same as an expression of the catalogue; None if there is none."""
    text = _PLAIN.sub(r"\1", _DECODED.sub(r"\1", dependency))
    text = _POWER.sub("2 ** (", _LOG2.sub(r"log2(\1)", text))
    for pattern, word in _WORDS:
        text = re.sub(pattern, word, text)
    return None if re.search(r"[:'\"@/](?!/)(?<!//)|\$", text) else " ".join(text.split())


def at(text: str, parameters: Mapping[str, str]) -> int | float | str | None:
    """What an expression gives with these parameters; None if it is none, or names another one."""
    try:
        return evaluate(text, {name: value(given) for name, given in parameters.items()})
    except ExpressionError:
        return None


def names_in(text: str) -> frozenset[str]:
    """The parameters that an expression names; none if it is no expression."""
    try:
        return language.names_in(text)
    except ExpressionError:
        return frozenset()
