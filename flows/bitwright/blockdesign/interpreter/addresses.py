"""The commands that say where in memory things stand.

Up to Vivado 2019.1 `create_bd_addr_seg` maps a segment under a name; later `assign_bd_address` does
it, and names the mapped segment SEG_<cell>_<segment>. Without -offset Vivado chooses an address;
which one, only Vivado knows: here it is the one that the segment has in another space, else the
first free one that is aligned and that the master sends out, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bitwright.blockdesign.interpreter import look
from bitwright.blockdesign.interpreter.draft import Mapping
from bitwright.blockdesign.interpreter.session import Command, Session
from bitwright.blockdesign.interpreter.words import Arguments, CommandError, arguments, size

Way = tuple[str, str]  # address space, and the master interface that it is left by
USUAL_RANGE = 0x10000  # bytes, of a segment that does not say
_VALUES = (
    *("offset", "range", "target_address_space", "dict", "with_name", "boundary"),
    *("import_from_file", "export_to_file", "combine_segments", "master_boundary"),
)
_FLAGS = ("force", "external", "export_gui_to_file", "master_only")


def _assign(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("assign_bd_address", words), values=_VALUES, flags=_FLAGS, names=("objects",)
    )
    texts = session.objects(args.rest)
    if "import_from_file" in args.values:
        session.note("assign_bd_address -import_from_file: addresses not read")
        return ""
    if args.rest and not texts:
        raise CommandError(f"[BD 5-106] assign_bd_address: {_why(session)}")
    wanted = _wanted(session, args)
    made: list[Mapping] = []
    for segment in [_segment(session, text) for text in texts] or list(_unmapped(session)):
        for space in _spaces_for(session, args, segment):
            made.append(_placed(session, space, segment, wanted, args.get("with_name")))
    return session.shown([f"{one.space}/{one.name}" for one in made], look.MAPPING)


def _wanted(session: Session, args: Arguments) -> dict[str, int]:
    """Offset and range, from the options or from -dict."""
    said = {name: args.get(name) for name in ("offset", "range") if args.get(name)}
    listed = session.host.split(args.get("dict"))
    pairs = zip(listed[::2], listed[1::2], strict=False)
    said |= {name.lower(): text for name, text in pairs if name.lower() in ("offset", "range")}
    return {name: size(text) for name, text in said.items()}


def _segment(session: Session, text: str) -> str:
    """The path of the segment itself, of one that may be mapped already."""
    path, kind = look.resolve(session, text)
    if kind == look.MAPPING:
        return look.mapping(session, path).segment
    if not kind and session.design.owner(path) is None:
        raise CommandError(f"[BD 5-106] No address segment '{text}'; {_why(session)}")
    return path


def _why(session: Session) -> str:
    return session.missed[-1] if session.missed else "expected an address segment"


def _spaces_for(session: Session, args: Arguments, segment: str) -> list[str]:
    """The spaces that a segment goes into: the one named, else all that reach it."""
    named = args.get("target_address_space")
    if "target_address_space" in args.values:
        if not named:
            raise CommandError(f"[BD 5-106] assign_bd_address: {_why(session)}")
        return [_space(session, text) for text in session.objects([named])]
    found = list(_reaching(session, segment))
    if not found:
        session.note(f"assign_bd_address {segment}: no address space is known to reach it")
    return found


def _space(session: Session, text: str) -> str:
    path, kind = look.resolve(session, text)
    if kind == look.MAPPING:
        raise CommandError(f"[BD 5-108] '{text}' is a segment, no address space")
    if not kind and session.design.owner(path) is None:
        raise CommandError(f"[BD 5-108] No address space '{text}'; {_why(session)}")
    return path


def _placed(
    session: Session, space: str, segment: str, wanted: dict[str, int], name: str = ""
) -> Mapping:
    kind = _known(session, segment)
    range = wanted.get("range", kind[0] or USUAL_RANGE)
    offset = wanted.get("offset", kind[1])
    guessed = offset is None
    if offset is None:
        offset = _chosen(session, space, segment, range)
    place = session.host.place()
    name = name or _name(session, space, segment)
    made = Mapping(space, segment, name, offset, range, guessed=guessed, place=place)
    return session.design.map(made)


def _known(session: Session, segment: str) -> tuple[int | None, int | None]:
    """Range and fixed offset of a segment of a known IP."""
    owner = session.design.owner(segment)
    known = session.looks(session.design.cells[owner]) if owner else None
    found = known.segments.get(segment[len(owner or "") + 1 :]) if known else None
    return (found.range, found.offset) if found else (None, None)


def _name(session: Session, space: str, segment: str) -> str:
    owner = session.design.owner(segment) or segment.partition("/")[0]
    name = f"SEG_{owner.rpartition('/')[2]}_{segment.rpartition('/')[2]}"
    taken = {
        one.name for one in session.design.mappings if one.space == space and one.segment != segment
    }
    count, found = 0, name
    while found in taken:
        count += 1
        found = f"{name}_{count}"
    return found


def _chosen(session: Session, space: str, segment: str, range: int) -> int:
    """An address for what the script gives none."""
    windows = _windows(session, space, segment)
    for other in session.design.mappings:
        if other.segment == segment and other.space != space and other.offset is not None:
            at = other.offset
            inside = any(low <= at and at + range <= high for low, high in windows)
            if inside and _free(session, space, range, at) == at:
                return at
    for low, high in windows:
        found = _free(session, space, range, low)
        if found + range <= high:
            return found
    return _free(session, space, range, windows[0][0])


def _windows(session: Session, space: str, segment: str) -> list[tuple[int, int]]:
    """First address, and the one after the last, of what a master sends towards a segment."""
    owner = session.design.owner(space)
    known = session.looks(session.design.cells[owner]) if owner else None
    found = known.spaces.get(space[len(owner or "") + 1 :]) if known else None
    if found is None:
        return [(0, 1 << 64)]
    used = {interface for one, interface in _ways(session, segment) if one == space}
    windows = [(w.first, w.first + w.bytes) for w in found.windows if w.interface in used]
    return windows or [(0, 1 << found.addr_width)]


def _free(session: Session, space: str, range: int, least: int) -> int:
    """The first aligned address from `least` on at which nothing stands."""
    taken = sorted(
        (one.offset, one.offset + one.range)
        for one in session.design.mappings
        if one.space == space and one.offset is not None and one.range and not one.excluded
    )
    range = max(range, 1)
    place = -(-least // range) * range
    for low, high in taken:
        if place + range <= low:
            break
        place = max(place, -(-high // range) * range)
    return place


# --- what reaches what ----------------------------------------------------------------------------


def _unmapped(session: Session) -> Iterator[str]:
    """Segments of known IPs that stand in no space."""
    mapped = {one.segment for one in session.design.mappings}
    for cell in session.design.cells.values():
        known = session.looks(cell)
        for name in known.segments if known else ():
            if f"{cell.path}/{name}" not in mapped:
                yield f"{cell.path}/{name}"


def _reaching(session: Session, segment: str) -> Iterator[str]:
    """The address spaces of known masters from which interfaces lead to this segment."""
    yield from dict.fromkeys(space for space, _ in _ways(session, segment))


def _ways(session: Session, segment: str) -> Iterator[Way]:
    """Those spaces, each with the master interfaces that the way begins at."""
    owner = session.design.owner(segment)
    known = session.looks(session.design.cells[owner]) if owner else None
    found = known.segments.get(segment[len(owner or "") + 1 :]) if known else None
    interface = found.interface if found else segment[len(owner or "") + 1 :].partition("/")[0]
    yield from dict.fromkeys(_masters(session, f"{owner}/{interface}", set()))


def _masters(session: Session, end: str, seen: set[str]) -> Iterator[Way]:
    """Spaces that go out through whatever drives this slave interface, however far away."""
    if end in seen:
        return
    seen.add(end)
    for net in session.design.interface_nets.values():
        if end not in net.ends:
            continue
        for other in net.ends:
            if other != end:
                yield from _spaces_behind(session, other, seen)


def _spaces_behind(session: Session, end: str, seen: set[str]) -> Iterator[Way]:
    design = session.design
    if end in design.interface_ports:
        if "/" in end:
            yield from _masters(session, end, seen)
        else:
            yield end, ""
        return
    owner = design.owner(end)
    known = session.looks(design.cells[owner]) if owner else None
    if known is None or owner is None:
        return
    name = end[len(owner) + 1 :]
    spaces = known.spaces.values()
    yield from ((f"{owner}/{one.name}", name) for one in spaces if name in one.interfaces)
    for slave, masters in known.routes.items():
        if name in masters:
            yield from _masters(session, f"{owner}/{slave}", seen)


# --- the other commands ---------------------------------------------------------------------------


def _create_segment(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("create_bd_addr_seg", words),
        values=("offset", "range"),
        names=("parent_addr_space", "slave_segment", "name"),
    )
    if len(args.rest) != 3 or not all(args.rest[:2]):
        raise CommandError(f"[BD 5-106] create_bd_addr_seg: {_why(session)}")
    space, segment, name = args.rest
    one = Mapping(
        *(_space(session, space), _segment(session, segment), name),
        *(size(args.get("offset", "0")), size(args.get("range", "0"))),
        place=session.host.place(),
    )
    session.design.map(one)
    return session.shown([f"{one.space}/{one.name}"], look.MAPPING)


def _exclude(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("exclude_bd_addr_seg", words),
        values=("target_address_space", "offset", "range"),
        names=("segment_to_exclude",),
    )
    if not session.objects(args.rest):
        raise CommandError(f"[BD 5-106] exclude_bd_addr_seg: {_why(session)}")
    wanted = _wanted(session, args)
    for text in session.objects(args.rest):
        for one in _meant(session, text, session.objects([args.get("target_address_space")])):
            one.excluded = True
            one.offset = wanted.get("offset", one.offset)
            one.range = wanted.get("range", one.range)
    return ""


def _meant(session: Session, text: str, spaces: Iterable[str]) -> list[Mapping]:
    """The mappings of a segment, made where there is none yet."""
    path, kind = look.resolve(session, text)
    if kind == look.MAPPING:
        return [look.mapping(session, path)]
    segment = _segment(session, text)
    named = [_space(session, space) for space in spaces] or list(_reaching(session, segment))
    found = []
    for space in named:
        there = [
            one for one in session.design.mappings if (one.space, one.segment) == (space, segment)
        ]
        name = _name(session, space, segment)
        fresh = Mapping(space, segment, name, None, None, place=session.host.place())
        found.append(there[0] if there else session.design.map(fresh))
    return found


def _include(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("include_bd_addr_seg", words),
        values=("target_address_space",),
        names=("segment_to_include",),
    )
    for text in session.objects(args.rest):
        for one in _meant(session, text, session.objects([args.get("target_address_space")])):
            one.excluded = False
    return ""


COMMANDS: dict[str, Command] = {
    "assign_bd_address": _assign,
    "create_bd_addr_seg": _create_segment,
    "exclude_bd_addr_seg": _exclude,
    "include_bd_addr_seg": _include,
}
