"""Small phrases that several rules say."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """'; did you mean aclk?', or nothing if no known name is near (1: equal)."""
    found = get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f"; did you mean {found[0]}?" if found else ""


def some(names: Iterable[str], at_most: int = 12) -> str:
    """The first names, in order, and how many there are besides."""
    found = sorted(names)
    more = f" and {len(found) - at_most} more" if len(found) > at_most else ""
    return ", ".join(found[:at_most]) + more if found else "none at all"


def bits(width: int) -> str:
    return "1 bit" if width == 1 else f"{width} bits"


def mhz(value: float) -> str:
    return f"{value:.6g} MHz"


def address(value: int) -> str:
    """0x4000_0000: as people read addresses."""
    return f"0x{value:_x}" if value >= 1 << 16 else f"0x{value:x}"


def size(value: int) -> str:
    """Bytes as KiB, MiB, GiB where they are whole ones."""
    for unit, shift in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if value and value % (1 << shift) == 0:
            return f"{value >> shift} {unit}"
    return f"{value} bytes"
