"""`doit vivado-selftest`: the catalogue, the designs and one build, held against a real Vivado."""

from __future__ import annotations

from bitwright.front.session import Session
from bitwright.front.show import say

UNCOMPARED = 4  # exit status: there is no Vivado to compare with


def task(session: Session) -> bool:
    """Run it and say where the archive is; False if anything is not as believed.

    Raises ToolError if the Vivado that is here is too old or broken.
    """
    from bitwright import toolchains
    from bitwright.vivado import selftest

    uses = ("vivado", "vitis", "sim")  # the packages of kernels in RTL take Verilator
    tools = toolchains.probe(*uses)
    if "vivado" not in tools:
        say("nothing was compared: there is no Vivado here")
        say(f"next      {toolchains.BY_NAME['vivado'].get}; then: ./doit vivado-selftest")
        session.status = UNCOMPARED
        return True
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
