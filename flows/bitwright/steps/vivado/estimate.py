"""What synthesis promises, judged: a run that cannot end well ends here, with its numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bitwright.engine import Judgement, Step, module_files
from bitwright.implementation import EARLY, Implementation, Message
from bitwright.limits import Demands, to_json
from bitwright.steps.vivado import block_design, ip_synth, synthesize
from bitwright.vivado.request import BAD, MESSAGES
from bitwright.vivado.scripts import Build

NAME = "estimate"
CODE = "bitwright.vivado.early"
LIMITS, NUMBERS = "early.json", "estimate.json"
NEXT = (
    "a smaller design, a slower clock, or what a message names; implementation: says how much may"
    " lack (early:) and which messages end a build (critical_warnings:)"
)
ERRORS = (r"^ERROR", r"^  ", r"^\w*Error: ")
BEFORE = (block_design.NAME, ip_synth.NAME, synthesize.NAME)  # whose messages are judged here


def step(build: Build, demands: Demands, *, base: Path) -> Step:
    """The verdict in the folder `estimate` below base; demands: the config's limits."""
    folder = base / NAME
    reports = [f"../{synthesize.NAME}/{name}.rpt" for name in ("timing_summary", "utilization")]
    messages = [f"../{name}/{MESSAGES}" for name in BEFORE]
    command = ("python", "-m", CODE, "synthesized", LIMITS, *reports)
    reads = [*(base / synthesize.NAME / Path(name).name for name in reports)]
    reads += [base / name / MESSAGES for name in BEFORE]
    return Step(
        name=NAME,
        title="timing and area after synthesis, judged",
        dir=folder,
        reads=(*reads, *module_files(CODE)),
        writes=(folder / NUMBERS,),
        command=(*command, "--write", NUMBERS, "--messages", *messages),
        scripts=((LIMITS, limits(build.implementation, demands)),),
        after=(synthesize.NAME,),
        errors=ERRORS,
        judgement=Judgement(BAD, "nothing is placed", NEXT),
    )


def limits(asked: Implementation, demands: Demands) -> str:
    """early.json: the config's limits, what a clock may lack at which stage, rules on messages."""
    body = {
        "allowance_percent": {stage: asked.allowance(stage) for stage in EARLY},
        "demands": to_json(demands.of_build),
        "messages": rules(asked),
    }
    return json.dumps(body, indent=1) + "\n"


def rules(asked: Implementation) -> dict[str, list[dict[str, str]]]:
    """What becomes of the tools' messages, as a step that judges reads it."""
    return {"promoted": _rows(asked.promoted), "waived": _rows(asked.waived)}


def _rows(messages: Iterable[Message]) -> list[dict[str, str]]:
    return [asdict(message) for message in messages]
