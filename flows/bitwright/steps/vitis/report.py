"""What a linked .xclbin is judged by before it is given to anyone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Judgement, Step, Tool, module_files
from bitwright.implementation import Implementation
from bitwright.limits import Demands, to_json
from bitwright.steps.vitis import link
from bitwright.steps.vivado import estimate
from bitwright.vivado.request import BAD, MESSAGES

NAME = "report"
CODE = "bitwright.vivado.verdict"
REQUEST = "report.json"


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


def step(about: About, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base; tools: those that made the hardware."""
    folder, made = base / NAME, base / link.NAME
    log = [f"{link.NAME}/{link.NAME}.log"] if about.demands.messages else []
    request = {
        "subject": {
            "config": about.config,
            "target": about.target,
            "part": about.part,
            "clock_mhz": about.clock_mhz,
            "tools": {tool.name: tool.version for tool in tools},
            "instance": "",
        },
        "linked": True,
        "record": f"../{link.NAME}/record.json",
        "reports": f"../{link.NAME}",
        "logs": [f"../{name}" for name in log],
        "messages": [f"../{link.NAME}/{MESSAGES}"],
        "limits": to_json(about.demands.of_build),
        "rules": estimate.rules(about.implementation),
        "steps": list(about.steps),
    }
    names = ("record.json", MESSAGES, *link.REPORTS)
    reads = [*(made / name for name in names), *(base / name for name in log)]
    return Step(
        name=NAME,
        title="timing and area of the link, judged",
        dir=folder,
        reads=(*reads, *module_files(CODE)),
        writes=tuple(folder / name for name in ("metrics.json", "verdict.json", "index.html")),
        command=("python", "-m", CODE, REQUEST),
        scripts=((REQUEST, json.dumps(request, indent=1) + "\n"),),
        after=(link.NAME,),
        errors=estimate.ERRORS,
        judgement=Judgement(BAD, "no .xclbin is given", f"open {folder}/failed/index.html"),
    )
