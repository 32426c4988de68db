"""A night on one page, GitHub-flavoured Markdown: the verdict in a line, then the worst first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bitwright.nightly.judge import Compared, Night, measured
from bitwright.reports.compare.diff import Row
from bitwright.reports.compare.render import cells, render_markdown
from bitwright.reports.measures import flatten, measure_of
from bitwright.sweep import Outcome

LINES = 8  # of a failed build's output
SHOWN = ("achieved_mhz", "wns_ns", "lut", "ff", "bram_18k", "dsp")
METRICS = {True: "report/metrics.json", False: "report/failed/metrics.json"}  # by the verdict


def headline(night: Night) -> str:
    """The night in a sentence."""
    built, failed = len(night.outcomes), len(night.failed)
    worse = {pair[0].name for pair in night.worse}
    parts = []
    if worse:
        parts.append(f"{_counted(len(worse), 'design')} got worse")
    if failed:
        parts.append(f"{failed} of {_counted(built, 'build')} failed")
    if open_ := [each for each in night.compared if each.fatal]:
        parts.append(f"{_counted(len(open_), 'design')} could not be compared")
    if night.missing_fails and night.skipped:
        parts.append(f"tools are missing for {_counted(len(night.skipped), 'build')}")
    if not built:
        parts.append("nothing was built")
    good = f"all {built} builds are good" if built > 1 else "the only build is good"
    return "; ".join(parts) or f"{good}, nothing got worse"


def render(night: Night, *, commit: str = "", root: Path = Path()) -> str:
    """The whole page. commit: what was built, empty where unknown; root: of the project."""
    lines = [f"# {'🟢' if night.good else '🔴'} Nightly: {headline(night)}", ""]
    if commit:
        lines += [f"Commit {commit}.", ""]
    if night.worse:
        lines += ["## Worse than the baseline, the worst first", "", *_worse(night.worse), ""]
    if night.failed:
        lines += ["## Failed", ""]
        for outcome in night.failed:
            lines += _failed(outcome)
    if opens := [each for each in night.compared if each.problem]:
        lines += ["## Not compared", ""]
        lines += [f"- {text(each.name)}: {text(each.problem)}" for each in opens] + [""]
    lines += ["## All builds", "", *_all(night.outcomes, root), ""]
    if night.skipped:
        lines += ["## Not built: the tools are not here", ""]
        lines += [f"- {text(str(s.member))}: {text(s.reason)}" for s in night.skipped] + [""]
    if diffs := [each for each in night.compared if each.diff and each.diff.comparable]:
        lines += ["## Against the baselines", ""]
        for each in diffs:
            lines += _details(each)
    return "\n".join(lines).rstrip() + "\n"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def text(words: str) -> str:
    """Words as Markdown shows them: nothing in them is markup, all on one line."""
    return re.sub(r"([\\`*_{}\[\]<>|~#])", r"\\\1", " ".join(words.split()))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; all but the first two columns are numbers."""
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(['---'] * 2 + ['--:'] * (len(heads) - 2))}|"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def _worse(pairs: Iterable[tuple[Compared, Row]]) -> list[str]:
    rows = []
    for number, (design, row) in enumerate(pairs):
        metric, before, after, change, band, _ = map(text, cells(row))
        label = text(measure.label) if (measure := measure_of(row.metric)) else ""
        what = f"{metric} ({label})" if label else metric
        what = f"**{what}**" if number == 0 else what
        rows.append((what, text(design.name), before, after, change, band or "no band"))
    return _table(("metric", "design", "before", "after", "change", "noise band"), rows)


def _failed(outcome: Outcome) -> list[str]:
    """Which build, in which step, and the last lines it printed."""
    where = f" in {outcome.failed}" if outcome.failed else ""
    how = f"exit status {outcome.status}" if outcome.status >= 0 else f"signal {-outcome.status}"
    told = [line for line in outcome.last if line.strip()]
    begin = next((n for n, line in enumerate(told) if line.startswith("doit: ")), -LINES)
    said = told[begin:][:LINES] or ["(it printed nothing)"]
    fence = "`" * max(3, *(len(run) + 1 for line in said for run in re.findall("`+", line)), 3)
    return [
        f"**{text(str(outcome.member))}** failed{where} ({how}), log `{outcome.log}`:",
        "",
        f"{fence}text",
        *said,
        fence,
        "",
    ]


def _all(outcomes: Iterable[Outcome], root: Path) -> list[str]:
    heads = ("build", "verdict", *SHOWN, "time", "peak memory")
    return _table(heads, (_row(outcome, root) for outcome in outcomes))


def _row(outcome: Outcome, root: Path) -> tuple[str, ...]:
    found = _numbers(outcome, root)
    numbers = []
    for name in SHOWN:
        measure = measure_of(name)
        assert measure is not None
        numbers.append(f"{found[name]:,.{measure.digits}f}" if name in found else "-")
    verdict = "good" if outcome.ok else f"**failed** in {outcome.failed or 'planning'}"
    memory = f"{found['peak_rss_mib']:,.0f} MiB" if "peak_rss_mib" in found else "-"
    return text(str(outcome.member)), verdict, *numbers, f"{outcome.wall_s:,.0f} s", memory


def _numbers(outcome: Outcome, root: Path) -> dict[str, float]:
    """What a build measured; nothing where it did not come to its report."""
    found: dict[str, float] = {}
    folder = root / outcome.folder
    with suppress(OSError, ValueError, KeyError, TypeError):
        if measured(outcome):
            found |= flatten(json.loads((folder / METRICS[outcome.ok]).read_bytes()))
    peaks: list[Any] = []
    for path in folder.glob("*/times.json"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            peaks.append(json.loads(path.read_bytes())["peak_rss_mib"])
    return found | ({"peak_rss_mib": max(peaks)} if peaks else {})


def _details(design: Compared) -> list[str]:
    assert design.diff is not None
    seeds = ", ".join(map(str, design.seeds))
    kind = "the median of seeds" if len(design.seeds) > 1 else "seed"
    return [
        f"<details><summary>{text(design.name)}, {kind} {seeds}</summary>",
        "",
        render_markdown(design.diff).rstrip(),
        "",
        "</details>",
        "",
    ]
