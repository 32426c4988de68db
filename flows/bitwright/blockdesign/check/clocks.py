"""Clocks: which domain, how fast, from where.

A domain is what one driver drives. Two clocks of 250 MHz from two drivers are two domains.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitwright.blockdesign.check import trace
from bitwright.blockdesign.check.finding import Fault
from bitwright.blockdesign.check.interfaces import axi_pairs
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.check.words import mhz
from bitwright.blockdesign.ip import Interface, Pin
from bitwright.blockdesign.model import Place, parent

ANY_OF_ITS_CLOCKS = "smartconnect"  # finds an interface's clock among aclk, aclk1, ... by itself
WIZARD, WIZARD_INPUTS = ":clk_wiz", ("clk_in1", "clk_in2")
REFERENCES = {"sys_clk_gt": "IBUF_OUT", "sys_clk": "IBUF_DS_ODIV2"}
ASKED = re.compile(r"PCW_FPGA([0-3])_PERIPHERAL_FREQMHZ")
DECIMAL = re.compile(r"[0-9]{1,4}(\.[0-9]{1,9})?")
TOLERANCE = 0.005  # of a frequency: 333.333 is within a limit of 333


def domain(scene: Scene) -> Iterator[Fault]:
    """The two sides of an AXI interface must have one clock (Vivado: BD 41-237, CLK_DOMAIN)."""
    for net, master, one, slave, other in axi_pairs(scene):
        first, second = _clocks(scene, master, one), _clocks(scene, slave, other)
        met = {scene.domain(end) for end in first} & {scene.domain(end) for end in second}
        if not first or not second or met:
            continue
        mine, its = (", ".join(scene.domain_name(e) for e in ends) for ends in (first, second))
        yield Fault(
            net.place,
            f"interface net {net.name}: {master} and {slave} have different clocks",
            "one clock, from one driver",
            f"{master} under {mine}; {slave} under {its}",
            "give both one clock, or let a smartconnect with both clocks cross between them",
        )


def _clocks(scene: Scene, end: str, interface: Interface) -> tuple[str, ...]:
    """The joined clock pins that an interface may be synchronous to; none where not known."""
    owner = parent(end)
    looks = scene.instance(owner)
    if looks is not None and looks.type.endswith(f":{ANY_OF_ITS_CLOCKS}"):
        pins = [pin.name for pin in looks.pins.values() if _is_clock_input(pin)]
    else:
        pins = [interface.clock] if interface.clock else []
    ends = (f"{owner}/{pin}" if owner else pin for pin in pins)
    return tuple(end for end in ends if scene.domain(end))


def _is_clock_input(pin: Pin) -> bool:
    return pin.kind == "clk" and pin.direction == "in"


def wire_clock(scene: Scene) -> Iterator[Fault]:
    """A wire from another clock than its input belongs to (report_cdc: CDC-1); constants have none.

    Only of inputs whose clocks the catalogue says, and not of clocks and resets, which have rules
    of their own.
    """
    for cell, looks in scene.leaves:
        for pin in looks.pins.values():
            end, own = f"{cell.path}/{pin.name}", scene.domain(f"{cell.path}/{pin.clock}")
            if pin.direction != "in" or not pin.clock or pin.kind in ("clk", "rst") or not own:
                continue
            for source, driver in trace.sources(scene, end):
                clock = f"{parent(source)}/{_clock_of(scene, source, driver)}"
                if scene.domain(clock) not in ("", own):
                    yield Fault(
                        net_place(scene, end),
                        f"{source} comes to {end} from another clock",
                        f"something of {scene.domain_name(f'{cell.path}/{pin.clock}')}",
                        f"{scene.domain_name(clock)}, of {source}",
                        "bring it through a synchroniser (xpm_cdc_gen) under both clocks",
                    )


def _clock_of(scene: Scene, source: str, driver: Pin) -> str:
    """The clock of an output: as the catalogue says, for an interrupt else its cell's only one."""
    looks = scene.instance(parent(source))
    if driver.clock or driver.kind != "intr" or looks is None:
        return driver.clock
    clocks = [pin.name for pin in looks.pins.values() if _is_clock_input(pin)]
    return clocks[0] if len(clocks) == 1 else ""


def idle_clock(scene: Scene) -> Iterator[Fault]:
    """A smartconnect's further clock that no interface of it has."""
    for cell, looks in scene.leaves:
        if not looks.type.endswith(f":{ANY_OF_ITS_CLOCKS}"):
            continue
        partners = [
            (partner, interface)
            for name in looks.interfaces
            for partner in scene.partners(f"{cell.path}/{name}")
            if (interface := scene.bus_interface(partner)) is not None
        ]
        met = [_clocks(scene, partner, interface) for partner, interface in partners]
        if not all(met):
            continue
        used = {scene.domain(end) for ends in met for end in ends}
        for pin in filter(_is_clock_input, looks.pins.values()):
            end = f"{cell.path}/{pin.name}"
            if scene.domain(end) and scene.domain(end) not in used:
                yield Fault(
                    cell.place,
                    f"cell {cell.path}: nothing joined to it has the clock of {pin.name}",
                    "the clock of one of its interfaces' partners",
                    scene.domain_name(end),
                    f"join {end} to the clock of a partner, or lower NUM_CLKS",
                )


def too_fast(scene: Scene) -> Iterator[Fault]:
    for end, pin, driver, _ in driven(scene, "clk"):
        limit, given = pin.limit_mhz, trace.mhz(scene, driver)
        if limit is not None and given is not None and given > limit * (1 + TOLERANCE):
            yield Fault(
                net_place(scene, end),
                f"{end} takes at most {mhz(limit)}; {driver} gives {mhz(given)}",
                f"at most {mhz(limit)}",
                mhz(given),
                f"lower the frequency of {driver}, or take another clock",
            )


