"""What a linked .xclbin is judged by before it is given to anyone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vitis import link
from bitwright.steps.vivado import judged
from bitwright.steps.vivado.judged import About, Evidence


def step(about: About, tools: Iterable[Tool], *, base: Path) -> Step:
    """The report in the folder `report` below base; tools: those that made the hardware."""
    only = (link.NAME,)
    evidence = Evidence(link.NAME, tuple(link.REPORTS), only, only, more={"linked": True})
    title = "timing and area of the link, judged"
    return judged.step(about, evidence, tools, base=base, title=title, spared="no .xclbin is given")
