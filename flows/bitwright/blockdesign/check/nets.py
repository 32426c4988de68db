"""Nets: where they stand, what drives them, and how wide their ends are."""

from __future__ import annotations

from collections.abc import Iterator

from bitwright.blockdesign.check import trace
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import bits, some
from bitwright.blockdesign.ip import Pin
from bitwright.blockdesign.model import Net, parent

# What a pin of the first kind must not drive: a clock wired to a reset is a slip.
MIXED = {
    "clk": ("rst", "intr"),
    "rst": ("clk", "intr"),
    "intr": ("clk", "rst"),
    "data": ("clk",),
    "ce": ("clk", "rst"),
}
WORDS = {"clk": "clock", "rst": "reset", "intr": "interrupt", "ce": "clock enable"}


def single_end(scene: Scene) -> Iterator[Fault]:
    for net in (*scene.design.nets, *scene.design.interface_nets):
        if len(net.ends) < 2:
            yield Fault(
                net.place,
                f"net {net.name} joins nothing",
                "two ends at least",
                some(net.ends),
                "join it to something, or drop it",
            )


def crossing(scene: Scene) -> Iterator[Fault]:
    """An end that is neither in the net's hierarchy nor a pin of that hierarchy."""
    for net in (*scene.design.nets, *scene.design.interface_nets):
        level = parent(net.name)
        for end in net.ends:
            owner = parent(end)
            if owner == level and scene.is_hierarchy(owner):
                continue
            if owner in scene.cells and parent(owner) != level:
                where = f"hierarchy {level}" if level else "the top"
                yield Fault(
                    net.place,
                    f"net {net.name}: {end} is not in {where}, where the net is",
                    f"ends in {where}, or pins of hierarchies there",
                    end,
                    f"give {parent(owner) or 'the net'} a pin and join both sides of it",
                )


def no_driver(scene: Scene) -> Iterator[Fault]:
    for net, ends in _seen(scene):
        if ends and all(pin is not None and pin.direction == "in" for _, pin in ends):
            yield Fault(
                net.place,
                f"net {net.name}: nothing drives it",
                "one output, or an input port of the design",
                f"inputs alone: {some(net.ends)}",
                "join it to what should drive it",
            )


def two_drivers(scene: Scene) -> Iterator[Fault]:
    for net, ends in _seen(scene):
        drivers = [end for end, pin in ends if pin is not None and pin.direction == "out"]
        if len(drivers) > 1:
            yield Fault(
                net.place,
                f"net {net.name}: {len(drivers)} outputs drive it",
                "one",
                some(drivers),
                "take all but one out of the net",
            )


def width(scene: Scene) -> Iterator[Fault]:
    """Each input against its driver; interrupts and concats have rules of their own."""
    for net, driver, _, end, pin in _driven(scene):
        given = trace.width(scene, driver)
        follows = pin.kind == "intr" or trace.is_concat(scene, parent(end))
        if follows or given is None or pin.width is None:
            continue
        if given != pin.width:
            lost = given > pin.width
            yield Fault(
                net.place,
                f"net {net.name}: {driver} has {bits(given)}, {end} has {bits(pin.width)}",
                "equal widths",
                "the upper bits are lost" if lost else "the upper bits are joined to nothing",
                "set the width of one of them, or put a slice or concat between",
            )


def kind(scene: Scene) -> Iterator[Fault]:
    for net, driver, source, end, pin in _driven(scene):
        if pin.kind in MIXED.get(source.kind, ()):
            yield Fault(
                net.place,
                f"net {net.name}: {driver} drives {WORDS.get(pin.kind, pin.kind)} input {end}",
                f"a {WORDS.get(pin.kind, pin.kind)}",
                f"a {WORDS.get(source.kind, source.kind)} output",
                f"join {end} to the right net",
            )


Seen = tuple[tuple[str, Pin | None], ...]


def _seen(scene: Scene) -> Iterator[tuple[Net, Seen]]:
    for net in scene.design.nets:
        yield net, tuple((end, _certain(scene, net, end)) for end in net.ends)


def _certain(scene: Scene, net: Net, end: str) -> Pin | None:
    """The pin, if its direction is a fact: that of an inferred cell is a guess."""
    return scene.pin(net, end) if scene.known(parent(end)) else None


def _driven(scene: Scene) -> Iterator[tuple[Net, str, Pin, str, Pin]]:
    """Of each net with one driver: net, driver and its pin, then each input and its pin."""
    for net, ends in _seen(scene):
        drivers = [(end, pin) for end, pin in ends if pin is not None and pin.direction == "out"]
        if len(drivers) != 1:
            continue
        driver, source = drivers[0]
        for end, pin in ends:
            if pin is not None and pin.direction == "in":
                yield net, driver, source, end, pin
