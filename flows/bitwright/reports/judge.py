"""What was measured against what was demanded: a Verdict, each limit with its value and margin.

Besides the limits of the config there are some that nobody writes and no waiver lifts: each clock
reaches what it was asked for, and so do the paths between clocks; where they are measured, hold and
pulse width are met too, every net is routed and no rule of design is broken. Pure; the report step
writes the verdict beside the metrics.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitwright.limits import AT_LEAST, AT_MOST, MESSAGE_ID, Demands, Limit, Waiver
from bitwright.reports.measures import Number, measure_of, numbers
from bitwright.reports.read.document import refuse
from bitwright.schema import nearest

SCHEMA = 1
NEVER_NEGATIVE = ("whs_ns", "wpws_ns")  # asked of every build that measures them
NONE_OF = ("unrouted_nets", "drc_errors", "cdc_critical", "methodology_critical")
ASKED = "asked"  # marks the limit that nobody writes
FORBIDDEN = "forbidden"  # marks a message


@dataclass(frozen=True, slots=True)
class Judged:
    """One limit and how it came out. Numbers are in `unit`."""

    metric: str  # of a message: `message` and its text
    value: float  # of a message: how often it was found
    bound: float  # as a number in `unit`, also where it was written in percent
    margin: float  # room left; negative = broken
    unit: str
    ok: bool
    waived: str | None  # the reason, where it is broken and waived
    until: str | None  # the waiver's last day
    source: str  # file and place of the value
    sign: str  # >= or <=
    limit: str  # as written, `<= 80 %`; `asked` marks the limit nobody wrote

    @property
    def passed(self) -> bool:
        return self.ok or self.waived is not None

    @property
    def measured(self) -> str:
        """The value with its unit, for people."""
        return self._shown(self.value)

    @property
    def held_to(self) -> str:
        """What the value is held to: `<= 66,912`."""
        return f"{self.sign} {self._shown(self.bound)}"

    @property
    def room(self) -> str:
        """The margin, with its sign."""
        return self._shown(self.margin, "+")

    def _shown(self, number: float, sign: str = "") -> str:
        measure = measure_of(self.metric)
        digits = measure.digits if measure else 0
        if digits == 0 and number != round(number):
            digits = 1  # a bound that was written so
        return f"{number:{sign},.{digits}f} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every limit, judged, and what there is to say about the waivers."""

    judged: tuple[Judged, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return all(each.passed for each in self.judged)

    @property
    def demanded(self) -> tuple[Judged, ...]:
        """The limits that the config wrote."""
        return tuple(each for each in self.judged if each.limit != ASKED)

    @property
    def waived(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.waived is not None)

    @property
    def failed(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if not each.passed)


def judge(
    metrics: Mapping[str, Any],
    demands: Demands,
    logs: Mapping[str, Iterable[str]] | None = None,
    *,
    source: str = "report/metrics.json",
) -> Verdict:
    """Judge the body of a metrics.json.

    logs: name -> lines, of the steps' logs, in which no forbidden message may stand
    Raises ReportError for a limit on what this build did not measure: that is no pass.
    """
    measured = numbers(metrics)
    asked = tuple(_asked(metrics, measured, source))
    return judge_numbers(measured, demands, logs, source=source, asked=asked)


def judge_numbers(
    measured: Mapping[str, Number],
    demands: Demands,
    logs: Mapping[str, Iterable[str]] | None = None,
    *,
    source: str,
    asked: Iterable[Judged] = (),
) -> Verdict:
    """As judge, of numbers by their flat names; asked: what is judged without being written."""
    waivers = {waiver.of: waiver for waiver in demands.waivers}
    judged = [*asked]
    for limit in demands.limits:
        if limit.metric not in measured:
            _refuse_unmeasured(limit.metric, measured, source)
        judged.append(_judged(limit, measured[limit.metric], waivers.get(limit.metric), source))
    judged += _messages(demands.messages, waivers, logs or {})
    return Verdict(tuple(judged), tuple(_notes(demands.waivers, judged)))


def _asked(
    metrics: Mapping[str, Any], measured: Mapping[str, Number], source: str
) -> Iterable[Judged]:
    """The limits that nobody writes: no path is too long, each clock is met, nothing is broken."""
    yield _judged(Limit("wns_ns", AT_LEAST, 0), measured["wns_ns"], None, source, ASKED)
    signs = {**dict.fromkeys(NEVER_NEGATIVE, AT_LEAST), **dict.fromkeys(NONE_OF, AT_MOST)}
    for name, sign in signs.items():
        if name in measured:
            yield _judged(Limit(name, sign, 0), measured[name], None, source, ASKED)
    for clock in metrics["timing"]["clocks"]:
        name = f"clock.{clock['name']}.achieved_mhz"
        limit = Limit(name, AT_LEAST, clock["constraint_mhz"])
        yield _judged(limit, measured[name], None, source, ASKED)


def _judged(
    limit: Limit, number: Number, waiver: Waiver | None, source: str, text: str = ""
) -> Judged:
    measure = measure_of(limit.metric)
    assert measure is not None
    bound = limit.bound
    if limit.percent:
        if not number.available:
            refuse(
                Path(source),
                f"'{number.place}' has no share",
                expected=f"how many the part has, for the limit {limit.metric} {limit}",
                found="none",
            )
        share = round(limit.bound * number.available / 100, 6)
        bound = math.floor(share) if limit.sign == AT_MOST else math.ceil(share)  # of whole things
    margin = round(number.value - bound if limit.sign == AT_LEAST else bound - number.value, 9)
    lifted = waiver if waiver and not waiver.expired and margin < 0 else None
    return Judged(
        metric=limit.metric,
        value=number.value,
        bound=round(bound, 9),
        margin=margin,
        unit=measure.unit,
        ok=margin >= 0,
        waived=lifted.reason if lifted else None,
        until=lifted.until if lifted else None,
        source=f"{source}: {number.place}",
        sign=limit.sign,
        limit=text or str(limit),
    )


def _refuse_unmeasured(name: str, measured: Mapping[str, Number], source: str) -> None:
    near = nearest(name, measured)
    own = [known for known in measured if "." not in known]
    known = f"{', '.join(own)}, clock.NAME... or instance.PATH..." if own else ", ".join(measured)
    refuse(
        Path(source),
        f"the limit on {name} cannot be judged: this build did not measure it{near}",
        expected=f"one of {known}",
        found=f"no {name}",
        next=f"correct or remove the limit in the config; {source} names all that is measured",
    )


def _messages(
    messages: Sequence[str], waivers: Mapping[str, Waiver], logs: Mapping[str, Iterable[str]]
) -> Iterable[Judged]:
    """How often each forbidden message stands in the logs."""
    patterns = {message: _pattern(message) for message in messages}
    counts = dict.fromkeys(messages, 0)
    first = dict.fromkeys(messages, ", ".join(logs) or "no log")
    for name, lines in logs.items() if messages else ():
        for number, line in enumerate(lines, 1):
            for message, pattern in patterns.items():
                if pattern.search(line):
                    first[message] = first[message] if counts[message] else f"{name}:{number}"
                    counts[message] += 1
    for message in messages:
        waiver, count = waivers.get(message), counts[message]
        lifted = waiver if waiver and not waiver.expired and count else None
        yield Judged(
            metric=f"message {message}",
            value=count,
            bound=0,
            margin=-count,
            unit="",
            ok=not count,
            waived=lifted.reason if lifted else None,
            until=lifted.until if lifted else None,
            source=first[message],
            sign="<=",
            limit=FORBIDDEN,
        )


def _pattern(message: str) -> re.Pattern[str]:
    """An id stands in brackets where a tool prints one; any other text is searched as it is."""
    if MESSAGE_ID.match(message):
        return re.compile(re.escape(f"[{message}]"))
    return re.compile(message, re.IGNORECASE)


def _notes(waivers: Iterable[Waiver], judged: Sequence[Judged]) -> Iterable[str]:
    """What to tell about waivers that do nothing (any more)."""
    broken = {each.metric.removeprefix("message ") for each in judged if not each.ok}
    for waiver in waivers:
        if waiver.expired:
            yield f"the waiver of {waiver.of} expired after {waiver.until} ({waiver.reason})"
        elif waiver.of not in broken:
            yield f"the waiver of {waiver.of} is not needed: the limit holds"


def to_json(verdict: Verdict) -> str:
    """verdict.json: the same verdict gives the same bytes."""
    body = {
        "schema": SCHEMA,
        "ok": verdict.ok,
        "judged": [asdict(each) for each in verdict.judged],
        "notes": list(verdict.notes),
    }
    return json.dumps(body, indent=1, allow_nan=False) + "\n"


def read(path: Path) -> Verdict:
    """The verdict in a verdict.json. Raises ReportError."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        return Verdict(tuple(Judged(**each) for each in body["judged"]), tuple(body["notes"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        refuse(path, "this is no verdict", expected="what to_json writes", found=repr(error)[:100])
