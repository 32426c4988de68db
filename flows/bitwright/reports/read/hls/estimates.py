"""What every report of HLS about a design has in common: its words, and its numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NoReturn, TypeVar

from bitwright.reports.read.cells import decimal_or_none, integer_or_none, is_open
from bitwright.reports.read.document import refuse
from bitwright.reports.read.hls import nesting

NS = {"ps": Decimal("0.001"), "ns": Decimal(1), "us": Decimal(1000), "ms": Decimal(10**6)}
NS |= {"sec": Decimal(10**9), "s": Decimal(10**9)}
TIME = re.compile(r"(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([a-z]*)", re.ASCII)
VERSION = re.compile(r"\d{4}\.\d(?:\.\d+)?", re.ASCII)
T = TypeVar("T", int, float)
NO_URAM = "no URAM in this report: HLS before 2019.1, or a family without it"


@dataclass(frozen=True, slots=True)
class Latency:
    """Clock cycles from the first input to the last output."""

    best: int | None
    average: int | None
    worst: int | None


@dataclass(frozen=True, slots=True)
class RealTime:
    """The same in ns, as printed: three or four digits, of the slower of target and estimate."""

    best: float | None
    average: float | None
    worst: float | None


@dataclass(frozen=True, slots=True)
class Range:
    """One number, or two where it varies; None where the tool knows no bound."""

    min: int | None
    max: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """ns. The estimate has to lie below target minus uncertainty."""

    target: float | None
    estimated: float | None
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class Use:
    """Of one resource: what is used, and what the part has."""

    used: int | None
    available: int | None


@dataclass(frozen=True, slots=True)
class Resources:
    """bram_18k: one RAMB36 counts as two. dsp: DSP48E, DSP48E2 or DSP58, as the part has them."""

    lut: Use
    ff: Use
    bram_18k: Use
    uram: Use
    dsp: Use


@dataclass(frozen=True, slots=True)
class Loop:
    """One loop; what a layout does not print is None."""

    name: str
    trip_count: Range
    latency_cycles: Range
    iteration_latency_cycles: Range
    ii_cycles: int | None  # initiation interval achieved; None: not pipelined
    ii_target_cycles: int | None  # asked for; printed in csynth.rpt only
    depth_cycles: int | None  # of the pipeline; printed in csynth.xml only
    pipelined: bool
    pipeline: str  # as printed: yes, no, yes(flp), rewind; empty in XML before 2022.1
    slack_ns: float | None
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """One RTL port of the module."""

    name: str
    direction: str  # in, out, inout
    bits: int
    protocol: str  # ap_ctrl_hs, m_axi, s_axi, axis, ap_memory, ap_fifo, ...
    object: str  # the argument it belongs to, or the function itself
    kind: str  # of that argument: scalar, array, pointer, 'return value'


@dataclass(slots=True)
class Numbers:
    """Turns printed text into numbers; collects in `missing` what the tool left open."""

    origin: Path
    missing: dict[str, str] = field(default_factory=dict)

    def integer(self, name: str, text: str | None, *, line: int = 1) -> int | None:
        """A count of cycles, cells or bits; None and a reason where it is open or absent."""
        return self._read(integer_or_none, "a whole number, undef, ? or -", name, text, line)

    def decimal(self, name: str, text: str | None, *, line: int = 1) -> float | None:
        """A number with a fraction; None and a reason where it is open or absent."""
        return self._read(decimal_or_none, "a number, NA or -", name, text, line)

    def time_ns(self, name: str, text: str | None, *, line: int = 1) -> float | None:
        """`0.224 sec` -> 224000000.0; without a unit it is ns."""
        return self._read(nanoseconds, "a time: 5.00 ns, 0.224 sec", name, text, line)

    def range(self, name: str, text: str | None, *, line: int = 1) -> Range:
        """`4125 ~ 4128`, `1 ~ ?`, `undef` or one number."""
        low, tilde, high = (text or "").partition("~")
        least = self.integer(f"{name}.min", text if text is None else low, line=line)
        return Range(least, self.integer(f"{name}.max", high if tilde else text, line=line))

    def ordered(self, name: str, *values: float | None, line: int = 1) -> None:
        """Refuse numbers that contradict each other: best above worst."""
        known = [value for value in values if value is not None]
        if known != sorted(known):
            self.refuse(line, f"'{name}' contradicts itself", "best before worst", f"{known}")

    def parents(
        self, depths: Sequence[int], what: str, wanted: str, *, line: int = 1
    ) -> list[int | None]:
        """`nesting.parents` of rows this deep; refused where they do not nest."""
        try:
            return nesting.parents(depths)
        except ValueError as error:
            self.refuse(line, f"the {what} do not nest", wanted, str(error))

    def refuse(self, line: int, problem: str, expected: str, found: str) -> NoReturn:
        refuse(Path(f"{self.origin}:{line}"), problem, expected=expected, found=found)

    def _read(
        self, read: Callable[[str], T | None], wanted: str, name: str, text: str | None, line: int
    ) -> T | None:
        if text is None:
            self.missing[name] = "not in this report"
            return None
        try:
            value = read(text)
        except ValueError:
            self.refuse(line, f"'{name}' is no number", wanted, repr(text[:60]))
        if value is None:
            self.missing[name] = f"{text.strip() or 'blank'}: the tool left it open"
        return value


def nanoseconds(text: str) -> float | None:
    """A printed time in ns; None where it is open; ValueError where it is none."""
    if is_open(text):
        return None
    found = TIME.fullmatch(text.strip())
    if found is None or (found[2] or "ns") not in NS:
        raise ValueError(f"no time: {text!r}")
    value = float(Decimal(found[1]) * NS[found[2] or "ns"])
    if not math.isfinite(value):
        raise ValueError(f"no finite time: {text!r}")
    return value
