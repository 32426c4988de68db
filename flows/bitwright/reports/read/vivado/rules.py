"""What report_drc and report_methodology have in common: a summary, a table of rules, and then
every violation by itself, numbered within its rule."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read import cells
from bitwright.reports.read.boxes import Box, boxes
from bitwright.reports.read.document import refuse
from bitwright.reports.read.vivado.header import parse_header

SUMMARY, DETAILS = "1. REPORT SUMMARY", "2. REPORT DETAILS"
LABEL = re.compile(r"^ +([A-Z][A-Za-z ]*): *(.*?)\s*$")
FOUND = re.compile(r"^(\S+)#([0-9]{1,9}) (\S.*?)\s*$")
COUNT = re.compile(r"[0-9]{1,9}")
LIMITED = re.compile(r"(\S+) rule limit reached: ")  # what a violation of CHECK-3 says
RELATED = "Related violations:"
COUNTS = ("Violations", "Checks")  # the column's name; 2025.1 prints the second
COLUMNS = ("Rule", "Severity", "Description")


@dataclass(frozen=True, slots=True)
class Finding:
    """One violation, as REPORT DETAILS prints it."""

    number: int  # within its rule, from 1
    text: str  # what is wrong with what; lines joined as printed, may be empty
    related: tuple[str, ...]  # other violations; empty for <none>


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that is violated. Vivado 2015.3 prints no table: then counted in the details."""

    rule: str  # PDCN-1569
    severity: str  # Error, Critical Warning, Warning, Advisory
    description: str  # the rule's title: LUT equation term check
    count: int | None  # None in a report cut short that has no table
    findings: tuple[Finding, ...]  # fewer than `count` only under a limit, or if the report is cut
    limited: bool = False  # the tool stopped at the rule's limit: there are at least `count`


@dataclass(frozen=True, slots=True)
class Checks:
    """A report of violated rules. `total` is the sum of all counts."""

    version: str
    part: str | None
    design: str
    floorplan: str
    design_limits: str  # <entire design considered>
    ruledeck: str | None  # default; report_methodology has none
    max_violations: int | None  # printed per rule at most; None: no limit
    total: int
    waived: int | None  # violations that waivers hide, where the tool says how many
    of_waived: bool  # this report lists what was waived (-waived), not what is violated
    severities: Mapping[str, int]  # counts by severity; empty in a report cut short
    violations: tuple[Violation, ...]
    missing: Mapping[str, str]
    incomplete: str


@dataclass(frozen=True, slots=True)
class _Text:
    """The report's lines; the last is left out if it has no end, for it may be cut."""

    lines: tuple[str, ...]
    cut: bool
    origin: Path

    @classmethod
    def of(cls, text: str, origin: Path) -> _Text:
        *lines, rest = text.split("\n")
        return cls(tuple(lines), bool(rest), origin)

    def refuse(self, index: int, problem: str, expected: str) -> NoReturn:
        found = self.lines[index] if index < len(self.lines) else "the end of the report"
        place = Path(f"{self.origin}:{min(index, len(self.lines)) + 1}")
        refuse(place, problem, expected=expected, found=repr(found[:80]))

    def index(self, line: str) -> int | None:
        """Where this line stands for the last time: the table of contents comes first."""
        found = [at for at, other in enumerate(self.lines) if other.rstrip() == line]
        underlined = [at for at in found if self.lines[at + 1 : at + 2] == ("-" * 17,)]
        return underlined[-1] if underlined else None


def parse_checks(text: str, *, origin: Path, title: str) -> Checks:
    """Read a report under this title ('Report DRC'), layouts of Vivado 2015.3 to 2025.1.

    ReportError if the summary is absent, or if counts contradict one another.
    """
    header = parse_header(text, origin=origin)
    report = _Text.of(text, origin)
    _one_report(report, title)
    summary, details = report.index(SUMMARY), report.index(DETAILS)
    if summary is None:
        report.refuse(len(report.lines), f"'{title}' has no summary", f"the line '{SUMMARY}'")
    labels = _labels(report.lines[summary:details])
    total = _count(labels, "{} found")
    if total is None:
        report.refuse(summary, "the summary does not say how many", "'Violations found: 12'")
    table = _table(report, summary, details)
    findings = _findings(report, details) if details is not None else {}
    violations = _violations(report, table, findings, total)
    limit = _count(labels, "Max {}")
    incomplete = _incomplete(report, details, table) or _lacking(violations, total, limit)
    missing = {} if header.part else {"part": "no 'Device' line in the head"}
    if _counted(violations) < total:
        missing["severities"] = "the report is cut short"
        if table is None:
            missing["violations[].count"] = missing["severities"]
            violations = tuple(replace(violation, count=None) for violation in violations)
    return Checks(
        version=header.version,
        part=header.part or None,
        design=header.design,
        floorplan=labels.get("floorplan", ""),
        design_limits=labels.get("design limits", ""),
        ruledeck=labels.get("ruledeck"),
        max_violations=limit,
        total=total,
        waived=_count(labels, "{} waived"),
        of_waived="-waived" in header.command.split(),
        severities={} if "severities" in missing else _severities(violations),
        violations=violations,
        missing=missing,
        incomplete=incomplete,
    )


def _counted(violations: Sequence[Violation]) -> int:
    return sum(violation.count or 0 for violation in violations)


def _severities(violations: Sequence[Violation]) -> dict[str, int]:
    found = Counter[str]()
    for violation in violations:
        found[violation.severity] += violation.count or 0
    return dict(found)


def _one_report(report: _Text, title: str) -> None:
    titles = [at for at, line in enumerate(report.lines) if line.rstrip() == title]
    for again in titles[1:]:
        report.refuse(again, "several reports in one file", "one report a file")
    if not titles:
        report.refuse(len(report.lines), "the report breaks off", f"the line '{title}'")


