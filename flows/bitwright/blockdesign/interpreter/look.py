"""The commands that look for objects: get_bd_cells, get_bd_pins, ... and their properties.

A path that is spelt out is found wherever the cell exists, if nobody knows the cell's IP: that is
how an import learns the pins of IPs that are not in the catalogue. Patterns, and -quiet, only find
what is known or was used before. In a strict session an IP of the catalogue has the pins, spaces
and segments that the catalogue gives it, and no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from bitwright.blockdesign.interpreter.draft import Mapping, Thing
from bitwright.blockdesign.interpreter.session import Command, Session
from bitwright.blockdesign.interpreter.words import (
    Arguments,
    CommandError,
    alike,
    arguments,
    has_pattern,
    matches,
)
from bitwright.blockdesign.model import parent
from bitwright.schema import nearest

DIRECTIONS = {"in": "I", "out": "O", "inout": "IO"}
CELL, PIN, PORT, NET = "cell", "pin", "port", "net"
INTF_PIN, INTF_PORT, INTF_NET = "intf_pin", "intf_port", "intf_net"
SPACE, SEGMENT, MAPPING, DESIGN = "space", "segment", "mapping", "design"
_OPTIONS = ("of_objects", "filter")
_FLAGS = (
    *("hierarchical", "regexp", "nocase", "explicit", "addressed", "addressing", "addressable"),
    *("excluded", "unassigned", "assigned"),
)


# --- what there is of a cell ----------------------------------------------------------------------


def pins(session: Session, cell: Thing) -> tuple[set[str], bool]:
    """Names of a cell's pins, and whether it may have more."""
    used = session.design.used.setdefault(cell.path, set())
    if cell.kind == "hier":
        return _own(cell.path, session.design.ports) | used, False
    known = session.looks(cell)
    if known is None:
        return set(used), True
    wires = {pin for one in known.interfaces.values() for pin in one.pins}
    return set(known.pins) | wires | used, not session.strict


def interfaces(session: Session, cell: Thing) -> tuple[set[str], bool]:
    if cell.kind == "hier":
        return _own(cell.path, session.design.interface_ports), False
    used = session.design.used_interfaces.setdefault(cell.path, set())
    known = session.looks(cell)
    if known is None:
        return set(used), True
    return set(known.interfaces) | used, not session.strict


def spaces(session: Session, cell: Thing) -> tuple[set[str], bool]:
    known = session.looks(cell)
    if known is None:
        return _mapped(session, cell, "space"), cell.kind != "hier"
    return set(known.spaces) | _mapped(session, cell, "space"), not session.strict


def segments(session: Session, cell: Thing) -> tuple[set[str], bool]:
    known = session.looks(cell)
    if known is None:
        return _mapped(session, cell, "segment"), cell.kind != "hier"
    return set(known.segments) | _mapped(session, cell, "segment"), not session.strict


def _own(path: str, among: Iterable[str]) -> set[str]:
    return {name.rpartition("/")[2] for name in among if parent(name) == path}


def _mapped(session: Session, cell: Thing, what: str) -> set[str]:
    begin = f"{cell.path}/"
    paths = (str(getattr(one, what)) for one in session.design.mappings)
    return {path.removeprefix(begin) for path in paths if path.startswith(begin)}


Names = Callable[[Session, Thing], tuple[set[str], bool]]
_PARTS: dict[str, Names] = {PIN: pins, INTF_PIN: interfaces, SPACE: spaces, SEGMENT: segments}


# --- finding --------------------------------------------------------------------------------------


