"""Pins and interfaces: that they exist, and that what must be joined is joined once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.names import misset
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import some
from bitwright.blockdesign.ip import Instance, Pin
from bitwright.blockdesign.model import Cell, Net, Place, parent
from bitwright.schema import nearest
from bitwright.yamlfile import shown

NUMBERED = re.compile(r"([SM])(\d\d)_(AXI|AXIS|INI)")  # interfaces of interconnects


def unknown_end(scene: Scene) -> Iterator[Fault]:
    for net in (*scene.design.nets, *scene.design.interface_nets):
        for end in net.ends:
            owner = parent(end)
            if owner and owner not in scene.cells:
                yield Fault(
                    net.place,
                    f"net {net.name}: {end}: no cell {shown(owner)}{nearest(owner, scene.cells)}",
                    "a cell of the design",
                    end,
                    "mend the name, or add the cell",
                )


def unknown_pin(scene: Scene) -> Iterator[Fault]:
    for net in scene.design.nets:
        for end in net.ends:
            if not _has_owner(scene, end) or scene.outer_pin(end) is not None:
                continue
            if _wire(scene, end):
                continue
            name = end.rpartition("/")[2]
            instance = scene.instance(parent(end))
            if instance and any(name in one.pins for one in instance.interfaces.values()):
                continue
            if not scene.may_have_more(parent(end)):
                yield _missing(scene, net, end, "pin", scene.outer_interface(end) is not None)


def unknown_interface(scene: Scene) -> Iterator[Fault]:
    for net in scene.design.interface_nets:
        for end in net.ends:
            if not _has_owner(scene, end) or scene.outer_interface(end) is not None:
                continue
            if _count(scene, end) is None and not scene.may_have_more(parent(end)):
                yield _missing(scene, net, end, "interface", scene.outer_pin(end) is not None)


def unlisted_pin(scene: Scene) -> Iterator[Fault]:
    """Of a cell whose board or peripherals may bring more pins than the catalogue lists."""
    for net in scene.design.nets:
        for end in net.ends:
            if scene.may_have_more(parent(end)) and scene.outer_pin(end) is None:
                yield _missing(scene, net, end, "pin", scene.outer_interface(end) is not None)
    for net in scene.design.interface_nets:
        for end in net.ends:
            if scene.may_have_more(parent(end)) and scene.outer_interface(end) is None:
                yield _missing(scene, net, end, "interface", scene.outer_pin(end) is not None)


def beyond_count(scene: Scene) -> Iterator[Fault]:
    """S04_AXI of a switch with NUM_SI 4: told as such, not as an unknown interface."""
    for net in scene.design.interface_nets:
        for end in net.ends:
            if not _has_owner(scene, end) or scene.outer_interface(end) is not None:
                continue
            if (count := _count(scene, end)) is not None:
                parameter, value, needed = count
                yield Fault(
                    net.place,
                    f"net {net.name}: {end} is beyond {parameter} of {parent(end)}",
                    f"{parameter} of {needed} at least",
                    f"{parameter} {value}",
                    f"set {parameter}: {needed} at {scene.place(parent(end))}",
                )


def _count(scene: Scene, end: str) -> tuple[str, str, int] | None:
    """The parameter that would have to be more for this interface, its value, and what it needs."""
    owner, _, name = end.rpartition("/")
    numbered, looks = NUMBERED.fullmatch(name), scene.instance(owner)
    if numbered is None or looks is None:
        return None
    parameter = f"NUM_{numbered[1]}I"
    if parameter not in looks.parameters:
        return None
    value = scene.cells[owner].parameter(parameter, looks.parameters[parameter].default)
    needed = int(numbered[2]) + 1
    return (parameter, value, needed) if value.isdigit() and int(value) < needed else None


def _has_owner(scene: Scene, end: str) -> bool:
    """Whether what the end's owner lacks can be called wrong, and nothing else made it lack it."""
    owner = parent(end)
    there = not owner or owner in scene.cells
    return there and scene.known(owner) and not misset(scene, owner)


def _wire(scene: Scene, end: str) -> bool:
    """Whether it may be a wire of a hierarchy's interface, io/uart_rxd of io/uart.

    Vivado lets a net join one, and write_bd_tcl writes it; which there are, it alone knows.
    """
    owner, _, name = end.rpartition("/")
    looks = scene.looks.get(owner) if owner and scene.is_hierarchy(owner) else None
    return looks is not None and any(name.startswith(f"{one}_") for one in looks.interfaces)


def _missing(scene: Scene, net: Net, end: str, what: str, other: bool) -> Fault:
    owner, _, name = end.rpartition("/")
    looks = scene.looks.get(owner)
    here: Iterable[str] = ()
    if looks is not None:
        here = looks.pins if what == "pin" else looks.interfaces
    whose = f"cell {owner} ({scene.cells[owner].type or 'a hierarchy'})" if owner else "the design"
    kind = "interface" if what == "pin" else "pin"
    mixed = f"; it is {'an interface' if what == 'pin' else 'a pin'}" if other else ""
    return Fault(
        net.place,
        f"net {net.name}: {whose} has no {what} {shown(name)}{mixed}{nearest(name, here)}",
        f"one of {some(here)}",
        end,
        f"join it with other {kind}s" if other else _appear(scene, owner),
    )


