"""The entries of an address map, each with what is known of its space and segment."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check.routes import find_segment, owner_of
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.ip import Segment
from bitwright.blockdesign.model import Address

Mapped = tuple[Address, int, int]  # entry, its offset and range


def mapped(scene: Scene) -> Iterator[Mapped]:
    """Entries that hold an address: with offset and range."""
    for entry in scene.design.addresses:
        if not entry.excluded and entry.offset is not None and entry.range is not None:
            yield entry, entry.offset, entry.range


def certain(scene: Scene) -> Iterator[Mapped]:
    """Those of them whose segments are no guesses: a NoC's DDR has 6 GiB in one range."""
    return (one for one in mapped(scene) if is_known(scene, one[0].segment, "segment"))


def with_segments(scene: Scene) -> Iterator[tuple[Address, Segment, int, int]]:
    for entry, offset, length in mapped(scene):
        segment = find_segment(scene, entry.segment)
        if segment is not None and is_known(scene, entry.segment, "segment"):
            yield entry, segment, offset, length


def is_known(scene: Scene, path: str, kind: str) -> bool:
    cell, _ = owner_of(scene, path, kind)
    return not cell or scene.known(cell)
