"""Everything that a routed design is judged by before it becomes a bitstream."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vivado import estimate, implement, judged
from bitwright.steps.vivado.judged import About, Evidence
from bitwright.vivado.findings import Owners
from bitwright.vivado.scripts import OF_ROUTED

JUDGED = (
    *("timing_summary", "utilization", "utilization_hierarchy", "power", "drc", "route_status"),
    *("cdc", "methodology"),
)
LOGGED = ("synthesize", "implement")  # steps whose logs may hold what the config forbids


def step(about: About, owners: Owners, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base; tools: those that made the hardware."""
    assert set(JUDGED) <= set(OF_ROUTED)
    evidence = Evidence(
        implement.NAME,
        tuple(f"{name}.rpt" for name in JUDGED),
        LOGGED,
        (*estimate.BEFORE, implement.NAME),
        owners.instance,
        {"owners": owners.to_json()},
    )
    title = "timing, area, crossings, judged"
    return judged.step(
        about, evidence, tools, base=base, title=title, spared="no bitstream is made"
    )
