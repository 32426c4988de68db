"""What stands below 'Timing Details': group by group, every path and every pulse width."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bitwright.reports.read.vivado.paths import (
    NUMBER,
    Malformed,
    Path,
    last_digit,
    next_block,
    read_path,
)

GROUP = re.compile(r"-{20,}\n(?:Path Group:(.*)\n)?From Clock:(.*)\n  To Clock:(.*)$")
WORST = re.compile(
    r"(Setup|Hold|PW|Recovery|Removal) *: +(\S+)  Failing Endpoints?,"
    r"  Worst Slack +(\S+?)(?:ns)? *,  Total Violation +(\S+?)(?:ns)? *$"
)
ENDPOINTS = re.compile(r"(Max|Min) Delay +(\d+) Endpoints? *$")
PULSE_COLUMNS = (
    "Check Type",
    "Corner",
    "Lib Pin",
    "Reference Pin",
    "Required(ns)",
    "Actual(ns)",
    "Slack(ns)",
    "Location",
    "Pin",
)
SECTIONS = ("Max Delay Paths", "Min Delay Paths", "Pulse Width Checks")
WORST_OF = {"Setup": "wns_ns", "Hold": "whs_ns", "PW": "wpws_ns"}
SECTION_OF = {"Setup": 0, "Recovery": 0, "Max": 0, "Hold": 1, "Removal": 1, "Min": 1, "PW": 2}


@dataclass(frozen=True, slots=True)
class PulseWidth:
    """One check of a clock pin: period, pulse width or skew, in ns as printed."""

    clock: str
    check: str  # Min Period, Max Period, Low Pulse Width, High Pulse Width, ...
    corner: str  # Slow, Fast, n/a
    lib_pin: str  # FDRE/C
    reference_pin: str
    required_ns: float
    actual_ns: float
    slack_ns: float
    location: str
    pin: str


@dataclass(frozen=True, slots=True)
class Group:
    """One heading among the details."""

    path_group: str
    from_clock: str
    to_clock: str
    worst: dict[str, float] = field(default_factory=dict)  # wns_ns, whs_ns, wpws_ns -> slack


@dataclass(slots=True)
class Details:
    """Everything below 'Timing Details'. `broken` is empty, or where the text breaks off."""

    filtered: bool = False
    groups: list[Group] = field(default_factory=list)
    paths: list[Path] = field(default_factory=list)
    pulse_widths: list[PulseWidth] = field(default_factory=list)
    broken: str = ""
    due: list[str] = field(default_factory=list)  # sections that the last group still owes


def read_details(text: str, title: int, *, filtered: bool) -> Details:
    """Read what stands below the box at offset `title`, to the end or the data sheet. `text` holds
    whole lines only; `filtered`: not every section that a group announces is to be there.

    Raises Malformed where a line is not as known or a section is missing between others. A text
    that ends early gives what stands before, and `broken`.
    """
    found = Details(filtered)
    clock = ""
    at = text.find("\n\n", title) % (len(text) + 1)
    while (at := _skip(text, at)) < len(text):
        begin = at
        at = text.find("\n\n", begin)
        if at < 0:
            found.broken = "the last lines"
            break
        if text.startswith(SECTIONS, begin):
            begin = _section(text, begin, found)
            if begin > at and found.filtered:  # no path is slow enough for the filter
                continue
        if text.startswith("Slack", begin):
            block, at = next_block(text, begin)
            if block is None:
                found.broken = f"path {len(found.paths) + 1}"
                break
            found.paths.append(read_path(block))
        elif text.startswith("Check Type", begin):
            found.pulse_widths += _pulse_widths(text[begin:at].split("\n"), clock, begin)
        elif text.startswith("Clock Name:", begin):
            clock = text[begin:at].partition("\n")[0].partition(":")[2].strip()
        elif not _heading(text[begin:at], begin, found):
            break  # the data sheet
    if found.due and not found.broken:
        found.broken = f"before '{found.due[0]}' of the last group"
    return found


def _skip(text: str, at: int) -> int:
    while text.startswith("\n", at):
        at += 1
    return at


def _section(text: str, begin: int, found: Details) -> int:
    """Tick off a section; returns where its content begins."""
    title = text[begin : text.find("\n", begin)]
    if found.filtered:
        found.due = [title]
    if not found.due or found.due[0] != title:
        due = f"'{found.due[0]}' is missing before it" if found.due else "none is expected here"
        raise Malformed(f"'{title}', but {due}", begin)
    del found.due[0]
    return text.find("\n", begin + len(title) + 1) + 1


def _heading(chunk: str, at: int, found: Details) -> bool:
    """Take in what opens a group, or what a group announces. False at the data sheet."""
    if match := GROUP.match(chunk):
        if found.due:
            raise Malformed(f"no '{found.due[0]}' above this group", at)
        group, begin, end = ((part or "").strip() for part in match.groups())
        found.groups.append(Group(group, begin, end))
        return True
    if re.match(r"-+\n\| ", chunk):
        return False
    lines = chunk.split("\n")
    if len(lines) < 2 or set(lines.pop()) != {"-"}:
        raise Malformed(f"not as known among the paths: {chunk.strip()[:60]!r}", at)
    for line in lines:
        worst, endpoints = WORST.match(line), ENDPOINTS.match(line)
        match = worst or endpoints
        if match is None:
            raise Malformed(f"not as known below a group's clocks: {line[:60]!r}", at)
        if worst and re.fullmatch(NUMBER, worst[3]) and worst[1] in WORST_OF and found.groups:
            found.groups[-1].worst[WORST_OF[worst[1]]] = float(worst[3])
        if match[2] != ("NA" if worst else "0") and not found.filtered:
            found.due.append(SECTIONS[SECTION_OF[match[1]]])
    return True


def _pulse_widths(lines: Sequence[str], clock: str, at: int) -> Iterator[PulseWidth]:
    """The rows of one table of pulse widths, by the offsets of its headings."""
    titles = list(re.finditer(r"\S+(?: \S+)*", lines[0]))
    if tuple(title[0] for title in titles) != PULSE_COLUMNS:
        raise Malformed("the columns of the pulse widths are not as known", at)
    begins = [title.start() for title in titles]
    spans = [slice(a, b) for a, b in zip(begins, [*begins[1:], None], strict=True)]
    for line in lines[1:]:
        check, corner, lib, ref, *numbers, location, pin = [line[span].strip() for span in spans]
        try:
            required, actual, slack = map(float, numbers)
        except ValueError:
            raise Malformed(f"this is no pulse width: {line[:60]!r}", at) from None
        if not pin or abs(abs(actual - required) - abs(slack)) > 1.5 * last_digit(numbers[2]):
            raise Malformed(f"the numbers of this pulse width disagree: {line[:80]!r}", at)
        yield PulseWidth(clock, check, corner, lib, ref, required, actual, slack, location, pin)