def rounded_clock(scene: Scene) -> Iterator[Fault]:
    """A Zynq's clock that is asked to be what its dividers do not make."""
    for cell, looks in scene.leaves:
        said = dict(cell.parameters)
        for name, asked in sorted(said.items()):
            number = ASKED.fullmatch(name)
            pin = looks.pins.get(f"FCLK_CLK{number[1]}") if number else None
            if pin is None or not pin.mhz or not scene.joined(f"{cell.path}/{pin.name}"):
                continue
            wanted = float(asked) if DECIMAL.fullmatch(asked) else pin.mhz
            if abs(pin.mhz - wanted) > TOLERANCE * wanted:
                yield Fault(
                    cell.place,
                    f"{cell.path}/{pin.name} is asked for {mhz(wanted)} and will have"
                    f" {mhz(pin.mhz)}",
                    "a whole fraction of 1000 MHz, such as 100, 111.111, 125, 142.857, 166.667",
                    mhz(wanted),
                    f"ask for {mhz(pin.mhz)} (clock_mhz of a config, {name} of a design)",
                )


def other_frequency(scene: Scene) -> Iterator[Fault]:
    """An input that must have one frequency: a reference clock, or one that a parameter says."""
    for end, pin, driver, _ in driven(scene, "clk"):
        wanted, given = pin.mhz or _said(scene, end), trace.mhz(scene, driver)
        if wanted is None or given is None:
            continue
        if abs(given - wanted) > TOLERANCE * wanted:
            yield Fault(
                net_place(scene, end),
                f"{end} must have {mhz(wanted)}; {driver} gives {mhz(given)}",
                mhz(wanted),
                mhz(given),
                f"set the frequency of {driver}, or the parameter of {parent(end)} that says it",
            )


def _said(scene: Scene, end: str) -> float | None:
    """PRIM_IN_FREQ of a clk_wiz that says it; otherwise it follows what is joined."""
    owner, _, name = end.rpartition("/")
    cell = scene.cells[owner]
    if name != "clk_in1" or not cell.type.endswith(WIZARD):
        return None
    try:
        return float(cell.parameter("PRIM_IN_FREQ"))
    except ValueError:
        return None


def clock_circle(scene: Scene) -> Iterator[Fault]:
    """A clk_wiz that makes its clock out of its own output never starts."""
    for end, _, driver, _ in driven(scene, "clk"):
        owner, _, name = end.rpartition("/")
        wizard = name in WIZARD_INPUTS and scene.cells[owner].type.endswith(WIZARD)
        if wizard and parent(driver) == owner:
            yield Fault(
                net_place(scene, end),
                f"{end} is driven by {driver}, an output of the same cell",
                "a clock from elsewhere",
                driver,
                f"join {end} to the clock that {owner} is to make its own of",
            )


def pcie_clock(scene: Scene) -> Iterator[Fault]:
    """From the pads by an IBUFDSGTE: O to the transceivers, ODIV2 to the logic (PG195)."""
    for end, pin, driver, _ in driven(scene, "clk"):
        owner, buffer = parent(end), scene.instance(parent(driver))
        looks = scene.instance(owner)
        wanted = REFERENCES.get(pin.name)
        if looks is None or not looks.type.endswith(":xdma") or "sys_clk_gt" not in looks.pins:
            continue
        if wanted is None or (buffer is not None and not buffer.known):
            continue
        if not driver.endswith(f"/{wanted}"):
            yield Fault(
                net_place(scene, end),
                f"{end} is driven by {driver}",
                f"{wanted} of a util_ds_buf with C_BUF_TYPE IBUFDSGTE",
                driver,
                f"put that buffer at the clock's pads, and join its {wanted} here",
            )


def no_frequency(scene: Scene) -> Iterator[Fault]:
    """A clock port without FREQ_HZ: Vivado takes it for 100 MHz and says nothing."""
    for port in scene.design.ports:
        said = dict(port.parameters)
        if parent(port.path) or port.kind != "clk" or port.direction != "in":
            continue
        if not said.get("FREQ_HZ"):
            yield Fault(
                port.place,
                f"port {port.path}: a clock without FREQ_HZ",
                "FREQ_HZ, in Hz",
                "none; Vivado takes it for 100 MHz",
                "say FREQ_HZ",
            )


def association(scene: Scene) -> Iterator[Fault]:
    """ASSOCIATED_BUSIF and ASSOCIATED_RESET of a port must name what is there."""
    for port in scene.design.ports:
        if parent(port.path) or port.kind != "clk":
            continue
        said = dict(port.parameters)
        for key, known in (
            ("ASSOCIATED_BUSIF", scene.interface_ports),
            ("ASSOCIATED_RESET", scene.ports),
        ):
            for name in filter(None, said.get(key, "").split(":")):
                if name not in known:
                    what = "interface port" if key.endswith("BUSIF") else "port"
                    yield Fault(
                        port.place,
                        f"port {port.path}: {key} names {name}, which is not there",
                        f"a {what} of the design",
                        name,
                        "mend the name, or drop it from the list",
                    )


def driven(scene: Scene, kind: str) -> Iterator[tuple[str, Pin, str, Pin]]:
    """Each known leaf input of a kind with the one driver of its wire."""
    for cell, looks in scene.leaves:
        for pin in looks.pins.values():
            if pin.kind != kind or pin.direction != "in":
                continue
            end = f"{cell.path}/{pin.name}"
            if (driver := scene.driver(end)) is not None:
                yield end, pin, *driver


def net_place(scene: Scene, end: str) -> Place:
    return scene.nets_of[end][0].place
