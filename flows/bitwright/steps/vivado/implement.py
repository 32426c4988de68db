"""Optimisation, placement and routing in one process, which goes on from where it was cut off.

After placement a gate judges timing and area by estimate/early.json. That file is in no key: it
says when to give up, not what comes out. So another limit never begins a placement again, and a run
that was given up for a limit goes on from its placement once the limit is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Judgement, Step, Tool
from bitwright.steps.vivado import common, estimate, synthesize
from bitwright.vivado import scripts
from bitwright.vivado.request import BAD, Gate, Resume
from bitwright.vivado.scripts import CHECKPOINTS, OF_ROUTED, ROUTED, STAGES, SYNTHESIZED, Build

NAME = "implement"
NEXT = "a smaller design, a slower clock, or another strategy under implementation: in the config"


def step(build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """Place and route in the folder `implement` below base."""
    told = common.directives(build.implementation, STAGES)
    reports = tuple(f"{CHECKPOINTS}/placed_{name}.rpt" for name in scripts.OF_PLACED)
    gate = Gate("placed", estimate.CODE, ("placed", f"../{estimate.NAME}/early.json", *reports))
    job = common.Job(
        name=NAME,
        title=f"Vivado place and route{f' ({told})' * bool(told)}",
        scripts=scripts.implement(build),
        stages=(*STAGES, "reports"),
        outputs=(ROUTED, *(f"{name}.rpt" for name in OF_ROUTED)),
        reads=(base / synthesize.NAME / SYNTHESIZED,),
        after=(estimate.NAME,),
        keeps=(CHECKPOINTS,),
        resume=tuple(_resume()),
        gates=(gate,),
        judgement=Judgement(BAD, "routing does not begin", NEXT),
    )
    return common.step(job, build, tools, base=base)


def _resume() -> Iterable[Resume]:
    """Where a run may go on, the latest first."""
    for stage, after in reversed(tuple(zip(STAGES, (*STAGES[1:], "reports"), strict=True))):
        yield Resume(scripts.checkpoint(stage), scripts.from_(stage), after)
