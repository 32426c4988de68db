"""A JSON report, walked so that every surprise is a ReportError naming its place."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from bitwright.errors import ReportError

SHOWN = 60  # characters of a value that a message quotes
PLACE = re.compile(r":(\d{1,15})$")


def refuse(origin: Path, problem: str, *, expected: str, found: str, next: str = "") -> NoReturn:
    """Raise the ReportError every reader raises: where, expected, found, what next.

    origin: the report, and after a colon the line, where there is one to blame
    """
    place = PLACE.search(str(origin))
    file = PLACE.sub("", str(origin))
    next = next or _next(Path(file))
    raise ReportError(
        f"{origin}: {problem}\n  expected  {expected}\n  found     {found}\n  next      {next}",
        line=int(place[1]) if place else None,
        problem=problem,
        expected=expected,
        found=found,
        next=next,
    )


def _next(file: Path) -> str:
    """What to do about a report: of a step here, which has its log beside it, or of anyone else."""
    log = file.parent / f"{file.absolute().parent.name}.log"
    with suppress(OSError):  # a folder or a name that cannot be looked at has no log for anyone
        if log.is_file():
            return f"read {log}, then build that step again"
    return (
        "see whether the file is whole, or let its tool write it again; if it is as the tool wrote "
        "it, this reader does not know that layout yet"
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One value of the document and the way to it, such as 'fmax.clk.achieved'."""

    value: Any
    way: str
    origin: Path

    def refuse(self, expected: str) -> NoReturn:
        shown = repr(self.value)
        shown = shown if len(shown) <= SHOWN else shown[:SHOWN] + "..."
        refuse(
            self.origin,
            f"'{self.way or 'document'}' is not as known",
            expected=expected,
            found=f"{type(self.value).__name__} {shown}",
        )

    def table(self) -> dict[str, Any]:
        return self.value if isinstance(self.value, dict) else self.refuse("an object")

    def __getitem__(self, key: str) -> Item:
        table = self.table()
        if key not in table:
            names = ", ".join(sorted(table)[:8]) or "no key at all"
            refuse(
                self.origin,
                f"'{self.way}.{key}'".replace("'.", "'") + " is missing",
                expected=f"the key '{key}'",
                found=f"only {names}"[:200],
            )
        return Item(table[key], f"{self.way}.{key}".lstrip("."), self.origin)

    def entries(self) -> Iterator[tuple[str, Item]]:
        """Every key of an object with its value, sorted by key."""
        for key in sorted(self.table()):
            yield key, self[key]

    def items(self) -> Iterator[Item]:
        """Every element of a list."""
        if not isinstance(self.value, list):
            self.refuse("a list")
        for position, value in enumerate(self.value):
            yield Item(value, f"{self.way}[{position}]", self.origin)

    def text(self) -> str:
        return self.value if isinstance(self.value, str) else self.refuse("a string")

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number within [low, high]; true and false are no numbers."""
        value = self.value
        known = isinstance(value, int | float) and not isinstance(value, bool)
        if not known or not math.isfinite(value) or not low <= value <= high:
            self.refuse(f"a number from {low:g} to {high:g}")
        return float(value)

    def count(self) -> int:
        """A whole number, zero or more."""
        value = self.value
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 53:
            self.refuse("a count, zero or more")
        return value


def read_json(text: str, *, origin: Path) -> Item:
    """The document in `text`. ReportError for anything that is not exactly one JSON value:
    truncated text, NaN or infinity, a key that stands twice, nesting without end."""
    try:
        value = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_once
        )
    except json.JSONDecodeError as error:
        where = f"{origin}:{error.lineno}"
        found = "an empty file" if not text.strip() else f"{error.msg} at column {error.colno}"
        refuse(
            Path(where),
            "this is no complete JSON",
            expected="one JSON document",
            found=found,
        )
    except (ValueError, RecursionError) as error:
        refuse(
            origin,
            "this JSON cannot be trusted",
            expected="finite numbers, each key once",
            found=str(error)[:120],
        )
    return Item(value, "", origin)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"the number {name}")


def _finite(number: str) -> float:
    return value if math.isfinite(value := float(number)) else _no_constant(number[:SHOWN])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:SHOWN]!r} twice in one object")
    return table
