"""What the steps that run Vivado have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bitwright.engine import Judgement, Step, Tool
from bitwright.implementation import Implementation
from bitwright.vivado.project import PLAN, Plan
from bitwright.vivado.request import ERRORS, MESSAGES, PHASES, REQUEST, Gate, Request, Resume
from bitwright.vivado.scripts import Build

RUN, IN_PROJECT = "bitwright.vivado.run", "bitwright.vivado.project"  # what a step executes
FORMAT = "1"  # of how a project goes from step to step; a new number makes the steps run again


@dataclass(frozen=True, slots=True)
class Job:
    """One run of Vivado as a step of a build."""

    name: str  # of the step, its folder and its script
    title: str
    scripts: Mapping[str, str]  # file name -> text
    stages: tuple[str, ...]
    outputs: tuple[str, ...]  # that Vivado writes into the step's folder
    reads: tuple[Path, ...] = ()
    after: tuple[str, ...] = ()
    plan: Plan | None = None  # of what happens around the run; None: nothing
    more: tuple[str, ...] = ()  # outputs that come after the run, such as the packed project
    canonical: tuple[str, ...] = ()  # outputs to be stripped of the time they were made at
    keeps: tuple[str, ...] = ()
    resume: tuple[Resume, ...] = ()
    gates: tuple[Gate, ...] = ()
    judgement: Judgement | None = None  # of a run whose gates may find the design bad


def step(job: Job, build: Build, tools: Iterable[Tool], *, base: Path) -> Step:
    """A job's Step, in the folder of its name below base.

    What becomes of critical warnings is told to the steps that judge (estimate, report), which take
    no time: another waiver in a config begins no synthesis and no placement again.
    """
    folder = base / job.name
    request = Request(
        tool="vivado",
        script=f"{job.name}.tcl",
        expects=job.outputs,
        stages=job.stages,
        resume=job.resume,
        gates=job.gates,
        canonical=job.canonical,
    )
    files = {**job.scripts, REQUEST: request.to_json()}
    settings: tuple[tuple[str, str], ...] = ()
    if job.plan is not None:
        files[PLAN] = job.plan.to_json()
        settings = (("project", FORMAT),)
    return Step(
        name=job.name,
        title=job.title,
        dir=folder,
        reads=job.reads,
        writes=tuple(folder / name for name in (*job.outputs, MESSAGES, *job.more)),
        command=("python", "-m", IN_PROJECT if job.plan else RUN, REQUEST),
        scripts=tuple(sorted(files.items())),
        settings=settings,
        tools=tuple(tools),
        keeps=job.keeps,
        after=job.after,
        phases=PHASES,
        errors=ERRORS,
        judgement=job.judgement,
    )


def directives(asked: Implementation, stages: Iterable[str]) -> str:
    """What a title says of how a stage runs; "" where the tool goes its own way."""
    named = [f"{stage} {asked.directive(stage)}" for stage in stages]
    return ", ".join(word for word in named if not word.endswith("Default"))
