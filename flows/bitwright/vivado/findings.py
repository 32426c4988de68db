"""What reports of clock crossings and methodology find, told apart by whose it is.

A finding names cells of the netlist. One whose every cell lies in IP of the vendor that
bd/waivers.yml lists is that IP's own business; any other is ours, and may not stand unless the
config waives its rule. A finding that names no cell at all is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from bitwright.implementation import Waived
from bitwright.reports.read.vivado.cdc import Cdc
from bitwright.reports.read.vivado.rules import Checks

CRITICAL = {"Critical", "Critical Warning", "Error"}  # severities that are judged


@dataclass(frozen=True, slots=True)
class Owners:
    """Whose the cells of a block design are."""

    instance: str  # of the block design in its wrapper: alveo_i
    vendor: Mapping[str, str]  # cell, by path -> why what its IP does is not judged
    waivers: tuple[Waived, ...] = ()

    def to_json(self) -> dict[str, Any]:
        waivers = [asdict(waiver) for waiver in self.waivers]
        return {"instance": self.instance, "vendor": dict(self.vendor), "waivers": waivers}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Owners:
        """Raises KeyError or TypeError for anything but what to_json gave."""
        waivers = tuple(Waived(**waiver) for waiver in body["waivers"])
        return cls(body["instance"], body["vendor"], waivers)

    def cells(self, text: str) -> set[str]:
        """The paths below the block design that a text names; one outside it counts as ''."""
        found = set(re.findall(rf"(?<![\w/]){re.escape(self.instance)}/([\w./\[\]-]+)", text))
        return found or {""}

    def reason(self, rule: str, text: str) -> str:
        """Why a finding may stand; '' if it may not."""
        paths = self.cells(text)
        owners = {self._vendor(path) for path in paths}
        if "" not in owners:
            return "; ".join(sorted(owners))
        for waiver in self.waivers:
            mine = all(_within(path, waiver.cells) for path in paths if not self._vendor(path))
            if waiver.rule == rule and mine:
                return waiver.reason
        return ""

    def _vendor(self, path: str) -> str:
        """Why the cell that a path leads into is not judged; '' if it is."""
        inside = [cell for cell in self.vendor if _within(path, cell)]
        return self.vendor[max(inside, key=len)] if inside else ""


def _within(path: str, cell: str) -> bool:
    return not cell or path == cell or path.startswith(f"{cell}/")


@dataclass(frozen=True, slots=True)
class Found:
    """One critical finding."""

    report: str  # cdc, methodology
    rule: str  # CDC-1
    text: str  # what is wrong with what
    waived: str  # why it may stand; "" if it may not


def of_cdc(cdc: Cdc, owners: Owners) -> Iterator[Found]:
    """Every critical crossing that no waiver of the tool's own hides."""
    for pair in cdc.clock_pairs:
        for crossing in pair.crossings:
            if crossing.severity in CRITICAL and not crossing.waived:
                text = f"{crossing.source} -> {crossing.destination}"
                told = f"{crossing.description}: {text}"
                yield Found("cdc", crossing.rule, told, owners.reason(crossing.rule, text))


def of_methodology(checks: Checks, owners: Owners) -> Iterator[Found]:
    """Every critical violation; those that a limit of the tool kept from being printed are ours."""
    for rule in checks.violations:
        if rule.severity not in CRITICAL:
            continue
        for finding in rule.findings:
            text = finding.text or rule.description
            yield Found("methodology", rule.rule, text, owners.reason(rule.rule, text))
        hidden = (rule.count or 0) - len(rule.findings)
        if hidden > 0:
            yield Found("methodology", rule.rule, f"{hidden} more, not printed", "")


def standing(found: Iterable[Found]) -> tuple[Found, ...]:
    """Those that may not stand."""
    return tuple(each for each in found if not each.waived)
