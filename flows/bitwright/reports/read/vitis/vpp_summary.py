"""v++'s summaries (compile_summary, link_summary, package_summary): what ran, for how long, how it
ended, and which reports it left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.errors import ReportError
from bitwright.reports.read.document import Item, read_json, refuse
from bitwright.reports.read.kind import Kind

OPEN, CLOSE = "<ENTRY>", "</ENTRY>"
RELEASE = re.compile(r"Release (\d{4}\.\d(?:\.\d)?)")
STEPS = {"ET_CmdStep": "command", "ET_SubCmdStep": "part"}
RUNNING = "CS_RUNNING"


@dataclass(frozen=True, slots=True)
class Step:
    """One program that v++ ran; parts of the first one, which is v++ itself."""

    id: str
    name: str  # v++, vitis_hls, system_link, vpl, vivado, xclbinutil, ...
    level: str  # command, part
    state: str | None  # passed, failed, ...; None: it has not ended
    started_ms: int  # since 1970, UTC
    ended_ms: int | None
    seconds: float | None
    command_line: str
    log: str
    folder: str  # it ran in
    settings: Mapping[str, str]  # text of each ini file it was given, by path


@dataclass(frozen=True, slots=True)
class Report:
    """A report that v++ left."""

    name: str  # of the kernel it is about, else empty
    kind: str  # KERNEL_HLS_CSYNTH, GLOBAL_SYSTEM_ESTIMATE, ...
    format: str  # TEXT, XML, JSON, BINARY_PROTOBUF, ...
    path: str


@dataclass(frozen=True, slots=True)
class Kernel:
    """A kernel of the build."""

    name: str
    type: str  # HLS, RTL, ...
    file: str
    compute_units: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VppSummary:
    """One run of v++. `state` and `seconds` are those of v++ itself."""

    version: str | None
    part: None  # not said; the platform is
    flow: str | None  # compile, link, package
    target: str | None  # hw, hw_emu, sw_emu
    platform: str | None  # bench_base.xpfm
    state: str | None
    seconds: float | None
    steps: tuple[Step, ...]
    reports: tuple[Report, ...]
    kernels: tuple[Kernel, ...]
    missing: Mapping[str, str]
    incomplete: str


@dataclass(frozen=True, slots=True)
class _Entry:
    type: str
    at_ms: int
    body: Item


def claims(head: str) -> bool:
    return head.lstrip().startswith(OPEN)


def parse_vpp_summary(text: str, *, origin: Path) -> VppSummary:
    """Read a summary: a stream of entries, each JSON, appended as v++ runs. Layout of v++ 2020.2.

    text: a compile_, link_ or package_summary; specimens in tests/specimens/vpp-*/
    A summary is incomplete if it breaks off, or if v++ itself has not ended in it.
    Raises ReportError if an entry is no JSON, lacks what is known of its type, or if a state
    belongs to no step.
    """
    documents, rest = _documents(text, origin)
    entries = [_entry(document) for document in documents if "type" in document.table()]
    steps = tuple(_steps(entries, origin))
    about = next((entry.body for entry in entries if entry.type == "ET_FlowMetaData"), None)
    summary = about["buildSummary"] if about else None
    release = RELEASE.search(summary["toolVersion"].text()) if summary else None
    version = release[1] if release else None
    flow, target = _word(summary, "flow", "BF_"), _word(summary, "target", "TT_")
    platform = summary["hardwarePlatform"].text() if summary else None
    state, seconds = (steps[0].state, steps[0].seconds) if steps else (None, None)
    found = {
        "version": version,
        "flow": flow,
        "target": target,
        "platform": platform,
        "state": state,
        "seconds": seconds,
    }
    why = "v++ does not say" if summary else "v++ had not come to that"
    return VppSummary(
        version,
        None,
        flow,
        target,
        platform,
        state,
        seconds,
        steps,
        tuple(_report(entry.body["report"]) for entry in entries if entry.type == "ET_Report"),
        tuple(_kernel(item) for item in summary["kernels"].items()) if summary else (),
        {name: why for name, value in found.items() if value is None},
        _incomplete(rest, steps, len(documents)),
    )


def _incomplete(rest: str, steps: Sequence[Step], entries: int) -> str:
    if rest.strip():
        return f"in entry {entries + 1}"
    if not steps or steps[0].state is None:
        return f"after entry {entries}: {steps[0].name if steps else 'v++'} has not ended"
    return ""


def _documents(text: str, origin: Path) -> tuple[list[Item], str]:
    """Every entry that is whole, and the text after the last of them."""
    documents: list[Item] = []
    at = 0
    while (start := text.find(OPEN, at)) >= 0:
        if between := text[at:start].strip():
            line = text.count("\n", 0, start) + 1
            where, found = Path(f"{origin}:{line}"), repr(between[:60])
            refuse(where, "text between two entries", expected=OPEN, found=found)
        end = text.find(CLOSE, start)
        if end < 0:
            break
        documents.append(_document(text, start + len(OPEN), end, origin))
        at = end + len(CLOSE)
    return documents, text[at:]


def _document(text: str, start: int, end: int, origin: Path) -> Item:
    try:
        return read_json(text[start:end], origin=origin)
    except ReportError:  # again, for the line within the file
        above = "\n" * text.count("\n", 0, start)
        return read_json(above + text[start:end], origin=origin)


def _entry(document: Item) -> _Entry:
    return _Entry(document["type"].text(), _integer(document["timestampMillis"]), document)


def _integer(item: Item) -> int:
    """A count; v++ writes it as a string."""
    text = item.text()
    return int(text) if re.fullmatch("[0-9]{1,16}", text) else item.refuse("digits")


def _steps(entries: Sequence[_Entry], origin: Path) -> Iterator[Step]:
    """Each step with the last state that was told of it."""
    begun = [entry for entry in entries if entry.type in STEPS]
    told: dict[str, list[tuple[int, str]]] = {
        entry.body["buildStep"]["cmdId"].text(): [] for entry in begun
    }
    if len(told) != len(begun):
        refuse(origin, "two steps of one id", expected="each step once", found="an id twice")
    for entry in entries:
        if entry.type == "ET_Status":
            status = entry.body["status"]
            identity = status["cmdId"]
            if identity.text() not in told:
                identity.refuse("the id of a step")
            told[identity.text()].append((entry.at_ms, status["state"].text()))
    for entry in begun:
        yield _step(entry, told[entry.body["buildStep"]["cmdId"].text()])


def _step(entry: _Entry, told: Sequence[tuple[int, str]]) -> Step:
    step = entry.body["buildStep"]
    times = [entry.at_ms, *(at for at, _ in told)]
    if times != sorted(times):
        entry.body["timestampMillis"].refuse("times that go on")
    ended, state = told[-1] if told and told[-1][1] != RUNNING else (None, None)
    return Step(
        step["cmdId"].text(),
        step["name"].text(),
        STEPS[entry.type],
        state.removeprefix("CS_").lower() if state else None,
        entry.at_ms,
        ended,
        None if ended is None else (ended - entry.at_ms) / 1000,
        step["commandLine"].text(),
        step["logFile"].text(),
        step["cwd"].text(),
        {item["path"].text(): item["content"].text() for item in step["iniFiles"].items()},
    )


def _report(item: Item) -> Report:
    return Report(*[item[name].text() for name in ("name", "reportType", "fileType", "path")])


def _kernel(item: Item) -> Kernel:
    return Kernel(
        item["base"]["name"].text(),
        item["type"].text(),
        item["base"]["file"].text(),
        tuple(name.text() for name in item["cuNames"].items()),
        tuple(name.text() for name in item["sources"].items()),
    )


def _word(summary: Item | None, name: str, prefix: str) -> str | None:
    """BF_LINK -> link."""
    return summary[name].text().removeprefix(prefix).lower() if summary else None


KIND = Kind("vpp_summary", "v++", claims, parse_vpp_summary)
