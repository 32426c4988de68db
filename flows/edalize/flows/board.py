"""Edalize flow `board`: the whole system of a board, simulated and driven by the real host module.

    targets:
      sim:
        flow: board
        filesets: [rtl, bench]
        parameters: [Rows, Cols, AKib, BKib, ClockMhz]
        toplevel: ulx3s_sim

Everything is done by `python -m bitwright.host.simulate`, which also generates the system: its
options are the target's parameters, and its sources those of all cores below it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from typing import Any

from edalize.flows.edaflow import Edaflow, FlowGraph

SOURCES = ("systemVerilogSource", "verilogSource", "vlt")


class Board(Edaflow):  # type: ignore[misc]  # Edalize is untyped
    """Nothing to build; running compiles and compares."""

    argtypes = ("cmdlinearg", "vlogparam")  # the system's; those of its parts, which are left out

    def configure_flow(self, flow_options: Mapping[str, Any]) -> FlowGraph:
        self.commands.set_default_target("")
        return FlowGraph()

    def configure(self) -> None:
        """The simulation writes its own files."""

    def build(self) -> None:
        """What is compiled depends on generated files, which running makes first."""

    def run(self, args: Any = None) -> None:
        self._run_tool(sys.executable, list(command(self.edam)), cwd=self.work_root)


def command(edam: Mapping[str, Any]) -> tuple[str, ...]:
    """The arguments of Python that simulate a board's EDAM."""
    options: list[str] = []
    for name, parameter in edam["parameters"].items():
        if parameter["paramtype"] != "cmdlinearg":
            continue
        words = re.findall(r"[A-Z][a-z0-9]*", name)
        options += ["--" + "-".join(words).lower(), str(parameter["default"])]
    sources = [file["name"] for file in edam["files"] if file["file_type"].startswith(SOURCES)]
    module = ("-s", "-m", "bitwright.host.simulate", "--build", "simulated")
    return (*module, *options, "--source", *sources)
