"""The accepted numbers of each config and target, and how a build stands against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright import design
from bitwright.errors import BitwrightError, ConfigError, ReportError
from bitwright.limits import Tolerance
from bitwright.reports.compare import Diff, Snapshot, baseline, compare
from bitwright.reports.measures import measure_of
from bitwright.reports.site.gather import Build, shown, slug
from bitwright.reports.site.pairs import embedded

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was accepted, and what change the config tolerates."""

    id: str  # no build has one like it: `~` stands in no name
    snapshot: Snapshot
    thresholds: tuple[Tolerance, ...]
    path: str  # from the root

    def diff(self, build: Build) -> Diff | None:
        """What changed from the baseline to a build; None where its numbers cannot be read."""
        try:
            after = Snapshot.of_metrics(build.metrics, build.name)
        except ReportError:
            return None
        return compare(self.snapshot, after, thresholds=self.thresholds)


def gather(root: Path, pairs: Iterable[Pair], problems: list[str]) -> dict[Pair, Baseline]:
    """The baselines there are for these pairs; one that cannot be read is added to `problems`."""
    found = {}
    for config, target in sorted(pairs):
        path = root / baseline.path_of(config, target)
        if path.is_file():
            try:
                snapshot = Snapshot.of_baseline(path)
            except (BitwrightError, OSError, UnicodeDecodeError) as error:
                problems.append(str(error))
                continue
            name = f"baseline~{slug(config)}--{slug(target)}"
            where = shown(path, root).as_posix()
            found[config, target] = Baseline(
                name, snapshot, _thresholds(root, config, target), where
            )
    return found


def _thresholds(root: Path, config: str, target: str) -> tuple[Tolerance, ...]:
    try:
        demands = design.read_config(root / "configs" / f"{config}.yml", root).demands
    except ConfigError:  # told on the overview already
        return ()
    return tuple(demands.get(target, demands[""]).thresholds)


def script(found: Baseline) -> str:
    """The script that hands a baseline to compare.js, as if it were a build."""
    snapshot = found.snapshot
    values = dict(snapshot.measures)
    for node in snapshot.instances:
        if node.path:
            values |= {f"instance.{node.path}.{n}": v for n, v in node.area.items()}
    values.pop("clock_mhz", None)
    body = {
        "id": found.id,
        "name": f"{snapshot.config} on {snapshot.target}",
        "title": f"baseline, {found.path}",
        "page": "",
        "pair": [snapshot.config, snapshot.target],
        "commit": "",
        "usercode": snapshot.usercode,
        "tools": {},
        "asked_mhz": snapshot.clock_mhz,
        "values": values,
    }
    return f"bitwright.have({embedded(body)});\n"


def verdicts(found: Baseline, diff: Diff) -> Mapping[str, object]:
    """The judgement of every row that differs, for compare.js."""
    words = {row.metric: row.verdict for row in diff.rows} if diff.comparable else {}
    notes = {row.metric: row.note for row in diff.rows if row.note} if diff.comparable else {}
    return {"verdicts": {found.id: words}, "notes": {found.id: notes}}


def label(metric: str) -> tuple[str, str]:
    """Whose a number is, and what: ('clk_sys', 'clock achieved, MHz')."""
    owner, _, last = metric.rpartition(".")
    for start in ("clock.", "instance.", "step."):
        owner = owner.removeprefix(start)
    measure = measure_of(metric)
    unit = f", {measure.unit}" if measure and measure.unit else ""
    return owner, (measure.label if measure else last) + unit


def shown_number(metric: str, value: float | None, *, sign: bool = False) -> str:
    """A number of a diff, with the digits of its measure."""
    if value is None:
        return "–"
    measure = measure_of(metric)
    digits = measure.digits if measure else 0 if float(value).is_integer() else 3
    return f"{value:{'+' if sign else ''},.{digits}f}"
