"""The head of every report that Vivado writes: what ran, on which design and part."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import refuse

LINE = re.compile(r"^\| (\w[\w /]*?) *: ?(.*?)\s*$", re.MULTILINE)
FIRST, NEWLINE = "| Tool Version", "\n"
LONGEST = 1 << 20  # characters of a head
VERSION = re.compile(r"v\.(\d{4}\.\d(?:\.\d+)?\w*)")


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a report; a line that the tool's version does not print is empty."""

    version: str  # 2022.2, 2024.2.1
    command: str  # report_timing_summary -max_paths 10 ...
    design: str
    part: str  # as printed: xc7z020clg484-1, 7z020-clg484
    state: str  # Synthesized, Fully Placed, Routed, ...
    lines: Mapping[str, str]  # every line, by its label

    def has(self, *options: str) -> bool:
        """Whether the command has one of these options, which Vivado lets one shorten."""
        words = [word for word in self.command.split() if len(word) > 1]
        return any(option.startswith(word) for word in words for option in options)


def claims(head: str, command: str) -> bool:
    """Whether this is the head of a report that this command of Vivado wrote."""
    return bool(re.search(rf"^\| Command +: {command}\b", head, re.MULTILINE))


def parse_header(text: str, *, origin: Path) -> Header:
    """Read the head. ReportError where no tool version or no command stands, or a second head."""
    first = text.find(FIRST)
    second = text.find(f"\n{FIRST}", first + 1)
    if first >= 0 and second >= 0:
        refuse(
            Path(f"{origin}:{text.count(NEWLINE, 0, second) + 2}"),
            "several reports in one file",
            expected="one report a file",
            found="the head of another",
            next="give each report a file of its own, without -append",
        )
    end = text.find("\n\n", first)  # a command that lists kernels is long
    found: dict[str, str] = dict(LINE.findall(text[: end if end > 0 else len(text)][:LONGEST]))
    version = VERSION.search(found.get("Tool Version", ""))
    if version is None or "Command" not in found:
        refuse(
            Path(f"{origin}:1"),
            "this is no head of a Vivado report",
            expected="lines '| Tool Version : Vivado v.2022.2 ...' and '| Command : ...'",
            found=repr(text[:60]),
        )
    part = found.get("Device", found.get("Part", ""))
    return Header(
        version[1],
        found["Command"],
        found.get("Design", ""),
        part,
        found.get("Design State", ""),
        found,
    )
