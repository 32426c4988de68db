"""What every build measured: kept at the end of each, drawn, imported, exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bitwright.errors import BitwrightError, ConfigError
from bitwright.front import options
from bitwright.front.show import CACHED, DONE, FAILED, FRESH, say
from bitwright.schema import Integer, nearest
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.front.session import Session
    from bitwright.reports.history import Entry, History

DEFAULT = Path("build/history.db")
LAST = Integer(1, 100_000)
WIDTH = 100  # characters, where the output is no terminal
KNOWN = 12  # names that a message lists
GAP = 2  # characters between the columns of a table


def path(values: Any) -> Path:
    """The file that history= names; a path is taken from the folder ./doit was called in."""
    text = values.get("history")
    if text == "":
        raise ConfigError("command line: history: expected a file, found nothing")
    return Path(options.from_caller(text)) if text is not None else DEFAULT


def remember(session: Session) -> None:
    """After a run that came to its report: keep what was measured, whatever the verdict.

    That it cannot be kept is said, and is no failure of the build.
    """
    row = session.display.rows.get("report")
    if session.design is None or row is None or row.state not in (FRESH, CACHED, DONE, FAILED):
        return
    from bitwright import manifest
    from bitwright.reports import history

    design = session.design
    try:
        entry = history.entry_of_build(
            design.build,
            seed=design.seed,
            variant=design.variant,
            git=manifest.git_of(design, list(session.steps.values())),
            failed=row.state == FAILED,
        )
        if entry is not None:
            history.open(path(session.line.values)).add(entry)
    except BitwrightError as error:
        session.display.close()
        say(f"not kept in the history: {str(error).partition(chr(10))[0]}")


# --- the task -----------------------------------------------------------------------------------


def task(session: Session) -> bool:
    """Draw, list, import or export. False when something could not be imported."""
    from bitwright.reports import history

    values = session.line.values
    kept = history.open(path(values))
    if "import" in values:
        return _import(kept, [values["import"], *session.words])
    if session.words:
        raise ConfigError(
            f"history takes no {shown(session.words[0])}"
            "\n  next      metric=NAME draws one metric, import=PATH takes older metrics.json in"
        )
    found = _entries(kept, values)
    if "export" in values:
        _export(found, values["export"])
    elif "metric" in values:
        _draw(found, values["metric"])
    else:
        _list(found)
    return True


def _entries(kept: History, values: Any) -> list[Entry]:
    """The builds that were asked for, oldest first; ConfigError if there are none."""
    text = values.get("last", "60" if "metric" in values else "20")
    last = LAST.text(text)
    if last is None:
        raise ConfigError(f"command line: last: expected {LAST}, found {shown(text)}")
    everything = "export" in values and "last" not in values
    asked = (values.get("config"), values.get("target"))
    found = kept.entries(*asked, last=None if everything else last, metrics=False)
    if found:
        return found
    others = kept.entries(metrics=False)
    for name in ("config", "target"):
        known = sorted({getattr(entry, name) for entry in others})
        if others and name in values and values[name] not in known:
            near = nearest(values[name], known)
            has = f" (has: {', '.join(known)})" if known else ""
            raise ConfigError(
                f"command line: {name}: no build of {shown(values[name])} in {kept.path}{near}{has}"
            )
    _misspelt(values)
    which = f"of {values['config']} on {values['target']} " if others else ""
    raise ConfigError(
        f"no build {which}in {kept.path} yet\n"
        "  next      ./doit bitstream config=tiny adds one; import=build takes in what lies there"
    )


def _misspelt(values: Any) -> None:
    """ConfigError where no build could ever be of that config or have that metric."""
    from bitwright.design import names
    from bitwright.limits import metric_fault

    known = names(Path.cwd())
    config, metric = values.get("config"), values.get("metric")
    if config is not None and config not in known and (near := nearest(config, known)):
        raise ConfigError(
            f"command line: config: no config {shown(config)}{near} (configs: {', '.join(known)})"
        )
    of_step = metric is None or metric.startswith("step.")
    fault = "" if of_step else metric_fault(str(metric))
    if fault:
        raise ConfigError(f"command line: metric: {fault}")


def _designs(found: Sequence[Entry]) -> dict[tuple[str, str], list[Entry]]:
    designs: dict[tuple[str, str], list[Entry]] = {}
    for entry in found:
        designs.setdefault((entry.config, entry.target), []).append(entry)
    return designs


def _draw(found: Sequence[Entry], metric: str) -> None:
    """A chart for each design that has the metric."""
    from bitwright.reports.history.chart import chart

    known = {name for entry in found for name in entry.measures}
    if metric not in known:
        own = sorted(name for name in known if "." not in name)
        raise ConfigError(
            f"command line: metric: no {shown(metric)}{nearest(metric, known)}"
            f" (metrics: {', '.join(own[:KNOWN])})"
        )
    console = _console()
    for (config, target), entries in _designs(found).items():
        if any(metric in entry.measures for entry in entries):
            title = f"{config} on {target}"
            console.print(chart(title, entries, metric, min(console.width, 160)))
            console.print()


def _console() -> Any:
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


SHOWN = ("achieved_mhz", "wns_ns", "lut", "ff", "bram_18k", "dsp", "wall_s")
DROPPED = ("wall_s", "ff", "bram_18k", "dsp", "commit", "target", "lut", "achieved_mhz", "ended")


def _list(found: Sequence[Entry]) -> None:
    """The builds as a table, newest last: nearest to the prompt.

    No number is ever cut: where the terminal is too narrow, what is the same for all stands above,
    then columns go in the order of DROPPED, and that is said.
    """
    console = _console()
    columns = _columns(found)
    dropped = []
    if console.is_terminal and _width(columns) > console.width:
        same = [name for name in ("config", "target") if len(set(columns[name])) == 1]
        if same:
            console.print(" on ".join(columns.pop(name)[0] for name in same), style="bold")
        for name in filter(columns.__contains__, DROPPED):
            if _width(columns) > console.width:
                del columns[name]
                dropped.append(name)
    console.width = max(console.width, _width(columns))
    console.print(_table(columns))
    if dropped:
        console.print(f"no room for {', '.join(dropped)}; export=FILE has them", style="dim")


def _columns(found: Sequence[Entry]) -> dict[str, list[str]]:
    """The cells of every column there could be, by its head."""
    from bitwright.reports.measures import MEASURES

    columns = {
        "ended": [entry.ended.replace("T", " ").rstrip("Z")[:16] for entry in found],
        "config": [entry.config for entry in found],
        "target": [entry.target for entry in found],
        "seed": ["-" if entry.seed is None else str(entry.seed) for entry in found],
        "commit": [entry.commit[:8] + "*" * entry.dirty or "-" for entry in found],
        "verdict": ["good" if entry.ok else "bad" for entry in found],
    }
    for name in SHOWN:
        digits = MEASURES[name].digits
        columns[name] = [
            f"{entry.measures[name]:,.{digits}f}" if name in entry.measures else "-"
            for entry in found
        ]
    return columns


def _width(columns: Mapping[str, Sequence[str]]) -> int:
    """Characters that a table of these columns takes."""
    cells = [max(map(len, (name, *column))) for name, column in columns.items()]
    return sum(cells) + GAP * len(cells)


def _table(columns: Mapping[str, Sequence[str]]) -> Any:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, justify="right" if name in SHOWN else "left", no_wrap=True)
    colours = {"good": "green", "bad": "bold red"}
    for row in zip(*columns.values(), strict=True):
        cells = zip(columns, row, strict=True)
        table.add_row(
            *(Text(cell, colours[cell] if name == "verdict" else "") for name, cell in cells)
        )
    return table


def _export(found: Sequence[Entry], to: str) -> None:
    from bitwright.engine import write_atomic
    from bitwright.reports.history.csvfile import to_csv

    if not to:
        raise ConfigError("command line: export: expected a file, found nothing")
    target = Path(options.from_caller(to))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(target, to_csv(found).encode())
    say(f"{len(found)} builds in {to}")


def _import(kept: History, words: Sequence[str]) -> bool:
    """Take in every metrics.json named or below a folder named; False if one was refused."""
    from bitwright.errors import ReportError
    from bitwright.front.show import complain
    from bitwright.reports import history

    added = known = refused = 0
    for word in words:
        place = Path(options.from_caller(word))
        files = sorted(place.rglob("metrics.json")) if place.is_dir() else [place]
        if not word or not files:
            raise ConfigError(f"command line: import: no metrics.json in {shown(word)}")
        for file in files:
            try:
                new = kept.add(history.entry_of_metrics(file))
                added, known = added + new, known + (not new)
            except ReportError as error:
                refused += 1
                complain(str(error))
    say(f"{added} added, {known} known already, {refused} refused")
    return not refused
