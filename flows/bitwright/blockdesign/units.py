"""Bytes: as block designs are written (4096, 0x4000_0000, 64K), and as people read them."""

from __future__ import annotations

import re

HIGHEST = 2**64  # no address space of AXI is larger
UNITS = {unit: 1 << 10 * power for power, unit in enumerate(("", *"KMGTPE"))}
UNASSIGNED = "unassigned"  # for the offset of a segment that is to be placed by the tool
_NUMBER = re.compile(r"(0x[0-9a-fA-F](?:_?[0-9a-fA-F]){0,19}|[0-9](?:_?[0-9]){0,19})([KMGTPE]?)")


def number(text: str) -> int | None:
    """The value of 4096, 0x4000_0000 or 64K; None for anything else, or beyond 2 ** 64."""
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    digits = match[1].replace("_", "")
    value = int(digits, 16 if digits.startswith("0x") else 10) * UNITS[match[2]]
    return value if value <= HIGHEST else None


def hexadecimal(value: int) -> str:
    """0x1_0000_0000: groups of four digits, as many as are needed."""
    return f"0x{value:_X}"


def size(value: int) -> str:
    """4 KiB, 8 GiB; what is no whole number of KiB is in bytes."""
    for unit in reversed("KMGT"):
        if value and value % UNITS[unit] == 0:
            return f"{value // UNITS[unit]} {unit}iB"
    return f"{value} B"
