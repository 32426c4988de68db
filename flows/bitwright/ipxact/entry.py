"""A component as an entry of the IP catalogue: what bd/catalogue/<ip>.yml would say of it.

What only Vivado can work out (an IP's own Tcl, ports that come and go by it) is not in a
component.xml; the entry has what is there at the parameters that it names, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from bitwright.blockdesign.ip import POLARITIES
from bitwright.ipxact.dependency import at, expression, names_in
from bitwright.ipxact.model import (
    BusInterface,
    Component,
    Enabled,
    Port,
    Value,
    by_name,
    number,
)
from bitwright.yamlfile import quoted

MODES = {
    "master": "Master",
    "slave": "Slave",
    "mirroredMaster": "MirroredMaster",
    "mirroredSlave": "MirroredSlave",
    "monitor": "Monitor",
}
KINDS = {"clock": "clk", "reset": "rst", "interrupt": "intr", "clockenable": "ce", "data": "data"}
SENSITIVITY = {
    "LEVEL_HIGH": "high",
    "EDGE_RISING": "high",
    "LEVEL_LOW": "low",
    "EDGE_FALLING": "low",
}
_WIDTHS: Mapping[
    str, Mapping[str, tuple[str, ...]]
] = {  # the signals whose widths are those of the interface
    "aximm_rtl": {"data_width": ("WDATA", "RDATA"), "addr_width": ("AWADDR", "ARADDR")},
    "axis_rtl": {"data_width": ("TDATA",)},
}
PROTOCOLS = {"AXI4": "axi4", "AXI3": "axi3", "AXI4LITE": "axi4lite"}
_BARE = re.compile(r"[A-Za-z_][\w./ ()*+-]*", re.ASCII)
_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n", "none"})
_LONG = 96  # characters of a line, from which on an entry has a line for each of its rules


class Entry:
    """One component, taken apart for the catalogue."""

    def __init__(self, component: Component) -> None:
        self.component = component
        self.ports = by_name(component.ports)
        self.values = {
            one.name: one.value.text for one in (*component.model_parameters, *component.parameters)
        }
        self.shown = {one.name for one in component.parameters}
        buses = [one for one in component.bus_interfaces if self.there(one.enabled) is not False]
        self.signals = [one for one in buses if one.bus_type.library == "signal"]
        self.buses = [
            one for one in buses if one.bus_type.library != "signal" and one.mode in MODES
        ]

    # --- conditions and numbers ---------------------------------------------------------------

    def there(self, enabled: Enabled | None) -> str | bool:
        """Whether something is there: true, false, or the expression that decides it."""
        if enabled is None:
            return True
        text = self.said(enabled.dependency)
        if not text or at(text, self.values) is None:
            return enabled.text != "false"
        return text if names_in(text) else bool(at(text, {}))

    def said(self, dependency: str) -> str:
        """A dependency over the parameters that a user sees, the others as numbers; "" for none."""

        def known(match: re.Match[str]) -> str:
            fixed = match[0] not in self.shown and number(self.values.get(match[0], "")) is not None
            return self.values[match[0]] if fixed else match[0]

        return re.sub(r"\b[A-Za-z_]\w*", known, expression(dependency) or "", flags=re.ASCII)

    def number(self, value: Value) -> str:
        """A number as an expression of the parameters, or the number that it is by default."""
        text = self.said(value.dependency)
        if names_in(text) and at(text, self.values) == number(value.text):
            return text
        found = number(value.text)
        return "?" if found is None else str(found)

    def width(self, port: Port) -> str:
        """Bits: an expression or a number."""
        if port.range is None:
            return "1"
        left, right = self.number(port.range.left), self.number(port.range.right)
        if "?" in (left, right):
            return "?"
        if left.isdigit() and right.isdigit():
            return str(abs(int(left) - int(right)) + 1)
        return _one_more(left) if right == "0" else f"{left} - ({right}) + 1"

    # --- sections -----------------------------------------------------------------------------

    def parameters(self) -> Iterator[tuple[str, dict[str, str]]]:
        choices = by_name(self.component.choices)
        for one in self.component.parameters:
            if one.name == "Component_Name":
                continue
            rule = {"default": _scalar(one.value.text)}
            if one.value.choice in choices:
                values = (_scalar(each.text) for each in choices[one.value.choice].values)
                rule["values"] = f"[{', '.join(values)}]"
            for key, text in (("low", one.value.minimum), ("high", one.value.maximum)):
                if number(text) is not None:
                    rule[key] = str(number(text))
            if one.doc:
                rule["doc"] = _scalar(one.doc)
            yield one.name, rule

    def pins(self) -> Iterator[tuple[str, dict[str, str]]]:
        signals = {one.port_maps[0].physical: one for one in self.signals if one.port_maps}
        made_of = {m.physical for bus in self.buses if self.members(bus) for m in bus.port_maps}
        for port in self.component.ports:
            there = self.there(port.enabled)
            if port.name in made_of or there is False:
                continue
            rule = {
                "direction": _scalar(port.direction),
                **self.signal(port, signals.get(port.name)),
            }
            if (width := self.width(port)) != "1":
                rule["width"] = _scalar(width, expression=True)
            if isinstance(there, str):
                rule["when"] = _scalar(there, expression=True)
            yield port.name, rule

    def signal(self, port: Port, found: BusInterface | None) -> dict[str, str]:
        """What the pin of a clock, reset or interrupt has beyond others."""
        if found is None:
            return {}
        rule = {"kind": KINDS.get(found.bus_type.name, "")}
        polarity = POLARITIES.get(found.parameter("POLARITY"), "")
        polarity = polarity or SENSITIVITY.get(found.parameter("SENSITIVITY"), "")
        if rule["kind"] in ("rst", "intr") and polarity:
            rule["polarity"] = polarity
        if rule["kind"] == "rst":
            of = (c for c in self.clocks() if port.name == self.reset_port(_first_reset(c)))
            rule["clock"] = next((clock.port_maps[0].physical for clock in of), "")
        always = self.there(found.enabled) is True
        if rule["kind"] in ("clk", "rst") and port.direction == "in" and always:
            rule["needed"] = "true"
        return {key: text for key, text in rule.items() if text}

    def clocks(self) -> Iterable[BusInterface]:
        return (one for one in self.signals if one.bus_type.name == "clock" and one.port_maps)

    def interfaces(self) -> Iterator[tuple[str, dict[str, str]]]:
        for bus in self.buses:
            rule = {"mode": MODES[bus.mode], **self.bus_type(bus)}
            for clock in self.clocks():
                if bus.name in clock.parameter("ASSOCIATED_BUSIF").split(":"):
                    rule["clock"] = clock.port_maps[0].physical
                    if port := self.reset_port(_first_reset(clock)):
                        rule["reset"] = port
            if members := self.members(bus):
                rule |= members
            elif bus.port_maps:
                rule["pins"] = f"[{', '.join(_scalar(one.physical) for one in bus.port_maps)}]"
            there = self.there(bus.enabled)
            if isinstance(there, str):
                rule["when"] = _scalar(there, expression=True)
            yield bus.name, rule

    def reset_port(self, name: str) -> str:
        """The port of a reset, which ASSOCIATED_RESET calls by that or by its interface."""
        if name in self.ports:
            return name
        found = by_name(self.signals).get(name)
        return found.port_maps[0].physical if found is not None and found.port_maps else ""

    def bus_type(self, bus: BusInterface) -> dict[str, str]:
        """Its type and, of memory-mapped AXI, protocol and widths."""
        vlnv = bus.abstraction
        named = (vlnv.vendor, vlnv.library, vlnv.version) == ("xilinx.com", "interface", "1.0")
        if not named or not vlnv.name.endswith("_rtl"):
            return {"type": _scalar(str(vlnv))}
        maps = {one.logical: one.physical for one in bus.port_maps}
        memory = vlnv.name == "aximm_rtl"
        rule = {"protocol": self.protocol(bus)} if memory else {"type": vlnv.name[: -len("_rtl")]}
        for key, signals in _WIDTHS.get(vlnv.name, {}).items():
            for signal in signals:
                if (port := self.ports.get(maps.get(signal, ""))) is not None:
                    rule.setdefault(key, _scalar(self.width(port), expression=True))
        return rule

    def protocol(self, bus: BusInterface) -> str:
        said = bus.parameter("PROTOCOL")
        if said in PROTOCOLS:
            return said
        there = {one.logical for one in bus.port_maps}
        if not there & {"AWLEN", "ARLEN"}:
            return "AXI4LITE"
        return "AXI3" if "WID" in there else "AXI4"

    def members(self, bus: BusInterface) -> dict[str, str]:
        """The file that names the interface's wires, and how they are called; {} if by no rule."""
        memory = PROTOCOLS.get(self.protocol(bus), "")
        if memory == "axi4" and any(one.logical == "WID" for one in bus.port_maps):
            memory = "axi"  # Vitis HLS has that wire of AXI3 in an AXI4 master
        kind = {"aximm_rtl": memory, "axis_rtl": "axis"}.get(bus.abstraction.name, "")
        prefixes = {_prefix(one.logical, one.physical) for one in bus.port_maps}
        if not kind or len(prefixes) != 1 or "" in prefixes:
            return {}
        return {"members": kind, "wires": quoted(prefixes.pop())}

    def spaces(self) -> Iterator[tuple[str, dict[str, str]]]:
        for space in self.component.address_spaces:
            out = [_scalar(bus.name) for bus in self.buses if bus.address_space == space.name]
            size = number(space.range.text) or 1 << 32
            width = str(size.bit_length() - 1)
            yield space.name, {"interfaces": f"[{', '.join(out)}]", "addr_width": width}

    def segments(self) -> Iterator[tuple[str, dict[str, str]]]:
        for shown in self.component.memory_maps:
            buses = [bus.name for bus in self.buses if bus.memory_map == shown.name]
            for block in shown.blocks if buses else ():
                rule = {
                    "interface": _scalar(buses[0]),
                    "range": _scalar(self.number(block.range), expression=True),
                }
                if block.usage == "memory":
                    rule["kind"] = "memory"
                yield f"{buses[0]}/{block.name}", rule

    def routes(self) -> dict[str, list[str]]:
        return {bus.name: list(bus.bridges) for bus in self.buses if bus.bridges}


