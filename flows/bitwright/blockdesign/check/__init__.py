"""Everything that can be known about a block design before Vivado is started.

    found = check(design, looks(design, catalogue))
    errors = [one for one in found if one.severity == "error"]

Rules are small functions (`rules.RULES` lists them) over a `scene.Scene`; what they find says file
and line, what was expected and found, and what to do. Cells that the catalogue does not know are
believed: nothing is found in what was only inferred.
"""

from __future__ import annotations

from collections.abc import Mapping

from bitwright.blockdesign.board import Board
from bitwright.blockdesign.check.finding import DOUBT, ERROR, WARNING, Fault, Finding
from bitwright.blockdesign.check.rules import RULES, Rule
from bitwright.blockdesign.check.scene import Scene
from bitwright.blockdesign.ip import Instance
from bitwright.blockdesign.model import BlockDesign

__all__ = ["ERROR", "RULES", "WARNING", "Fault", "Finding", "Rule", "check"]


def check(
    design: BlockDesign,
    looks: Mapping[str, Instance],
    *,
    strict: bool = True,
    types: tuple[str, ...] = (),
    board: Board | None = None,
) -> tuple[Finding, ...]:
    """What is wrong with a design, in the order of its files.

    strict: a design of ours, where what Vivado itself only warns of is an error too
    types: those of the catalogue, so that a misspelt one can be told
    board: the hardware that its ports leave by; None where that is not known
    """
    scene = Scene(design, looks, types, board)
    found = {
        Finding(rule.name, _severity(rule, strict), fault): None
        for rule in RULES
        for fault in rule.find(scene)
    }
    return tuple(sorted(found, key=_order))


def _severity(rule: Rule, strict: bool) -> str:
    if rule.severity == DOUBT:
        return ERROR if strict else WARNING
    return rule.severity


def _order(finding: Finding) -> tuple[str, int, str, str]:
    place = finding.place
    return place.file, place.line, finding.rule, finding.fault.message
