"""Whether a design that is not routed yet can still keep its limits; what cannot ends early.

    python -m bitwright.vivado.early STAGE early.json TIMING UTILIZATION
        [--write NUMBERS] [--messages FILE...]

STAGE is `synthesized` or `placed`. A clock may still lack some percent of its period there, by the
config; block RAM, UltraRAM and multipliers are final from synthesis on, LUTs and flip-flops may
become fewer by what SPARE says. Exit status 0: it may go well; 3: it cannot, with every reason and
its numbers; 1: a report cannot be read.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bitwright.errors import BitwrightError
from bitwright.limits import AT_MOST, Demands, from_json
from bitwright.reports.read.document import refuse
from bitwright.reports.read.source import text_at
from bitwright.reports.read.vivado.resources import NAMES, Resources
from bitwright.reports.read.vivado.timing_summary import TimingSummary, parse_timing_summary
from bitwright.reports.read.vivado.utilization import parse_utilization
from bitwright.told import tell
from bitwright.vivado.rules import Rules, promoted

BAD = 3
# Percent by which a count may still shrink: optimisation and placement combine LUTs and remove
# registers. A rule of thumb of ours; nothing that AMD writes bounds it.
SPARE: Mapping[str, Mapping[str, int]] = {
    "synthesized": {"lut": 10, "ff": 5},
    "placed": {"lut": 0, "ff": 0},
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A clock, or what goes to it from another one, that lacks time. Times in ns."""

    clock: str
    wns_ns: float
    period_ns: float

    @property
    def percent(self) -> float:
        """What lacks, of the period."""
        return -100 * self.wns_ns / self.period_ns


def lacks(timing: TimingSummary, origin: Path) -> tuple[Lack, ...]:
    """Each clock with its worst slack over all paths that end at it; the worst first.

    Raises ReportError if no clock has a slack: an unconstrained design promises nothing.
    """
    periods = {clock.name: clock.period_ns for clock in timing.clocks if clock.period_ns}
    worst: dict[str, float] = {}
    rows = [(clock.name, clock.wns_ns) for clock in timing.clocks]
    rows += [(pair.to_clock, pair.slacks.wns_ns) for pair in timing.inter_clocks]
    rows += [(pair.to_clock, pair.slacks.wns_ns) for pair in timing.path_groups]
    for name, wns in rows:
        if wns is not None and name in periods:
            worst[name] = min(wns, worst.get(name, wns))
    if not worst:
        refuse(
            origin,
            "no clock has a slack",
            expected="at least one constrained clock with a path",
            found=f"{len(timing.clocks)} clocks",
            next="see whether the constraints were read: constraints.xdc, and critical warnings",
        )
    found = [Lack(name, wns, periods[name] or 0.0) for name, wns in worst.items()]
    return tuple(sorted(found, key=lambda lack: (-lack.percent, lack.clock)))


def reasons(
    stage: str, timing: Iterable[Lack], used: Resources, demands: Demands, allowance: float
) -> Iterator[str]:
    """Why the design cannot end well, a line each; none if it may.

    allowance: percent of its period that a clock may lack at this stage
    """
    for lack in timing:
        if lack.percent > allowance:
            yield (
                f"clock {lack.clock} lacks {-lack.wns_ns:.3f} ns of {lack.period_ns:.3f} ns,"
                f" {lack.percent:.0f} %; {allowance:g} % may lack when {stage}"
            )
    bounds = {x.metric: x for x in demands.limits if x.sign == AT_MOST and x.metric in NAMES}
    lifted = {waiver.of for waiver in demands.waivers if not waiver.expired}
    for name in NAMES:
        amount = getattr(used, name)
        if amount.used is None or not amount.available:
            continue
        least = amount.used * (100 - SPARE[stage].get(name, 0)) / 100
        if least > amount.available:
            yield f"{name}: {amount.used:,} of {amount.available:,} that the part has"
        bound = bounds.get(name)
        if bound is None or name in lifted:
            continue
        most = bound.bound * amount.available / 100 if bound.percent else bound.bound
        if least > most:
            yield f"{name}: {amount.used:,}; its limit is {bound}, {most:,.0f}"


def numbers(stage: str, timing: Iterable[Lack], used: Resources) -> dict[str, Any]:
    """What was looked at, as a step keeps it."""
    return {
        "schema": 1,
        "stage": stage,
        "clocks": [asdict(lack) for lack in timing],
        "utilization": {name: asdict(getattr(used, name)) for name in NAMES},
    }


def told(body: Mapping[str, Any]) -> Iterator[str]:
    """The numbers for people, whatever the verdict is."""
    for clock in body["clocks"]:
        yield f"clock {clock['clock']}: {clock['wns_ns']:+.3f} ns of {clock['period_ns']:.3f} ns"
    for name, amount in body["utilization"].items():
        if amount["used"] is not None and amount["available"]:
            share = 100 * amount["used"] / amount["available"]
            yield f"{name}: {amount['used']:,} of {amount['available']:,}, {share:.1f} %"


def look(asked: argparse.Namespace) -> tuple[list[str], dict[str, Any]]:
    """The reasons to end, and the numbers. Raises ReportError."""
    body = json.loads(text_at(asked.limits))
    timing = parse_timing_summary(text_at(asked.timing), origin=asked.timing)
    area = parse_utilization(text_at(asked.utilization), origin=asked.utilization)
    clocks = lacks(timing, asked.timing)
    found = list(
        reasons(
            asked.stage,
            clocks,
            area.resources,
            from_json(body["demands"]),
            body["allowance_percent"][asked.stage],
        )
    )
    rules = Rules.from_json(body["messages"])
    for path in asked.messages:
        found += promoted(json.loads(text_at(path)), rules, path.parent.name)
    return found, numbers(asked.stage, clocks, area.resources)


def main(argv: Sequence[str]) -> int:
    """Look, tell, and write the numbers down if asked to."""
    parser = argparse.ArgumentParser(prog="python -m bitwright.vivado.early")
    parser.add_argument("stage", choices=tuple(SPARE))
    for name in ("limits", "timing", "utilization"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--messages", type=Path, nargs="*", default=[])
    asked = parser.parse_args(argv)
    try:
        found, body = look(asked)
    except BitwrightError as error:
        tell(str(error))
        return 1
    if found:
        first, *rest = [f"this cannot end well, {asked.stage}: {found[0]}", *found[1:]]
        print("\n".join([f"ERROR: {first}", *(f"  {line}" for line in (*rest, *told(body)))]))
        return BAD
    print("\n".join(told(body)))
    if asked.write:
        asked.write.write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