def _get(kind: str, session: Session, words: tuple[str, ...]) -> str:
    command = _COMMANDS[kind]
    # design objects have options of their own, so a lax session skips those it does not know
    args = arguments(
        command, words, flags=_FLAGS, values=_OPTIONS, names=("patterns",), lax=session.lax
    )
    if session.current not in session.designs and (session.strict or args.rest != ("/",)):
        if "quiet" in args:
            return ""
        session.missed.append(f"{command}: no design is open")
        return ""
    found = [one for one in _candidates(session, kind, args) if _passes(session, one, args)]
    found = list(dict.fromkeys(found))
    if not found and "quiet" not in args:
        sought = " ".join(args.rest) or args.get("filter") or args.get("of_objects")
        session.missed.append(f"{command} found no {sought or kind}")
    shown: dict[str, list[str]] = {}
    for path, what in found:
        shown.setdefault(what, []).append(path)
    if len(shown) > 1:
        return session.host.join(
            tuple(one for what, paths in shown.items() for one in _split(session, paths, what))
        )
    return session.shown([path for path, _ in found], found[0][1] if found else kind)


def _split(session: Session, paths: list[str], kind: str) -> tuple[str, ...]:
    return session.host.split(session.shown(paths, kind))


Found = tuple[str, str]  # path and kind


def _passes(session: Session, found: Found, args: Arguments) -> bool:
    text = args.get("filter")
    return not text or matches(text, lambda name: value(session, *found, name))


def _candidates(session: Session, kind: str, args: Arguments) -> Iterator[Found]:
    if "of_objects" in args.values:
        wanted = session.objects(args.rest)
        for text in session.objects([args.get("of_objects")]):
            for path in _of(session, kind, *resolve(session, text)):
                if not wanted or any(alike(one, path[0].rpartition("/")[2]) for one in wanted):
                    yield path
        return
    texts = session.objects(args.rest)
    if not texts:
        texts = ["*"] if kind not in (PIN, INTF_PIN, SPACE, SEGMENT) else ["*/*"]
        if kind in (SPACE, SEGMENT) or "hierarchical" in args:
            yield from _everything(session, kind)
            return
    for text in texts:
        if "hierarchical" in args:
            name = text.rpartition("/")[2]
            for one in _everything(session, kind):
                if alike(name, one[0].rpartition("/")[2]):
                    yield one
        else:
            yield from _named(session, kind, text, "quiet" in args)


def _everything(session: Session, kind: str) -> Iterator[Found]:
    design = session.design
    if kind == CELL:
        yield from ((path, CELL) for path in design.cells)
    elif kind == PORT:
        yield from ((path, PORT) for path in design.ports if not parent(path))
    elif kind == INTF_PORT:
        yield from ((path, INTF_PORT) for path in design.interface_ports if not parent(path))
    elif kind == NET:
        yield from ((path, NET) for path in design.nets)
    elif kind == INTF_NET:
        yield from ((path, INTF_NET) for path in design.interface_nets)
    else:
        for cell in design.cells.values():
            names = _PARTS[kind](session, cell)[0]
            yield from ((f"{cell.path}/{name}", kind) for name in sorted(names))
    if kind == SEGMENT:
        yield from ((f"{one.space}/{one.name}", MAPPING) for one in design.mappings)


def _named(session: Session, kind: str, text: str, quiet: bool) -> Iterator[Found]:
    if kind == CELL and text in ("/", "."):
        session.design  # noqa: B018  # a design has a top, so there must be one
        yield (session.level if text == "." else "", CELL)
        return
    path = text.strip("/") if kind in (PORT, INTF_PORT) else session.path(text)
    if has_pattern(path) and not (kind in _PARTS and _exact(session, kind, path)):
        depth = path.count("/")
        for one in _everything(session, kind):
            if alike(path, one[0]) and (one[0].count("/") == depth or kind == SEGMENT):
                yield one
        return
    if kind in _PARTS:
        found = _exact(session, kind, path) or _used(session, kind, path, quiet)
        if found:
            yield found
    elif path in dict(_everything(session, kind)):
        yield path, kind


