"""Findings as people read them: one line for a clean design, else findings and a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bitwright.blockdesign.check.finding import ERROR, NOTE, SCRIPT, WARNING, Finding
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign

ALIKE = 3  # findings of one rule at one place that are told in full
MOST = 5  # findings of one rule that are told at all
# What these find, others find the consequences of.
CAUSES = frozenset({SCRIPT, "unknown-type", "unknown-cell", "unknown-parameter", "bad-value"})


def lines(
    title: str,
    design: BlockDesign,
    looks: Mapping[str, Instance],
    found: Iterable[Finding],
    *,
    every: bool = False,
) -> list[str]:
    """What to print of one design; title: what it was asked for as. every: nothing is folded."""
    found = tuple(found)
    levels = [one.severity for one in found]
    numbers = [_count(levels.count(level), level) for level in (ERROR, WARNING, NOTE)]
    told, counts = ", ".join(filter(None, numbers)), summary(design, looks)
    shown = map(str, found) if every else _folded(found)
    if ERROR not in levels and WARNING not in levels:
        return [*shown, f"✓ {title}  {design.name}: {counts}{told and f' ({told})'}"]
    mark = "✗" if ERROR in levels else "!"
    return [*shown, f"{mark} {title}  {design.name}: {told} in {counts}"]


def _folded(found: Iterable[Finding]) -> Iterator[str]:
    """Causes first; of many findings of one rule the first few, and how many there are."""
    ordered = sorted(found, key=lambda one: one.severity != ERROR or one.rule not in CAUSES)
    rules: dict[str, list[Finding]] = {}
    for one in ordered:
        rules.setdefault(one.rule, []).append(one)
    told = {id(one) for same in rules.values() for one in _first(same)}
    for one in ordered:
        if id(one) in told:
            yield str(one)
        same = rules[one.rule]
        left = sum(id(other) not in told for other in same)
        if left and one is same[-1]:
            yield f"and {left} more like these [{one.rule}] (check --all shows them)"


def _first(same: list[Finding]) -> list[Finding]:
    """Those of one rule that are told: at most ALIKE at one place, MOST of them all."""
    places: Counter[str] = Counter()
    found = []
    for one in same:
        places[str(one.place)] += 1
        if places[str(one.place)] <= ALIKE:
            found.append(one)
    return found[:MOST]


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
