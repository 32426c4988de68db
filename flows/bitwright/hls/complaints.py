"""Where HLS could not do as told: loops slower than asked, accesses without burst or full width.

csynth.xml says where, the log says how much was asked and why it failed; put together here.
Messages: UG1448 (burst inference 214-223 to 214-239, 214-353), UG1399 (II violations).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from bitwright.kernel import Kernel
from bitwright.reports.read.hls.csynth_xml import CsynthXml, Module, Violation
from bitwright.reports.read.hls.estimates import Loop

MODULE = re.compile(r"INFO: \[HLS 200-(?:10|42)\] -- Implementing module '([^']+)'")
RESULT = re.compile(
    r"INFO: \[\w+ [\d-]+\] Pipelining result ?: Target II ?[=:] ?(NA|\d{1,9}),"
    r" Final II ?[=:] ?(\d{1,9}), Depth ?[=:] ?\d+(?:, (loop|function) '([^']+)')?"
)
REASON = re.compile(
    r"WARNING: \[(?:HLS|SCHED) [\d-]+\] The II Violation in module '([^']+)'"
    r"(?: \((loop|function) '([^']+)'\))?: (.*)"
)
UNBURST = re.compile(r"(?:WARNING|INFO): \[HLS (214-(?:22[3-9]|23\d|353))\] (.*)")
WIDE = re.compile(
    r"type i(\d{1,6}) size is greater than or equal to the max_widen_bitwidth threshold", re.I
)
PLACE = re.compile(r"([^\s'(),]+:\d+)(?::\d+)?")
LONGEST = 400  # characters of a reason that are kept
ACCESSES, MISSED, INFERRED = "All M_AXI Variable Accesses", "Burst Missed", "Inferred Burst Summary"


@dataclass(frozen=True, slots=True)
class Slow:
    """A loop, or a whole function, that does not begin as often as asked."""

    module: str
    loop: str  # empty for the function itself
    source: str = ""  # file:line; empty where neither report tells
    ii_target_cycles: int | None = None  # None: the log does not tell
    ii_cycles: int | None = None
    kind: str = ""  # Memory Dependency, Resource Limitation; empty in reports before 2020.2
    reason: str = ""  # the last thing that stood in the way, as the log has it


def slow_loops(report: CsynthXml, log: str, root: Path | None = None) -> tuple[Slow, ...]:
    """The loops of csynth.xml that are marked, then those that the log alone tells of."""
    told = list({(each.module, each.loop): each for each in _told(log.splitlines())}.values())
    found = []
    for module, violation, loops in _marked(report):
        match = _match(module, violation.loop, told)
        if match:
            told.remove(match)
        known = match or Slow(module, violation.loop)
        ii = known.ii_cycles or loops.get(violation.loop)
        found.append(
            replace(
                known,
                module=module,
                source=violation.source,
                ii_cycles=ii,
                kind=violation.violation.strip("-"),
            )
        )
    return tuple(replace(each, source=place(each.source, root)) for each in (*found, *told))


def functions(report: CsynthXml) -> tuple[CsynthXml | Module, ...]:
    """The top, then every other module; some reports have the top among the modules once more."""
    return (report, *(module for module in report.modules if module.name != report.top))


def name_of(function: CsynthXml | Module) -> str:
    """What the function is called in messages."""
    return function.name if isinstance(function, Module) else function.top


def _marked(report: CsynthXml) -> Iterator[tuple[str, Violation, Mapping[str, int | None]]]:
    """Module, violation, and the II of the module's loops."""
    for function in functions(report):
        loops = {loop.name: loop.ii_cycles for loop in _every(function.loops)}
        for violation in function.violations:
            if violation.issue.startswith("II"):
                yield name_of(function), violation, loops


def _every(loops: Iterable[Loop]) -> Iterator[Loop]:
    for loop in loops:
        yield loop
        yield from _every(loop.loops)


def _told(lines: Iterable[str]) -> Iterator[Slow]:
    """What the log tells: a result slower than its target, with the last reason before it."""
    module, reason = "", ""
    for line in lines:
        if found := MODULE.match(line):
            module, reason = found[1], ""
        elif found := REASON.match(line):
            module, reason = found[1], found[4][:LONGEST].strip()
        elif found := RESULT.match(line):
            target, final = found[1], int(found[2])
            if target != "NA" and final > int(target):
                loop = found[4] if found[3] == "loop" else ""
                where = PLACE.search(reason)
                source = where[1] if where else ""
                yield Slow(module, loop, source, int(target), final, reason=reason)
            reason = ""


