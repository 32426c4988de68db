"""The numbers of each build in a script of its own, so that the compare page loads only two."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bitwright.reports.site.gather import Build
from bitwright.reports.site.series import HEADLINES, told_variant


def choices(
    builds: Iterable[Build], accepted: Mapping[tuple[str, str], str]
) -> list[dict[str, Any]]:
    """What the two lists of the compare page offer, by config and target: the baseline, then the
    builds, newest first.

    accepted: pair -> id of its baseline
    """
    groups: dict[tuple[str, str], list[Build]] = {}
    for build in sorted(builds, key=lambda b: b.ended, reverse=True):
        if build.metrics:
            groups.setdefault(build.pair, []).append(build)
    rows = []
    for pair, members in sorted(groups.items()):
        group = members[0].name
        if pair in accepted:
            rows.append({"id": accepted[pair], "group": group, "text": "baseline"})
        rows += [{"id": build.id, "group": group, "text": title(build)} for build in members]
    return rows


def title(build: Build) -> str:
    """A build in one line: when, commit, variant, where it is kept."""
    words = [build.ended.replace("T", " ").removesuffix("Z")[:16] or "time unknown"]
    if build.commit:
        words.append(build.commit[:9] + (" with changes" if build.dirty else ""))
    words += told_variant(build)
    if build.folder is not None:
        words.append("present")
    return ", ".join(words)


def script(build: Build, page: str, extra: Mapping[str, Any]) -> str:
    """The script that hands one build to compare.js."""
    order = {name: index for index, name in enumerate(HEADLINES)}
    values = sorted(
        (item for item in build.measures.items() if item[0] != "clock_mhz"),
        key=lambda item: (order.get(item[0], len(order)), item[0]),
    )
    body = {
        "id": build.id,
        "name": build.name,
        "title": title(build),
        "page": page,
        "pair": list(build.pair),
        "commit": build.commit,
        "usercode": build.usercode,
        "tools": dict(sorted(build.tools.items())),
        "asked_mhz": build.asked_mhz,
        "values": dict(values),
        "periods": _periods(build),
        **extra,
    }
    return f"bitwright.have({embedded(body)});\n"


def _periods(build: Build) -> dict[str, float]:
    """The period of each clock, in ns."""
    if not build.metrics or build.problem:
        return {}
    clocks = build.body["timing"]["clocks"]
    return {clock["name"]: 1000 / clock["constraint_mhz"] for clock in clocks}


def embedded(value: Any) -> str:
    """JSON that may stand in a script, inside a page or in a file."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
