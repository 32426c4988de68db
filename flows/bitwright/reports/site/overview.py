"""The first page: what was built, how it stands, and every config on every target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bitwright import design, toolchains
from bitwright.errors import ConfigError
from bitwright.reports.measures import RESOURCES
from bitwright.reports.site.gather import Build, Found
from bitwright.reports.site.series import Spark, spark

URGENT = ("missed", "failed", "damaged", "not finished", "met")
# What a cell of the grid says, and its class; the legend of the page explains the words.
MET, MISSED, BROKEN, UNFINISHED = "good", "bad", "bad", "soft"
NO_TOOLS = "tools not here"
LEGEND = {
    NO_TOOLS: "this machine lacks what the target is built with",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A config and target that was built."""

    build: Build  # the one it is shown by
    builds: int
    unfinished: Build | None  # its folder holds no finished build
    spark: Spark | None
    shares: Mapping[str, tuple[float, float]]  # resource -> used, percent of what the part has


@dataclass(frozen=True, slots=True)
class Cell:
    """A config on a target: one word, the page it leads to, and why."""

    word: str
    kind: str  # good | bad | soft | none
    page: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Every config on every target."""

    targets: tuple[tuple[str, str], ...]  # name, board
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    problems: tuple[str, ...]

    @property
    def legend(self) -> dict[str, str]:
        """The words of cells that need explaining, and what they mean."""
        words = {cell.word for _, cells in self.rows for cell in cells}
        return {word: meaning for word, meaning in LEGEND.items() if word in words}

    @property
    def asked(self) -> int:
        """Pairs that a config names."""
        return sum(cell.kind != "none" for _, cells in self.rows for cell in cells)


def newest(builds: Sequence[Build]) -> Build:
    """The build a pair is shown by: that in its folder, else the newest, a variant last.

    One that is not finished (a build may be under way now) gives way to any that is.
    """

    def rank(build: Build) -> tuple[bool, bool, bool, str]:
        finished = bool(build.metrics or build.problem)
        return finished, build.folder is not None, not build.variant, build.ended

    return max(builds, key=rank)


def rows(found: Found) -> tuple[Row, ...]:
    """One row for each pair with a build: what needs a look first, then in order of names."""
    pairs = sorted({build.pair for build in found.builds})
    made = (_row(found.of(pair)) for pair in pairs)
    return tuple(sorted(made, key=lambda row: URGENT.index(standing(row.build)[0])))


def _row(builds: Sequence[Build]) -> Row:
    build = newest(builds)
    begun = [b for b in builds if b is not build and not (b.metrics or b.problem)]
    return Row(build, len(builds), begun[-1] if begun else None, spark(builds), shares(build))


def shares(build: Build) -> dict[str, tuple[float, float]]:
    """Used, and percent of what the part has, of each resource that the part has any of."""
    if not build.metrics or build.problem:
        return {}
    area = build.body["utilization"]
    return {
        name: (area[name]["used"], 100 * area[name]["used"] / area[name]["available"])
        for name in RESOURCES
        if name in area and area[name]["available"]
    }


def grid(root: Path, found: Found, pages: Mapping[str, str]) -> Grid:
    """Every config of configs/ on every target; configs and targets that only builds know, too."""
    problems: list[str] = []
    wanted: dict[str, tuple[str, ...]] = {}
    for name in design.names(root):
        try:
            path = root / "configs" / f"{name}.yml"
            wanted[name] = design.read_config(path, root).targets
        except ConfigError as error:
            problems.append(str(error))
    boards: dict[str, design.Target | None] = {}
    for name in design.names(root, "configs/targets"):
        try:
            boards[name] = design.read_target(name, root)
        except ConfigError as error:
            problems.append(str(error))
    for config, target in sorted({build.pair for build in found.builds}):
        wanted.setdefault(config, ())
        boards.setdefault(target, None)
    order = sorted(boards, key=lambda name: (_rank(boards[name]), name))
    filled = tuple(
        (config, tuple(_cell(config, name, boards[name], wanted, found, pages) for name in order))
        for config in wanted
    )
    heads = tuple((name, board.board if (board := boards[name]) else "") for name in order)
    return Grid(heads, filled, tuple(problems))


def _rank(target: design.Target | None) -> int:
    return design.TOOLCHAINS.index(target.toolchain) if target else len(design.TOOLCHAINS)


def _cell(
    config: str,
    target: str,
    known: design.Target | None,
    wanted: Mapping[str, tuple[str, ...]],
    found: Found,
    pages: Mapping[str, str],
) -> Cell:
    builds = found.of((config, target))
    if builds:
        build = newest(builds)
        return Cell(*standing(build), page=pages.get(build.id, ""))
    if target not in wanted[config] or known is None:
        return Cell("–", "none", why="not a target of this config")
    lacking = toolchains.missing(known.toolchain)
    if lacking:
        return Cell(NO_TOOLS, "soft", why=f"needs {', '.join(lacking)}")
    return Cell("not built", "soft", why=f"./doit bitstream config={config} target={target}")


def standing(build: Build) -> tuple[str, str]:
    """The verdict on a build: its words, and good, bad or soft."""
    if build.problem:
        return "damaged", BROKEN
    if build.failed:
        return "failed", BROKEN
    if build.ok is None:
        return "not finished", UNFINISHED
    if build.ok:
        return "met", MET
    return "missed", MISSED
