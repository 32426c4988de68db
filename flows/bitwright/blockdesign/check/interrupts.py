"""Interrupts, concatenations and constants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import bits, some
from bitwright.blockdesign.model import parent

# The most that an input takes, whatever its parameters. Sources: UG585 (16 shared peripheral
# interrupts), UG1085 (two groups of 8), PG099 (32), PG195 (16 user interrupts).
MOST: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        ("xilinx.com:ip:processing_system7", "IRQ_F2P"): 16,
        ("xilinx.com:ip:zynq_ultra_ps_e", "pl_ps_irq0"): 8,
        ("xilinx.com:ip:zynq_ultra_ps_e", "pl_ps_irq1"): 8,
        ("xilinx.com:ip:axi_intc", "intr"): 32,
        ("xilinx.com:ip:xdma", "usr_irq_req"): 16,
    }
)
# Inputs that take the width of what drives them when the design is validated.
FOLLOWS = frozenset({("xilinx.com:ip:processing_system7", "IRQ_F2P"),
                     ("xilinx.com:ip:zynq_ultra_ps_e", "pl_ps_irq0"),
                     ("xilinx.com:ip:zynq_ultra_ps_e", "pl_ps_irq1"),
                     ("xilinx.com:ip:axi_intc", "intr")})  # fmt: skip


def interrupt_width(scene: Scene) -> Iterator[Fault]:
    for cell, looks in scene.leaves:
        for pin in looks.pins.values():
            end, key = f"{cell.path}/{pin.name}", (looks.type, pin.name)
            if pin.direction != "in" or (pin.kind != "intr" and key not in MOST):
                continue
            driver = scene.driver(end)
            most = MOST.get(key) if key in FOLLOWS else pin.width or MOST.get(key)
            if driver is None or most is None:
                continue
            width = scene.width(driver[0])
            if width is not None and width > most:
                yield Fault(
                    scene.nets_of[end][0].place,
                    f"{driver[0]} carries {width} interrupts, {end} takes {most}",
                    f"{bits(most)} at most",
                    bits(width),
                    "leave some out, gather them in an axi_intc, or use a second input",
                )


def interrupt_open(scene: Scene) -> Iterator[Fault]:
    if scene.linked:
        return
    for cell, looks in scene.leaves:
        for pin in looks.pins.values():
            if pin.kind != "intr" or pin.direction != "out":
                continue
            if not scene.joined(f"{cell.path}/{pin.name}"):
                yield Fault(
                    cell.place,
                    f"cell {cell.path}: its interrupt {pin.name} leads nowhere",
                    "an interrupt input of the host",
                    "no net",
                    "join it, by a concat if there are several",
                )


def interrupt_twice(scene: Scene) -> Iterator[Fault]:
    """One interrupt at two inputs of one cell: the host would see it as two."""
    for cell, looks in scene.leaves:
        if not scene.is_concat(cell.path):
            continue
        by_wire: defaultdict[str, list[str]] = defaultdict(list)
        for pin in looks.pins.values():
            end = f"{cell.path}/{pin.name}"
            driver = scene.driver(end) if pin.direction == "in" else None
            if driver is not None and driver[1].kind == "intr":
                by_wire[driver[0]].append(end)
        for driver_end, ends in by_wire.items():
            if len(ends) > 1:
                yield Fault(
                    scene.nets_of[ends[1]][0].place,
                    f"interrupt {driver_end} is joined to {some(ends)}",
                    "one input of one concat",
                    f"{len(ends)} inputs",
                    "take it out of all but one",
                )


def constant_fits(scene: Scene) -> Iterator[Fault]:
    for cell in scene.design.cells:
        if cell.type.rpartition(":")[2] not in ("xlconstant", "ilconstant"):
            continue
        width, value = cell.parameter("CONST_WIDTH", "1"), cell.parameter("CONST_VAL", "1")
        try:
            number = int(value, 0)
        except ValueError:
            continue
        if width.isdigit() and int(width) < 4097 and abs(number) >> int(width):
            yield Fault(
                cell.place,
                f"cell {cell.path}: {value} does not fit CONST_WIDTH",
                f"0 to {(1 << int(width)) - 1}",
                value,
                f"set CONST_WIDTH: {number.bit_length()}",
            )


def concat_input(scene: Scene) -> Iterator[Fault]:
    """INn_WIDTH that says something else than what drives Inn."""
    for cell, looks in scene.leaves:
        if not scene.is_concat(cell.path):
            continue
        said = {name.upper(): value for name, value in cell.parameters}
        for pin in looks.pins.values():
            end = f"{cell.path}/{pin.name}"
            asked = said.get(f"{pin.name.upper()}_WIDTH")
            driver = scene.driver(end) if pin.direction == "in" and asked else None
            width = scene.width(driver[0]) if driver else None
            if driver and width is not None and asked != str(width):
                yield Fault(
                    scene.nets_of[end][0].place,
                    f"{driver[0]} has {bits(width)}, {end} of {parent(end)} is set to {asked}",
                    f"{pin.name.upper()}_WIDTH {width}",
                    f"{pin.name.upper()}_WIDTH {asked}",
                    f"set it to {width}, or leave it out: it follows what is joined",
                )
