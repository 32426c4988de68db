"""The commands that make a design: cells, ports, connections."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from bitwright.blockdesign.interpreter import look
from bitwright.blockdesign.interpreter.draft import Draft, Thing
from bitwright.blockdesign.interpreter.session import WARNING, Command, Session
from bitwright.blockdesign.interpreter.words import Arguments, CommandError, arguments
from bitwright.blockdesign.model import KINDS, parent
from bitwright.schema import nearest

INWARD = {"I": "in", "O": "out", "IO": "inout"}
MODES = (
    "Master",
    "Slave",
    "MirroredMaster",
    "MirroredSlave",
    "Monitor",
    "System",
    "MirroredSystem",
)


def _create_design(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        "create_bd_design",
        words,
        values=("dir", "cell", "boundary_from", "boundary_from_container", "bdsource", "srcset"),
        flags=("rm",),
        names=("name",),
        lax=session.lax,
    )
    if len(args.rest) != 1 or not args.rest[0]:
        raise CommandError("[BD 5-152] create_bd_design: expected one name")
    name = args.rest[0]
    if name in session.designs:
        raise CommandError(f"[BD 5-153] A design named '{name}' exists already.")
    session.designs[name] = _begun(session, name, args)
    session.open(name)
    return name


def _begun(session: Session, name: str, args: Arguments) -> Draft:
    """A new design: empty, with a hierarchy's contents, or with the ports of another design."""
    if args.get("cell"):
        return session.design.extracted(session.path(args.get("cell")), name)
    made = Draft(name)
    alike = args.get("boundary_from").rpartition("/")[2].removesuffix(".bd")
    if alike in session.designs:
        other = session.designs[alike]
        for mine, theirs in (
            (other.ports, made.ports),
            (other.interface_ports, made.interface_ports),
        ):
            theirs.update({path: replace(port) for path, port in mine.items() if not parent(path)})
    return made


