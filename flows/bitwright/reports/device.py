"""The floor of a chip: how many tiles, and which of them hold block RAM and multipliers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Floor:
    """The tile grid of one ECP5. Blocks of nine tiles, four block RAMs or four multipliers each,
    start at the columns `blocks` in the rows `ram_rows` and `dsp_rows`."""

    cols: int
    rows: int
    ram_rows: tuple[int, ...]
    dsp_rows: tuple[int, ...]
    blocks: tuple[int, ...]


# From the tile grids of Project Trellis, which nextpnr brings along; a test compares.
_SMALL = Floor(73, 51, (25, 37), (13,), (4, 13, 22, 33, 42, 51, 60))
_MIDDLE = Floor(91, 72, (10, 34, 58), (22, 46), (4, 13, 22, 31, 42, 51, 60, 69, 78))
_LARGE = Floor(
    127, 96, (22, 46, 70, 82), (10, 34, 58), (4, 13, 22, 31, 40, 49, 58, 69, 78, 87, 96, 105, 114)
)
_FLOORS = {"12F": _SMALL, "25F": _SMALL, "45F": _MIDDLE, "85F": _LARGE}
KNOWN = ", ".join(f"LFE5U-{size}" for size in _FLOORS)


def floor_of(part: str) -> Floor | None:
    """The floor of an ECP5 by its part name, such as LFE5U-85F-6CABGA381; None if unknown."""
    family, _, rest = part.partition("-")
    return _FLOORS.get(rest.split("-")[0]) if family.startswith("LFE5U") else None
