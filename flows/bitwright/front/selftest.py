"""`doit vivado-selftest`: the catalogue, the designs and one build, held against a real Vivado."""

from __future__ import annotations

from bitwright.front.session import Session
from bitwright.front.show import say


def task(session: Session) -> bool:
    """Run it and say where the archive is; False if anything is not as believed.

    Raises ToolError if Vivado is not here.
    """
    from bitwright import toolchains
    from bitwright.vivado import selftest

    uses = ("vivado", "vitis", "sim")  # the packages of kernels in RTL take Verilator
    tools = toolchains.probe(*uses)
    toolchains.require(tools, "vivado")
    say(f"Vivado {tools['vivado'].version}, {tools['vivado'].path}: this takes an hour or two")
    found, archive = selftest.selftest(tools, say)
    if "v++" not in tools:
        say(f"{selftest.LINKED}: not tried, v++ is not here")
    say("")
    for line in found.lines():
        say(line)
    say(f"\n{archive}")
    say("please send this file to the project, good or bad: no home, host or user name is in it")
    return found.good
