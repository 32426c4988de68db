"""What a real Vivado says its IPs look like, held against what the catalogue says.

    cases(...)             the cells that are made: every IP with its defaults, and those of designs
    parse(dump.tsv)        what Vivado said of each
    differences(case, ..)  where the catalogue believes something else

The catalogue need not list all that an IP has, where it says so (`whole: false`); what it does list
must be there, and look like that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.hwh import abstraction
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign, Cell, Pairs

PART = "xcu280-fsvh2892-2L-e"  # for IPs that any part has, and for HBM
PARTS = {  # for IPs that only some have
    "xilinx.com:ip:processing_system7": "xc7z020clg400-1",
    "xilinx.com:ip:zynq_ultra_ps_e": "xczu7ev-ffvc1156-2-e",
}
DIRECTIONS = {"I": "in", "O": "out", "IO": "inout"}
TYPED = ("clk", "rst", "intr", "ce")
MADE = ("xilinx.com:ip:", "xilinx.com:inline_hdl:")  # how the types that Vivado has begin


@dataclass(frozen=True, slots=True)
class Case:
    """One cell to be made."""

    name: str
    kind: str  # ip | inline_hdl
    type: str
    parameters: Pairs
    part: str

    @property
    def settings(self) -> tuple[str, ...]:
        """The parameters as set_property -dict takes them."""
        return tuple(word for name, value in self.parameters for word in (f"CONFIG.{name}", value))

    @property
    def cell(self) -> Cell:
        return Cell(self.name, self.kind, self.type, "", self.parameters)


def cases(known: Catalogue, designs: Iterable[tuple[str, str, BlockDesign]]) -> tuple[Case, ...]:
    """Every IP of the catalogue with its defaults, and the IPs of designs as these set them.

    designs: the target's name, its part, its design
    """
    found = [
        Case(type.rpartition(":")[2], _kind(type), type, (), PARTS.get(type, PART))
        for type in known.types
        if type.startswith(MADE)
    ]
    for target, part, design in designs:
        found += [
            Case(_name(target, cell), cell.kind, cell.type, cell.parameters, part)
            for cell in design.cells
            if cell.type.startswith(MADE) and cell.parameters
        ]
    return tuple(found)


def _kind(type: str) -> str:
    return "inline_hdl" if type.split(":")[1] == "inline_hdl" else "ip"


def _name(target: str, cell: Cell) -> str:
    return f"{target}_{cell.path}".replace("-", "_").replace("/", "_")


# --- what Vivado said -----------------------------------------------------------------------------


@dataclass(slots=True)
class Said:
    """Of one cell. Texts as printed."""

    vlnv: str = ""
    problem: str = ""
    pins: dict[str, tuple[str, ...]] = field(default_factory=dict)  # INTF DIR TYPE LEFT RIGHT
    interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)  # MODE VLNV ...
    spaces: dict[str, tuple[str, ...]] = field(default_factory=dict)  # RANGE
    segments: dict[str, tuple[str, ...]] = field(default_factory=dict)  # RANGE
    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)  # value


def parse(text: str) -> dict[str, Said]:
    """What dump.tsv says of each cell; lines that are cut off or unknown are left out."""
    found: dict[str, Said] = {}
    for line in text.splitlines():
        kind, name, *fields = [*line.split("\t"), ""][:12]
        said = found.setdefault(name, Said()) if name and fields else Said()
        if kind == "cell":
            said.vlnv = fields[0]
        elif kind == "problem":
            said.problem = fields[0]
        elif kind in ("pin", "interface", "space", "segment", "parameter") and len(fields) > 1:
            thing, *rest = fields
            short = thing.strip("/").removeprefix(f"{name}/").removeprefix("CONFIG.")
            values: dict[str, tuple[str, ...]] = getattr(said, f"{kind}s")
            values[short] = tuple(rest[:-1])
    return {name: said for name, said in found.items() if name}


# --- what differs ---------------------------------------------------------------------------------


def differences(case: Case, known: Catalogue, said: Said | None) -> Iterator[str]:
    """Each thing that Vivado has otherwise than the catalogue, one line for each."""
    look = known.instance(case.cell)
    if said is None or look is None:
        yield f"{case.name}: nothing was said of it"
        return
    if said.problem:
        yield f"{case.name}: {case.type} cannot be made: {said.problem}"
        return
    version = said.vlnv.split(":")[3:]
    if version and look.versions and version[0] not in look.versions:
        yield f"{case.name}: version {version[0]}; the catalogue has {', '.join(look.versions)}"
    for line in (*_pins(look, said), *_interfaces(look, said), *_addresses(look, said)):
        yield f"{case.name}: {line}"
    for line in _parameters(look, said, case.parameters):
        yield f"{case.name}: {line}"


def _pins(look: Instance, said: Said) -> Iterator[str]:
    wires = {pin for one in look.interfaces.values() for pin in one.pins}
    for name, pin in look.pins.items():
        if name not in said.pins:
            if name not in wires:
                yield f"no pin {name}"
            continue
        _, direction, kind, left, right = _five(said.pins[name])
        if DIRECTIONS.get(direction, direction) != pin.direction:
            yield f"pin {name} is {direction}, not {pin.direction}"
        if (kind in TYPED or pin.kind in TYPED) and kind != pin.kind:
            yield f"pin {name} is of type {kind or 'none'}, not {pin.kind or 'none'}"
        width = _width(left, right)
        if pin.width is not None and width is not None and width != pin.width:
            yield f"pin {name} has {width} bits, not {pin.width}"
    for name, values in said.pins.items():
        inside = _five(values)[0].upper() in ("TRUE", "1")
        if name not in look.pins and name not in wires and not inside:
            yield f"pin {name} is not in the catalogue"


def _interfaces(look: Instance, said: Said) -> Iterator[str]:
    for name, one in look.interfaces.items():
        if name not in said.interfaces:
            yield f"no interface {name}"
            continue
        mode, vlnv, protocol, data, _ = _five(said.interfaces[name])
        if mode != one.mode:
            yield f"interface {name} is a {mode}, not a {one.mode}"
        if vlnv and abstraction(vlnv) != abstraction(one.vlnv):
            yield f"interface {name} is {vlnv}, not {one.vlnv}"
        if protocol and one.protocol and protocol != one.protocol:
            yield f"interface {name} speaks {protocol}, not {one.protocol}"
        if data.isdigit() and one.data_width and int(data) != one.data_width:
            yield f"interface {name} has {data} bits of data, not {one.data_width}"
    for name in said.interfaces.keys() - look.interfaces.keys():
        yield f"interface {name} is not in the catalogue"


def _addresses(look: Instance, said: Said) -> Iterator[str]:
    for what, ours, theirs in (
        ("address space", look.spaces, said.spaces),
        ("address segment", look.segments, said.segments),
    ):
        for name in sorted(ours.keys() - theirs.keys()):
            yield f"no {what} {name}"
        for name in sorted(theirs.keys() - ours.keys()):
            yield f"{what} {name} is not in the catalogue"


def _parameters(look: Instance, said: Said, given: Pairs) -> Iterator[str]:
    names = {name.lower(): values for name, values in said.parameters.items()}
    for name, parameter in look.parameters.items():
        values = names.get(name.lower())
        if values is None:
            yield f"no parameter {name}"
        elif not given and parameter.default and _plain(values[0]) != _plain(parameter.default):
            yield f"parameter {name} is {values[0]!r} by default, not {parameter.default!r}"
    for name, value in given:
        values = names.get(name.lower())
        if values is not None and _plain(values[0]) != _plain(value):
            yield f"parameter {name} became {values[0]!r} where {value!r} was set"


def _five(values: tuple[str, ...]) -> tuple[str, ...]:
    return (*values, "", "", "", "", "")[:5]


def _width(left: str, right: str) -> int | None:
    """1 for a single wire, which has no ends; None where they are no numbers."""
    if not left and not right:
        return 1
    try:
        return abs(int(left) - int(right)) + 1
    except ValueError:
        return None


def _plain(text: str) -> str:
    """A value as it compares: 1 and true, 0x10 and 16, 100 and 100.000 are the same."""
    low = text.strip().lower()
    try:
        return f"{int(low, 0) if low.startswith('0x') else float(low):g}"
    except (ValueError, OverflowError):
        return {"true": "1", "false": "0"}.get(low, low)


def summary(found: Mapping[str, list[str]]) -> list[str]:
    """Lines for people: how many cases are as believed, and what is not."""
    clean = sum(not lines for lines in found.values())
    lines = [line for of in found.values() for line in of]
    return [f"{clean} of {len(found)} cells are as the catalogue says", *lines]