def _labels(lines: Sequence[str]) -> dict[str, str]:
    """'Max violations: 3' as {'max violations': '3'}."""
    return {found[1].lower(): found[2] for line in lines if (found := LABEL.match(line))}


def _count(labels: Mapping[str, str], label: str) -> int | None:
    """The count under this label: '{} found' is 'Violations found', or 'Checks found'."""
    printed = (labels.get(label.format(name).lower(), "") for name in COUNTS)
    return next((int(cell) for cell in printed if COUNT.fullmatch(cell)), None)


def _table(report: _Text, summary: int, details: int | None) -> Box | None:
    return next(boxes(report.lines[:details], start=summary), None)


def _rows(report: _Text, table: Box) -> Iterator[tuple[str, str, str, int]]:
    count = next((name for name in COUNTS if name in table.head), "")
    if not count or not set(COLUMNS) <= set(table.head):
        report.refuse(
            table.line, "this table is not as known", f"columns {', '.join(COLUMNS)}, Violations"
        )
    at = [table.head.index(name) for name in (*COLUMNS, count)]
    for number, row in enumerate(table.rows, start=table.line + 2):
        try:
            rule, severity, description, cell = (row[column] for column in at)
            known = len(row) == len(table.head) and cells.integer(cell) > 0
        except (IndexError, ValueError):
            known = False
        if not known:
            report.refuse(number, "this row is not as known", "a rule and its count")
        yield rule, severity, description, cells.integer(cell)


def _findings(report: _Text, details: int) -> dict[tuple[str, str], list[tuple[str, Finding]]]:
    """(rule, severity) -> title and finding, in the order printed."""
    found: dict[tuple[str, str], list[tuple[str, Finding]]] = {}
    at, end = details + 2, len(report.lines)
    while at < end:
        if not report.lines[at].strip():
            at += 1
            continue
        head = FOUND.match(report.lines[at])
        if head is None:
            report.refuse(at, "this is no violation", "'RULE#1 Severity'")
        last = next((n for n in range(at, end) if report.lines[n].startswith(RELATED)), None)
        if last is None:
            break  # cut: _lacking will tell
        title, *text = [line.rstrip() for line in report.lines[at + 1 : last]] or [""]
        related, after = _related(report.lines, last)
        if after == end and (report.cut or related):
            break  # more names may have stood below
        finding = Finding(int(head[2]), "\n".join(text), related)
        entries = found.setdefault((head[1], head[3]), [])
        if finding.number != len(entries) + 1:
            report.refuse(at, "violations are not numbered in order", f"#{len(entries) + 1}")
        entries.append((title, finding))
        at = after
    return found


def _related(lines: Sequence[str], at: int) -> tuple[tuple[str, ...], int]:
    """The other violations a violation names, and the index of the line after them."""
    found = [lines[at].removeprefix(RELATED).strip()]
    at += 1
    while at < len(lines) and lines[at].strip():
        found.append(lines[at].strip())
        at += 1
    return tuple(name for name in found if name and name != "<none>"), at


def _limited(findings: Mapping[tuple[str, str], Sequence[tuple[str, Finding]]]) -> set[str]:
    """The rules that CHECK-3 says the tool stopped counting."""
    texts = (finding.text for entries in findings.values() for _, finding in entries)
    return {said[1] for text in texts if (said := LIMITED.match(text))}


def _violations(
    report: _Text,
    table: Box | None,
    findings: Mapping[tuple[str, str], Sequence[tuple[str, Finding]]],
    total: int,
) -> tuple[Violation, ...]:
    if table is None:
        rows = [
            (rule, severity, entries[0][0], len(entries))
            for (rule, severity), entries in findings.items()
        ]
    else:
        rows = list(_rows(report, table))
    known = {(rule, severity) for rule, severity, _, _ in rows}
    for rule, severity in findings.keys() - known:
        report.refuse(0, f"{rule} ({severity}) is in no row of the table", "a row for each rule")
    if len(known) != len(rows):
        report.refuse(0, "a rule stands twice in the table", "each rule once")
    limited = _limited(findings)
    violations = []
    for rule, severity, description, count in rows:
        entries = findings.get((rule, severity), ())
        if len(entries) > count or any(title != description for title, _ in entries):
            report.refuse(0, f"table and details of {rule} disagree", f"{count} x {description!r}")
        texts = tuple(finding for _, finding in entries)
        violations.append(Violation(rule, severity, description, count, texts, rule in limited))
    counted = _counted(violations)
    if counted > total or (table is not None and table.closed and counted != total):
        report.refuse(
            0, "the counts contradict one another", f"{total} in all, as the summary says"
        )
    return tuple(violations)


def _incomplete(report: _Text, details: int | None, table: Box | None) -> str:
    """Where the layout itself shows that the report breaks off."""
    if table is not None and not table.closed:
        return f"line {len(report.lines)}, in the table of {SUMMARY}"
    if details is None:
        return f"line {len(report.lines)}, before {DETAILS}"
    return f"line {len(report.lines) + 1}, in {DETAILS}" if report.cut else ""


def _lacking(violations: Sequence[Violation], total: int, limit: int | None) -> str:
    """What the counts tell of it: violations that were counted, but are not there."""
    if (counted := _counted(violations)) < total:
        return f"{DETAILS}: {counted} of {total} violations"
    for violation in violations:
        expected = min(violation.count or 0, limit or total)
        if len(violation.findings) < expected:
            return f"{DETAILS}: {len(violation.findings)} of {expected} {violation.rule}"
    return ""
