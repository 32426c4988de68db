"""A difference between two designs in lines for people."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

from bitwright.blockdesign.diff import ADDED, CHANGED, KINDS, REMOVED, SIGNS, Change, Difference
from bitwright.blockdesign.model import Address, parent

Line = tuple[str, str]  # sign or "", text
TITLES: Mapping[str, str] = {
    "cell": "cells",
    "port": "ports",
    "address": "addresses",
    "interface": "interfaces",
    "wire": "wires",
    "parameter": "parameters",
}
MARKS: Mapping[str, str] = {ADDED: "+", REMOVED: "-", CHANGED: "~"}
MOST = 20  # lines of a kind
ALL = "every line, also what comes with a new cell, and each bank of a memory"  # that --all shows
WIDTH = 100  # columns
ALIKE = 4  # addresses of one interface that are listed one by one


def lines(found: Difference, *, everything: bool = False) -> list[Line]:
    """The changes for people, each line with its sign.

    everything: also what merely comes with a cell that came or went, and every bank of a memory
    """
    shown = [change for change in found.changes if everything or not change.because]
    made: list[Line] = []
    for kind in KINDS:
        some = [change for change in shown if change.kind == kind]
        if not some:
            continue
        every = sum(change.kind == kind for change in found.changes)
        rest = f" ({every - len(some)} more come with cells above)" if every > len(some) else ""
        made.append(("", f"{TITLES[kind]}: {_counts(some)}{rest}"))
        folded = _folded(some) if kind == "address" and not everything else [[c] for c in some]
        made += [_line(group) for group in folded[: None if everything else MOST]]
        if len(folded) > MOST and not everything:
            made.append(("", f"    and {len(folded) - MOST} more (--all: {ALL})"))
    if found.left_out:
        made.append(("", f"not compared: {', '.join(found.left_out)}"))
    return made


def folded(line: str) -> list[str]:
    """A line in parts of at most WIDTH columns, as far as its words let it."""
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=" " * 6,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counts(changes: Sequence[Change]) -> str:
    counts = [(sum(change.sign == sign for change in changes), sign) for sign in SIGNS]
    return ", ".join(f"{number} {sign}" for number, sign in counts if number)


def _line(group: Sequence[Change]) -> Line:
    first = group[0]
    one = first.before if first.sign == REMOVED else first.after
    place = getattr(one, "place", None)
    where = f"  ({place})" if place is not None and place.line else ""
    more = f" and {len(group) - 1} more like it" if len(group) > 1 else ""
    return first.sign, f"  {MARKS[first.sign]} {first.subject}  {first.text}{more}{where}"


def _folded(changes: Sequence[Change]) -> list[list[Change]]:
    """Addresses with those of the same interface, space and sign together, where they are many."""
    groups: dict[tuple[str, str, str], list[Change]] = {}
    for change in changes:
        one = change.after or change.before
        assert isinstance(one, Address)
        groups.setdefault((change.sign, one.space, parent(one.segment)), []).append(change)
    found: list[list[Change]] = []
    for group in groups.values():
        found += [group] if len(group) > ALIKE else [[change] for change in group]
    return found
