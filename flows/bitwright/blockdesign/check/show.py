"""Findings as people read them: one line for a clean design, else each finding and a count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from bitwright.blockdesign.check.finding import ERROR, Finding
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign

ALIKE = 3  # findings of one rule at one place that are told in full


def lines(
    title: str, design: BlockDesign, looks: Mapping[str, Instance], found: Iterable[Finding]
) -> list[str]:
    """What to print of one design; title: what it was asked for as."""
    found = tuple(found)
    errors = sum(one.severity == ERROR for one in found)
    counts = summary(design, looks)
    if not found:
        return [f"✓ {title}  {design.name}: {counts}"]
    numbers = (_count(errors, "error"), _count(len(found) - errors, "warning"))
    told = ", ".join(filter(None, numbers))
    mark = "✗" if errors else "!"
    return [*_folded(found), f"{mark} {title}  {design.name}: {told} in {counts}"]


def _folded(found: Iterable[Finding]) -> Iterator[str]:
    """Each finding; of many that one rule has at one place, the first few."""
    for (rule, place), same in groupby(found, key=lambda one: (one.rule, str(one.place))):
        alike = list(same)
        yield from map(str, alike[:ALIKE])
        if len(alike) > ALIKE:
            yield f"{place}: and {len(alike) - ALIKE} more like these [{rule}]"


def summary(design: BlockDesign, looks: Mapping[str, Instance]) -> str:
    """What a design is made of, in one line; cells that could not be checked are counted too."""
    guessed = sum(
        not one.known for path, one in looks.items() if any(c.path == path for c in design.cells)
    )
    cells = sum(cell.kind != "hier" for cell in design.cells)
    joined = len(design.interface_nets)
    parts = [
        _count(cells, "cell") or "no cells",
        _count(joined, "interface net") or "no interface nets",
        _count(len(design.nets), "net") or "no nets",
        _count(len(design.addresses), "address", "es") or "no addresses",
    ]
    if guessed:
        parts.append(f"{_count(guessed, 'cell')} not in the catalogue and so not checked")
    return ", ".join(parts)


def has_errors(found: Iterable[Finding]) -> bool:
    return any(one.severity == ERROR for one in found)


def _count(number: int, word: str, plural: str = "s") -> str:
    """'2 errors'; nothing for none."""
    return f"{number} {word}{plural if number != 1 else ''}" if number else ""
