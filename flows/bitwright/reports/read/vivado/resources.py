"""What a design takes of a part, under one set of names for every family of parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMES = ("lut", "ff", "bram_18k", "uram", "dsp", "io")


@dataclass(frozen=True, slots=True)
class Amount:
    """How many of one resource; None where the report does not say."""

    used: int | float | None
    available: int | float | None = None


NOTHING = Amount(None, None)


@dataclass(frozen=True, slots=True)
class Resources:
    """The resources of a design; a block RAM of 36 Kbit counts as two of 18 Kbit."""

    lut: Amount = NOTHING
    ff: Amount = NOTHING
    bram_18k: Amount = NOTHING
    uram: Amount = NOTHING
    dsp: Amount = NOTHING
    io: Amount = NOTHING


def absent(resources: Resources, reasons: Mapping[str, str]) -> dict[str, str]:
    """The entries of `missing` for every number that is None: its dotted name and the reason."""
    return {
        f"resources.{name}.{field}": reasons[name]
        for name in NAMES
        for field in ("used", "available")
        if getattr(getattr(resources, name), field) is None
    }
