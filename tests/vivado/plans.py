"""Plans of the smallest config on targets of AMD's tools, made without any of those tools."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bitwright import design, plan
from bitwright.design import Design
from bitwright.engine import Step, Tool

ROOT = Path(__file__).parents[2]
TOOLS = {name: Tool(name, "2024.1", f"/nowhere/{name}") for name in ("vivado", "v++", "vitis_hls")}
TARGETS = ("u280", "pynq-z2", "u280-xrt")


@cache
def tiny(target: str) -> Design:
    """The config `tiny` on a target. The working directory is the root."""
    return design.load("tiny", target=target, root=Path())


def planned(found: Design, tools: Mapping[str, Tool] = TOOLS) -> dict[str, Step]:
    """The steps of a build, by name; not from the plans that are kept."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return {step.name: step for step in plan._build(found, tools)}
    finally:
        os.chdir(before)


@cache
def steps(target: str) -> dict[str, Step]:
    """The steps of `tiny` on a target, with tools of 2024.1."""
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        return planned(tiny(target))
    finally:
        os.chdir(before)


def scripts(step: Step) -> dict[str, Any]:
    """The texts that a step's folder holds before its command runs, by name."""
    return dict(step.scripts)
