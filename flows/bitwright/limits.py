"""What a config demands of a build: limits on what is measured, forbidden messages, waivers.

    limits:
      wns_ns: ">= 0.1"            # a bound as written: >= or <=, a number, perhaps % of the part
      lut: "<= 80 %"
      dsp: 256                    # bare: at most what is better low, at least what is better high
      hls.ffn.interval_cycles: "<= 3000000"   # HLS estimates it; judged where HLS runs
      ulx3s-85f: {bram_18k: 180}  # on this target only; stands in place of a general one
    messages: ["Synth 8-327", "latch inferred"]   # no log may hold them
    waivers:
      - {limit: lut, reason: the debug core is still in, until: 2027-01-31}
    thresholds: {achieved_mhz: "3 %"}   # how much worse than the baseline is still accepted

Values and their reading only; reports/judge.py holds the opinion.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from bitwright.reports.measures import (
    HIGHER,
    LOWER,
    MEASURES,
    OF_HLS,
    RESOURCES,
    Measure,
    measure_of,
)
from bitwright.schema import nearest
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

AT_LEAST, AT_MOST = ">=", "<="
NUMBER = r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?"
BOUND = re.compile(rf"(>=|<=)?\s*({NUMBER})\s*(%|[A-Za-z]+)?", re.ASCII)
MESSAGE_ID = re.compile(r"[A-Za-z_]+ [0-9]+-[0-9]+\Z")  # Synth 8-327, HLS 200-1553
OF_CLOCK = ("wns_ns", "achieved_mhz")
OF_PARTS = f"clock.NAME.({'|'.join(OF_CLOCK)}), instance.PATH.({'|'.join(RESOURCES)})"
HLS = "hls."  # before the kernel in the name of a number that HLS estimates
MESSAGE_LIMIT = 200  # characters of a pattern
REASON_LIMIT = 400
EXPECTED = "a bound such as '>= 0.1', '<= 80 %' or 256"


@dataclass(frozen=True, slots=True)
class Limit:
    """One bound on one measure."""

    metric: str  # a flat name of reports/measures.py
    sign: str  # >= or <=
    bound: float  # in the measure's unit, or percent
    percent: bool = False  # of what the part has

    def __str__(self) -> str:
        measure = measure_of(self.metric)
        unit = "%" if self.percent else measure.unit if measure else ""
        return f"{self.sign} {self.bound:.15g} {unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Waiver:
    """A limit or message that may be broken for a while."""

    of: str  # the metric of a limit, or a message as `messages` lists it
    reason: str
    until: str  # the last day it holds, 2027-01-31
    expired: bool  # on the day of planning


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much worse than the baseline a measure may be."""

    metric: str
    amount: float  # in the measure's unit, or percent of what it was
    percent: bool

    def of(self, before: float) -> float:
        """The tolerated change, in the measure's unit."""
        return abs(before) * self.amount / 100 if self.percent else self.amount


@dataclass(frozen=True, slots=True)
class Demands:
    """All that a config demands of a build on one target."""

    limits: tuple[Limit, ...] = ()
    messages: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    thresholds: tuple[Tolerance, ...] = ()

    @property
    def of_build(self) -> Demands:
        """What a bitstream is judged by; HLS does not run for every one."""
        return self._only(lambda metric: not metric.startswith(HLS))

    def of_hls(self, kernel: str) -> Demands:
        """What the HLS of one kernel is judged by, before anything is implemented."""
        return self._only(lambda metric: metric.startswith(f"{HLS}{kernel}."))

    def _only(self, holds: Callable[[str], bool]) -> Demands:
        """The limits on some metrics, and the waivers of those and of messages."""
        limits = tuple(limit for limit in self.limits if holds(limit.metric))
        kept = {*self.messages, *(limit.metric for limit in limits)}
        return replace(
            self, limits=limits, waivers=tuple(each for each in self.waivers if each.of in kept)
        )


NOTHING = Demands()
KEYS = ("limits", "messages", "waivers", "thresholds")


