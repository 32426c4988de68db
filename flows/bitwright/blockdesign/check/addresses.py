"""Addresses: that they fit their spaces and segments, do not meet, and can be reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.routes import (
    find_segment,
    find_space,
    owner_of,
    reach,
    spaces,
    starts,
)
from bitwright.blockdesign.check.scene import Reach, Scene
from bitwright.blockdesign.check.words import address, near, size, some
from bitwright.blockdesign.ip import Segment, Space, Window
from bitwright.blockdesign.model import Address

NO_REMAP = ("axi_interconnect", "smartconnect", "axi_crossbar", "axi_protocol_converter")


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
            fault = Fault(
                entry.place,
                f"address of {entry.segment} in {entry.space}: no {kind} {path}{near(name, there)}",
                f"one of {some(f'{cell}/{one}' for one in there)}" if cell else "a cell's path",
                path,
                f"mend the name of the {kind}",
            )
            yield cell, fault


def bad_range(scene: Scene) -> Iterator[Fault]:
    for entry, _, length in _certain(scene):
        if length <= 0 or length & (length - 1):
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its range is no power of two",
                "4 KiB, 8 KiB, 16 KiB, ...",
                size(length),
                f"make it {size(1 << max(12, (length - 1).bit_length()))}",
            )


def misaligned(scene: Scene) -> Iterator[Fault]:
    for entry, offset, length in _certain(scene):
        if length > 0 and offset % length:
            below = offset - offset % length
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its offset is no multiple of its range",
                f"a multiple of {size(length)}",
                address(offset),
                f"move it to {address(below)} or {address(below + length)}",
            )


def no_offset(scene: Scene) -> Iterator[Fault]:
    for entry in scene.design.addresses:
        if not entry.excluded and (entry.offset is None or entry.range is None):
            lacks = "offset" if entry.offset is None else "range"
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space} has no {lacks}",
                f"an {lacks}" if lacks == "offset" else f"a {lacks}",
                "none; Vivado would choose one, another in the next version",
                f"say the {lacks}, or exclude the segment",
            )


def overlap(scene: Scene) -> Iterator[Fault]:
    by_space: defaultdict[str, list[tuple[int, int, Address]]] = defaultdict(list)
    for entry, offset, length in _mapped(scene):
        by_space[entry.space].append((offset, offset + length, entry))
    for space, entries in by_space.items():
        entries.sort(key=lambda one: one[:2])
        last: tuple[int, int, Address] | None = None
        for one in entries:
            if last is not None and one[0] < last[1] and one[2].segment != last[2].segment:
                yield Fault(
                    one[2].place,
                    f"in {space} {one[2].segment} overlaps {last[2].segment} ({last[2].place})",
                    "ranges apart",
                    f"{_span(one)} and {_span(last)}",
                    f"move one of them; {address(last[1])} is the first address above",
                )
            last = one if last is None or one[1] > last[1] else last


def _span(entry: tuple[int, int, Address]) -> str:
    return f"{address(entry[0])} to {address(entry[1] - 1)}"


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


def outside_space(scene: Scene) -> Iterator[Fault]:
    for entry, offset, length in _mapped(scene):
        space = find_space(scene, entry.space)
        if space is None or not _is_known(scene, entry.space, "space"):
            continue
        if offset + length > 1 << space.addr_width:
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space} ends above the space",
                f"an end below {address(1 << space.addr_width)} ({space.addr_width} bits)",
                _span((offset, offset + length, entry)),
                "move it, make it smaller, or widen the master's addresses",
            )


def outside_window(scene: Scene) -> Iterator[Fault]:
    """A processor sends only some addresses out, and each master interface has its own."""
    for entry, offset, length in _mapped(scene):
        space = find_space(scene, entry.space)
        if space is None or not space.windows:
            continue
        used = _leading_to(scene, entry.space, space, entry.segment)
        windows = [one for one in space.windows if one.interface in used]
        if not windows or any(_holds(one, offset, length) for one in windows):
            continue
        spans = (f"{address(one.first)} to {address(one.first + one.bytes - 1)}" for one in windows)
        yield Fault(
            entry.place,
            f"{entry.segment} in {entry.space}: {' and '.join(used)} never sends these addresses",
            f"within {' or '.join(spans)}",
            _span((offset, offset + length, entry)),
            "move it into one of these ranges",
        )


def _holds(window: Window, offset: int, length: int) -> bool:
    return window.first <= offset and offset + length <= window.first + window.bytes


def _leading_to(scene: Scene, path: str, space: Space, segment: str) -> tuple[str, ...]:
    """The space's interfaces by which the segment can be reached."""
    found = []
    for end in starts(scene, path, space):
        if segment in reach(scene, path, end).segments:
            found.append(end.rpartition("/")[2])
    return tuple(found)


