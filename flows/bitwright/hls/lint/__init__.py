"""A checker of HLS sources: directives, DATAFLOW regions, and C++ that no hardware can be.

    report = check(program.from_files([Path("kernel.cpp")]))
    print(*report.findings, report.verdict, sep="\\n")

It reads what the grammar gives and expands no macro and no template, so a rule speaks only where
what it needs is certain. `rules.RULES` is what is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bitwright.hls.lint import code, dataflow, directives, names, place, waivers
from bitwright.hls.lint.program import Program
from bitwright.hls.lint.rules import Finding, Severity, finding

_CHECKS = (directives.check, names.check, place.check, dataflow.check, code.check)
_UNREAD = 5  # places of one file that are named
_CUT = ("is the file cut off?", "'}' is missing")  # in what is said of a fault


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]  # sorted by file and line
    waived: int
    files: int
    functions: int
    pragmas: int

    def count(self, severity: Severity) -> int:
        return sum(found.severity == severity for found in self.findings)

    @property
    def verdict(self) -> str:
        """`lint: 3 files, 40 functions, 97 pragmas: no errors, no warnings`."""
        read = (self.files, "file"), (self.functions, "function"), (self.pragmas, "pragma")
        found = [(self.count("error"), "error"), (self.count("warning"), "warning")]
        found += [(self.count("note"), "note")] if self.count("note") else []
        told = [_count(*pair) for pair in found] + (
            [f"{self.waived} waived"] if self.waived else []
        )
        return f"lint: {', '.join(_count(*pair) for pair in read)}: {', '.join(told)}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def check(program: Program) -> Report:
    """Everything that is wrong with a program, but what its comments allow."""
    found = {each for some in _CHECKS for each in some(program)} | set(_unread(program))
    texts = {source.where: source.data.decode(errors="replace") for source in program.sources}
    left, waived = waivers.apply(texts, sorted(found))
    return Report(
        findings=tuple(sorted(left)),
        waived=waived,
        files=len(program.sources),
        functions=len(program.functions),
        pragmas=len(program.words),
    )


def _unread(program: Program) -> Iterator[Finding]:
    """What the grammar left out; behind a macro it only misses the ; that is in the macro."""
    for where, line in program.left_open.items():
        yield finding(where, line, "cut-off", "an #if has no #endif")
    for source in program.sources:
        faults = [fault for fault in source.faults if "';' is missing" not in fault.text]
        for fault in faults[:_UNREAD]:
            rule = "cut-off" if any(sign in fault.text for sign in _CUT) else "unread"
            yield finding(source.where, fault.line, rule, fault.text)
