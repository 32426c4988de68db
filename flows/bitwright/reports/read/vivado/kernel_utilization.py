"""report_accelerator_utilization (v++ kernel_util_*): what kernels take of the user's budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read import cells
from bitwright.reports.read.boxes import Box
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.vivado import sections
from bitwright.reports.read.vivado.resources import NAMES, Amount, Resources, absent
from bitwright.reports.read.vivado.sections import Row, Sections

TITLE = "Accelerator Utilization Design Information"
COLUMNS: Mapping[str, str] = {
    "lut": "LUT",
    "lut_as_memory": "LUTAsMem",
    "ff": "REG",
    "bram_18k": "BRAM",  # counted there in tiles of 36 Kbit
    "uram": "URAM",
    "dsp": "DSP",
}
PLATFORM, BUDGET, USED, UNUSED = "Platform", "User Budget", "Used Resources", "Unused Resources"
ROUNDING = 0.0101  # percentage points between a share as printed and as computed


@dataclass(frozen=True, slots=True)
class Share:
    """How many of one resource, and their share as printed: of the user's budget, but for the
    platform, whose share is of the whole part."""

    used: int | float | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class Usage:
    """What one row takes; a resource without a column is None: the part has none of it."""

    name: str
    lut: Share | None
    lut_as_memory: Share | None
    ff: Share | None
    bram_18k: Share | None
    uram: Share | None
    dsp: Share | None


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel with its compute units."""

    name: str
    usage: Usage
    compute_units: tuple[Usage, ...]


@dataclass(frozen=True, slots=True)
class KernelUtilization:
    """A report on what kernels take; None for a row that the report does not reach."""

    version: str
    part: str
    design: str
    state: str
    resources: Resources  # used by all kernels; available: the budget
    platform: Usage | None
    budget: Usage | None
    used: Usage | None
    unused: Usage | None
    kernels: tuple[Kernel, ...]
    missing: Mapping[str, str]
    incomplete: str


def parse_kernel_utilization(text: str, *, origin: Path) -> KernelUtilization:
    """Read a kernel utilization report, layouts of Vivado 2020.2 to 2024.2.

    ReportError where used and unused do not make the budget, kernels not what is used, or a share
    is not that of its numbers. Source: UG1393; tests/specimens/vivado-*/kernel_utilization*.rpt.
    """
    report = sections.parse_sections(text, origin=origin)
    box = next((box for s in report.sections for box in s.boxes if box.head), None)
    if box is None or "Name" not in box.head or not box.rows:
        report.refuse(1, "no rows in 'System Utilization'", "a column Name, and rows", "none")
    rows = [(row.indent, _usage(report, box, row)) for row in report.rows(box)]
    named = {usage.name: usage for _, usage in rows[:4]}
    kernels = tuple(_kernels(rows[4:]))
    _check(report, box, named, kernels)
    resources = Resources(**{name: _amount(name, named) for name in NAMES})
    reason = f"the report breaks off: {report.incomplete}" if report.incomplete else "no column"
    return KernelUtilization(
        version=report.header.version,
        part=report.header.part,
        design=report.header.design,
        state=report.header.state,
        resources=resources,
        platform=named.get(PLATFORM),
        budget=named.get(BUDGET),
        used=named.get(USED),
        unused=named.get(UNUSED),
        kernels=kernels,
        missing=absent(resources, dict.fromkeys(NAMES, reason)),
        incomplete=report.incomplete,
    )


def _usage(report: Sections, box: Box, row: Row) -> Usage:
    shares = {}
    for name, column in COLUMNS.items():
        if column not in box.head:
            continue
        cell = row.cells[column]
        try:
            used = cells.decimal_or_none(cell) if cell else None
        except ValueError as error:
            report.refuse(row.line, f"'{column}' holds no number", "a number and its share", error)
        used = 2 * used if used is not None and name == "bram_18k" else used
        whole = int(used) if used is not None and used.is_integer() else used
        shares[name] = Share(whole, report.share(row, column))
    return Usage(row.cells["Name"], **{name: shares.get(name) for name in COLUMNS})


def _kernels(rows: Sequence[tuple[int, Usage]]) -> Iterator[Kernel]:
    """A kernel's compute units stand below it, further in."""
    for at, (indent, usage) in enumerate(rows):
        if indent > 1:
            continue
        units = []
        for deeper, unit in rows[at + 1 :]:
            if deeper <= 1:
                break
            units.append(unit)
        yield Kernel(usage.name, usage, tuple(units))


def _amount(name: str, named: Mapping[str, Usage]) -> Amount:
    used, budget = (getattr(named.get(row), name, None) for row in (USED, BUDGET))
    return Amount(used.used if used else None, budget.used if budget else None)


def _check(
    report: Sections, box: Box, named: Mapping[str, Usage], kernels: Sequence[Kernel]
) -> None:
    """Refuse a report whose rows contradict each other."""
    first = (PLATFORM, BUDGET, USED, UNUSED)
    if tuple(named) != (first[: len(named)] if report.incomplete else first):
        report.refuse(box.line, "the first rows are not as known", ", ".join(first), [*named])
    if report.incomplete:
        return
    for name in COLUMNS:
        _, budget, used, unused = (_count(usage, name) for usage in named.values())
        sums = [(budget, used + unused, BUDGET), (used, _total(kernels, name), USED)]
        for kernel in kernels:
            units = sum(_count(unit, name) for unit in kernel.compute_units)
            sums += [(_count(kernel.usage, name), units, kernel.name)] * bool(kernel.compute_units)
        for whole, parts, what in sums:
            if whole != parts:
                problem = f"{COLUMNS.get(name)} of '{what}' is not its parts' sum"
                report.refuse(box.line, problem, parts, whole)
        for usage in [*named.values(), *(kernel.usage for kernel in kernels)][1:]:
            _check_share(report, box, usage, name, budget)


def _check_share(report: Sections, box: Box, usage: Usage, name: str, budget: int | float) -> None:
    share: Share | None = getattr(usage, name)
    if share is None or share.used is None or share.percent is None or not budget:
        return
    if abs(100 * share.used / budget - share.percent) > ROUNDING:
        problem = f"{COLUMNS[name]} of '{usage.name}' contradicts itself"
        report.refuse(box.line, problem, f"{100 * share.used / budget:.2f} %", share.percent)


def _total(kernels: Sequence[Kernel], name: str) -> int | float:
    return sum(_count(kernel.usage, name) for kernel in kernels)


def _count(usage: Usage, name: str) -> int | float:
    share: Share | None = getattr(usage, name)
    return 0 if share is None or share.used is None else share.used


def _claims(head: str) -> bool:
    return sections.claims(head, "report_accelerator_utilization", TITLE)


KIND = Kind("kernel_utilization", "Vivado", _claims, parse_kernel_utilization)