def segment_offset(scene: Scene) -> Iterator[Fault]:
    """Memory that stands where it stands: HBM behind its own address lines, a PS's DDR.

    A master may be given a part of it, at that part's own address.
    """
    for entry, segment, offset, _ in _with_segments(scene):
        if segment.offset is None:
            continue
        cell, _ = owner_of(scene, entry.segment, "segment")
        interface = scene.outer_interface(f"{cell}/{segment.interface}")
        width = interface.addr_width if interface is not None else None
        seen = offset % (1 << width) if width else offset  # lines above are not there
        end = segment.offset + (segment.range or 1)
        grows = scene.may_have_more(cell)  # with the board's memory, which no script says
        if seen < segment.offset or (seen >= end and not grows):
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space} is not where that memory stands",
                f"{address(segment.offset)} to {address(end - 1)}",
                address(offset),
                f"put it at {address(segment.offset)}",
            )


def small_range(scene: Scene) -> Iterator[Fault]:
    for entry, segment, _, length in _with_segments(scene):
        if segment.range is not None and segment.kind == "register" and length < segment.range:
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its range is smaller than its register map",
                f"{size(segment.range)} at least",
                size(length),
                f"make it {size(segment.range)}",
            )


def large_range(scene: Scene) -> Iterator[Fault]:
    """More memory than there is: beyond it the same bytes come again, or an error."""
    for entry, segment, offset, length in _with_segments(scene):
        if segment.range is None or segment.kind != "memory":
            continue
        start = offset - segment.offset if segment.offset is not None else 0
        if start >= 0 and segment.range < start + length:
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its range is larger than the memory",
                f"an end at {size(segment.range)} of it at most",
                f"{size(length)} from {size(start)} on",
                "make it smaller, or say more memory",
            )


def two_addresses(scene: Scene) -> Iterator[Fault]:
    """An interconnect decodes an address alike for all its masters (PG059: no remapping)."""
    first: dict[str, tuple[int, Address]] = {}
    for entry, offset, _ in _mapped(scene):
        other_offset, other = first.setdefault(entry.segment, (offset, entry))
        if offset == other_offset or not _behind_interconnect(scene, entry.segment):
            continue
        yield Fault(
            entry.place,
            f"{entry.segment} has one address in {entry.space} and another in {other.space}",
            f"{address(other_offset)}, as at {other.place}",
            address(offset),
            "give it one address in both: an interconnect does not translate",
        )


def _behind_interconnect(scene: Scene, path: str) -> bool:
    cell, _ = owner_of(scene, path, "segment")
    segment = find_segment(scene, path)
    for partner in scene.partners(f"{cell}/{segment.interface}") if segment else ():
        looks = scene.instance(partner.rpartition("/")[0])
        if looks is not None and looks.known and looks.type.endswith(NO_REMAP):
            return True
    return False


def unreachable(scene: Scene) -> Iterator[Fault]:
    for entry in scene.design.addresses:
        space, segment = find_space(scene, entry.space), find_segment(scene, entry.segment)
        if space is None or segment is None or entry.excluded:
            continue
        if not _is_known(scene, entry.space, "space"):
            continue
        if not _is_known(scene, entry.segment, "segment"):
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


def _is_known(scene: Scene, path: str, kind: str) -> bool:
    cell, _ = owner_of(scene, path, kind)
    return not cell or scene.known(cell)


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


Mapped = tuple[Address, int, int]


def _mapped(scene: Scene) -> Iterator[Mapped]:
    """Entries that hold an address: with offset and range."""
    for entry in scene.design.addresses:
        if not entry.excluded and entry.offset is not None and entry.range is not None:
            yield entry, entry.offset, entry.range


def _certain(scene: Scene) -> Iterator[Mapped]:
    """Those of them whose segments are no guesses: a NoC's DDR has 6 GiB in one range."""
    return (one for one in _mapped(scene) if _is_known(scene, one[0].segment, "segment"))


def _with_segments(scene: Scene) -> Iterable[tuple[Address, Segment, int, int]]:
    for entry, offset, length in _mapped(scene):
        segment = find_segment(scene, entry.segment)
        if segment is not None and _is_known(scene, entry.segment, "segment"):
            yield entry, segment, offset, length
