"""XRT's run summary: one run of a program on a platform, its profile and its system diagram."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import Item, read_json
from bitwright.reports.read.kind import Kind

NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
RESOURCES = {"LUT": "lut", "REG": "ff", "BRAM": "bram_36k", "DSP": "dsp", "URAM": "uram"}
DIAGRAM = "payload_16bitEnc"  # JSON, two hexadecimal digits a byte


@dataclass(frozen=True, slots=True)
class Calls:
    """How often something was called, and for how long."""

    name: str  # clEnqueueTask; of kernels: the kernel
    calls: int
    total_ms: float
    min_ms: float
    average_ms: float
    max_ms: float


@dataclass(frozen=True, slots=True)
class Transfers:
    """What moved between host and global memory."""

    name: str  # READ, WRITE
    context: str  # context0:1
    transfers: int
    rate_mb_s: float
    utilization_percent: float  # of the bandwidth
    average_kb: float
    total_ms: float
    average_ms: float


@dataclass(frozen=True, slots=True)
class ComputeUnit:
    """An instance of a kernel, and what it takes of the device in each state of the build."""

    name: str
    kernel: str
    base_address: int | None
    resources: Mapping[str, Mapping[str, float | None]]  # routed -> lut, ff, bram_36k, dsp, uram


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file that the run left."""

    name: str
    type: str  # PROFILE, TRACE, VP_TRACE, ...


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run."""

    version: str | None  # of v++ or XRT's release
    part: str | None  # of the platform's board: xczu3eg-sbva484-1-i
    source: str  # ocl, vp
    target: str | None  # hw, hw_emu; from schema 1.4
    flow: str | None  # System Run, Software Emulation
    written_ms: int  # since 1970, UTC
    total_ms: float | None
    platform: str | None
    xclbin: str | None
    uuid: str | None
    files: tuple[RunFile, ...]
    api_calls: tuple[Calls, ...]
    kernels: tuple[Calls, ...]
    transfers: tuple[Transfers, ...]
    compute_units: tuple[ComputeUnit, ...]
    missing: Mapping[str, str]
    incomplete: str


def claims(head: str) -> bool:
    return head.lstrip().startswith("{") and all(
        f'"{key}"' in head[:2048] for key in ("schema_version", "generation", "PID")
    )


def parse_run_summary(text: str, *, origin: Path) -> RunSummary:
    """Read a run summary, schema 1.1 (XRT 2.8) and 1.4 (2024.2).

    text: an .run_summary file, one JSON document; specimens in tests/specimens/xrt-*/
    Profile and diagram are both optional: what the run did not write is None or empty, and in
    missing. Raises ReportError if the document breaks off, or if a number is none.
    """
    document = read_json(text, origin=origin)
    run = document["generation"]
    profile, header = _below(document, "profile"), None
    if profile:
        header = profile["header"]
    board = _diagram(document)
    xsa, xclbin = (_below(board, "xsa"), _below(board, "xclbin")) if board else (None, None)
    made = xclbin["generated_by"] if xclbin else None
    found = {
        "version": _text(made, "version") or _text(header, "toolVersion"),
        "part": _text(xsa["board"], "part") if xsa else None,
        "target": (_text(run, "target") or "").removeprefix("TT_").lower() or None,
        "flow": _text(header, "flow"),
        "platform": _text(xsa, "name"),
        "xclbin": _text(made, "xclbin_name"),
        "uuid": _text(made, "uuid"),
    }
    total = _number(header["totalTime"]) if header else None
    missing = {name: "not in this summary" for name, value in found.items() if value is None}
    if profile is None:
        missing["api_calls"] = missing["kernels"] = missing["total_ms"] = "no profile was taken"
    if board is None:
        missing["compute_units"] = "no system diagram is in this summary"
    units = tuple(_units(xclbin))
    return RunSummary(
        **found,
        source=run["source"].text(),
        written_ms=_count(run["timestamp"]),
        total_ms=total,
        files=tuple(RunFile(one["name"].text(), one["type"].text()) for one in _files(document)),
        api_calls=tuple(_calls(profile, "apiCalls")),
        kernels=tuple(_calls(profile, "kernelEnqueues")),
        transfers=tuple(_transfers(profile)),
        compute_units=units,
        missing=missing | dict(_left_open(units)),
        incomplete="",
    )


def _below(item: Item | None, key: str) -> Item | None:
    """The value of a key that may be absent; XRT writes "" for an empty object or list."""
    if item is None or item.value == "" or key not in item.table():
        return None
    return None if item[key].value == "" else item[key]


def _text(item: Item | None, key: str) -> str | None:
    found = _below(item, key)
    return found.text() if found else None


def _number(item: Item) -> float:
    return float(item.text()) if NUMBER.fullmatch(item.text()) else item.refuse("a number as text")


def _count(item: Item) -> int:
    text = item.text()
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else item.refuse("digits as text")


def _files(document: Item) -> Iterator[Item]:
    found = _below(document, "files")
    yield from found.items() if found else ()


def _diagram(document: Item) -> Item | None:
    found = _below(_below(document, "system_diagram"), DIAGRAM)
    if found is None:
        return None
    try:
        text = bytes.fromhex(found.text()).decode()
    except ValueError:
        found.refuse("JSON in hexadecimal digits")
    return read_json(text, origin=Path(f"{found.origin}: {found.way}"))["system_diagram_metadata"]


def _calls(profile: Item | None, key: str) -> Iterator[Calls]:
    found = _below(profile, key)
    for name, one in found.entries() if found else ():
        times = [_number(one[f"{word}Time"]) for word in ("total", "min", "avg", "max")]
        calls = Calls(name, _count(one["numCalls"]), *times)
        slack = 1e-3 * calls.max_ms
        if not calls.min_ms - slack <= calls.average_ms <= calls.max_ms + slack:
            one.refuse("an average between the least and the most")
        yield calls


def _transfers(profile: Item | None) -> Iterator[Transfers]:
    found = _below(profile, "hostToGlobalTransfers")
    for one in found.items() if found else ():
        yield Transfers(
            one["name"].text(),
            one["contextDevices"].text(),
            _count(one["numTransfers"]),
            *[_number(one[key]) for key in ("rate", "util", "avgSize", "totalTime", "avgLatency")],
        )


def _units(xclbin: Item | None) -> Iterator[ComputeUnit]:
    regions = _below(xclbin, "user_regions")
    for region in regions.items() if regions else ():
        units = _below(region, "compute_units")
        for unit in units.items() if units else ():
            used = _below(unit, "actual_resources")
            address = _text(unit, "base_address")
            if address and not re.fullmatch("0x[0-9a-fA-F]{1,16}", address):
                unit["base_address"].refuse("an address")
            yield ComputeUnit(
                unit["cu_name"].text(),
                unit["kernel_name"].text(),
                int(address, 16) if address else None,
                {one["design_state"].text(): _used(one) for one in (used.items() if used else ())},
            )


def _used(item: Item) -> dict[str, float | None]:
    return {
        name: _amount(item[key]) if _text(item, key) else None for key, name in RESOURCES.items()
    }


def _amount(item: Item) -> float:
    """A count, or half a block RAM."""
    value = _number(item)
    return int(value) if value.is_integer() else value


def _left_open(units: Sequence[ComputeUnit]) -> Iterator[tuple[str, str]]:
    """What the diagram leaves empty, for any unit."""
    if any(unit.base_address is None for unit in units):
        yield "compute_units[].base_address", "left empty: a unit without registers"
    if any(not unit.resources for unit in units):
        yield "compute_units[].resources", "none for a unit that this build did not place"
    used = [counts for unit in units for counts in unit.resources.values()]
    for name in RESOURCES.values():
        if any(counts[name] is None for counts in used):
            yield f"compute_units[].resources.{name}", "left empty: the device has none"


KIND = Kind("run_summary", "XRT", claims, parse_run_summary)
