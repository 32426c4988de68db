"""Where every cell stands, and which instance of the hierarchy it belongs to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import read_json

BEL = re.compile(r"X(\d{1,4})/Y(\d{1,4})/([A-Za-z0-9_.]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """A placed cell. Tile (0, 0) is the top left corner of the chip."""

    name: str  # dotted, from the top: u_array.gen_row[0].acc_q_TRELLIS_FF_Q
    kind: str  # TRELLIS_COMB, TRELLIS_FF, DP16KD, MULT18X18D, TRELLIS_IO, ...
    x: int
    y: int
    bel: str  # the site within the tile: SLICEA.K0, EBR2, MULT18_4


def parse_placement(text: str, *, origin: Path) -> tuple[Cell, ...]:
    """Read implement/placement.json: {"cell": ["X97/Y57/SLICEA.K0", "TRELLIS_COMB"], ...}.

    Returns the cells by name. Raises ReportError for anything malformed, for an empty placement,
    and for two cells on one site.
    """
    document = read_json(text, origin=origin)
    cells: list[Cell] = []
    taken: dict[str, str] = {}
    for name, item in document.entries():
        entry = [value.text() for value in item.items()]
        place = BEL.fullmatch(entry[0]) if len(entry) == 2 else None
        if not place or not entry[1]:
            item.refuse('a site and a type, as ["X97/Y57/SLICEA.K0", "TRELLIS_COMB"]')
        if entry[0] in taken:
            item.refuse(f"a site of its own ({taken[entry[0]]!r} stands there)")
        taken[entry[0]] = name
        cells.append(Cell(name, entry[1], int(place[1]), int(place[2]), place[3]))
    if not cells:
        document.refuse("at least one placed cell")
    return tuple(cells)


def parse_hierarchy(text: str, *, origin: Path) -> Mapping[str, str]:
    """Read synthesize/hierarchy.json: {"instance.path": "module"}; "" is the top.

    Raises ReportError for anything malformed.
    """
    document = read_json(text, origin=origin)
    return {path: item.text() for path, item in document.entries()}
