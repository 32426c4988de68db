"""Texts and lists as words of Tcl: the one way into a Tcl script, and the Jinja filter `tcl`.

    set_property top {{ top | tcl }} [current_fileset]
    read_verilog {{ sources | tcl }}        # a sequence is a list, which is one word too

What comes out is ASCII, holds no newline, and is read back by Tcl as what went in, whatever that
was: tests/blockdesign/test_quote.py asks Tcl.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bitwright.errors import ConfigError

_BARE = re.compile(r"[A-Za-z0-9_./:+=,@%-]+")  # needs no quotes


def tcl(value: str | int | Sequence[str | int]) -> str:
    """A value as one word of Tcl; of several values, a list.

    Raises ConfigError for a character beyond U+FFFF, which Tcl 8 cannot write.
    """
    if isinstance(value, str | int):
        return word(str(value))
    return words(value)


def word(value: str) -> str:
    """A text as one word, whatever it holds."""
    if _BARE.fullmatch(value):
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def words(values: Sequence[str | int]) -> str:
    """Texts as a list that is one word. add_files splits its argument, so it wants a list."""
    return word(" ".join(word(str(value)) for value in values))


def _escaped(char: str) -> str:
    if char in '\\"$[]{}':
        return f"\\{char}"
    if " " <= char <= "~":
        return char
    if char > "\uffff":
        raise ConfigError(f"Tcl cannot hold the character {char!r}; use another name")
    return f"\\u{ord(char):04x}"