def _exact(session: Session, kind: str, path: str) -> Found | None:
    """A part of a cell that is known to be there."""
    design = session.design
    if kind == SEGMENT:
        for one in design.mappings:
            if f"{one.space}/{one.name}" == path:
                return path, MAPPING
    if kind == SPACE and path in design.interface_ports and not parent(path):
        return path, SPACE
    owner = design.owner(path)
    if owner is None:
        return None
    names, _ = _PARTS[kind](session, design.cells[owner])
    return (path, kind) if path[len(owner) + 1 :] in names else None


def _used(session: Session, kind: str, path: str, quiet: bool) -> Found | None:
    """A part that the cell has because a script says so."""
    design = session.design
    owner = design.owner(path)
    name = path[len(owner) + 1 :] if owner else ""
    if owner is None:
        outer = path.partition("/")[0]
        if kind == SEGMENT and outer in design.interface_ports:
            return path, SEGMENT
        return None
    names, more = _PARTS[kind](session, design.cells[owner])
    more = more or (kind == PIN and _wire(session, design.cells[owner], name))
    if not more or quiet or name.partition("/")[2].startswith("SEG_"):
        session.missed.append(f"{owner} has no {_WORDS[kind]} {name!r}{nearest(name, names)}")
        return None
    if "/" in name and kind in (PIN, INTF_PIN):
        return None
    if kind == PIN:
        design.used.setdefault(owner, set()).add(name)
    elif kind == INTF_PIN:
        design.used_interfaces.setdefault(owner, set()).add(name)
    return path, kind


def _wire(session: Session, cell: Thing, name: str) -> bool:
    """Whether it may be a wire of a hierarchy's interface: io/uart_rxd of the pin io/uart.

    Which wires an interface has, only its definition says, and that is Vivado's.
    """
    if cell.kind != "hier":
        return False
    return any(name.startswith(f"{one}_") for one in interfaces(session, cell)[0])


_WORDS = {PIN: "pin", INTF_PIN: "interface", SPACE: "address space", SEGMENT: "address segment"}


# --- -of_objects ----------------------------------------------------------------------------------


def _of(session: Session, kind: str, path: str, of: str) -> Iterator[Found]:
    design = session.design
    if of == CELL:
        cell = design.cells.get(path)
        if cell is not None and kind in _PARTS:
            yield from ((f"{path}/{name}", kind) for name in sorted(_PARTS[kind](session, cell)[0]))
        elif kind == CELL:
            yield from ((one, CELL) for one in design.cells if parent(one) == path)
        elif kind in (NET, INTF_NET) and cell is not None:
            for name in sorted(_PARTS[PIN if kind == NET else INTF_PIN](session, cell)[0]):
                yield from _nets(session, kind, f"{path}/{name}")
    elif of in (PIN, PORT, INTF_PIN, INTF_PORT):
        yield from _of_end(session, kind, path, of)
    elif of in (NET, INTF_NET):
        nets = design.nets if of == NET else design.interface_nets
        for end in nets[path].ends if path in nets else ():
            yield from _as(session, kind, end)
    elif of == SPACE and kind == SEGMENT:
        mapped = (one for one in design.mappings if one.space == path)
        yield from ((f"{one.space}/{one.name}", MAPPING) for one in mapped)


def _of_end(session: Session, kind: str, path: str, of: str) -> Iterator[Found]:
    design = session.design
    owner = design.owner(path)
    if kind in (NET, INTF_NET):
        yield from _nets(session, kind, path)
    elif kind == CELL and owner is not None:
        yield owner, CELL
    elif kind in (SPACE, SEGMENT) and owner is not None and of == INTF_PIN:
        yield from _behind(session, kind, owner, path[len(owner) + 1 :])
    elif kind in (PIN, INTF_PIN, PORT, INTF_PORT):
        for net in list(_nets(session, NET if of in (PIN, PORT) else INTF_NET, path)):
            yield from _of(session, kind, *net)


