"""A Verilog-2001 module around a module in SystemVerilog, with its ports and nothing else.

Vivado takes no SystemVerilog as the top of a package ("create a Verilog or VHDL wrapper": UG1118,
"Top-Level HDL Requirements") nor as a module reference. Attributes say what clock, reset and
interrupt are, so that nothing has to be guessed from names (UG994, "Inferring Control Signals").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bitwright.ipxact.model import BusInterface
from bitwright.ipxact.rtl import Module, Wire

DIRECTION = {"in": "input ", "out": "output", "inout": "inout "}


def name(module: str) -> str:
    """What the wrapper of a module is called."""
    return f"{module}_top"


def render(module: Module, interfaces: Iterable[BusInterface], *, fixed: bool) -> str:
    """The text of <module>_top.v.

    interfaces: clocks, resets and interrupts among them get their attributes
    fixed: parameters are constants of the instance, not parameters of the wrapper
    """
    attributes = {port: lines for one in interfaces for port, lines in _attributes(one)}
    head = [] if fixed else _declared(module.parameters)  # empty where there are none
    values = [(key, str(value) if fixed else key) for key, value in module.parameters]
    lines = [
        f"// {name(module.name)}: {module.name} for Vivado, whose packages need a top in Verilog.",
        "// Generated from the ports of that module; edit that, not this.",
        f"module {name(module.name)}{' (' if not head else ' #('}",
        *head,
        *_listed([_port(wire, attributes.get(wire.name, ())) for wire in module.ports]),
        ");",
        f"  {module.name}{' #(' if values else f' u_{module.name} ('}",
        *_listed([f"    .{key}({value})" for key, value in values]),
        *([f"  ) u_{module.name} ("] if values else []),
        *_listed([f"    .{wire.name}({wire.name})" for wire in module.ports]),
        "  );",
        "endmodule",
    ]
    return "\n".join(lines) + "\n"


def _declared(parameters: Sequence[tuple[str, int]]) -> list[str]:
    lines = _listed([f"  parameter integer {key} = {value}" for key, value in parameters])
    return [*lines, ") ("] if lines else []


def _listed(items: Sequence[str]) -> list[str]:
    return [f"{item}{',' if index < len(items) - 1 else ''}" for index, item in enumerate(items)]


def _port(wire: Wire, attributes: Iterable[str]) -> str:
    marks = "".join(f"  (* {mark} *)\n" for mark in attributes)
    vector = f" {wire.vector}" if wire.vector else ""
    return f"{marks}  {DIRECTION[wire.direction]} wire{vector} {wire.name}"


def _attributes(interface: BusInterface) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The port of a clock, reset or interrupt, and what is said of it."""
    if interface.bus_type.library != "signal":
        return
    (only,) = interface.port_maps
    said = [f"XIL_INTERFACENAME {interface.name}"]
    said += [f"{one.name} {one.value.text}" for one in interface.parameters]
    yield (
        only.physical,
        (
            f'X_INTERFACE_INFO = "{interface.bus_type} {interface.name} {only.logical}"',
            f'X_INTERFACE_PARAMETER = "{", ".join(said)}"',
        ),
    )
