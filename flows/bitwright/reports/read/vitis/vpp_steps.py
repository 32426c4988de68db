"""link.steps.log, KERNEL.steps.log: the steps of a run of v++, when each began, how it ended.

------------------------------------------
step: running system_link
timestamp: 28 Nov 2023 20:13:21
cmd: system_link --xo ...
system_link status: success
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import refuse
from bitwright.reports.read.kind import Kind
from bitwright.reports.read.log_kind import writer

STEP = re.compile(
    r"^ *(?:(?:V\+\+|VPL) internal step|step): (?:running )?(.*\S) *\n"
    r"((?:(?! *-{8}| *(?:(?:V\+\+|VPL) internal step|step): ).*\n)*)",
    re.MULTILINE,
)
BEGAN = re.compile(r"^ *timestamp: (.*\S) *\n", re.MULTILINE)
OWN = re.compile(r"^ *(?:V\+\+|VPL) internal step status: (\w+) *\n", re.MULTILINE)
STATUS = re.compile(r"^(\S+) status: (\w+) *\n", re.MULTILINE)  # may follow the steps inside it
DONE = re.compile(r"^system estimate report task completed\ntimestamp: (.*\S)\n\s*\Z", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Step:
    name: str  # system_link; 'generating xclbin xml file'
    line: int
    began: str | None  # as printed: 28 Nov 2023 20:13:21; None for a few inside vpl
    status: str | None  # as printed: success; None where none is: the steps inside vpl


@dataclass(frozen=True, slots=True)
class Steps:
    version: None  # not printed
    part: None
    steps: tuple[Step, ...]
    ended: str | None  # as printed
    missing: Mapping[str, str]
    incomplete: str


def parse_vpp_steps(text: str, *, origin: Path) -> Steps:
    """Read a steps log of v++ (2020.2). ReportError without a step."""
    statuses = {match[1]: match[2] for match in STATUS.finditer(text)}
    steps = tuple(
        Step(
            name=step[1],
            line=text.count("\n", 0, step.start()) + 1,
            began=_first(BEGAN, step[2]),
            status=_first(OWN, step[2]) or statuses.get(step[1]),
        )
        for step in STEP.finditer(text)
    )
    if not steps:
        refuse(
            origin,
            "no step in this log",
            expected="'step: running ...' and 'timestamp: ...' below",
            found=f"{text.count(chr(10))} lines without",
        )
    done = DONE.search(text, max(0, len(text) - 200))
    lines = text.count("\n")
    incomplete = (
        "" if done else f"line {lines}: 'system estimate report task completed' is not the end"
    )
    return Steps(None, None, steps, done[1] if done else None, {}, incomplete)


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found[1] if found else None


KIND = Kind("vpp_steps", "v++", lambda head: writer(head) == "steps", parse_vpp_steps)
