"""Two snapshots -> what changed, sorted by how much it matters.

A row's verdict is by its measure: worse or better than before by more than is noise (where the
baseline holds what several seeds gave) and by more than is tolerated (`thresholds` of the config,
else TOLERATED) is a regression or a gain; inside the noise band it is noise; the rest is a change.
No tolerance reaches across zero slack; a part is judged by its whole, where that is measured.
Rows are sorted by verdict, then by size: the change relative to what it was (slacks: to the clock
period asked for) times the weight of the measure (reports/measures.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bitwright.limits import Tolerance
from bitwright.reports.compare.noise import ALPHA, Band
from bitwright.reports.compare.snapshot import Snapshot, facts
from bitwright.reports.compare.structure import Grown, Moved, match_instances, match_paths
from bitwright.reports.measures import HIGHER, RESOURCES, measure_of

Verdict = Literal["regression", "gain", "noise", "changed", "new", "gone"]
ORDER: tuple[Verdict, ...] = ("regression", "gone", "gain", "changed", "new", "noise")
# How much worse is tolerated where neither the config nor a noise band says: percent of what it
# was; slacks: of the period. What place and route gives varies; counts of scarce blocks do not.
TOLERATED: Mapping[str, float] = {"achieved_mhz": 5, "lut": 1, "ff": 1, "power_w": 2}
TOLERATED_SLACK = 5.0
# What an element of a list may hold a share of -> what the whole of it is called.
WHOLES = {name: frozenset((name,)) for name in RESOURCES}
WHOLES["power_w"] = frozenset(("power_w", "total_on_chip_w"))
# Counts of what went wrong: a report that does not list one has none of it.
COUNTED = frozenset(("violations", "errors", "ERROR", "CRITICAL WARNING"))
NOT_JUDGED = frozenset({"wall_s", "peak_rss_mib"})  # the machine's doing as much as the design's


@dataclass(frozen=True, slots=True)
class Row:
    """One measure on both sides."""

    metric: str
    before: float | None
    after: float | None
    change: float | None  # after - before
    change_percent: float | None  # of before; None where that is zero
    verdict: Verdict
    band: Band | None
    note: str = ""  # why, in a clause
    size: float = 0.0  # how much it matters within its verdict


@dataclass(frozen=True, slots=True)
class Diff:
    """Everything that changed."""

    before: Snapshot
    after: Snapshot
    rows: tuple[Row, ...]  # those that differ, the most important first
    paths: tuple[Moved, ...]
    hierarchy: tuple[Grown, ...]
    notes: tuple[str, ...]  # what to know before believing the rows
    same: int  # measures that are equal on both sides
    comparable: bool  # same kind, target, part and asked clock; else nothing is judged
    alpha: float | None  # false-alarm rate of the noise bands together; None without bands
    band: Band | None = None  # one of the noise bands, to tell how they were made

    @property
    def fell(self) -> bool:
        """The verdict was good and is no longer."""
        return self.before.ok is not False and self.after.ok is False

    @property
    def worse(self) -> bool:
        return self.fell or any(row.verdict in ("regression", "gone") for row in self.rows)


def compare(
    a: Snapshot,
    b: Snapshot,
    *,
    noise: Mapping[str, Band] | None = None,
    thresholds: Sequence[Tolerance] = (),
    remarks: Sequence[str] = (),
) -> Diff:
    """What changed from a to b.

    noise: bands by metric; None takes them from the seeds of a, where it is a baseline with some
    thresholds: of the config; remarks: notes to put before those made here
    """
    notes = tuple(_differences(a, b))
    comparable = not notes
    names = facts(a.measures, b.measures)
    if noise is None:
        noise = a.bands()
    tolerated = {each.metric: each for each in thresholds}
    both = a.measures.keys() & b.measures.keys()
    wholes = {_last(name) for name in both if "[" not in name}
    rows = []
    for name in names:
        none = 0.0 if comparable and _last(name) in COUNTED else None
        before, after = a.measures.get(name, none), b.measures.get(name, none)
        if before != after:
            period_ns = 1000 / a.clock_mhz if a.clock_mhz else None
            part = "[" in name and bool(wholes & WHOLES.get(_last(name), frozenset()))
            row = _Judge(name, noise.get(name), tolerated, period_ns, comparable, part)
            rows.append(row.row(before, after))
    vary = next((band for band in noise.values() if not band.exact), None)
    rows.sort(key=lambda row: (ORDER.index(row.verdict), -row.size, row.metric))
    return Diff(
        before=a,
        after=b,
        rows=tuple(rows),
        paths=match_paths(a.paths, b.paths),
        hierarchy=match_instances(a.instances, b.instances),
        notes=(*remarks, *notes, *_caveats(a, b, noise)),
        same=len(names) - len(rows),
        comparable=comparable,
        alpha=ALPHA if vary else None,
        band=vary,
    )


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _differences(a: Snapshot, b: Snapshot) -> list[str]:
    """Why the two cannot be judged against one another."""
    found = []
    for what, one, two in (
        ("kinds of report", a.kind, b.kind),
        ("configs", a.config, b.config),
        ("targets", a.target, b.target),
        ("parts", a.part, b.part),
        ("clocks asked for", a.clock_mhz, b.clock_mhz),
    ):
        if one and two and one != two:
            found.append(f"different {what}, {one} and {two}: shown, not judged")
    return found


def _caveats(a: Snapshot, b: Snapshot, noise: Mapping[str, Band]) -> list[str]:
    found = []
    clocks = dict.fromkeys(_clocks(b.measures))
    lost = dict.fromkeys(clock for clock in _clocks(a.measures) if clock not in clocks)
    if lost and clocks:
        found.append(f"no longer there: clock {', '.join(lost)} (renamed, or not constrained?)")
    if a.kind == "build" and not noise:
        found.append(
            "no noise band, which only a baseline of several seeds has: judged by tolerance"
        )
        if a.seed is not None and b.seed is not None and a.seed != b.seed:
            found.append(f"different seeds, {a.seed} and {b.seed}: some change is chance")
    return found


def _clocks(measures: Iterable[str]) -> Iterator[str]:
    """The clocks that measures belong to: of builds clock.NAME, of tools clocks[NAME]."""
    for name in measures:
        owner = name.rpartition(".")[0]
        if owner.startswith("clock."):
            yield owner.removeprefix("clock.")
        elif owner.startswith("clocks[") and owner.endswith("]"):
            yield owner[len("clocks[") : -1]


@dataclass(frozen=True, slots=True)
class _Judge:
    """What one measure is judged by."""

    name: str
    band: Band | None
    tolerated: Mapping[str, Tolerance]
    period_ns: float | None
    comparable: bool
    part: bool = False  # of something that is measured as a whole

    def row(self, before: float | None, after: float | None) -> Row:
        """The row of two unequal values, at most one of which is missing."""
        if before is None or after is None:
            return self._lone(before, after)
        change = after - before
        verdict, note = self._verdict(before, after)
        percent = 100 * change / abs(before) if before else None
        size = self._size(change, before)
        return Row(self.name, before, after, change, percent, verdict, self.band, note, size)

    def _lone(self, before: float | None, after: float | None) -> Row:
        note = "no longer measured" if after is None else "not measured before"
        own = "." not in self.name  # what belongs to a clock may go with that clock
        gone = after is None and own and self.comparable
        verdict: Verdict = "gone" if gone else "changed" if after is None else "new"
        return Row(self.name, before, after, None, None, verdict, None, note)

    def _verdict(self, before: float, after: float) -> tuple[Verdict, str]:
        measure = measure_of(self.name)
        last = _last(self.name)
        if measure is None or not measure.better or last in NOT_JUDGED or not self.comparable:
            return "changed", ""
        if self.part:
            return "changed", "a part: the whole is judged"
        if self.band and self.band.holds(after):
            return "noise", f"within what {self.band.n} seeds give"
        better = (after > before) == (measure.better == HIGHER)
        allowed = self._allowed(before)
        missed = self._slack and (before < 0) != (after < 0)  # no tolerance reaches across zero
        if abs(after - before) <= allowed and not missed:
            return "changed", f"within the {allowed:.4g} {measure.unit}".rstrip() + " tolerated"
        why = ""
        if self.band:
            why = (
                "no seed changes it" if self.band.exact else f"beyond what {self.band.n} seeds give"
            )
        return ("gain" if better else "regression"), why

    @property
    def _slack(self) -> bool:
        """A slack may be zero: its change is seen against the period instead."""
        measure = measure_of(self.name)
        return measure is not None and measure.unit == "ns" and measure.better == HIGHER

    def _allowed(self, before: float) -> float:
        """The change that is tolerated, in the measure's unit."""
        last = _last(self.name)
        asked = self.tolerated.get(self.name) or self.tolerated.get(last)
        if asked:
            return asked.of(before)
        if self.band and not self.band.exact:
            return 0.0
        if self._slack and self.period_ns:
            return self.period_ns * TOLERATED_SLACK / 100
        return abs(before) * TOLERATED.get(last, 0.0) / 100

    def _size(self, change: float, before: float) -> float:
        measure = measure_of(self.name)
        whole = self.period_ns if self._slack and self.period_ns else abs(before)
        return abs(change) / (whole or 1.0) * (measure.weight if measure else 1.0)
