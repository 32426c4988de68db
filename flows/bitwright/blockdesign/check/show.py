"""Findings as people read them: one line for a clean design, else each finding and a count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bitwright.blockdesign.check.finding import ERROR, Finding
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign


def lines(
    title: str, design: BlockDesign, looks: Mapping[str, Instance], found: Iterable[Finding]
) -> list[str]:
    """What to print of one design; title: what it is called."""
    found = tuple(found)
    errors = sum(one.severity == ERROR for one in found)
    counts = summary(design, looks)
    if not found:
        return [f"✓ {title}: {counts}"]
    told = ", ".join(
        filter(None, (_count(errors, "error"), _count(len(found) - errors, "warning")))
    )
    mark = "✗" if errors else "!"
    return [*(str(one) for one in found), f"{mark} {title}: {told} in {counts}"]


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
