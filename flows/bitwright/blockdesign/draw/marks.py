"""What changed, for a picture that shows two designs at once: by colour, and by a sign too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SIGNS: Mapping[str, str] = {"added": "+", "removed": "−", "changed": "~"}


@dataclass(frozen=True, slots=True)
class Marks:
    """What is added, removed or changed; what is in none of these is the same in both."""

    cells: Mapping[str, str] = field(default_factory=dict)  # path of a cell or port
    nets: Mapping[str, str] = field(default_factory=dict)  # name
    pins: Mapping[tuple[str, str], str] = field(default_factory=dict)  # net's name, and its end
    addresses: Mapping[tuple[str, str, int | None, int | None], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text at an edge."""

    text: str
    mark: str = ""
