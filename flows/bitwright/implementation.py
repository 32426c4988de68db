"""How a design is synthesised, placed and routed by AMD's tools: the config key `implementation`.

    implementation:
      strategy: performance          # a name for directives of place and route: STRATEGIES
      directives: {place: Explore}   # per stage, over those of the strategy
      probes: [ffn/s_axi_control]    # interfaces of the block design that an ILA watches
      early: {synthesized: 30 %}     # share of the clock's period that may be missing there
      u280:                          # the same keys, on this target only
        slr: {ffn: 1, mhsa: 2}       # cell -> super logic region
        pblocks:
          - {name: engine, cells: [matmul], region: "CLOCKREGION_X0Y0:CLOCKREGION_X3Y3"}
      waivers:                       # violations in our own hierarchy that may stand, and why
        - {rule: CDC-1, reason: quasi-static, cells: ffn}
      critical_warnings:             # of any of the tools' messages, by id
        waived: [{id: "Timing 38-282", reason: the report step judges timing}]
        promoted: [{id: "Synth 8-3352", reason: a net with two drivers}]

What none of them says is the tool's own default. Directives are those of Vivado's help texts and
UG904 that parts of the 7 series and UltraScale+ share, versions 2022.2 and newer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bitwright.schema import (
    NAME,
    Integer,
    OneOf,
    Reader,
    Safe,
    check_keys,
    nearest,
    read_scalar,
    read_table,
)
from bitwright.yamlfile import Faults, Node, Scalar, Sequence, Table, describe, shown

STAGES = ("synth", "opt", "place", "phys_opt", "route")
DEFAULT = "Default"
_AREA = ("AreaOptimized_high", "AreaOptimized_medium", "AreaMultThresholdDSP")
_SPREAD = ("AltSpreadLogic_high", "AltSpreadLogic_medium", "AltSpreadLogic_low")
_SSI = tuple(f"SSI_{n}" for n in ("SpreadLogic_high", "SpreadLogic_low", "SpreadSLLs"))
DIRECTIVES: Mapping[str, tuple[str, ...]] = {
    "synth": (
        *(DEFAULT, "RuntimeOptimized", *_AREA, "AlternateRoutability"),
        *("AreaMapLargeShiftRegToBRAM", "FewerCarryChains", "PerformanceOptimized"),
        "LogicCompaction",
    ),
    "opt": (
        *(DEFAULT, "Explore", "ExploreArea", "ExploreWithRemap", "ExploreSequentialArea"),
        "RuntimeOptimized",
    ),
    "place": (
        *(DEFAULT, "Explore", "EarlyBlockPlacement", "WLDrivenBlockPlacement"),
        *("ExtraNetDelay_high", "ExtraNetDelay_low", *_SPREAD, "ExtraPostPlacementOpt"),
        *("ExtraTimingOpt", *_SSI, "RuntimeOptimized", "Quick"),
    ),
    "phys_opt": (
        *(DEFAULT, "Explore", "ExploreWithHoldFix", "ExploreWithAggressiveHoldFix"),
        *("AggressiveExplore", "AlternateReplication", "AggressiveFanoutOpt"),
        *("AlternateFlowWithRetiming", "AddRetime", "RuntimeOptimized"),
    ),
    "route": (
        *(DEFAULT, "Explore", "AggressiveExplore", "NoTimingRelaxation"),
        *("MoreGlobalIterations", "HigherDelayCost", "AdvancedSkewModeling"),
        *("AlternateCLBRouting", "RuntimeOptimized", "Quick"),
    ),
}
# None has a directive for synthesis: so another strategy keeps the netlist.
STRATEGIES: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "quick": {
        "opt": "RuntimeOptimized",
        "place": "RuntimeOptimized",
        "phys_opt": "RuntimeOptimized",
        "route": "RuntimeOptimized",
    },
    "performance": {
        "opt": "Explore",
        "place": "Explore",
        "phys_opt": "AggressiveExplore",
        "route": "AggressiveExplore",
    },
    "congestion": {
        "opt": "Explore",
        "place": "AltSpreadLogic_high",
        "phys_opt": "AggressiveExplore",
        "route": "AlternateCLBRouting",
    },
    "area": {"opt": "ExploreArea"},
}
# What a clock may still lack at a stage, percent of its period, before a run counts as hopeless.
# A rule of thumb of ours; place and route win back less than this. No tool documents a bound.
EARLY: Mapping[str, int] = {"synthesized": 40, "placed": 20}

CELL = re.compile(r"[A-Za-z]\w{0,63}(?:/[A-Za-z]\w{0,63}){0,7}", re.ASCII)
REGION = re.compile(r"[A-Z][A-Z0-9]*_X\d+Y\d+(?::[A-Z][A-Z0-9]*_X\d+Y\d+)?|SLR\d+", re.ASCII)
RULE = re.compile(r"[A-Z][A-Za-z0-9]{1,15}-\d{1,5}", re.ASCII)  # CDC-1, TIMING-17, LUTAR-1
MESSAGE = re.compile(r"[A-Za-z][\w.:-]{0,40} [\d*][\d*-]{0,15}", re.ASCII)  # Timing 38-282, BD 41-*
REASON = 200  # characters


@dataclass(frozen=True, slots=True)
class Pblock:
    """A part of the chip that cells must stand in."""

    name: str
    cells: tuple[str, ...]  # of the block design, by path
    region: str  # CLOCKREGION_X0Y0:CLOCKREGION_X3Y3, SLR0


@dataclass(frozen=True, slots=True)
class Waived:
    """A rule of DRC-like reports that our own cells may break."""

    rule: str  # CDC-1
    reason: str
    cells: str = ""  # of the block design; "" is all of ours


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the tools by its id, and what is to become of it."""

    id: str  # Timing 38-282; may end in *
    reason: str
    contains: str = ""