def _appear(scene: Scene, owner: str) -> str:
    if scene.is_hierarchy(owner):
        return "mend the name, or declare it there"
    return f"mend the name, or set the parameter that makes it appear, at {scene.place(owner)}"


def open_input(scene: Scene) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        for pin in looks.pins.values():
            wanted = pin.direction == "in" and pin.needed and pin.kind not in ("clk", "rst")
            if wanted and not scene.joined(f"{cell.path}/{pin.name}"):
                yield _open(cell, pin.name, "input", "a driver")


def open_clock(scene: Scene) -> Iterator[Fault]:
    """Needed by itself, or by an interface that is in use (Vivado: BD 41-758)."""
    yield from _open_pins(scene, "clk", "clock", "a clock")


def open_reset(scene: Scene) -> Iterator[Fault]:
    yield from _open_pins(scene, "rst", "reset", "a reset of its clock's domain")


def _open_pins(scene: Scene, kind: str, word: str, wanted: str) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        used = set(_used(scene, cell, looks, word))
        for pin in looks.pins.values():
            wants = pin.needed or pin.name in used
            if _is_input(pin, kind) and wants and not scene.joined(f"{cell.path}/{pin.name}"):
                yield _open(cell, pin.name, word, wanted)


def _is_input(pin: Pin, kind: str) -> bool:
    return pin.direction == "in" and pin.kind == kind


def _used(scene: Scene, cell: Cell, looks: Instance, word: str) -> Iterator[str]:
    """The clock (or reset) pins of the interfaces that are joined."""
    for interface in looks.interfaces.values():
        if f"{cell.path}/{interface.name}" in scene.interface_nets_of:
            yield interface.clock if word == "clock" else interface.reset


def _open(cell: Cell, name: str, word: str, wanted: str) -> Fault:
    return Fault(
        cell.place,
        f"cell {cell.path} ({cell.type}): {word} {name} is joined to nothing",
        wanted,
        "no net",
        f"join {cell.path}/{name} to {wanted}",
    )


def open_interface(scene: Scene) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        for interface in looks.interfaces.values():
            end = f"{cell.path}/{interface.name}"
            by_pins = any(f"{cell.path}/{pin}" in scene.nets_of for pin in interface.pins)
            if interface.needed and end not in scene.interface_nets_of and not by_pins:
                yield Fault(
                    cell.place,
                    f"cell {cell.path} ({cell.type}): interface {interface.name}"
                    " is joined to nothing",
                    "a partner",
                    "no net",
                    f"join {end}, or set the parameters so that there is no such interface",
                )


def open_port(scene: Scene) -> Iterator[Fault]:
    """Ports of the design without a net; a pin of a hierarchy that leads on to nothing within."""
    for port in scene.design.ports:
        nets = scene.nets_of.get(port.path, ())
        if not any(scene.within(net, port.path) for net in nets):
            yield _dangling(port.path, port.place, bool(nets))
    for interface in scene.design.interface_ports:
        nets = scene.interface_nets_of.get(interface.path, ())
        if not any(scene.within(net, interface.path) for net in nets):
            yield _dangling(interface.path, interface.place, bool(nets))


def _dangling(path: str, place: Place, outside: bool) -> Fault:
    what = f"pin {path} of hierarchy {parent(path)}" if parent(path) else f"port {path}"
    return Fault(
        place,
        f"{what} leads to nothing within",
        "a net that it is an end of",
        "a net outside only" if outside else "no net",
        f"join {path} within, or drop it",
    )


def joined_twice(scene: Scene) -> Iterator[Fault]:
    for nets_of in (scene.nets_of, scene.interface_nets_of):
        for end, nets in sorted(nets_of.items()):
            sides: dict[bool, Net] = {}
            for net in nets:
                other = sides.setdefault(scene.within(net, end), net)
                if other is not net:
                    yield Fault(
                        net.place,
                        f"{end} is joined twice: by net {other.name} and by net {net.name}",
                        "one net",
                        f"the other at {other.place}",
                        f"make one net of them, or take {end} out of one",
                    )


def overridden(scene: Scene) -> Iterator[Fault]:
    """An input of a joined interface that a net of its own drives too (Vivado: BD 41-1306)."""
    for cell, looks in scene.leaves:
        for interface in looks.interfaces.values():
            if f"{cell.path}/{interface.name}" not in scene.interface_nets_of:
                continue
            for name in interface.pins:
                end, pin = f"{cell.path}/{name}", looks.pins.get(name)
                if end in scene.nets_of and (pin is None or pin.direction == "in"):
                    net = scene.nets_of[end][0]
                    yield Fault(
                        net.place,
                        f"net {net.name}: {end} is a pin of interface {interface.name},"
                        " which is joined as a whole",
                        "the interface's net or the pin's",
                        "both; the pin's overrides the interface",
                        f"take {end} out of the net",
                    )
