"""What is written at an edge: protocol and width, and the addresses that it leads to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bitwright.blockdesign.draw.facts import Facts, last
from bitwright.blockdesign.draw.marks import SIGNS, Label, Marks
from bitwright.blockdesign.draw.text import natural
from bitwright.blockdesign.ip import PROTOCOLS
from bitwright.blockdesign.model import Address
from bitwright.blockdesign.units import hexadecimal, size

MOST = 4  # lines of addresses at an edge


def protocol(facts: Facts, source: str, sink: str, style: str) -> str:
    """AXI4 256: what both ends know of an interface; a difference is shown as it is."""
    if style in ("irq", "wire"):
        return ""
    ends = [facts.interface(source), facts.interface(sink)]
    widths = _agreed(str(one.data_width) for one in ends if one and one.data_width)
    if style == "axi":
        said = _agreed(PROTOCOLS.get(one.protocol, one.protocol) for one in ends if one)
        return f"{said or 'AXI'} {widths}".rstrip()
    if style == "stream":
        return f"AXI4-Stream {widths}".rstrip()
    kinds = [one.vlnv.split(":")[2] for one in ends if one and one.vlnv.count(":") >= 2]
    return kinds[0].removesuffix("_rtl") if kinds else ""


def _agreed(values: Iterable[str]) -> str:
    return " → ".join(dict.fromkeys(value for value in values if value))


@dataclass(frozen=True, slots=True)
class _Region:
    offset: int
    range: int
    mark: str


def addresses(facts: Facts, cell: str, pins: Sequence[str], marks: Marks) -> tuple[Label, ...]:
    """Where what these interfaces of a cell lead to stands, in as few lines as say it."""
    spaces: dict[str, list[_Region]] = {}
    for one in facts.design.addresses:
        if one.excluded or one.offset is None or one.range is None:
            continue
        if interface_of(facts, one) in {f"{cell}/{pin}" for pin in pins}:
            mark = marks.addresses.get((one.space, one.segment, one.offset, one.range), "")
            spaces.setdefault(one.space, []).append(_Region(one.offset, one.range, mark))
    views: dict[tuple[_Region, ...], list[str]] = {}
    for space, regions in sorted(spaces.items(), key=lambda item: natural(item[0])):
        views.setdefault(_merged(regions), []).append(space)
    lines = []
    for view, seen_by in views.items():
        owner = "" if len(views) == 1 else f"{_owners(seen_by)}  "
        for region in view:
            sign = f"{SIGNS[region.mark]} " if region.mark else ""
            text = f"{sign}{owner}{hexadecimal(region.offset)} · {size(region.range)}"
            lines.append(Label(text, region.mark))
    if len(lines) > MOST:
        rest = Label(f"and {len(lines) - MOST + 1} more")
        lines = [*sorted(lines, key=lambda line: not line.mark)[: MOST - 1], rest]
    return tuple(lines)


def interface_of(facts: Facts, one: Address) -> str:
    """The path of the interface that a segment is reached by, as well as it can be known."""
    owner = one.segment
    while owner and owner not in facts.cells:
        owner = owner.rpartition("/")[0]
    segment = one.segment[len(owner) + 1 :] if owner else one.segment
    looks = facts.looks.get(owner)
    if looks is not None and segment in looks.segments:
        return f"{owner}/{looks.segments[segment].interface}"
    slaves = [
        end
        for net in facts.design.interface_nets
        for end in facts.sources(net)[1]
        if end.rpartition("/")[0] == owner and facts.bus([end]) == "axi"
    ]
    said = _plain(segment.partition("/")[0])
    alike = [end for end in slaves if _plain(last(end)) == said]
    if alike or len(set(slaves)) == 1:
        return (alike or slaves)[0]
    return f"{owner}/{segment.partition('/')[0]}"


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


def _merged(regions: Iterable[_Region]) -> tuple[_Region, ...]:
    """Regions by offset, those that follow on one another as one."""
    found: list[_Region] = []
    for region in sorted(regions, key=lambda r: (r.offset, r.range, r.mark)):
        before = found[-1] if found else None
        if before and before.mark == region.mark and before.offset + before.range == region.offset:
            found[-1] = _Region(before.offset, before.range + region.range, region.mark)
        else:
            found.append(region)
    return tuple(found)


def _owners(spaces: Sequence[str]) -> str:
    """The cells whose spaces these are, one by name and the number of the others."""
    names = list(dict.fromkeys(last(space.rpartition("/")[0]) for space in spaces))
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"
