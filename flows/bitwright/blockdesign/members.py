"""The wires that an interface is made of: bd/catalogue/interfaces/<name>.yml.

    signals:
      ARADDR: {direction: out, width: addr_width}    # as the master has it
      ARREADY: {direction: in}

Widths are expressions over data_width and addr_width of the interface; a width that hangs on one
that is not known is not known. An IP may lack some of them (IDs, USER, QOS): all that there can be
are listed, and none of them must be joined by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright import yamlfile
from bitwright.blockdesign import expression
from bitwright.blockdesign.expression import ExpressionError, Names
from bitwright.blockdesign.ip import TURNED, Interface, Pin
from bitwright.schema import check_keys
from bitwright.yamlfile import Faults, Node, Scalar, Table, describe

LIKE_MASTER = ("Master", "MirroredSlave")


@dataclass(frozen=True, slots=True)
class Signal:
    name: str
    direction: str  # as the master has it
    width: str  # an expression, or ? where it is not known
    kind: str = ""  # clk | rst


def load(path: Path, where: str) -> tuple[Signal, ...]:
    """Read one set of signals; ConfigError with every fault of the file."""
    root, faults = yamlfile.load(path, where), Faults(where)
    check_keys(root, "", ("signals", "doc"), faults, optional=("doc",))
    table = root.items.get("signals")
    signals = (
        []
        if not isinstance(table, Table)
        else [_signal(name, node, faults) for name, node in table.items.items()]
    )
    faults.check()
    return tuple(signals)


def _signal(name: str, node: Node, faults: Faults) -> Signal:
    texts: dict[str, str] = {}
    if isinstance(node, Table):
        check_keys(node, name, ("direction", "width", "kind"), faults, optional=("width", "kind"))
        texts = {key: one.text for key, one in node.items.items() if isinstance(one, Scalar)}
    if texts.get("direction") not in TURNED:
        faults.add(node.line, f"{name}: expected a direction (in, out, inout); {describe(node)}")
    try:
        width = texts.get("width", "1")
        unknown = expression.names_in(width) - {"data_width", "addr_width"} if width != "?" else ()
    except ExpressionError as error:
        faults.add(node.line, f"{name}: {error}")
        width, unknown = "?", ()
    for one in sorted(unknown):
        faults.add(node.line, f"{name}: width: {one!r} is none of data_width, addr_width")
    return Signal(name, texts.get("direction", "in"), width, texts.get("kind", ""))


def pins(
    signals: tuple[Signal, ...], called: str, names: Names, interface: Interface
) -> Mapping[str, Pin]:
    """The pins of one interface. called: M_AXI_{SIGNAL}, or {signal} for small letters."""
    made = {}
    for signal in signals:
        here = {**names, "SIGNAL": signal.name, "signal": signal.name.lower()}
        name = expression.fill(called, here)
        turn = interface.mode not in LIKE_MASTER
        direction = TURNED[signal.direction] if turn else signal.direction
        if interface.mode == "Monitor":
            direction = "in"
        made[name] = Pin(name, direction, signal.kind, _width(signal.width, interface))
    return made


def _width(text: str, interface: Interface) -> int | None:
    known = {"data_width": interface.data_width, "addr_width": interface.addr_width}
    if text == "?" or any(known[name] is None for name in expression.names_in(text)):
        return None
    numbers = {name: width for name, width in known.items() if width is not None}
    found = expression.evaluate(text, numbers)
    return int(found) if isinstance(found, int | float) else None
