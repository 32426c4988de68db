"""report_utilization -hierarchical: what each instance takes, as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.resources import NAMES, Amount, Resources, absent
from bitwright.reports.read.vivado.sections import Row, Sections
from bitwright.reports.read.vivado.utilization import HIERARCHICAL, TITLE

SECTION = "Utilization by Hierarchy"
COUNTED: Mapping[str, tuple[str, ...]] = {  # field -> heading, of older tools too
    "lut": ("Total LUTs",),
    "logic_lut": ("Logic LUTs",),
    "lutram": ("LUTRAMs",),
    "srl": ("SRLs",),
    "ff": ("FFs",),
    "ramb36": ("RAMB36",),
    "ramb18": ("RAMB18",),
    "uram": ("URAM",),
    "dsp": ("DSP Blocks", "DSP48 Blocks", "DSP Slices", "DSPs"),
}
UNSHARED = ("ff", "uram", "dsp", "bram_18k")  # one of these lies in one instance


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance with all that is below it; None where the tool has no such column.

    Of `ff`, `bram_18k`, `uram` and `dsp` the children and `own` never make more than the whole,
    and exactly it where the tool prints every child: it hides those of a few cells. Of LUTs the
    sum may be larger, for one LUT can hold the logic of two instances.
    """

    path: str  # u_top/u_array, the top's own name first
    name: str  # u_array
    module: str  # array; of the top: (top)
    depth: int  # 0 is the top
    lut: int | None
    logic_lut: int | None
    lutram: int | None
    srl: int | None
    ff: int | None
    bram_18k: int | None  # a RAMB36 counts as two
    ramb36: int | None
    ramb18: int | None
    uram: int | None
    dsp: int | None
    own: Mapping[str, int] | None  # its share without its children, where printed: '(name)' rows


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """A hierarchical utilization report; the instances stand parents first."""

    version: str
    part: str
    design: str
    state: str
    command: str  # its -cells and -pblocks say of what part of the design the numbers are
    resources: Resources  # of the top; the report does not say what is available
    hierarchy: tuple[Instance, ...]
    missing: Mapping[str, str]
    incomplete: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A row, before its place in the tree is known."""

    name: str
    module: str
    depth: int
    counts: Mapping[str, int]
    line: int


def parse_hierarchy(text: str, *, origin: Path) -> Hierarchy:
    """Read a hierarchical utilization report, layouts of Vivado 2018.2 to 2025.2.

    ReportError where a row hangs from nothing, or parts have more of what they cannot share than
    the whole. Source: UG906; tests/specimens/vivado-*/utilization_hierarchy*.rpt.
    """
    report = sections.parse_sections(text, origin=origin)
    section = report.titled(SECTION)
    box = next((box for box in section.boxes if box.head), None) if section else None
    if box is None or not {"Instance", "Module"} <= set(box.head) or not box.rows:
        report.refuse(1, f"no rows in '{SECTION}'", "columns Instance and Module, and rows", "none")
    columns = {
        name: heading
        for name, headings in COUNTED.items()
        for heading in headings
        if heading in box.head
    }
    lines = [_line(report, row, columns) for row in report.rows(box)]
    instances = tuple(_tree(report, lines))
    _check_sums(report, lines)
    resources = _resources([one for one in instances if one.depth == 0])
    absence = "this report does not say"
    return Hierarchy(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        state=report.header.state,
        command=report.header.command,
        resources=resources,
        hierarchy=instances,
        missing=absent(resources, dict.fromkeys(NAMES, absence)),
        incomplete=report.incomplete,
    )


def _line(report: Sections, row: Row, columns: Mapping[str, str]) -> _Line:
    counts = {name: report.count(row, heading) for name, heading in columns.items()}
    if "ramb36" in counts and "ramb18" in counts:
        counts["bram_18k"] = 2 * counts["ramb36"] + counts["ramb18"]
    depth, odd = divmod(row.indent - 1, 2)
    if odd or depth < 0:
        report.refuse(row.line, "this row's depth is not clear", "two blanks a level", row.indent)
    return _Line(row.cells["Instance"], row.cells["Module"], depth, counts, row.line)


def _tree(report: Sections, lines: Sequence[_Line]) -> Iterator[Instance]:
    """Each instance with its path; a '(name)' row is its parent's own share."""
    way: list[_Line] = []
    for at, line in enumerate(lines):
        del way[line.depth :]
        if len(way) < line.depth:
            report.refuse(line.line, f"'{line.name}' hangs from nothing", "its parent above", "")
        if _own(line, way):
            continue
        way.append(line)
        below = lines[at + 1] if at + 1 < len(lines) else None
        own = below if below and below.depth == line.depth + 1 and _own(below, way) else None
        counts = {name: line.counts.get(name) for name in (*COUNTED, "bram_18k")}
        yield Instance(
            path="/".join(one.name for one in way),
            name=line.name,
            module=line.module,
            depth=line.depth,
            own=own.counts if own else None,
            **counts,
        )


def _own(line: _Line, way: Sequence[_Line]) -> bool:
    return bool(way) and line.name == f"({way[-1].name})" and line.depth == len(way)


def _check_sums(report: Sections, lines: Sequence[_Line]) -> None:
    """Parts make no more than the whole of what two instances cannot share."""
    way: list[tuple[_Line, dict[str, int]]] = []  # each with the sum of its parts so far
    for line in lines:
        del way[line.depth :]
        for whole, total in way[-1:]:
            for name in UNSHARED:
                total[name] += line.counts.get(name, 0)
                if total[name] > whole.counts.get(name, 0):
                    problem = f"the parts of '{whole.name}' have more {name} than it has"
                    found = whole.counts.get(name)
                    report.refuse(whole.line, problem, f"{total[name]}, or more", found)
        way.append((line, dict.fromkeys(UNSHARED, 0)))


def _resources(tops: Sequence[Instance]) -> Resources:
    """Those of the one top; nothing where the report is about several cells."""
    if len(tops) != 1:
        return Resources()
    return Resources(**{name: Amount(getattr(tops[0], name, None)) for name in NAMES})


def _claims(head: str) -> bool:
    ours = sections.claims(head, "report_utilization", TITLE)
    return ours and re.search(HIERARCHICAL, head, re.MULTILINE) is not None


KIND = Kind("utilization_hierarchy", "Vivado", _claims, parse_hierarchy)
