"""`doit hls`: for which target, which stages, and what a run says at its end.

Without the tools a run ends after C simulation and the projects' folders, says what that leaves
open, and has an exit status of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bitwright.errors import ConfigError
from bitwright.front.show import say
from bitwright.yamlfile import shown

if TYPE_CHECKING:
    from bitwright.engine import Step
    from bitwright.front.session import Session

AMD = ("vivado", "vitis")  # toolchains of parts that HLS kernels are for
STAGES = ("csim", "csynth", "export")  # where stages= is not given
UNSYNTHESISED = 4  # exit status: all that needs no vendor tool is good, nothing was synthesised


def target(config: str, values: Mapping[str, str], root: Path) -> tuple[str, str]:
    """The target to build for and, in a clause, why: the first for an AMD part, installed or not.

    Raises ConfigError if the target asked for, or each of the config's, is for no AMD part.
    """
    from bitwright import design

    found = design.read_config(design.find(config, root), root)
    fitting = [name for name in found.targets if design.read_target(name, root).toolchain in AMD]
    asked = values.get("target")
    if asked is None and fitting:
        return fitting[0], "the config's first target with an AMD part"
    if asked is not None and asked not in design.names(root, "configs/targets"):
        return asked, ""  # told where every command tells it
    if asked is not None and design.read_target(asked, root).toolchain in AMD:
        return asked, "as asked"
    what = f"target {asked} has" if asked else f"{found.where}: each of its targets has"
    hint = f"target={fitting[0]}" if fitting else "add a target such as u280 to the config"
    raise ConfigError(f"{what} no AMD part, which HLS and packages are for\n  next      {hint}")


def stages(values: Mapping[str, str]) -> tuple[str, ...]:
    """What stages= asks for, in order. Raises ConfigError for another word."""
    from bitwright.hls import scripts
    from bitwright.schema import nearest

    text = values.get("stages")
    if text is None:
        return STAGES
    asked = [word.strip() for word in text.split(",")]
    wrong = [word for word in asked if word not in scripts.STAGES]
    if wrong or "csynth" not in asked:
        what = f"no csynth in {shown(text)}"
        if wrong:
            what = f"{shown(wrong[0])}{nearest(wrong[0], scripts.STAGES)}"
        known = ", ".join(scripts.STAGES)
        raise ConfigError(
            f"command line: stages: expected csynth and others of {known}, found {what}"
        )
    return tuple(stage for stage in scripts.STAGES if stage in asked)


def finish(session: Session) -> None:
    """Say where the IPs are; without the tools, what was checked, what was not, what to install."""
    from bitwright.hls.summary import of_run
    from bitwright.reports.table import show_tables
    from bitwright.steps import csim

    every = list(session.steps.values())
    if checked := csim.summary(every):
        say(checked)
    runs = [step for step in every if step.name.startswith("hls-")]
    if runs:
        for step in runs:
            show_tables(of_run(step.dir), step.writes[-1:])
        return
    session.status = UNSYNTHESISED
    say("\n".join(_open(session, [step for step in every if step.name.startswith("project-")])))


def _open(session: Session, projects: Iterable[Step]) -> list[str]:
    """The lines that a run without the tools ends with."""
    from bitwright.hls import scripts
    from bitwright.hls.probe import GET, TOOLS

    lines = [f"written      {step.dir}: {scripts.CONFIG}, {scripts.TCL}" for step in projects]
    again = f"./doit {' '.join(session.commands)}"
    again += "".join(f" {name}={value}" for name, value in session.line.values.items())
    return [
        *lines,
        "not checked  synthesis, its register map, clock, area and bursts; nothing was exported",
        "             whether the streams are deep enough in hardware: a deadlock shows in cosim",
        *_unjudged(session),
        f"because      none of {', '.join(TOOLS)} is on PATH",
        f"next         {GET}; then: {again}",
        f"or           take a folder to where the tools are, there: vitis_hls -f {scripts.TCL}",
        f"             or, without vitis_hls: vitis-run --mode hls --tcl {scripts.TCL}",
    ]


def _unjudged(session: Session) -> list[str]:
    """A line naming the config's limits on what only synthesis tells; none where it has none."""
    assert session.design is not None
    demands = [session.design.demands.of_hls(spec.name) for spec in session.design.hls]
    limits = [limit.metric for each in demands for limit in each.limits]
    return [f"             limits: {', '.join(limits)}"] if limits else []