@dataclass(frozen=True, slots=True)
class Implementation:
    """What a config says about how its hardware is made, on one target."""

    strategy: str = "default"
    directives: tuple[tuple[str, str], ...] = ()  # (stage, directive), over the strategy's
    threads: int = 8  # general.maxThreads; AMD's results are repeatable for one value of it
    jobs: int = 4  # out-of-context runs at a time
    probes: tuple[str, ...] = ()
    slr: tuple[tuple[str, int], ...] = ()  # (cell, region)
    pblocks: tuple[Pblock, ...] = ()
    early: tuple[tuple[str, int], ...] = ()  # (stage, percent of the period), over EARLY
    waivers: tuple[Waived, ...] = ()
    promoted: tuple[Message, ...] = ()
    waived: tuple[Message, ...] = ()

    def directive(self, stage: str) -> str:
        """The directive of a stage of STAGES; `Default` leaves the tool its own way."""
        own = dict(self.directives)
        return own.get(stage) or STRATEGIES[self.strategy].get(stage, DEFAULT)

    def allowance(self, stage: str) -> int:
        """Percent of its period that a clock may lack after a stage of EARLY."""
        return dict(self.early).get(stage, EARLY[stage])

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that is named, for a place or in a waiver."""
        placed = (*(cell for cell, _ in self.slr), *(c for p in self.pblocks for c in p.cells))
        return (*placed, *(waiver.cells for waiver in self.waivers if waiver.cells))


PLAIN = Implementation()
SCALARS: Mapping[str, Reader] = {
    "strategy": OneOf(tuple(STRATEGIES)),
    "threads": Integer(1, 32),
    "jobs": Integer(1, 64),
}
KEYS = (
    *SCALARS,
    *("directives", "probes", "slr", "pblocks", "early", "waivers", "critical_warnings"),
)


def read(node: Node | None, targets: Iterable[str], faults: Faults) -> Mapping[str, Implementation]:
    """What a config says on each target, under "" on any other; faults are noted.

    targets: the names there are
    """
    if node is None:
        return {"": PLAIN}
    if not isinstance(node, Table):
        faults.add(node.line, f"implementation: expected a mapping, found {describe(node)}")
        return {"": PLAIN}
    names = [key for key in node.items if key in set(targets)]
    check_keys(node, "implementation", (*KEYS, *names), faults, optional=(*KEYS, *names))
    general = _of(node, PLAIN, faults)
    found = {"": general}
    for name in names:
        special = node.items[name]
        if isinstance(special, Table):
            check_keys(special, name, KEYS, faults, optional=KEYS)
            found[name] = _of(special, general, faults)
        else:
            faults.add(special.line, f"{name}: expected a mapping, found {describe(special)}")
    return found


def _of(node: Table, base: Implementation, faults: Faults) -> Implementation:
    """The base with what a mapping says in its place."""
    items = node.items
    values: dict[str, Any] = {}
    for key, reader in SCALARS.items():
        if key in items:
            values[key] = read_scalar(items[key], key, reader, faults) or getattr(base, key)
    for key, part in PARTS.items():
        if key in items:
            values[key] = tuple(part(items[key], faults))
    if "critical_warnings" in items:
        values |= _messages(items["critical_warnings"], faults)
    return replace(base, **values)


def _directives(node: Node, faults: Faults) -> Iterable[tuple[str, str]]:
    readers = {stage: OneOf(names) for stage, names in DIRECTIVES.items()}
    return (read_table(node, "directives", readers, faults, optional=readers) or {}).items()


def _probes(node: Node, faults: Faults) -> Iterable[str]:
    return _paths(node, "probes", faults)


def _list(node: Node, where: str, of: str, faults: Faults) -> tuple[Node, ...]:
    if isinstance(node, Sequence):
        return node.items
    faults.add(node.line, f"{where}: expected a list of {of}, found {describe(node)}")
    return ()


def _paths(node: Node, where: str, faults: Faults) -> Iterable[str]:
    """Paths in the block design, each once."""
    seen: set[str] = set()
    for item in _list(node, where, "paths such as ffn/s_axi_control", faults):
        text = _match(item, where, CELL, "a path in the block design, such as ffn", faults)
        if text in seen:
            faults.add(item.line, f"{where}: {text} is listed twice")
        elif text:
            seen.add(text)
            yield text


def _match(
    node: Node | None, where: str, pattern: re.Pattern[str], expected: str, faults: Faults
) -> str:
    """The text of a scalar that a pattern allows, else a fault and ""."""
    if isinstance(node, Scalar) and pattern.fullmatch(node.text):
        return node.text
    if node is not None:
        faults.add(node.line, f"{where}: expected {expected}, found {describe(node)}")
    return ""


def _early(node: Node, faults: Faults) -> Iterable[tuple[str, int]]:
    if not isinstance(node, Table):
        faults.add(node.line, f"early: expected stages and percents, found {describe(node)}")
        return
    check_keys(node, "early", EARLY, faults, optional=EARLY)
    for stage, item in node.items.items():
        text = item.text if isinstance(item, Scalar) else ""
        found = re.fullmatch(r"(\d{1,3}) ?%", text)
        if found is None:
            faults.add(item.line, f"early: {stage}: expected such as 30 %, found {describe(item)}")
        elif stage in EARLY:
            yield stage, int(found[1])


def _slr(node: Node, faults: Faults) -> Iterable[tuple[str, int]]:
    if not isinstance(node, Table):
        faults.add(node.line, f"slr: expected cells and their regions, found {describe(node)}")
        return
    for cell, item in node.items.items():
        region = read_scalar(item, f"slr: {cell}", Integer(0, 3), faults)
        if not CELL.fullmatch(cell):
            faults.add(node.lines[cell], f"slr: expected a cell's path, found {shown(cell)}")
        elif region is not None:
            yield cell, region


PBLOCK = ("name", "cells", "region")


def _pblocks(node: Node, faults: Faults) -> Iterable[Pblock]:
    names: set[str] = set()
    for item in _list(node, "pblocks", "pblocks", faults):
        if not isinstance(item, Table):
            keys = ", ".join(PBLOCK)
            faults.add(item.line, f"pblocks: expected keys ({keys}), found {describe(item)}")
            continue
        check_keys(item, "pblocks", PBLOCK, faults)
        a_name = Safe(NAME, "a name")
        known = item.items
        name = read_scalar(known["name"], "name", a_name, faults) if "name" in known else None
        cells = tuple(_paths(known["cells"], "cells", faults)) if "cells" in known else ()
        place = "a region such as CLOCKREGION_X0Y0:CLOCKREGION_X3Y3 or SLR0"
        region = _match(known.get("region"), "region", REGION, place, faults)
        if name in names:
            faults.add(item.line, f"pblocks: {name} is listed twice")
        if name and cells and region:
            names.add(name)
            yield Pblock(name, cells, region)


def _words(
    item: Node, where: str, needed: tuple[str, ...], more: tuple[str, ...], faults: Faults
) -> Mapping[str, Scalar]:
    """The texts of one entry; none, and a fault, where one is missing or no text."""
    keys = (*needed, *more)
    if not isinstance(item, Table):
        text = f"{where}: expected keys ({', '.join(keys)}), found {describe(item)}"
        faults.add(item.line, text)
        return {}
    before = len(faults.found)
    check_keys(item, where, keys, faults, optional=more)
    for key, value in item.items.items():
        if not isinstance(value, Scalar) or not 0 < len(value.text.strip()) <= REASON:
            faults.add(value.line, f"{where}: {key}: expected a text, found {describe(value)}")
    found = {key: value for key, value in item.items.items() if isinstance(value, Scalar)}
    return found if len(faults.found) == before else {}


def _waivers(node: Node, faults: Faults) -> Iterable[Waived]:
    for item in _list(node, "waivers", "rules and reasons", faults):
        found = _words(item, "waivers", ("rule", "reason"), ("cells",), faults)
        if not found:
            continue
        rule = _match(found["rule"], "rule", RULE, "a rule such as CDC-1", faults)
        cells = _match(found.get("cells"), "cells", CELL, "a cell such as ffn", faults)
        if rule and bool(cells) == ("cells" in found):
            yield Waived(rule, " ".join(found["reason"].text.split()), cells)


PARTS: Mapping[str, Callable[[Node, Faults], Iterable[Any]]] = {
    "directives": _directives,
    "early": _early,
    "probes": _probes,
    "slr": _slr,
    "pblocks": _pblocks,
    "waivers": _waivers,
}


def _messages(node: Node, faults: Faults) -> dict[str, tuple[Message, ...]]:
    kinds = ("promoted", "waived")
    if not isinstance(node, Table):
        text = f"critical_warnings: expected promoted and waived, found {describe(node)}"
        faults.add(node.line, text)
        return {}
    check_keys(node, "critical_warnings", kinds, faults, optional=kinds)
    return {
        kind: tuple(_message(item, kind, faults) for item in _entries(node, kind, faults))
        for kind in kinds
        if kind in node.items
    }


def _entries(node: Table, kind: str, faults: Faults) -> Iterable[Mapping[str, Scalar]]:
    for item in _list(node.items[kind], kind, "ids and reasons", faults):
        found = _words(item, kind, ("id", "reason"), ("contains",), faults)
        if found:
            yield found


def _message(found: Mapping[str, Scalar], kind: str, faults: Faults) -> Message:
    id = _match(found["id"], kind, MESSAGE, "a message's id such as 'Timing 38-282'", faults)
    contains = found["contains"].text if "contains" in found else ""
    return Message(id, " ".join(found["reason"].text.split()), contains)


def check_cells(
    known: Iterable[str], asked: Implementation, where: Callable[[str], str], faults: list[str]
) -> None:
    """Note each cell that is named and is none of the block design's.

    known: the paths of all cells; where: file and line at which the config names a cell
    """
    paths = set(known)
    for cell in dict.fromkeys(asked.cells):
        if cell not in paths:
            hint = nearest(cell, paths)
            faults.append(f"{where(cell)}: implementation: no cell {shown(cell)}{hint}")
