"""What every reader offers, and what every reading has in common."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class Reading(Protocol):
    """What a reader returns: a frozen dataclass with these fields besides its own.

    A number is as the tool printed it, its unit in the field's name; one that the tool itself left
    open (NA, undef, ?, inf) is None, and `missing` says why under its dotted name.
    """

    @property
    def version(self) -> str | None: ...  # of the tool: 2023.2, 2024.2.1; None where not printed
    @property
    def part(self) -> str | None: ...  # as printed: xc7z020clg484-1
    @property
    def missing(self) -> Mapping[str, str]: ...  # 'wns_ns' -> 'NA: no constrained clock'
    @property
    def incomplete(self) -> str: ...  # empty; else where the report breaks off: 'line 88, in 1.2'


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report."""

    name: str  # timing_summary
    tool: str  # Vivado
    claims: Callable[[str], bool]  # given the first HEAD characters: is this one? True for one kind
    parse: Callable[..., Reading]  # (text, *, origin); a streamed kind's text is its lines
    streamed: bool = False  # a log: lines with their newlines, read in constant memory


HEAD = 1 << 14  # characters by which a report is recognised
COMMON = ("version", "part")  # fields that stand beside `values`, not in them


def values(reading: Any) -> dict[str, Any]:
    """The values of a reading as JSON holds them; empty `missing` and `incomplete` are left out."""
    found = {
        field.name: plain(getattr(reading, field.name))
        for field in dataclasses.fields(reading)
        if field.name not in COMMON
    }
    for name in ("missing", "incomplete"):
        if not found.get(name):
            found.pop(name, None)
    return found


def plain(value: Any) -> Any:
    """Dataclasses, tuples and mappings as JSON holds them."""
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
