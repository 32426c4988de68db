"""Numbers over commits: what the trends page draws, and the small line of each overview row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bitwright.reports.measures import MEASURES, Measure
from bitwright.reports.site.gather import Build

HEADLINES = (
    *("achieved_mhz", "wns_ns", "tns_ns", "lut", "ff", "bram_18k", "uram", "dsp"),
    *("power_w", "latency_cycles", "wall_s", "peak_rss_mib"),
)
SPARK = 24  # the newest commits that the small line shows


@dataclass(frozen=True, slots=True)
class Spark:
    """A small line, in units of a box of 120 x 28; `points` is what SVG's polyline takes."""

    points: str
    last: tuple[float, float]
    asked: float | None  # height of the line that must be reached
    says: str  # the same for who cannot see it


def measure_table(names: Sequence[str]) -> dict[str, Any]:
    """Label, unit, digits and direction of measures, for scripts."""
    return {name: _told(MEASURES[name]) for name in names}


def _told(measure: Measure) -> dict[str, Any]:
    return {
        "label": measure.label,
        "unit": measure.unit,
        "digits": measure.digits,
        "better": measure.better,
    }


def positions(builds: Sequence[Build]) -> list[int]:
    """Where each build stands on the axis of commits: builds of one clean commit share a place."""
    places: dict[str, int] = {}
    found = []
    for build in builds:
        state = build.commit or f"unknown {build.id}"
        state += f" with changes {build.usercode}" if build.dirty else ""
        found.append(places.setdefault(state, len(places)))
    return found


def series(builds: Sequence[Build], pages: Mapping[str, str]) -> dict[str, Any]:
    """The builds of one config and target, oldest first, for charts.js and trends.js.

    pages: id of a build -> its page; a build without one is not linked
    """
    rows: list[dict[str, Any]] = []
    for build, place in zip(builds, positions(builds), strict=True):
        rows.append(
            {
                "id": build.id,
                "page": pages.get(build.id, ""),
                "at": place,
                "commit": build.commit[:9] + ("+" if build.dirty else ""),
                "ended": build.ended,
                "ok": build.ok,
                "what": ", ".join(told_variant(build)),
                "v": {n: build.measures[n] for n in HEADLINES if n in build.measures},
            }
        )
    names = [name for name in HEADLINES if any(name in row["v"] for row in rows)]
    asked = next((b.asked_mhz for b in reversed(builds) if b.asked_mhz is not None), None)
    return {"id": builds[0].pair_id, "builds": rows, "names": names, "asked_mhz": asked}


def told_variant(build: Build) -> list[str]:
    """What sets a build apart from others of its config and target."""
    sweep = build.variant == f"seed-{build.seed}"
    found = [build.variant] if build.variant and not sweep else []
    if build.seed is not None:
        found.append(f"seed {build.seed}")
    return found


def spark(builds: Sequence[Build], name: str = "achieved_mhz") -> Spark | None:
    """The measure over the newest commits, the median of each; None below two commits."""
    known = [build for build in builds if name in build.measures]
    places: dict[int, list[float]] = {}
    for build, place in zip(known, positions(known), strict=True):
        places.setdefault(place, []).append(build.measures[name])
    values = [median(found) for _, found in sorted(places.items())][-SPARK:]
    if len(values) < 2:
        return None
    asked = known[-1].asked_mhz if name == "achieved_mhz" else None
    low, high = min([*values, asked or values[0]]), max([*values, asked or values[0]])
    span = (high - low) or 1.0

    def y(value: float) -> float:
        return round(24 - 20 * (value - low) / span, 1)

    xs = [round(4 + 112 * index / (len(values) - 1), 1) for index in range(len(values))]
    points = list(zip(xs, map(y, values), strict=True))
    unit = MEASURES[name].unit
    says = f"{MEASURES[name].label} over {len(values)} commits: {values[0]:.1f} {unit} at first, "
    says += f"{values[-1]:.1f} {unit} now, between {min(values):.1f} and {max(values):.1f}"
    line = " ".join(f"{x:g},{height:g}" for x, height in points)
    return Spark(line, points[-1], y(asked) if asked is not None else None, says)
