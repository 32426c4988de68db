"""Values out of a YAML tree: each key has a reader, each misfit is a fault with its line."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bitwright.yamlfile import Faults, Node, Scalar, Table, describe, shown

NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
PART = re.compile(r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")


@dataclass(frozen=True, slots=True)
class Integer:
    low: int
    high: int

    def __str__(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    def text(self, text: str) -> int | None:
        if not re.fullmatch(r"-?(0|[1-9][0-9]{0,17})", text, re.ASCII):
            return None
        return int(text) if self.low <= int(text) <= self.high else None


@dataclass(frozen=True, slots=True)
class Number:
    low: float
    high: float

    def __str__(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"

    def text(self, text: str) -> float | None:
        if not re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text, re.ASCII):
            return None
        value = float(text)
        return value if math.isfinite(value) and self.low <= value <= self.high else None


@dataclass(frozen=True, slots=True)
class OneOf:
    values: tuple[Any, ...]

    def __str__(self) -> str:
        return "one of " + ", ".join(map(str, self.values))

    def text(self, text: str) -> Any | None:
        return {str(value): value for value in self.values}.get(text)


@dataclass(frozen=True, slots=True)
class Safe:
    """A name that may stand in a path, a command or a Tcl script as it is."""

    pattern: re.Pattern[str]
    of: str

    def __str__(self) -> str:
        marks = "._-" if self.pattern is NAME else "._:-"
        return f"{self.of} of letters, digits and {marks} (no '..')"

    def text(self, text: str) -> str | None:
        return text if self.pattern.match(text) else None


Reader = Integer | Number | OneOf | Safe


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """'; did you mean 'lanes'?' for the nearest known name, or nothing if none is near.

    cutoff: how alike they must be, from 0 to 1 (equal)
    """
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; did you mean {near[0]!r}?" if near else ""


def read_scalar(node: Node, key: str, reader: Reader, faults: Faults) -> Any | None:
    """The value of one scalar, or a fault saying what was expected and what stands there."""
    if isinstance(node, Scalar) and not (node.plain and node.text in ("", "~", "null")):
        numeric = isinstance(reader, Integer | Number)
        value = reader.text(node.text) if node.plain or not numeric else None
        if value is not None:
            return value
    hint = ""
    if isinstance(node, Scalar) and isinstance(reader, OneOf):
        hint = nearest(node.text, map(str, reader.values))
    faults.add(node.line, f"{key}: expected {reader}, found {describe(node)}{hint}")
    return None


def read_table(
    node: Node,
    where: str,
    readers: Mapping[str, Reader],
    faults: Faults,
    optional: Iterable[str] = (),
) -> dict[str, Any] | None:
    """The values of a mapping whose keys are all known and of the right kind; else None.

    Every fault is noted: unknown keys, missing keys, values of the wrong kind.
    """
    if not isinstance(node, Table):
        keys = ", ".join(sorted(readers))
        faults.add(node.line, f"{where}: expected keys ({keys}), found {describe(node)}")
        return None
    before = len(faults.found)
    check_keys(node, where, readers, faults, optional)
    values = {
        key: read_scalar(node.items[key], key, reader, faults)
        for key, reader in readers.items()
        if key in node.items
    }
    return values if len(faults.found) == before else None


def check_keys(
    node: Table, where: str, known: Iterable[str], faults: Faults, optional: Iterable[str] = ()
) -> None:
    """Note every key that is unknown, with the nearest known one, and every key that is missing."""
    known = sorted(known)
    for key in node.items:
        if key not in known:
            text = f"unknown key {shown(key)}{nearest(key, known)} (keys: {', '.join(known)})"
            faults.add(node.lines[key], text)
    missing = [key for key in known if key not in node.items and key not in set(optional)]
    if missing:
        text = f"{where + ': ' if where else ''}missing {', '.join(missing)}"
        faults.add(node.line, text)