def _current_design(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("current_bd_design", words, names=("design",))
    if args.rest and args.rest[0]:
        name = args.rest[0].removesuffix(".bd")
        if name not in session.designs:
            raise CommandError(f"[BD 5-148] No design '{name}' is open.")
        session.open(name)
    return session.current


def _current_instance(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("current_bd_instance", words, names=("instance",))
    wanted = args.rest[0] if args.rest else "/"
    if wanted == "..":
        session.level = parent(session.level)
    elif wanted not in (".", ""):
        path = session.path(wanted)
        cell = session.design.cells.get(path)
        if path and (cell is None or cell.kind != "hier"):
            raise CommandError(f"[BD 5-233] current_bd_instance: no hierarchy '{wanted}'.")
        session.level = path
    return session.shown([session.level], look.CELL)


def _create_cell(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("create_bd_cell", words),
        values=("type", "vlnv", "reference", "revision"),
        names=("name",),
        lax=session.lax,
    )
    kind = args.get("type", "ip").lower()
    if kind not in KINDS or kind == "platform":
        raise CommandError(f"[BD 5-218] create_bd_cell: no type {kind!r}{nearest(kind, KINDS)}")
    if len(args.rest) != 1 or not args.rest[0]:
        raise CommandError("[BD 5-219] create_bd_cell: expected one name")
    type, version = "", ""
    if kind in ("ip", "inline_hdl"):
        type, version = _ip(session, args.get("vlnv"))
    elif kind != "hier":
        type = args.get("reference")
        if not type:
            raise CommandError(f"[BD 5-220] create_bd_cell: -type {kind} needs -reference")
    path = session.path(args.rest[0])
    place = session.host.place()
    cell = Thing(path, kind, type, version, place=place)
    if session.strict and kind in ("ip", "inline_hdl") and session.looks(cell) is None:
        known = session.catalogue.types if session.catalogue else ()
        raise CommandError(
            f"[BD 5-216] VLNV <{args.get('vlnv')}> is not known{nearest(type, known)}"
        )
    session.design.add_cell(cell)
    return session.shown([path], look.CELL)


def _ip(session: Session, vlnv: str) -> tuple[str, str]:
    """Type and version of a VLNV that may have none, or * for it."""
    parts = vlnv.split(":")
    if not 3 <= len(parts) <= 4 or not all(parts):
        raise CommandError(
            f"[BD 5-216] VLNV <{vlnv}> is not supported: expected v:l:name[:version]"
        )
    type, version = ":".join(parts[:3]), "".join(parts[3:])
    if "*" in version or "?" in version:
        version = ""
    if session.strict and version and session.catalogue:
        known = session.catalogue.versions(type)
        if known and version not in known:
            raise CommandError(f"[BD 5-216] VLNV <{vlnv}>: there are versions {', '.join(known)}")
    return type, version


def _create_port(of_cell: bool, session: Session, words: tuple[str, ...]) -> str:
    command = "create_bd_pin" if of_cell else "create_bd_port"
    args = arguments(
        *(command, words),
        values=("dir", "type", "from", "to", "freq_hz"),
        names=("name",),
        lax=session.lax,
    )
    if len(args.rest) != 1 or not args.rest[0]:
        raise CommandError(f"[BD 5-162] {command}: expected one name")
    direction = INWARD.get(args.get("dir").upper())
    if direction is None:
        raise CommandError(
            f"[BD 5-163] {command}: -dir expected I, O or IO, found {args.get('dir')!r}"
        )
    path = _place_for_port(session, command, args.rest[0])
    port = Thing(path, args.get("type"), direction=direction, place=session.host.place())
    if "from" in args.values or "to" in args.values:
        port.left, port.right = _edge(command, args.get("from")), _edge(command, args.get("to"))
    if args.get("freq_hz"):
        port.parameters["FREQ_HZ"] = args.get("freq_hz")
    session.design.add_port(port)
    return session.shown([path], look.PIN if parent(path) else look.PORT)


def _place_for_port(session: Session, command: str, name: str) -> str:
    """Ports stand at the top, pins in a hierarchy: the current one, or that of the path."""
    path = session.path(name) if "pin" in command else name.strip("/")
    if ("pin" in command) != bool(parent(path)):
        where = "within a hierarchy" if "pin" in command else "at the top of a design"
        raise CommandError(f"[BD 5-164] {command}: {name!r} would not stand {where}")
    return path


def _edge(command: str, text: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise CommandError(
            f"[BD 5-165] {command}: expected a bit's number, found {text!r}"
        ) from None


def _create_interface(of_cell: bool, session: Session, words: tuple[str, ...]) -> str:
    command = "create_bd_intf_pin" if of_cell else "create_bd_intf_port"
    args = arguments(
        *(command, words),
        values=("mode", "vlnv", "portmaps"),
        names=("name",),
        lax=session.lax,
    )
    if len(args.rest) != 1 or not args.rest[0]:
        raise CommandError(f"[BD 5-172] {command}: expected one name")
    mode = next((one for one in MODES if one.lower() == args.get("mode").lower()), None)
    if mode is None:
        raise CommandError(f"[BD 5-173] {command}: no -mode {args.get('mode')!r}")
    path = _place_for_port(session, command, args.rest[0])
    port = Thing(path, "", args.get("vlnv"), direction=mode, place=session.host.place())
    if args.get("portmaps"):
        session.note(f"{command} {path}: -portmaps is not held by the model")
    session.design.add_interface_port(port)
    return session.shown([path], look.INTF_PIN if parent(path) else look.INTF_PORT)


def _connect(interface: bool, session: Session, words: tuple[str, ...]) -> str:
    command = "connect_bd_intf_net" if interface else "connect_bd_net"
    name = "intf_net" if interface else "net"
    args = arguments(
        *(command, words),
        values=(name, "boundary_type", "auto"),
        names=("objects",),
        lax=session.lax,
    )
    if not all(args.rest):
        return _nothing_there(session, command)
    ends = [_end(session, command, text, interface) for text in session.objects(args.rest)]
    if not ends:
        raise CommandError(f"[BD 5-4] {command}: nothing to connect")
    level, net = session.level, args.get(name)
    if net.startswith("/"):
        level, net = parent(net.strip("/")), net.strip("/").rpartition("/")[2]
    made = session.design.connect(
        ends,
        interface=interface,
        level=level,
        name=net,
        place=session.host.place(),
    )
    _say_guessed(session, interface)
    return session.shown([made.path], look.INTF_NET if interface else look.NET)


def _nothing_there(session: Session, command: str) -> str:
    """An object was looked for in vain: an error, unless automation may have made it."""
    why = session.missed[-1] if session.missed else "an object is empty"
    if not session.automated:
        raise CommandError(f"[BD 5-4] {command}: nothing to connect: {why}")
    session.note(f"{command}: {why}; apply_bd_automation, which is not modelled, may have made it")
    return ""


def _say_guessed(session: Session, interface: bool) -> None:
    """Pins that a connection through a hierarchy made take after what they lead to."""
    design = session.design
    ports = design.interface_ports if interface else design.ports
    for path, end in [one for one in design.guessed if one[0] in ports]:
        port = ports[path]
        kind = look.INTF_PIN if interface else look.PIN
        if interface:
            port.direction = look.value(session, end, kind, "MODE") or port.direction
            port.type = look.value(session, end, kind, "VLNV") or port.type
        else:
            port.direction = INWARD.get(look.value(session, end, kind, "DIR"), port.direction)
        port.place = session.host.place()
        session.note(f"{path}: made for a connection through the hierarchy, after {end}")
        design.guessed.remove((path, end))


_ENDS = {False: (look.PIN, look.PORT), True: (look.INTF_PIN, look.INTF_PORT)}


def _end(session: Session, command: str, text: str, interface: bool) -> str:
    """The path of an end that exists. Raises CommandError."""
    kind = session.kinds.get(text, "")
    if kind in _ENDS[interface]:
        return text.strip("/")
    design, path = session.design, session.path(text)
    if path in (design.interface_ports if interface else design.ports):
        return path
    parts = look.interfaces if interface else look.pins
    owner, _, name = path.rpartition("/")
    if owner in design.cells:
        names, more = parts(session, design.cells[owner])
        if name in names or more:
            used = design.used_interfaces if interface else design.used
            used.setdefault(owner, set()).add(name)
            return path
    raise CommandError(f"[BD 5-4] {command}: {text!r} is no {_WORDS[interface]}")


_WORDS = {False: "pin or port", True: "interface pin or port"}


def _disconnect(interface: bool, session: Session, words: tuple[str, ...]) -> str:
    command = "disconnect_bd_intf_net" if interface else "disconnect_bd_net"
    args = arguments(command, words, values=("boundary_type",), names=("net", "objects"))
    net, *ends = session.objects(args.rest) or [""]
    session.design.disconnect(
        session.path(net),
        [one.strip("/") if one.startswith("/") else session.path(one) for one in ends],
        interface=interface,
    )
    return ""


def _delete(session: Session, words: tuple[str, ...]) -> str:
    args = arguments("delete_bd_objs", words, names=("objects",))
    for text in session.objects(args.rest):
        session.design.remove(*look.resolve(session, text))
        session.kinds.pop(text, None)
    return ""


def _group(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("group_bd_cells", words), values=("prefix",), names=("name",), lax=session.lax
    )
    name, *cells = args.rest or ("",)
    path = session.path(name)
    if path not in session.design.cells:
        session.design.add_cell(Thing(path, "hier", place=session.host.place()))
    return _gathered(session, path, cells)


def _move(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("move_bd_cells", words),
        values=("prefix",),
        names=("parent_cell",),
        lax=session.lax,
    )
    hierarchy, *cells = args.rest or ("",)
    return _gathered(session, session.path(hierarchy), cells)


def _gathered(session: Session, hierarchy: str, texts: list[str]) -> str:
    design = session.design
    if hierarchy not in design.cells or design.cells[hierarchy].kind != "hier":
        raise CommandError(f"[BD 5-232] No hierarchy {hierarchy!r} to put cells into.")
    cells = [look.resolve(session, text)[0] for text in session.objects(texts)]
    for cell in cells:
        if cell not in design.cells or parent(cell) != parent(hierarchy):
            raise CommandError(f"[BD 5-233] {cell!r} is no cell beside {hierarchy!r}")
    design.gather(hierarchy, cells)
    for cell in cells:
        session.kinds.pop(f"/{cell}", None)
    for interface in (False, True):
        _say_guessed(session, interface)
    return session.shown([hierarchy], look.CELL)


def _replace(session: Session, words: tuple[str, ...]) -> str:
    args = arguments(
        *("replace_bd_cell", words),
        flags=("preserve_name", "preserve_configuration"),
        names=("old", "new"),
        lax=session.lax,
    )
    cells = [look.resolve(session, text)[0] for text in session.objects(args.rest)]
    if len(cells) != 2 or not set(cells) <= set(session.design.cells):
        raise CommandError("[BD 5-234] replace_bd_cell: expected a cell, and one to take its place")
    session.design.replace(*cells)
    return ""


def _make_external(interface: bool, session: Session, words: tuple[str, ...]) -> str:
    """Ports named after pins, <pin>_0 as Vivado names since 2018."""
    command = "make_bd_intf_pins_external" if interface else "make_bd_pins_external"
    args = arguments(command, words, values=("name",), names=("objects",), lax=session.lax)
    if not args.rest or not all(args.rest):
        return _nothing_there(session, command)
    made = []
    for text in session.objects(args.rest):
        pin = _end(session, command, text, interface)
        made.append(_external(session, pin, interface, args.get("name")))
    return session.shown(made, look.INTF_PORT if interface else look.PORT)


def _external(session: Session, pin: str, interface: bool, wanted: str) -> str:
    design, place = session.design, session.host.place()
    among = design.interface_ports if interface else design.ports
    name = wanted or pin.rpartition("/")[2]
    free = name if wanted else f"{name}_0"
    count = 0
    while free in among:
        count += 1
        free = f"{name}_{count}"
    kind = look.INTF_PIN if interface else look.PIN
    said = {one: look.value(session, pin, kind, one) for one in ("DIR", "TYPE", "LEFT", "RIGHT")}
    if interface:
        mode = look.value(session, pin, kind, "MODE") or _guessed_mode(free)
        vlnv = look.value(session, pin, kind, "VLNV")
        design.add_interface_port(Thing(free, "", vlnv, direction=mode, place=place))
    else:
        port = Thing(free, said["TYPE"].replace("undef", ""), place=place)
        port.direction = INWARD.get(said["DIR"], "in")
        if said["LEFT"]:
            port.left, port.right = int(said["LEFT"]), int(said["RIGHT"])
        design.add_port(port)
    if not (said["DIR"] or interface):
        session.note(f"port {free}: nobody knows the direction of {pin}; taken as an input")
    design.connect([pin, free], interface=interface, level=session.level, place=place)
    return free


def _guessed_mode(name: str) -> str:
    return "Slave" if name.upper().startswith("S") else "Master"


def _automation(session: Session, words: tuple[str, ...]) -> str:
    """Vivado would make cells and connections by rules of its IPs, which nobody publishes."""
    args = arguments(
        *("apply_bd_automation", words),
        values=("rule", "config", "dict"),
        names=("objects",),
        lax=session.lax,
    )
    session.automated = True
    session.note(
        f"apply_bd_automation {args.get('rule')} {' '.join(args.rest)}: not modelled: "
        "the cells and nets that Vivado makes here are missing",
        WARNING,
    )
    return ""


COMMANDS: dict[str, Command] = {
    "create_bd_design": _create_design,
    "current_bd_design": _current_design,
    "current_bd_instance": _current_instance,
    "create_bd_cell": _create_cell,
    "create_bd_port": partial(_create_port, False),
    "create_bd_pin": partial(_create_port, True),
    "create_bd_intf_port": partial(_create_interface, False),
    "create_bd_intf_pin": partial(_create_interface, True),
    "connect_bd_net": partial(_connect, False),
    "connect_bd_intf_net": partial(_connect, True),
    "disconnect_bd_net": partial(_disconnect, False),
    "disconnect_bd_intf_net": partial(_disconnect, True),
    "delete_bd_objs": _delete,
    "group_bd_cells": _group,
    "move_bd_cells": _move,
    "replace_bd_cell": _replace,
    "make_bd_pins_external": partial(_make_external, False),
    "make_bd_intf_pins_external": partial(_make_external, True),
    "apply_bd_automation": _automation,
}
