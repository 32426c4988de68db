"""A config on a target becomes a block design: a file of bd/ with the config's kernels in it.

What such a file has beyond the cells and nets that source.py reads:

    cells:
      ps:
        preset: processor               # parameters of the board (bd/boards/), by this name
        values: {PCW_FPGA0_PERIPHERAL_FREQMHZ: clock_mhz}   # or kernels: how many there are
      shell: {platform: "bitwright:platform:{platform}"}    # of the target
    addresses:
      host/M_AXI:
        "hbm/SAXI_31/{bank}": memory    # each bank of the board's memory
    with:                               # parts for targets with an option, and for those without
      published_map: {...}
    kernels:                            # for each kernel of the config: a cell of its name, and
      clock: clk                        #   the nets that ap_clk and ap_rst_n join
      reset: resetn
      interrupt: "interrupts/In{n}"     #   where its interrupt goes, {n} counts the kernels
      control:                          #   what s_axi_control is joined to, and where it is seen
        {through: "control/M{n:02}_AXI", space: ps/Data, offset: 0x4000_0000, stride: 64K}
      slr: shell                        #   the cell that is told which region each kernel is in
      memory:                           # ways to the memory: bundles are dealt out to them in turn
        - through: "memory/S{n:02}_AXI" #   {n} counts the bundles that go this way
          addresses: {"ps/S_AXI_HP0/HP0_{bank}": memory}    # seen from each of them
          cells: ...                    #   what a way consists of; one that no bundle takes is not
          each: {p: [0, banks - 2]}     #   built. each: so many such ways, with {p} filled in; or
                                        #   a list of them, [{hp: 0, gp: 2}, {hp: 1, gp: 3}]

Counts that follow from what is joined (NUM_SI, NUM_MI and NUM_CLKS of a SmartConnect, NUM_PORTS of
an xlconcat) are filled in; of a file alone only those that its IP would not have anyway. Every
object keeps the place it was written at: of a kernel's parts that is its entry in the config.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bitwright import kernel as signatures
from bitwright import yamlfile
from bitwright.blockdesign import attachment, catalogue, kernelcell, onboard, source
from bitwright.blockdesign.attachment import Attachment, Control, Way
from bitwright.blockdesign.board import Bank, Board
from bitwright.blockdesign.catalogue import Catalogue
from bitwright.blockdesign.model import Address, BlockDesign, Cell, Net, Place, pairs
from bitwright.blockdesign.parts import CellPart, Part, is_pattern, join
from bitwright.blockdesign.source import Source
from bitwright.design import Design
from bitwright.errors import ConfigError
from bitwright.kernel import Kernel
from bitwright.schema import check_keys
from bitwright.yamlfile import Faults, Node, Sequence, Table, describe

FOLDER = Path("bd")
MOST = 16  # masters or slaves of one SmartConnect (PG247)
KERNEL_FOLDERS = {"rtl": Path("cores"), "hls": Path("ip")}
COUNTED: Mapping[str, Mapping[str, str]] = {  # by type: parameter, and what it counts
    "xilinx.com:ip:smartconnect": {
        "NUM_SI": r"S(\d+)_AXI",
        "NUM_MI": r"M(\d+)_AXI",
        "NUM_CLKS": r"aclk(\d*)",
    },
    "xilinx.com:ip:xlconcat": {"NUM_PORTS": r"In(\d+)"},
}


def of(design: Design, root: Path = Path()) -> BlockDesign:
    """The block design of a config on its target.

    Raises ConfigError: the target has no block design, a file has faults, or the kernels do not fit
    on the interconnects.
    """
    name = design.target.block_design
    if not name:
        raise ConfigError(
            f"configs/targets/{design.target.name}.yml:1: no block design\n"
            "  expected  a key block_design that names a file of bd/, as zcu104.yml has it"
        )
    path = onboard.block_design(design.target, root)
    return _of(source.load(root / path, str(path)), design, root)


def of_file(path: Path, *, design: Design | None = None, root: Path = Path()) -> BlockDesign:
    """The block design of a file; without a design it has no kernels and nothing of a board."""
    found = source.load(path)
    if design is not None:
        return _of(found, design, root)
    faults = Faults(found.where)
    parts = _chosen(found, (), faults)
    attachment.read(_kernels(found, ()), 2, faults)
    faults.check()
    return _counted(source.whole(found, parts), catalogue.load(root))


def kernels(design: Design, root: Path = Path()) -> tuple[tuple[str, Kernel], ...]:
    """The kernels of a config, each with the name of its cell, in the config's order."""
    return tuple(
        (
            spec.name,
            signatures.load(
                root / KERNEL_FOLDERS[spec.build] / spec.name / "kernel.yml",
                str(KERNEL_FOLDERS[spec.build] / spec.name / "kernel.yml"),
                form=spec.format if spec.build == "hls" else "",
            ),
        )
        for spec in design.kernels
    )


