"""Interrupts, concatenations and constants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from bitwright.blockdesign.check import trace
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import bits, some
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import Cell, parent

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
WIDEST = 4096  # bits of a constant
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
            width = trace.width(scene, driver[0])
            if width is not None and width > most:
                yield Fault(
                    scene.nets_of[end][0].place,
                    f"{driver[0]} carries {width} interrupts, {end} takes {most}",
                    f"{bits(most)} at most",
                    bits(width),
                    "leave some out, gather them in an axi_intc, or use a second input",
                )


def interrupt_open(scene: Scene) -> Iterator[Fault]:
    """An interrupt output without a net, or a concat of interrupts that goes no further."""
    for cell, looks in scene.leaves:
        carries = trace.is_concat(scene, cell.path) and any(_interrupts(scene, cell, looks))
        for pin in looks.pins.values():
            if pin.direction != "out" or not (carries or pin.kind == "intr"):
                continue
            if not scene.joined(f"{cell.path}/{pin.name}"):
                yield Fault(
                    cell.place,
                    f"cell {cell.path}: its interrupt {pin.name} leads nowhere",
                    "an interrupt input of the host",
                    "no net",
                    "join it, by a concat if there are several",
                )


def _interrupts(scene: Scene, cell: Cell, looks: Instance) -> Iterator[tuple[str, str]]:
    """The inputs of a cell that interrupts are joined to, and where these come from."""
    for pin in looks.pins.values():
        end = f"{cell.path}/{pin.name}"
        driver = scene.driver(end) if pin.direction == "in" else None
        if driver is not None and driver[1].kind == "intr":
            yield end, driver[0]


def interrupt_twice(scene: Scene) -> Iterator[Fault]:
    """One interrupt at two inputs of one cell: the host would see it as two."""
    for cell, looks in scene.leaves:
        if not trace.is_concat(scene, cell.path):
            continue
        by_driver: defaultdict[str, list[str]] = defaultdict(list)
        for end, driver in _interrupts(scene, cell, looks):
            by_driver[driver].append(end)
        for driver, ends in by_driver.items():
            if len(ends) > 1:
                yield Fault(
                    scene.nets_of[ends[1]][0].place,
                    f"interrupt {driver} is joined to {some(ends)}",
                    "one input of one concat",
                    f"{len(ends)} inputs",
                    "take it out of all but one",
                )


def constant_fits(scene: Scene) -> Iterator[Fault]:
    for cell in scene.design.cells:
        number, width = trace.constant(scene, cell.path), cell.parameter("CONST_WIDTH", "1")
        if number is None or not width.isdigit() or int(width) > WIDEST:
            continue
        if abs(number) >> int(width):
            yield Fault(
                cell.place,
                f"cell {cell.path}: {number} does not fit CONST_WIDTH",
                f"0 to {(1 << int(width)) - 1}",
                str(number),
                f"set CONST_WIDTH: {number.bit_length()}",
            )


def cattrip(scene: Scene) -> Iterator[Fault]:
    """What tells a card's controller that the HBM is too hot: high shuts the card down.

    Source: UG1314 (Alveo U280), HBM_CATTRIP: to be driven, low where the HBM is not used.
    """
    for port in scene.design.ports:
        if parent(port.path) or port.direction != "out" or "cattrip" not in port.path.lower():
            continue
        driver = scene.driver(port.path)
        if driver is not None and trace.constant(scene, parent(driver[0])) not in (None, 0):
            yield Fault(
                scene.nets_of[port.path][0].place,
                f"port {port.path} is always high, which shuts the card down",
                "0, or what the HBM says (DRAM_0_STAT_CATTRIP)",
                f"the constant of {parent(driver[0])}",
                f"set CONST_VAL: 0 at {scene.place(parent(driver[0]))}",
            )


def concat_input(scene: Scene) -> Iterator[Fault]:
    """INn_WIDTH that says something else than what drives Inn."""
    for cell, looks in scene.leaves:
        if not trace.is_concat(scene, cell.path):
            continue
        said = {name.upper(): value for name, value in cell.parameters}
        for pin in looks.pins.values():
            end = f"{cell.path}/{pin.name}"
            asked = said.get(f"{pin.name.upper()}_WIDTH")
            driver = scene.driver(end) if pin.direction == "in" and asked else None
            width = trace.width(scene, driver[0]) if driver else None
            if driver and width is not None and asked != str(width):
                yield Fault(
                    scene.nets_of[end][0].place,
                    f"{driver[0]} has {bits(width)}, {end} of {parent(end)} is set to {asked}",
                    f"{pin.name.upper()}_WIDTH {width}",
                    f"{pin.name.upper()}_WIDTH {asked}",
                    f"set it to {width}, or leave it out: it follows what is joined",
                )
