"""The .xclbin as it is given away: with the head of the key of `link` in it, which tells its build.

An .xclbin has no USERID of ours in its bitstream, for the shell's is there; its metadata takes a
word of the user (xclbinutil --key-value).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bitwright.engine import Step, Tool
from bitwright.steps.vitis import link
from bitwright.vivado.project import PLAN, Plan
from bitwright.vivado.request import ERRORS, MESSAGES, PHASES, REQUEST, Request
from bitwright.whatis import WORD

NAME = "bitstream"
RECORD = "record.json"


def step(name: str, tools: Iterable[Tool], *, base: Path) -> Step:
    """The .xclbin of that name in the folder `bitstream` below base."""
    folder, made = base / NAME, base / link.NAME
    file, told = f"{name}.xclbin", link.info(name)
    arguments = ["--force", "--input", f"../{link.NAME}/{file}"]
    arguments += ["--key-value", f"USER:{WORD}:{{usercode}}"]
    arguments += [f"--info={told}", "--output", file]
    request = Request(tool="xclbinutil", arguments=tuple(arguments), expects=(file, told))
    plan = Plan(usercode=f"../{link.NAME}/{RECORD}")
    return Step(
        name=NAME,
        title="xclbin, named by its build",
        dir=folder,
        reads=(made / file, made / RECORD),
        writes=tuple(folder / each for each in (file, told, MESSAGES)),
        command=("python", "-m", link.RUN, REQUEST),
        scripts=((PLAN, plan.to_json()), (REQUEST, request.to_json())),
        tools=tuple(tools),
        after=(link.NAME,),
        phases=PHASES,
        errors=ERRORS,
    )