def _first_reset(clock: BusInterface) -> str:
    return clock.parameter("ASSOCIATED_RESET").split(":")[0]


def _prefix(logical: str, physical: str) -> str:
    """How the wires of an interface are called: S_AXI_{SIGNAL}; "" if by no rule."""
    for name, hole in ((logical, "{SIGNAL}"), (logical.lower(), "{signal}")):
        if physical.endswith(name):
            return physical.removesuffix(name) + hole
    return ""


def _one_more(text: str) -> str:
    """An expression and one: W of (W - 1)."""
    match = re.fullmatch(r"\((.*) - 1\)", text)
    return match[1] if match and match[1].count("(") == match[1].count(")") else f"{text} + 1"


def render(component: Component, *, origin: str = "") -> str:
    """The YAML of an entry. origin: the file that it comes from, for its comment."""
    entry = Entry(component)
    source = f"Imported from {' '.join(origin.split())}. " if origin else ""
    lines = [
        f"# {source}What the IP's own Tcl decides beyond its component.xml is not here.",
        f"type: {_scalar(component.vlnv.type)}",
        f"versions: [{quoted(component.vlnv.version)}]",
    ]
    if component.doc:
        lines.append(f"doc: {_scalar(' '.join(component.doc.split()))}")
    for name in ("parameters", "pins", "interfaces", "spaces", "segments"):
        lines += _section(name, dict(getattr(entry, name)()))
    if routes := entry.routes():
        lines.append("routes:")
        lines += [
            f"  {_scalar(name)}: [{', '.join(map(_scalar, to))}]" for name, to in routes.items()
        ]
    return "\n".join(lines) + "\n"


def _section(name: str, rules: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    if not rules:
        return
    yield f"{name}:"
    for key, rule in rules.items():
        pairs = [f"{word}: {text}" for word, text in rule.items()]
        line = f"  {_scalar(key)}: {{{', '.join(pairs)}}}"
        if len(line) <= _LONG:
            yield line
        else:
            yield f"  {_scalar(key)}:"
            yield from (f"    {pair}" for pair in pairs)


def _scalar(text: str, *, expression: bool = False) -> str:
    """A text as YAML within braces: bare where that means the same."""
    if expression and re.fullmatch(r"[\w ()*+/<>=.-]+", text) and not text.startswith("-"):
        return text
    plain = _BARE.fullmatch(text) and text.lower() not in _WORDS and text == text.strip()
    return text if plain or re.fullmatch(r"[0-9]{1,18}", text) else quoted(text)
