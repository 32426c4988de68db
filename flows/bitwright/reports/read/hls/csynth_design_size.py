"""csynth_design_size.rpt and .xml: how many instructions the compiler made, phase by phase."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.hls import nesting
from bitwright.reports.read.hls.estimates import Numbers
from bitwright.reports.read.hls.layout import parse_layout
from bitwright.reports.read.hls.safe_xml import Node, tree
from bitwright.reports.read.kind import Kind

XML = re.compile(r"<design_size\b[^<>]*>")
TEXT = re.compile(r"^== Design Size Report$", re.MULTILINE)
COUNT = re.compile(r"(\d[\d,]{0,20})(?: \((\d{1,9}) calls?\))?", re.ASCII)  # 4,416 (16 calls)
PHASES = "Total Instructions per Compilation Phase"
FUNCTIONS = "Instructions per Function for each Compilation Phase"
SETTINGS = "Design Size Message Settings"
STEP = ("Phase", "Step", "Instructions", "Description")
SETTING = ("Message Setting", "Value", "Description")
ABOUT = ("Function", "Location")  # columns of FUNCTIONS that are no phases


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a compilation phase, and the whole design's size after it."""

    phase: str  # Compile/Link, Unroll/Inline, Array/Struct, Performance, HW Transforms
    step: str  # (1) unroll; empty where the phase has no steps
    instructions: int
    description: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function with those it calls; what it calls is counted in it."""

    name: str
    location: str  # file:line
    instructions: Mapping[str, int | None]  # by phase; None: no longer there, inlined
    calls: Mapping[str, int]  # by phase, where it is called several times
    functions: tuple[Function, ...]


@dataclass(frozen=True, slots=True)
class CsynthDesignSize:
    """The sizes in instructions of the compiler's own language."""

    version: str | None
    part: str | None
    instructions: int  # after the last step
    steps: tuple[Step, ...]
    functions: tuple[Function, ...]
    settings: Mapping[str, str]
    missing: Mapping[str, str]
    incomplete: str


Rows = Sequence[Mapping[str, str]]


def parse_csynth_design_size(text: str, *, origin: Path) -> CsynthDesignSize:
    """Read csynth_design_size.rpt or .xml of Vitis HLS 2023.2 to 2025.1.

    ReportError where the sizes after each phase, or those of the functions, are not there.
    """
    numbers = Numbers(origin)
    read = _from_xml if XML.search(text[:1024]) else _from_text
    phases, functions, depths, settings, incomplete = read(text, numbers)
    steps = tuple(_steps(phases, numbers))
    if not steps:
        numbers.refuse(1, "no size of the design", f"the table '{PHASES}'", incomplete or "none")
    return CsynthDesignSize(
        None,
        None,
        steps[-1].instructions,
        steps,
        _functions(functions, depths, numbers),
        {row["Message Setting"]: row["Value"] for row in settings},
        numbers.missing,
        incomplete,
    )


Parts = tuple[Rows, Rows, list[int], Rows, str]


def _from_text(text: str, numbers: Numbers) -> Parts:
    layout = parse_layout(text, origin=numbers.origin)
    tables = [layout.table("Design Size Report", name) for name in (PHASES, FUNCTIONS, SETTINGS)]
    phases, functions, settings = tables
    if phases is None or functions is None or not functions.box.rows:
        found = layout.incomplete or "no such table"
        numbers.refuse(1, "no sizes of the functions", f"'{PHASES}' and '{FUNCTIONS}'", found)
    rows = functions.rows(*ABOUT)
    columns = [
        indent + 2 * row["Function"].startswith("+ ")
        for row, indent in zip(rows, functions.box.indents, strict=True)
    ]
    for row in rows:
        row["Function"] = row["Function"].removeprefix("+ ")
    ends = "" if settings is not None else f"it ends before '{SETTINGS}'"
    return (
        phases.rows(*STEP),
        rows,
        [column - columns[0] for column in columns],
        settings.rows(*SETTING) if settings is not None else [],
        layout.incomplete or ends,
    )