def _match(module: str, loop: str, told: Iterable[Slow]) -> Slow | None:
    """The log's words on a loop: of the same module, else of the only loop of that name."""
    named = [each for each in told if each.loop == loop]
    same = [each for each in named if _plain(each.module) == _plain(module)]
    if same:
        return same[0]
    return named[0] if loop and len(named) == 1 else None


def _plain(module: str) -> str:
    """The log writes compute.0, csynth.xml compute_0."""
    return re.sub(r"\W", "_", module)


# ----------------------------------------------------------------------------------------- bursts


@dataclass(frozen=True, slots=True)
class Access:
    """What became of the accesses to one variable at one place of the source."""

    interface: str = ""  # m_axi_gmem0; empty where the report does not tell
    variable: str = ""
    direction: str = ""  # read, write; empty before 2025
    source: str = ""  # file:line:column
    loop: str = ""
    length: str = ""  # in beats as inferred, or `variable`; empty for a failure
    width_bits: int | None = None  # of an inferred burst
    code: str = ""  # 214-353; empty where nothing failed
    problem: str = ""  # in the tool's words; empty where nothing failed


def accesses(
    report: CsynthXml, log: str, kernel: Kernel, root: Path | None = None
) -> tuple[tuple[Access, ...], tuple[Access, ...]]:
    """Bursts that were inferred, and accesses that got none or not the port's width.

    A port that already has the width of its bundle needs no widening: that the tool could not
    widen it further is no failure.
    """
    inferred = [_inferred(row, root) for row in report.bursts if row["table"] == INFERRED]
    failed = [
        _failed(row, root)
        for row in report.bursts
        if row["table"] == MISSED or (row["table"] == ACCESSES and not _well(row))
    ]
    known = {(each.code, each.source) for each in failed}
    for each in _unburst(log, root):
        if (each.code, each.source) not in known:
            known.add((each.code, each.source))
            failed.append(each)
    widths = {f"m_axi_{bundle.name}": bundle.data_width for bundle in kernel.bundles}
    return tuple(inferred), tuple(each for each in failed if not _wide_already(each, widths))


def _unburst(log: str, root: Path | None) -> Iterator[Access]:
    """The failures that the log tells of; a place stands in the last brackets of a line."""
    for found in filter(None, map(UNBURST.match, log.splitlines())):
        code, words = found.groups()
        _, bracket, last = words.rpartition("(")
        source = place(last.rstrip(") "), root) if bracket and PLACE.search(last) else ""
        yield Access(source=source, code=code, problem=words[:LONGEST].strip())


def _well(row: Mapping[str, str]) -> bool:
    """Whether an access became a burst; also in a row whose words have ', ' in them."""
    return row.get("Burst Status") == "Inferred" or ", Inferred, " in row.get("cells", "")


def _inferred(row: Mapping[str, str], root: Path | None) -> Access:
    if "cells" in row:  # a place with ', ' in it
        return Access(row.get("HW Interface", ""))
    width = row.get("Width", "")
    return Access(
        interface=row.get("HW Interface", ""),
        direction=row.get("Direction", ""),
        source=place(row.get("Loop Location", ""), root),
        loop=row.get("Loop", ""),
        length=row.get("Length", ""),
        width_bits=int(width) if re.fullmatch(r"[0-9]{1,9}", width) else None,
    )


def _failed(row: Mapping[str, str], root: Path | None) -> Access:
    if "cells" in row:  # a problem with ', ' in it: told as it stands
        code = re.search(r"\b214-\d+", row["cells"])
        name, _, rest = row["cells"].partition(", ")
        return Access(
            interface=row.get("HW Interface", ""),
            variable=name,
            code=code[0] if code else "",
            problem=rest[:LONGEST],
        )
    return Access(
        interface=row.get("HW Interface", ""),
        variable=row.get("Variable", ""),
        direction=row.get("Direction", ""),
        source=place(row.get("Access Location", row.get("Location", "")), root),
        loop=row.get("Loop", ""),
        code=row.get("Resolution", ""),
        problem=row.get("Problem", "") or row.get("Burst Status", ""),
    )


def _wide_already(access: Access, widths: Mapping[str, int]) -> bool:
    found = WIDE.search(access.problem)
    width = widths.get(access.interface) or max(widths.values(), default=0)
    return found is not None and 0 < width <= int(found[1])


def place(source: str, root: Path | None) -> str:
    """A place in a source without the folder it was built in: below root, else the file's name."""
    path = PurePosixPath(source)
    if not path.is_absolute():
        return source
    if root is not None and path.is_relative_to(root):
        return str(path.relative_to(root))
    return path.name