def _behind(session: Session, kind: str, owner: str, interface: str) -> Iterator[Found]:
    """The spaces or segments of an interface; of an unknown IP the name HLS and Xilinx give."""
    known = session.looks(session.design.cells[owner])
    if known is None:
        begin = f"{owner}/{interface}"
        for name in _mapped(session, session.design.cells[owner], kind):
            if name.startswith(interface):
                yield f"{owner}/{name}", kind
                return
        yield (f"{begin}/Reg" if kind == SEGMENT else begin), kind
    elif kind == SEGMENT:
        for name, segment in known.segments.items():
            if segment.interface == interface:
                yield f"{owner}/{name}", kind
    else:
        for name, space in known.spaces.items():
            if interface in space.interfaces:
                yield f"{owner}/{name}", kind


def _nets(session: Session, kind: str, end: str) -> Iterator[Found]:
    net = session.design.net_of(end, interface=kind == INTF_NET, level=session.level)
    if net is not None:
        yield net.path, kind


def _as(session: Session, kind: str, end: str) -> Iterator[Found]:
    """An end of a net, if it is of the kind that is asked for."""
    if kind == CELL:
        owner = session.design.owner(end)
        if owner is not None:
            yield owner, CELL
    elif (kind in (PORT, INTF_PORT)) == (parent(end) == ""):
        yield end, kind


def resolve(session: Session, text: str) -> Found:
    """The object that a text names: what it was last got as, else what there is of that path."""
    if text in session.kinds:
        return text.strip("/"), session.kinds[text]
    design, path = session.design, session.path(text)
    among: tuple[tuple[str, Iterable[str]], ...] = (
        (CELL, design.cells),
        (PORT, design.ports),
        (INTF_PORT, design.interface_ports),
        (NET, design.nets),
        (INTF_NET, design.interface_nets),
    )
    for kind, paths in among:
        if path in paths:
            pin = kind in (PORT, INTF_PORT) and parent(path)
            return path, {PORT: PIN, INTF_PORT: INTF_PIN}[kind] if pin else kind
    for kind in (PIN, INTF_PIN, SPACE, SEGMENT):
        found = _exact(session, kind, path)
        if found:
            return found
    return path, ""


# --- properties -----------------------------------------------------------------------------------


def value(session: Session, path: str, kind: str, name: str) -> str:
    """A property of an object; "" for one that is not known."""
    upper = name.upper()
    kept = session.design.properties.get(f"{kind} {path}", {})
    if upper in kept:
        return kept[upper]
    if upper == "NAME":
        return path.rpartition("/")[2] or "/"
    if upper == "PATH":
        return f"/{path}"
    if upper == "CLASS":
        return f"bd_{kind}"
    if kind == CELL:
        return _cell_value(session, path, name)
    if kind in (PIN, PORT):
        return _pin_value(session, path, name)
    if kind in (INTF_PIN, INTF_PORT):
        return _interface_value(session, path, name)
    if kind == MAPPING:
        return _mapping_value(session, path, upper)
    return ""


def _cell_value(session: Session, path: str, name: str) -> str:
    upper = name.upper()
    cell = session.design.cells.get(path)
    if cell is None:  # the top
        return {"TYPE": "hier"}.get(upper, "")
    if upper == "TYPE":
        return cell.kind
    if upper == "VLNV":
        return f"{cell.type}:{cell.version}" if cell.version else cell.type
    if upper.startswith("CONFIG."):
        return _config(session, cell, name[7:])
    return ""


def _config(session: Session, cell: Thing, name: str) -> str:
    for said, text in cell.parameters.items():
        if said.lower() == name.lower():
            return text
    known = session.looks(cell)
    for parameter in known.parameters.values() if known else ():
        if parameter.name.lower() == name.lower():
            return parameter.default
    return ""


def _said(thing: Thing, name: str) -> str:
    wanted = name[7:].lower()
    return next((text for said, text in thing.parameters.items() if said.lower() == wanted), "")


