"""Addresses as numbers: alignment, overlap, and that they fit their spaces and segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bitwright.blockdesign.check.entries import Mapped, certain, is_known, mapped, with_segments
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.routes import (
    behind_interconnect,
    find_space,
    owner_of,
    reach,
    starts,
)
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import span
from bitwright.blockdesign.ip import Space, Window
from bitwright.blockdesign.units import hexadecimal, size

LEAST = 4096  # bytes that an interconnect decodes (PG059, PG247); AXI bursts cross no such line


def bad_range(scene: Scene) -> Iterator[Fault]:
    for entry, _, length in certain(scene):
        if length <= 0 or length & (length - 1):
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its range is no power of two",
                "4 KiB, 8 KiB, 16 KiB, ...",
                size(length),
                f"make it {size(1 << max(12, (length - 1).bit_length()))}",
            )


def tiny_range(scene: Scene) -> Iterator[Fault]:
    for entry, _, length in certain(scene):
        if length < LEAST and behind_interconnect(scene, entry.segment):
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its range is less than an interconnect decodes",
                f"{size(LEAST)} at least",
                size(length),
                f"make it {size(LEAST)}",
            )


def misaligned(scene: Scene) -> Iterator[Fault]:
    for entry, offset, length in certain(scene):
        if length > 0 and offset % length:
            below = offset - offset % length
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space}: its offset is no multiple of its range",
                f"a multiple of {size(length)}",
                hexadecimal(offset),
                f"move it to {hexadecimal(below)} or {hexadecimal(below + length)}",
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
    by_space: defaultdict[str, list[Mapped]] = defaultdict(list)
    for one in mapped(scene):
        by_space[one[0].space].append(one)
    for space, entries in by_space.items():
        last: Mapped | None = None
        for one in sorted(entries, key=lambda one: (one[1], one[1] + one[2])):
            (entry, offset, length), end = one, last[1] + last[2] if last else 0
            if last and offset < end and entry.segment != last[0].segment:
                yield Fault(
                    entry.place,
                    f"in {space} {entry.segment} overlaps {last[0].segment} ({last[0].place})",
                    "ranges apart",
                    f"{span(offset, length)} and {span(*last[1:])}",
                    f"move one of them; {hexadecimal(end)} is the first address above",
                )
            last = one if offset + length > end or last is None else last


def outside_space(scene: Scene) -> Iterator[Fault]:
    for entry, offset, length in mapped(scene):
        space = find_space(scene, entry.space)
        if space is None or not is_known(scene, entry.space, "space"):
            continue
        if offset + length > 1 << space.addr_width:
            yield Fault(
                entry.place,
                f"{entry.segment} in {entry.space} ends above the space",
                f"an end below {hexadecimal(1 << space.addr_width)} ({space.addr_width} bits)",
                span(offset, length),
                "move it, make it smaller, or widen the master's addresses",
            )


def outside_window(scene: Scene) -> Iterator[Fault]:
    """A processor sends only some addresses out, and each master interface has its own."""
    for entry, offset, length in mapped(scene):
        space = find_space(scene, entry.space)
        if space is None or not space.windows:
            continue
        used = _leading_to(scene, entry.space, space, entry.segment)
        windows = [one for one in space.windows if one.interface in used]
        if not windows or any(_holds(one, offset, length) for one in windows):
            continue
        spans = (span(one.first, one.bytes) for one in windows)
        yield Fault(
            entry.place,
            f"{entry.segment} in {entry.space}: {' and '.join(used)} never sends these addresses",
            f"within {' or '.join(spans)}",
            span(offset, length),
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
    for entry, segment, offset, _ in with_segments(scene):
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
                f"{hexadecimal(segment.offset)} to {hexadecimal(end - 1)}",
                hexadecimal(offset),
                f"put it at {hexadecimal(segment.offset)}",
            )


def small_range(scene: Scene) -> Iterator[Fault]:
    for entry, segment, _, length in with_segments(scene):
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
    for entry, segment, offset, length in with_segments(scene):
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
