"""Address maps: that what is named is there, can be reached, and all that is reached is named."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check.entries import is_known, mapped
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.routes import (
    behind_interconnect,
    find_segment,
    find_space,
    owner_of,
    reach,
    spaces,
    starts,
)
from bitwright.blockdesign.check.scene import Reach, Scene
from bitwright.blockdesign.check.words import some
from bitwright.blockdesign.model import Address
from bitwright.blockdesign.units import hexadecimal
from bitwright.schema import nearest


def unknown_address(scene: Scene) -> Iterator[Fault]:
    return (fault for cell, fault in _unknown(scene) if not scene.may_have_more(cell))


def unlisted_address(scene: Scene) -> Iterator[Fault]:
    """As unlisted pins: a segment that a board's memory brings."""
    return (fault for cell, fault in _unknown(scene) if scene.may_have_more(cell))


def _unknown(scene: Scene) -> Iterator[tuple[str, Fault]]:
    """Spaces and segments that are not there, each with the cell they should be of."""
    for entry in scene.design.addresses:
        for kind, path, found in (
            ("space", entry.space, find_space(scene, entry.space)),
            ("segment", entry.segment, find_segment(scene, entry.segment)),
        ):
            cell, name = owner_of(scene, path, kind)
            if found is not None or (cell and not scene.known(cell)):
                continue
            looks = scene.instance(cell) if cell else None
            there = () if looks is None else (looks.spaces if kind == "space" else looks.segments)
            hint = nearest(name, there)
            fault = Fault(
                entry.place,
                f"address of {entry.segment} in {entry.space}: no {kind} {path}{hint}",
                f"one of {some(f'{cell}/{one}' for one in there)}" if cell else "a cell's path",
                path,
                f"mend the name of the {kind}",
            )
            yield cell, fault


def duplicate_address(scene: Scene) -> Iterator[Fault]:
    seen: dict[tuple[str, str], Address] = {}
    for entry in scene.design.addresses:
        other = seen.setdefault((entry.space, entry.segment), entry)
        if other is not entry:
            excluded = other.excluded or entry.excluded
            yield Fault(
                entry.place,
                f"{entry.segment} is there twice in {entry.space}",
                "one entry",
                f"another at {other.place}" + (", one of them excluded" if excluded else ""),
                "drop one of them",
            )


def two_addresses(scene: Scene) -> Iterator[Fault]:
    """An interconnect decodes an address alike for all its masters (PG059: no remapping)."""
    first: dict[str, tuple[int, Address]] = {}
    for entry, offset, _ in mapped(scene):
        other_offset, other = first.setdefault(entry.segment, (offset, entry))
        if offset == other_offset or not behind_interconnect(scene, entry.segment):
            continue
        yield Fault(
            entry.place,
            f"{entry.segment} has one address in {entry.space} and another in {other.space}",
            f"{hexadecimal(other_offset)}, as at {other.place}",
            hexadecimal(offset),
            "give it one address in both: an interconnect does not translate",
        )


def unreachable(scene: Scene) -> Iterator[Fault]:
    for entry in scene.design.addresses:
        space, segment = find_space(scene, entry.space), find_segment(scene, entry.segment)
        if space is None or segment is None or entry.excluded:
            continue
        if not is_known(scene, entry.space, "space"):
            continue
        if not is_known(scene, entry.segment, "segment"):
            continue
        there = reach(scene, entry.space)
        if there.blind or _gets_to(there, entry.segment):
            continue
        out = ", ".join(starts(scene, entry.space, space)) or "no interface"
        yield Fault(
            entry.place,
            f"{entry.segment} has an address in {entry.space}, which cannot reach it",
            f"a way from {out} along interface nets and interconnects",
            f"a way to {some((*there.segments, *there.ports), 6)}",
            "join the two, or drop the address",
        )


def _gets_to(there: Reach, path: str) -> bool:
    return path in there.segments or path.split("/")[0] in there.ports


def unassigned(scene: Scene) -> Iterator[Fault]:
    """A slave that a master reaches and neither maps nor excludes (Vivado: BD 41-1356)."""
    said = {(entry.space, entry.segment) for entry in scene.design.addresses}
    for path, _ in spaces(scene):
        open_ones = [
            segment for segment in reach(scene, path).segments if (path, segment) not in said
        ]
        if not open_ones:
            continue
        cell, _ = owner_of(scene, path, "space")
        yield Fault(
            scene.place(cell or path),
            f"{path} reaches {some(open_ones, 4)}, with no address there",
            "an address, or an exclusion, for each segment that a master reaches",
            f"{len(open_ones)} without",
            "assign or exclude, for Vivado would leave unassigned what it was not told of",
        )


def leads_nowhere(scene: Scene) -> Iterator[Fault]:
    for path, space in spaces(scene):
        ends = [end for end in starts(scene, path, space) if end in scene.interface_nets_of]
        there = reach(scene, path)
        if ends and not there.blind and not there.segments and not there.ports:
            cell, _ = owner_of(scene, path, "space")
            yield Fault(
                scene.place(cell or path),
                f"{path} goes out by {', '.join(ends)} and reaches nothing",
                "a segment at the end of the way",
                "none",
                "join it to a slave, or through an interconnect to some",
            )


def loop(scene: Scene) -> Iterator[Fault]:
    for path, _ in spaces(scene):
        for end in sorted(reach(scene, path).loops):
            cell, _ = owner_of(scene, path, "space")
            yield Fault(
                scene.place(cell or path),
                f"transfers of {path} come back to {end}",
                "interconnects without a circle",
                f"a circle through {end}",
                "part the circle at one of its nets",
            )
