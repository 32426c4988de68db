"""Outcomes of a night and the accepted numbers -> what failed, what got worse, what is unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from bitwright import design
from bitwright.errors import BitwrightError
from bitwright.reports.compare import Diff, Row, Snapshot, compare
from bitwright.reports.compare.baseline import path_of
from bitwright.sweep import Member, Outcome

WORSE = ("regression", "gone")
JUDGED = "report"  # the step that judges: one that fails there has numbers


@dataclass(frozen=True, slots=True)
class Skipped:
    """A build that was not tried, because this machine cannot."""

    member: Member
    reason: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One design of the night beside its baseline."""

    config: str
    target: str
    options: str  # clock_mhz=60; empty for the design as its config has it
    seeds: tuple[int, ...]  # that gave numbers
    diff: Diff | None  # None: not compared
    problem: str = ""  # why not, or why the comparison says nothing
    fatal: bool = False  # the problem fails the night

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.config, "on", self.target, self.options)))

    @property
    def worse(self) -> tuple[Row, ...]:
        rows = self.diff.rows if self.diff else ()
        return tuple(row for row in rows if row.verdict in WORSE)


@dataclass(frozen=True, slots=True)
class Night:
    """All there is to say about a night."""

    outcomes: tuple[Outcome, ...]
    compared: tuple[Compared, ...]
    skipped: tuple[Skipped, ...]
    missing_fails: bool = False  # a skipped build is a fault: missing=fail

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.ok)

    @property
    def worse(self) -> tuple[tuple[Compared, Row], ...]:
        """What got worse, the most important first."""
        rows = [(design, row) for design in self.compared for row in design.worse]
        return tuple(sorted(rows, key=lambda pair: -pair[1].size))

    @property
    def good(self) -> bool:
        """Something was built, nothing failed, nothing got worse, nothing had to be left open."""
        faults = any(each.fatal for each in self.compared) or (self.missing_fails and self.skipped)
        return bool(self.outcomes) and not (self.failed or self.worse or faults)


def judge(
    outcomes: Sequence[Outcome], skipped: Iterable[Skipped], root: Path, *, missing_fails: bool
) -> Night:
    """Compare every design of these outcomes with its baseline.

    Seeds of one design are one observation: the median of each number. Raises ConfigError where a
    config cannot be read any more.
    """
    families: dict[tuple[object, ...], list[Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.member.family, []).append(outcome)
    compared = tuple(_compared(family, root) for family in families.values())
    return Night(tuple(outcomes), compared, tuple(skipped), missing_fails)


def measured(outcome: Outcome) -> bool:
    """Whether the report in a member's folder is of this very run."""
    return outcome.ok or outcome.failed == JUDGED


def _compared(family: Sequence[Outcome], root: Path) -> Compared:
    member = family[0].member
    given = {name: value for name, value in member.options.items() if name in design.OPTIONS}
    options = " ".join(f"{name}={value}" for name, value in given.items())
    about = (member.config, member.target, options)
    found: dict[int, Snapshot] = {}
    try:
        for outcome in filter(measured, family):
            found[outcome.member.seed] = Snapshot.of_build(root / outcome.folder)
        seeds = tuple(found)
        if not found:
            return Compared(*about, (), None, "no seed came to its report")
        path = root / path_of(Path(member.config).stem, member.target)
        if options:
            return Compared(*about, seeds, None, "another clock than the baseline's")
        if not path.is_file():
            return Compared(*about, seeds, None, f"no baseline: {accepting(member)} makes one")
        made = design.load(member.config, target=member.target, options=given, root=root.absolute())
        diff = compare(
            Snapshot.of_baseline(path), typical(found), thresholds=made.demands.thresholds
        )
    except BitwrightError as error:
        return Compared(*about, tuple(found), None, str(error), fatal=True)
    if not diff.comparable:
        problem = f"{'; '.join(diff.notes)}: {accepting(member)} accepts what there is"
        return Compared(*about, seeds, diff, problem, fatal=True)
    return Compared(*about, seeds, diff)


def accepting(member: Member) -> str:
    """The command that makes a baseline of a design."""
    return f"./doit baseline config={member.config} target={member.target} seeds=8"


def typical(builds: dict[int, Snapshot]) -> Snapshot:
    """The seeds as one: each number the median, paths and area those of the build in the middle.

    A number counts only if every seed has it.
    """
    order = sorted(builds.values(), key=lambda build: build.measures.get("achieved_mhz", 0.0))
    middle = order[(len(order) - 1) // 2]
    shared = {
        name: median(build.measures[name] for build in order)
        for name in middle.measures
        if all(name in build.measures for build in order)
    }
    seeds = ", ".join(str(seed) for seed in sorted(builds))
    label = f"median of seeds {seeds}" if len(builds) > 1 else middle.label
    return replace(middle, measures=shared, label=label, seed=middle.seed)