def _from_xml(text: str, numbers: Numbers) -> Parts:
    root = tree(text, origin=numbers.origin)
    items = {node.attributes.get("name", ""): node for node in root.all("item")}
    lacks = [name for name in (PHASES, FUNCTIONS) if name not in items]
    if lacks:
        numbers.refuse(root.line, "a part is missing", f"<item name='{lacks[0]}'>", "no such item")
    header = items[FUNCTIONS].get("hiertable", "header")
    named = header.attributes.items() if header is not None else ()
    heads = {at: head for at, head in named if at.startswith("col")}
    found: list[tuple[int, Mapping[str, str]]] = []
    top = items[FUNCTIONS].get("hiertable", "rows")
    waiting = [(0, row) for row in reversed(top.children)] if top is not None else []
    while waiting:
        depth, node = waiting.pop()
        if node.tag == "row":
            word = node.attributes
            found.append((depth, {head: word.get(at, "") for at, head in heads.items()}))
            waiting += [(depth + 1, row) for row in reversed(node.children)]
    rows = [row for _, row in found]
    for name in ABOUT:
        if not rows or name not in rows[0]:
            numbers.refuse(1, f"no column '{name}'", f"it in '{FUNCTIONS}'", f"{list(rows[:1])}")
    phases = list(_columns(items[PHASES], STEP, numbers))
    settings = list(_columns(items[SETTINGS], SETTING, numbers)) if SETTINGS in items else []
    return phases, rows, [depth for depth, _ in found], settings, ""


def _columns(item: Node, needed: tuple[str, ...], numbers: Numbers) -> Iterator[dict[str, str]]:
    """The rows of a <table>: <keys> are the headings, a <column> is a row, its name the first."""
    heads = (item.word("table", "keys") or "").split(", ")
    if tuple(heads) != needed:
        numbers.refuse(item.line, "the table has other columns", ", ".join(needed), repr(heads))
    for node in item.all("table", "column"):
        cells = node.text.split(",", len(heads) - 2)
        cells += [""] * (len(heads) - 1 - len(cells))
        row = (node.attributes.get("name", ""), *(cell.strip() for cell in cells))
        yield dict(zip(heads, row, strict=True))


def _steps(rows: Rows, numbers: Numbers) -> Iterator[Step]:
    phase = ""
    for row in rows:
        phase = row["Phase"] or phase
        if row["Instructions"]:
            size, _ = _count(row["Instructions"], f"steps.{phase}", numbers)
            yield Step(phase, row["Step"], size, row["Description"])


def _functions(rows: Rows, depths: Sequence[int], numbers: Numbers) -> tuple[Function, ...]:
    above = numbers.parents(depths, "functions", "one step deeper")

    def make(at: int, within: tuple[Function, ...]) -> Function:
        row, name = rows[at], rows[at]["Function"]
        cells = {phase: cell for phase, cell in row.items() if phase not in ABOUT}
        counts = {
            phase: _count(cell, f"functions.{name}.{phase}", numbers) if cell else (None, 1)
            for phase, cell in cells.items()
        }
        sizes = {phase: size for phase, (size, _) in counts.items()}
        calls = {phase: times for phase, (_, times) in counts.items() if times > 1}
        return Function(name, row["Location"], sizes, calls, within)

    return nesting.build(above, make)


def _count(cell: str, name: str, numbers: Numbers) -> tuple[int, int]:
    """How many instructions, in how many calls."""
    found = COUNT.fullmatch(cell.strip())
    if found is None:
        numbers.refuse(1, f"'{name}' is no number", "1,119 or 88 (2 calls)", repr(cell[:60]))
    return int(found[1].replace(",", "")), int(found[2] or 1)


def _claims(head: str) -> bool:
    return TEXT.search(head) is not None or XML.search(head[:1024]) is not None


KIND = Kind("csynth_design_size", "HLS", _claims, parse_csynth_design_size)
