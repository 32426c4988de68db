"""Packaged IPs for the stand-ins: what a component.xml says a cell looks like, and the way back.

The stand-in for Vivado reads packages with the first; the one for Vitis HLS leaves packages that
the second makes of a kernel's signature. A stand-in compiles nothing, so such a package has no HDL.
"""

from __future__ import annotations

from bitwright.blockdesign import kernelcell
from bitwright.blockdesign.hwh import abstraction
from bitwright.blockdesign.ip import AXI, Instance, Interface, Pin, Segment, Space
from bitwright.ipxact.model import (
    AddressBlock,
    AddressSpace,
    BusInterface,
    Component,
    MemoryMap,
    Parameter,
    Port,
    PortMap,
    Range,
    Value,
    Vlnv,
    number,
)
from bitwright.ipxact.write import write
from bitwright.kernel import Kernel

KINDS = {"clock": "clk", "reset": "rst", "interrupt": "intr"}
MODES = {"master": "Master", "slave": "Slave", "monitor": "Monitor"}


def instance(component: Component) -> Instance:
    """What a cell of a package looks like."""
    vlnv = component.vlnv
    signals = {
        bus.port_maps[0].physical: bus
        for bus in component.bus_interfaces
        if bus.bus_type.library == "signal" and bus.port_maps
    }
    buses = [bus for bus in component.bus_interfaces if bus.bus_type.library != "signal"]
    wires = {each.physical for bus in buses for each in bus.port_maps}
    clocks = {
        name: port
        for port, bus in signals.items()
        for name in bus.parameter("ASSOCIATED_BUSIF").split(":")
    }
    resets = {name: signals[clock].parameter("ASSOCIATED_RESET") for name, clock in clocks.items()}
    return Instance(
        type=vlnv.type,
        pins={p.name: _pin(p, signals.get(p.name)) for p in component.ports if p.name not in wires},
        interfaces={bus.name: _interface(bus, clocks, resets) for bus in buses},
        spaces={
            space.name: Space(
                space.name,
                tuple(bus.name for bus in buses if bus.address_space == space.name),
                number(space.width.text) or 64,
            )
            for space in component.address_spaces
        },
        segments={
            f"{shown.name}/{block.name}": Segment(
                f"{shown.name}/{block.name}",
                next(bus.name for bus in buses if bus.memory_map == shown.name),
                number(block.range.text),
            )
            for shown in component.memory_maps
            for block in shown.blocks
        },
        whole=False,
        versions=(vlnv.version,),
        doc=component.doc,
    )


def _pin(port: Port, signal: BusInterface | None) -> Pin:
    kind = KINDS.get(signal.bus_type.name, "") if signal else "data"
    low = signal is not None and signal.parameter("POLARITY") == "ACTIVE_LOW"
    polarity = {"rst": "low" if low else "high", "intr": "high"}.get(kind, "")
    return Pin(port.name, port.direction, kind, port.width, polarity, needed=kind in ("clk", "rst"))


def _interface(bus: BusInterface, clocks: dict[str, str], resets: dict[str, str]) -> Interface:
    return Interface(
        bus.name,
        MODES.get(bus.mode, "Slave"),
        abstraction(f"{bus.abstraction}") if str(bus.abstraction) else AXI,
        protocol=bus.parameter("PROTOCOL"),
        data_width=number(bus.parameter("DATA_WIDTH")) or None,
        addr_width=number(bus.parameter("ADDR_WIDTH")) or None,
        clock=clocks.get(bus.name, ""),
        reset=resets.get(bus.name, ""),
        pins=tuple(each.physical for each in bus.port_maps),
        needed=True,
    )


# --- the way back ---------------------------------------------------------------------------------


def component_xml(kernel: Kernel) -> str:
    """The component.xml that the stand-in for Vitis HLS leaves of a kernel."""
    look = kernelcell.instance(kernel)
    names = list(look.interfaces)
    buses = [_bus(look, one) for one in look.interfaces.values()]
    ports = [port for one in look.interfaces.values() for port in _ports(one)]
    for pin in look.pins.values():
        ports.append(Port(pin.name, pin.direction))
        buses.append(_signal(pin, ":".join(names)))
    return write(
        Component(
            vlnv=Vlnv.of(kernel.vlnv),
            bus_interfaces=tuple(buses),
            address_spaces=tuple(
                AddressSpace(one.name, Value("16E"), Value(str(one.addr_width)))
                for one in look.spaces.values()
            ),
            memory_maps=tuple(_map(one) for one in look.segments.values()),
            ports=tuple(ports),
            doc="STAND-IN of bitwright's tests: no IP of Vitis HLS, and nothing in it",
        )
    )


def _bus(look: Instance, one: Interface) -> BusInterface:
    names = {"PROTOCOL": one.protocol, "DATA_WIDTH": one.data_width, "ADDR_WIDTH": one.addr_width}
    master = one.mode == "Master"
    space = next((s.name for s in look.spaces.values() if one.name in s.interfaces), "")
    return BusInterface(
        one.name,
        Vlnv.of("xilinx.com:interface:aximm:1.0"),
        Vlnv.of(AXI),
        "master" if master else "slave",
        memory_map="" if master else one.name,
        address_space=space,
        port_maps=tuple(PortMap(p.name.rpartition("_")[2].upper(), p.name) for p in _ports(one)),
        parameters=tuple(Parameter(name, Value(str(value))) for name, value in names.items()),
    )


def _ports(one: Interface) -> list[Port]:
    master = one.mode == "Master"
    ends = Range(Value(str((one.addr_width or 32) - 1)), Value("0"))
    return [
        Port(f"{one.name}_awaddr", "out" if master else "in", ends),
        Port(f"{one.name}_awvalid", "out" if master else "in"),
        Port(f"{one.name}_awready", "in" if master else "out"),
    ]


def _signal(pin: Pin, buses: str) -> BusInterface:
    kind = {short: name for name, short in KINDS.items()}[pin.kind]
    said = {"clk": {"ASSOCIATED_BUSIF": buses, "ASSOCIATED_RESET": "ap_rst_n"}}.get(pin.kind, {})
    said = {"rst": {"POLARITY": "ACTIVE_LOW"}}.get(pin.kind, said)
    return BusInterface(
        pin.name,
        Vlnv.of(f"xilinx.com:signal:{kind}:1.0"),
        Vlnv.of(f"xilinx.com:signal:{kind}_rtl:1.0"),
        "master" if pin.direction == "out" else "slave",
        port_maps=(PortMap({"clk": "CLK", "rst": "RST", "intr": "INTERRUPT"}[pin.kind], pin.name),),
        parameters=tuple(Parameter(name, Value(text)) for name, text in said.items()),
    )


def _map(segment: Segment) -> MemoryMap:
    shown, _, block = segment.name.partition("/")
    size = Value(str(segment.range or 4096))
    return MemoryMap(shown, (AddressBlock(block, Value("0"), size, Value("32"), "register"),))