def _of(found: Source, design: Design, root: Path) -> BlockDesign:
    faults = Faults(found.where)
    hardware = onboard.hardware(design.target, root) if design.target.hardware else None
    banks = hardware.banks(design.target.memory_mib) if hardware else ()
    parts = _chosen(found, design.target.options, faults)
    joins = attachment.read(_kernels(found, design.target.options), len(banks), faults)
    faults.check()
    if joins:
        placed = zip(kernels(design, root), _lines(design, root), strict=True)
        cells = tuple(_Placed(name, kernel, place) for (name, kernel), place in placed)
        parts += _attached(joins, cells, faults)
        parts += _regions(joins, cells, hardware.slrs if hardware else 1)
    joined = join((found.part, *parts), faults)
    known = {
        "clock_mhz": f"{design.clock_mhz:g}",
        "kernels": str(len(design.kernels)),
        "platform": design.target.platform,
    }
    made = Part(
        cells=tuple(_resolved(one, hardware, known, faults) for one in joined.cells),
        addresses=tuple(_spread(joined.banks, banks)),
    )
    faults.check()
    return _counted(source.whole(replace(found, part=replace(joined, cells=())), [made]))


def _lines(design: Design, root: Path) -> list[Place]:
    """Where each kernel stands in the config."""
    where = str(design.source)
    node = yamlfile.load(root / design.source, where).items["kernels"]
    assert isinstance(node, Sequence)
    return [Place(where, item.line) for item in node.items]


# --- options ------------------------------------------------------------------------------------


def _chosen(found: Source, options: tuple[str, ...], faults: Faults) -> list[Part]:
    """The parts for these options, and those for the options that are not taken."""
    keys = (*source.SECTIONS, "kernels")
    known: set[str] = set()
    for key in ("with", "without"):
        node = found.rest.get(key, Table(0, {}, {}))
        if not isinstance(node, Table):
            faults.add(node.line, f"{key}: expected options, found {describe(node)}")
            continue
        known |= node.items.keys()
        for option, item in node.items.items():
            if isinstance(item, Table):
                check_keys(item, option, keys, faults, keys)
            else:
                faults.add(item.line, f"{option}: expected a part, found {describe(item)}")
    for option in options:
        if option not in known:
            have = ", ".join(sorted(known)) or "none"
            faults.add(1, f"no option {option!r}, which the target asks for (options: {have})")
    return [source.part(item, faults) for item in _taken(found, options)]


def _taken(found: Source, options: tuple[str, ...]) -> Iterator[Table]:
    for key in ("with", "without"):
        node = found.rest.get(key)
        for option, item in node.items.items() if isinstance(node, Table) else ():
            if isinstance(item, Table) and (key == "with") == (option in options):
                yield item


def _kernels(found: Source, options: tuple[str, ...]) -> list[Node]:
    """The sections `kernels`: the file's own, then those of its options."""
    tables = (found.rest, *(table.items for table in _taken(found, options)))
    return [table["kernels"] for table in tables if "kernels" in table]


# --- kernels ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Placed:
    """A kernel of the config as a cell."""

    name: str
    kernel: Kernel
    place: Place  # of its entry in the config

    def net(self, name: str, *ends: str) -> Net:
        return Net(name, ends, self.place)


def _attached(found: Attachment, cells: tuple[_Placed, ...], faults: Faults) -> Iterator[Part]:
    """What the kernels add: their cells and all that joins them."""
    where = f"{found.place}: kernels"
    if len(cells) > MOST:
        raise ConfigError(f"{where}: {len(cells)} of them; an interconnect takes {MOST}")
    for number, one in enumerate(cells):
        yield Part(
            cells=(
                CellPart(Cell(one.name, "ip", kernelcell.type_of(one.kernel), place=one.place)),
            ),
            nets=_wires(found, one, number),
            interface_nets=(_joined(one, kernelcell.CONTROL, found.control.through.text, number),),
            addresses=_registers(found.control, one, number, faults),
        )
    yield from _dealt(found.ways, cells, where)


def _regions(found: Attachment, cells: tuple[_Placed, ...], slrs: int) -> Iterator[Part]:
    """ffn.SLR: SLR2, as a parameter of the cell that is told: kernels in regions, in turn."""
    if found.slr:
        said = pairs((f"{one.name}.SLR", f"SLR{n % slrs}") for n, one in enumerate(cells))
        yield Part(cells=(CellPart(Cell(found.slr, "", parameters=said, place=found.place)),))


