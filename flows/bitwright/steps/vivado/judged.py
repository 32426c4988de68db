"""The step `report` of a build for AMD's parts: numbers, verdict and page, before the bitstream.

Which reports there are to be judged, `report` says for Vivado and `vitis.report` for v++.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bitwright.engine import Judgement, Step, Tool, module_files
from bitwright.implementation import Implementation
from bitwright.limits import Demands, to_json
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is read: the reports of one step, and what tools said on the way there."""

    step: str  # whose reports they are
    reports: tuple[str, ...]  # files in that step's folder
    logged: tuple[str, ...]  # steps whose logs may hold what the config forbids
    messages: tuple[str, ...]  # steps whose messages.json counts
    instance: str = ""  # of the block design in its wrapper
    more: Mapping[str, Any] = field(default_factory=dict)  # for the verdict


def step(
    about: About, evidence: Evidence, tools: Iterable[Tool], *, base: Path, title: str, spared: str
) -> Step:
    """The verdict in the folder `report` below base.

    tools: those that made the hardware; spared: what a bad verdict keeps from being made
    """
    folder = base / NAME
    logs = [f"{name}/{name}.log" for name in evidence.logged if about.demands.messages]
    messages = [f"{name}/{MESSAGES}" for name in evidence.messages]
    request = {
        "subject": {
            "config": about.config,
            "target": about.target,
            "part": about.part,
            "clock_mhz": about.clock_mhz,
            "tools": {tool.name: tool.version for tool in tools},
            "instance": evidence.instance,
        },
        "record": f"../{evidence.step}/record.json",
        "reports": f"../{evidence.step}",
        "logs": [f"../{name}" for name in logs],
        "messages": [f"../{name}" for name in messages],
        "limits": to_json(about.demands.of_build),
        "rules": estimate.rules(about.implementation),
        **evidence.more,
        "steps": list(about.steps),
    }
    reads = [f"{evidence.step}/{name}" for name in ("record.json", *evidence.reports)]
    reads += [*messages, *logs]
    return Step(
        name=NAME,
        title=title,
        dir=folder,
        reads=(*(base / name for name in reads), *module_files(CODE)),
        writes=tuple(folder / name for name in ("metrics.json", "verdict.json", "index.html")),
        command=("python", "-m", CODE, REQUEST),
        scripts=((REQUEST, json.dumps(request, indent=1) + "\n"),),
        after=(evidence.step,),
        errors=estimate.ERRORS,
        judgement=Judgement(BAD, spared, f"open {folder}/failed/index.html"),
    )
