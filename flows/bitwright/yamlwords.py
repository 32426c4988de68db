"""What libyaml finds wrong with a text, in words for people: where, what stands there, what next.

Its own words name states of its scanner. Those here are for the slips that people make; any other
fault keeps its own.
"""

from __future__ import annotations

from typing import Any

MISSING_COLON = "a key without its colon", "write `key: value`, with a blank after the colon"
SECOND_COLON = (
    "a colon where a value ends",
    "put a value that holds ': ' in quotes; or a line above lacks its colon",
)
ODD_START = "a value cannot begin with {found!r}", "put it in quotes"
TAB, TABBED = "\t", "a tab; indent with spaces"
UNQUOTED_END = "a quote that opens here is not closed", "close it on the same line"
MISPLACED = (
    "does not fit what stands before it",
    "keys of one mapping begin in one column, nothing follows a closing quote or bracket",
)
ESCAPE = "an unknown escape in double quotes", "single quotes take a backslash as it is"
LIST = "a list begins on the line of its key", "put each item on a line of its own below the key"


def told(error: Any, text: str) -> str:
    """Line, column, what is wrong and what to do: `2:1: not YAML: a tab; indent with spaces`.

    error: a yaml.MarkedYAMLError that the text gave
    """
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return f"1: not YAML: {_own(error)}"
    rows = text.split("\n")
    row = rows[mark.line] if mark.line < len(rows) else ""
    before = row[: len(row) - len(row.lstrip())]
    if TAB in before:  # whatever libyaml made of it
        return f"{mark.line + 1}: not YAML: column {before.index(TAB) + 1}: {TABBED}"
    at, (what, advice) = _slip(error, mark, row)
    line = f"{at.line + 1}: not YAML: column {at.column + 1}: {what}"
    return f"{line}; {advice}" if advice else line


def _slip(error: Any, mark: Any, row: str) -> tuple[Any, tuple[str, str]]:
    """Where a fault began, which is not where libyaml noticed it, and what to say of it."""
    problem, opened = error.problem or "", error.context_mark or mark
    if problem.startswith("found character that cannot start"):
        return mark, (ODD_START[0].format(found=row[mark.column : mark.column + 1]), ODD_START[1])
    if problem.startswith("could not find expected ':'"):
        return opened, MISSING_COLON
    if problem.startswith("mapping values are not allowed"):
        return mark, SECOND_COLON
    for bracket, end in (("'['", "']'"), ("'{'", "'}'")):
        if problem == f"did not find expected ',' or {end}":
            return opened, (f"{bracket} is not closed, or a comma is missing", f"add {end}")
    if problem == "found unexpected end of stream" and "quoted" in (error.context or ""):
        return opened, UNQUOTED_END
    if problem == "did not find expected key":
        return mark, MISPLACED
    if problem == "found unknown escape character":
        return mark, ESCAPE
    if problem.startswith("block sequence entries are not allowed"):
        return mark, LIST
    return mark, (_own(error), "")


def _own(error: Any) -> str:
    return " ".join(filter(None, (error.context, error.problem))) or "cannot be parsed"