def _wires(found: Attachment, one: _Placed, number: int) -> tuple[Net, ...]:
    clock = one.net(found.clock, f"{one.name}/{kernelcell.CLOCK}")
    reset = one.net(found.reset, f"{one.name}/{kernelcell.RESET}")
    if found.interrupt is None:
        return clock, reset
    to = source.fill(found.interrupt.text, {"n": number})
    return clock, reset, one.net(f"{one.name}_interrupt", f"{one.name}/interrupt", to)


def _joined(one: _Placed, interface: str, through: str, number: int) -> Net:
    """An interface of a kernel on the next one of an interconnect."""
    to = source.fill(through, {"n": number})
    return one.net(f"{one.name}_{interface}", f"{one.name}/{interface}", to)


def _registers(control: Control, one: _Placed, number: int, faults: Faults) -> tuple[Address, ...]:
    size = 1 << one.kernel.control_addr_width
    if not control.space:
        return ()
    if size > control.stride:
        text = f"stride: {control.stride:#x} bytes; the registers of {one.name} take {size:#x}"
        faults.add(control.through.line, text)
    offset = control.offset + number * control.stride
    (segment,) = kernelcell.instance(one.kernel).segments
    return (Address(control.space, f"{one.name}/{segment}", offset, size, place=one.place),)


def _dealt(ways: tuple[Way, ...], cells: tuple[_Placed, ...], where: str) -> Iterator[Part]:
    """The bundles of all kernels on the ways to the memory, in turn."""
    masters = [
        (one, space) for one in cells for space in kernelcell.instance(one.kernel).spaces.values()
    ]
    each = MOST if all("{n" in way.through for way in ways) else 1
    if len(masters) > each * len(ways):
        raise ConfigError(
            f"{where}: {len(masters)} AXI masters; {len(ways)} ways to the memory take {each} each"
        )
    for number, (one, space) in enumerate(masters):
        way = ways[number % len(ways)]
        yield way.part  # the same for each bundle that goes this way; join() says it once
        seen = tuple(replace(its, space=f"{one.name}/{space.name}") for its in way.segments)
        (interface,) = space.interfaces
        yield Part(
            interface_nets=(_joined(one, interface, way.through, number // len(ways)),),
            addresses=tuple(its for its in seen if not is_pattern(its)),
            banks=tuple(its for its in seen if is_pattern(its)),
        )


# --- what the board and the joined design say ---------------------------------------------------


def _resolved(
    one: CellPart, hardware: Board | None, known: Mapping[str, str], faults: Faults
) -> CellPart:
    """The cell with its preset and the values that it takes from the design."""
    cell = one.cell
    preset = hardware.preset(one.preset, cell.place) if hardware and one.preset else ()
    values = {}
    for parameter, name in one.values:
        if name not in known:
            have = ", ".join(known)
            faults.add(cell.place.line, f"{cell.path}: {parameter}: no value {name!r} ({have})")
        values[parameter] = known.get(name, "")
    parameters = {**dict(preset), **dict(cell.parameters), **values}
    return CellPart(replace(cell, type=source.fill(cell.type, known), parameters=pairs(parameters)))


def _spread(patterns: Iterable[Address], banks: tuple[Bank, ...]) -> Iterator[Address]:
    """An address for each bank of the board's memory."""
    for one in patterns:
        for bank in banks:
            segment = source.fill(one.segment, {"bank": bank.name})
            yield replace(one, segment=segment, offset=bank.offset, range=bank.range)


def _counted(design: BlockDesign, usual: Catalogue | None = None) -> BlockDesign:
    """The design with the counts filled in that follow from what is joined.

    usual: counts that its IPs have anyway are left out, as Vivado leaves them out of its scripts,
    so that a description made of a script says what the script does.
    """
    ends: dict[str, list[str]] = {}
    for net in (*design.nets, *design.interface_nets):
        for end in net.ends:
            cell, _, pin = end.rpartition("/")
            ends.setdefault(cell, []).append(pin)
    return replace(
        design,
        cells=tuple(_with_counts(cell, ends.get(cell.path, []), usual) for cell in design.cells),
    )


def _with_counts(cell: Cell, pins: list[str], usual: Catalogue | None) -> Cell:
    counts: dict[str, object] = {}
    for parameter, pattern in COUNTED.get(cell.type, {}).items():
        found = [re.fullmatch(pattern, pin) for pin in pins]
        numbers = [int(match[1] or 0) for match in found if match]
        if numbers:
            counts[parameter] = max(numbers) + 1
    looks = usual.instance(cell) if usual is not None and counts else None
    if looks is not None:
        had = {name: one.default for name, one in looks.parameters.items()}
        counts = {name: count for name, count in counts.items() if str(count) != had.get(name)}
    return replace(cell, parameters=pairs({**counts, **dict(cell.parameters)}))