def today() -> date:
    """The day by which waivers expire: of SOURCE_DATE_EPOCH where set, else today's; UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch(r"[0-9]{1,11}", epoch, re.ASCII):
        return datetime.fromtimestamp(int(epoch), UTC).date()
    return datetime.now(UTC).date()


@dataclass(frozen=True, slots=True)
class Synthesised:
    """The kernels of a config that HLS builds, and where."""

    kernels: tuple[str, ...] = ()
    on: Callable[[str], bool] = lambda target: True  # whether HLS runs for that target


def read_demands(
    items: Mapping[str, Node],
    targets: Iterable[str],
    faults: Faults,
    day: date,
    hls: Synthesised = Synthesised(),
) -> Mapping[str, Demands]:
    """The demands of a config on each target, under "" on any other; faults are noted.

    items: the config's keys; targets: the names there are; day: on which waivers are judged
    A general limit on a number of HLS counts where HLS runs. Written for a target where it does
    not, it could never be judged, so it is a fault.
    """
    general, special = _read_limits(items.get("limits"), tuple(targets), faults, hls)
    messages = _read_messages(items.get("messages"), faults)
    every = [*general, *(limit for limits in special.values() for limit in limits)]
    waivable = {"limit": tuple(dict.fromkeys(x.metric for x in every)), "message": messages}
    waivers = _read_waivers(items.get("waivers"), waivable, faults, day)
    thresholds = _read_thresholds(items.get("thresholds"), faults)
    found = {}
    for target in ("", *special):
        own = {limit.metric: limit for limit in (*general, *special.get(target, ()))}
        found[target] = Demands(tuple(own.values()), messages, waivers, thresholds)
    return found


def metric_fault(name: str, kernels: Iterable[str] = ()) -> str:
    """Why a name is that of no measure, with the nearest that is; empty if it is one.

    kernels: those of which HLS tells numbers; without any, `hls.` begins no name
    """
    owner, _, last = name.rpartition(".")
    known: Iterable[str] = MEASURES
    kernels = tuple(kernels)
    if owner.startswith("clock.") and owner != "clock.":
        known = OF_CLOCK
    elif owner.startswith("instance.") and all(owner.split(".")):
        known = RESOURCES
    elif kernels and owner.startswith(HLS) and owner.count(".") == 1:
        kernel, known = owner.removeprefix(HLS), OF_HLS
        if kernel not in kernels:
            why = f"HLS builds no {shown(kernel)}{nearest(kernel, kernels)}"
            return f"unknown metric {shown(name)}: {why} (kernels: {', '.join(kernels)})"
    elif owner:
        owners = "clock.NAME or instance.PATH" if not kernels else "clock., instance. or hls.KERNEL"
        return (
            f"unknown metric {shown(name)}; before the last dot stands nothing,"
            f" {owners} (metrics: {', '.join(MEASURES)}, {OF_PARTS})"
        )
    if last in known:
        return ""
    near = nearest(last, known)
    more = "" if owner else f", {OF_PARTS}"
    return f"unknown metric {shown(name)}{near} (metrics: {', '.join(known)}{more})"


def _read_limits(
    node: Node | None, targets: tuple[str, ...], faults: Faults, hls: Synthesised
) -> tuple[list[Limit], dict[str, list[Limit]]]:
    """The limits on every target, and those on one only."""
    general: list[Limit] = []
    special: dict[str, list[Limit]] = {}
    for key, line, item in _entries(node, "limits", "metrics and their bounds", faults):
        if isinstance(item, Table):
            if key not in targets:
                hint = nearest(key, targets)
                known = ", ".join(targets)
                faults.add(line, f"limits: no target {shown(key)}{hint} (targets: {known})")
            inner = _entries(item, key, "metrics and their bounds", faults)
            special[key] = [limit for entry in inner if (limit := _limit(*entry, faults, hls))]
            if key in targets:
                _check_judged(key, item, special[key], faults, hls)
        elif limit := _limit(key, line, item, faults, hls):
            general.append(limit)
    return general, special


def _check_judged(
    target: str, item: Table, limits: Iterable[Limit], faults: Faults, hls: Synthesised
) -> None:
    """A limit on a number of HLS, for a target that has no HLS, would never be judged."""
    for limit in limits:
        if limit.metric.startswith(HLS) and not hls.on(target):
            text = f"limits: {target}: {limit.metric}: HLS does not run for this target"
            faults.add(item.lines[limit.metric], text)


def _entries(
    node: Node | None, where: str, expected: str, faults: Faults
) -> list[tuple[str, int, Node]]:
    """Key, line and value of each entry of a table; a fault if the node is none."""
    if node is None:
        return []
    if not isinstance(node, Table):
        faults.add(node.line, f"{where}: expected {expected}, found {describe(node)}")
        return []
    return [(key, node.lines[key], item) for key, item in node.items.items()]


def _limit(name: str, line: int, node: Node, faults: Faults, hls: Synthesised) -> Limit | None:
    fault = metric_fault(name, hls.kernels)
    if not fault:
        made = parse_bound(name, node.text) if isinstance(node, Scalar) else EXPECTED
        if isinstance(made, Limit):
            return made
        fault = f"expected {made}, found {describe(node)}"
    faults.add(line, f"limits: {name}: {fault}" if "metric" not in fault else f"limits: {fault}")
    return None


def parse_bound(metric: str, text: str) -> Limit | str:
    """The limit a bound stands for, or what was expected in its place.

    metric: a known name. A bare number bounds what is better low from above and what is better
    high from below; where neither is better a sign is needed.
    """
    measure = measure_of(metric)
    assert measure is not None
    match = BOUND.fullmatch(text.strip())
    if match is None:
        return EXPECTED
    sign, number, unit = match.groups()
    if unit == "%" and (measure.name not in RESOURCES):
        return f"a bound in {measure.unit or 'plain numbers'}; only {', '.join(RESOURCES)} take %"
    if unit not in (None, "%", measure.unit):
        return f"a bound in {measure.unit or 'plain numbers'}"
    if unit == "%" and not 0 <= float(number) <= 100:
        return "a bound from 0 % to 100 %, what the part has"
    if float(number) < 0 and not measure.name.endswith("s_ns"):
        return "a bound of zero or more, for only slacks are ever negative"
    sign = sign or {LOWER: AT_MOST, HIGHER: AT_LEAST}.get(measure.better)
    if sign is None:
        return "a bound with >= or <=, for neither is better"
    return Limit(metric, sign, float(number), unit == "%")


def _read_messages(node: Node | None, faults: Faults) -> tuple[str, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        faults.add(node.line, f"messages: expected a list of ids or texts, found {describe(node)}")
        return ()
    found: list[str] = []
    for item in node.items:
        fault = _message_fault(item)
        if not fault and isinstance(item, Scalar) and item.text in found:
            fault = f"{shown(item.text)} is listed twice"
        if fault:
            faults.add(item.line, f"messages: {fault}")
        elif isinstance(item, Scalar):
            found.append(item.text)
    return tuple(found)


def _message_fault(node: Node) -> str:
    """Why a node is no message; empty if it is one."""
    if not isinstance(node, Scalar) or not node.text.strip() or len(node.text) > MESSAGE_LIMIT:
        return f"expected an id such as 'Synth 8-327' or a text, found {describe(node)}"
    try:
        re.compile(node.text)
    except re.error as error:
        return f"{shown(node.text)} is no regular expression: {error}"
    return ""


WAIVER = ("limit", "message", "reason", "until")


def _read_waivers(
    node: Node | None, waivable: Mapping[str, tuple[str, ...]], faults: Faults, day: date
) -> tuple[Waiver, ...]:
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        faults.add(node.line, f"waivers: expected a list of waivers, found {describe(node)}")
        return ()
    found: list[Waiver] = []
    for item in node.items:
        waiver = _waiver(item, waivable, faults, day)
        if waiver and waiver.of in (other.of for other in found):
            faults.add(item.line, f"waivers: {shown(waiver.of)} is waived twice")
        elif waiver:
            found.append(waiver)
    return tuple(found)


def _waiver(
    node: Node, waivable: Mapping[str, tuple[str, ...]], faults: Faults, day: date
) -> Waiver | None:
    if not isinstance(node, Table):
        keys = ", ".join(WAIVER)
        faults.add(node.line, f"waivers: expected keys ({keys}), found {describe(node)}")
        return None
    before = len(faults.found)
    for key in node.items.keys() - set(WAIVER):
        near = nearest(key, WAIVER)
        faults.add(node.lines[key], f"waivers: unknown key {shown(key)}{near}")
    words = {key: _word(node, key, faults) for key in ("reason", "until")}
    of = [key for key in ("limit", "message") if key in node.items]
    if len(of) != 1:
        faults.add(node.line, "waivers: expected either limit or message, the thing waived")
        return None
    name = _word(node, of[0], faults)
    known = waivable[of[0]]
    if name and name not in known:
        what = f"{shown(name)} is no {of[0]} of this config{nearest(name, known)}"
        faults.add(node.lines[of[0]], f"waivers: {what} ({', '.join(known) or 'it has none'})")
    until = _day(node, words["until"], faults)
    if len(faults.found) > before or until is None:
        return None
    return Waiver(name, words["reason"], until.isoformat(), day > until)


def _word(node: Table, key: str, faults: Faults) -> str:
    """A text that must be there and say something."""
    item = node.items.get(key)
    if isinstance(item, Scalar) and 0 < len(item.text.strip()) <= REASON_LIMIT:
        return " ".join(item.text.split())
    found = describe(item) if item else "nothing"
    line = item.line if item else node.line
    needs = {"reason": "why", "until": "the last day it holds, such as 2027-01-31"}
    faults.add(line, f"waivers: {key}: expected {needs.get(key, 'a name')}, found {found}")
    return ""


def _day(node: Table, text: str, faults: Faults) -> date | None:
    if not text:
        return None
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    faults.add(
        node.lines["until"],
        f"waivers: until: expected a day such as 2027-01-31, found {shown(text)}",
    )
    return None


def _read_thresholds(node: Node | None, faults: Faults) -> tuple[Tolerance, ...]:
    found = []
    for key, line, item in _entries(node, "thresholds", "metrics and what is tolerated", faults):
        fault = metric_fault(key)
        made = parse_tolerance(key, item.text) if isinstance(item, Scalar) else None
        if not fault and made is None:
            expected = "how much worse is tolerated, such as '2 %' or 0.2"
            fault = f"{key}: expected {expected}, found {describe(item)}"
        if fault:
            faults.add(line, f"thresholds: {fault}")
        elif made:
            found.append(made)
    return tuple(found)


def parse_tolerance(metric: str, text: str) -> Tolerance | None:
    """What is tolerated, from `2 %` or `0.2 ns`; None if it is no such thing."""
    measure: Measure | None = measure_of(metric)
    match = BOUND.fullmatch(text.strip())
    if match is None or measure is None or match[1] or not measure.better:
        return None
    amount, unit = float(match[2]), match[3]
    if amount < 0 or unit not in (None, "%", measure.unit):
        return None
    return Tolerance(metric, amount, unit == "%")


def to_json(demands: Demands) -> dict[str, Any]:
    """What the report step judges by, as its file limits.json holds it."""
    return {
        "limits": [
            {"metric": x.metric, "sign": x.sign, "bound": x.bound, "percent": x.percent}
            for x in demands.limits
        ],
        "messages": list(demands.messages),
        "waivers": [
            {"of": x.of, "reason": x.reason, "until": x.until, "expired": x.expired}
            for x in demands.waivers
        ],
    }


def from_json(body: Mapping[str, Any]) -> Demands:
    """The Demands that to_json was given, without thresholds."""
    return Demands(
        tuple(Limit(**x) for x in body["limits"]),
        tuple(body["messages"]),
        tuple(Waiver(**x) for x in body["waivers"]),
    )
