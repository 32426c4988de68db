"""Everything that a routed design is judged by before it becomes a bitstream."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Judgement, Step, Tool, module_files
from bitwright.implementation import Implementation
from bitwright.limits import Demands, to_json
from bitwright.steps.vivado import estimate, implement
from bitwright.vivado.findings import Owners
from bitwright.vivado.request import BAD, MESSAGES
from bitwright.vivado.scripts import OF_ROUTED

NAME = "report"
CODE = "bitwright.vivado.verdict"
REQUEST = "report.json"
JUDGED = (
    *("timing_summary", "utilization", "utilization_hierarchy", "power", "drc", "route_status"),
    *("cdc", "methodology"),
)
LOGGED = ("synthesize", "implement")  # steps whose logs may hold what the config forbids


@dataclass(frozen=True, slots=True)
class About:
    """What is reported on."""

    config: str
    target: str
    part: str
    clock_mhz: float
    steps: tuple[str, ...]  # names, in order; the page links their logs
    demands: Demands
    implementation: Implementation
    owners: Owners


def step(about: About, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base; tools: those that made the hardware."""
    assert set(JUDGED) <= set(OF_ROUTED)
    folder, routed = base / NAME, base / implement.NAME
    logs = [f"{name}/{name}.log" for name in LOGGED if about.demands.messages]
    messages = [f"{name}/{MESSAGES}" for name in (*estimate.BEFORE, implement.NAME)]
    request = {
        "subject": {
            "config": about.config,
            "target": about.target,
            "part": about.part,
            "clock_mhz": about.clock_mhz,
            "tools": {tool.name: tool.version for tool in tools},
            "instance": about.owners.instance,
        },
        "record": f"../{implement.NAME}/record.json",
        "reports": f"../{implement.NAME}",
        "logs": [f"../{name}" for name in logs],
        "messages": [f"../{name}" for name in messages],
        "limits": to_json(about.demands.of_build),
        "rules": estimate.rules(about.implementation),
        "owners": about.owners.to_json(),
        "steps": list(about.steps),
    }
    reads = [routed / "record.json", *(routed / f"{name}.rpt" for name in JUDGED)]
    reads += [base / name for name in (*messages, *logs)]
    return Step(
        name=NAME,
        title="timing, area, crossings, judged",
        dir=folder,
        reads=(*reads, *module_files(CODE)),
        writes=tuple(folder / name for name in ("metrics.json", "verdict.json", "index.html")),
        command=("python", "-m", CODE, REQUEST),
        scripts=((REQUEST, json.dumps(request, indent=1) + "\n"),),
        after=(implement.NAME,),
        errors=estimate.ERRORS,
        judgement=Judgement(
            BAD, "no bitstream is made", f"open {folder / 'failed' / 'index.html'}"
        ),
    )
