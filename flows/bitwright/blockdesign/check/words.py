"""Small phrases that several rules say."""

from __future__ import annotations

from collections.abc import Iterable

from bitwright.blockdesign.units import hexadecimal


def some(names: Iterable[str], at_most: int = 12) -> str:
    """The first names, in order, and how many there are besides."""
    found = sorted(names)
    more = f" and {len(found) - at_most} more" if len(found) > at_most else ""
    return ", ".join(found[:at_most]) + more if found else "none at all"


def bits(width: int) -> str:
    return "1 bit" if width == 1 else f"{width} bits"


def span(first: int, length: int) -> str:
    """0x4000_0000 to 0x4000_FFFF: the bytes that a range takes."""
    return f"{hexadecimal(first)} to {hexadecimal(first + length - 1)}"


def mhz(value: float) -> str:
    return f"{value:.6g} MHz"