def _pin_value(session: Session, path: str, name: str) -> str:
    upper, port = name.upper(), session.design.ports.get(path)
    if port is not None:
        edges = {"LEFT": port.left, "RIGHT": port.right}
        if upper in edges:
            return "" if edges[upper] is None else str(edges[upper])
        if upper.startswith("CONFIG."):
            return _said(port, name)
        return {"DIR": DIRECTIONS[port.direction], "TYPE": port.kind or "undef"}.get(upper, "")
    owner = session.design.owner(path)
    known = session.looks(session.design.cells[owner]) if owner else None
    pin = known.pins.get(path.rpartition("/")[2]) if known else None
    if pin is None:
        return ""
    wide = pin.width is not None and pin.width > 1
    left = str(pin.width - 1) if pin.width is not None and wide else ""
    direction = DIRECTIONS.get(pin.direction, "")
    found = {
        "DIR": direction,
        "TYPE": pin.kind or "undef",
        "LEFT": left,
        "RIGHT": "0" if wide else "",
    }
    return found.get(upper, "")


def _interface_value(session: Session, path: str, name: str) -> str:
    upper, port = name.upper(), session.design.interface_ports.get(path)
    if port is not None:
        if upper.startswith("CONFIG."):
            return _said(port, name)
        return {"MODE": port.direction, "VLNV": port.type}.get(upper, "")
    owner = session.design.owner(path)
    known = session.looks(session.design.cells[owner]) if owner else None
    one = known.interfaces.get(path.rpartition("/")[2]) if known else None
    return {"MODE": one.mode, "VLNV": one.vlnv}.get(upper, "") if one else ""


def mapping(session: Session, path: str) -> Mapping:
    for one in session.design.mappings:
        if f"{one.space}/{one.name}" == path:
            return one
    raise CommandError(f"[BD 5-107] No address segment '{path}'.")


def _mapping_value(session: Session, path: str, upper: str) -> str:
    one = mapping(session, path)
    numbers = {"OFFSET": one.offset, "RANGE": one.range}
    if upper in numbers:
        number = numbers[upper]
        return "" if number is None else f"0x{number:08X}"
    return ""


_COMMANDS = {
    CELL: "get_bd_cells",
    PIN: "get_bd_pins",
    PORT: "get_bd_ports",
    INTF_PIN: "get_bd_intf_pins",
    INTF_PORT: "get_bd_intf_ports",
    NET: "get_bd_nets",
    INTF_NET: "get_bd_intf_nets",
    SPACE: "get_bd_addr_spaces",
    SEGMENT: "get_bd_addr_segs",
}


def _designs(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("get_bd_designs", words, flags=_FLAGS, values=_OPTIONS, lax=session.lax)
    shapes = session.objects(args.rest) or ["*"]
    found = tuple(name for name in session.designs if any(alike(shape, name) for shape in shapes))
    return session.host.join(found)


def _objects(session: Session, words: tuple[str, ...]) -> str:
    """find_bd_objs -relation connected_to: what is on the nets of these objects."""
    args = arguments(
        "find_bd_objs",
        words,
        values=("relation", "boundary_type", "end_type"),
        flags=("thru_hier", "stop_at_interconnect", "prune_search"),
        names=("objects",),
        lax=session.lax,
    )
    found: list[str] = []
    for text in session.objects(args.rest):
        path, kind = resolve(session, text)
        interface = kind in (INTF_PIN, INTF_PORT)
        net = session.design.net_of(path, interface=interface, level=session.level)
        for end in net.ends if net else ():
            if end != path:
                kind = (INTF_PIN if parent(end) else INTF_PORT) if interface else PIN
                found.append(session.shown([end], kind if interface or parent(end) else PORT))
    return session.host.join(tuple(dict.fromkeys(found)))


COMMANDS: dict[str, Command] = {
    **{name: partial(_get, kind) for kind, name in _COMMANDS.items()},
    "get_bd_designs": _designs,
    "find_bd_objs": _objects,
}
