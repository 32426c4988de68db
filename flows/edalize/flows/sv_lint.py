"""Edalize flow `sv_lint`: Verilator -Wall, then Verible's linter and formatter; any finding fails.

    targets:
      lint:
        flow: sv_lint
        filesets: [rtl]
        toplevel: systolic

Verilator sees all files, waiver files (.vlt) included, and every module that nobody instantiates is
a top of its own, with its default parameters; Verible leaves generated files out.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from edalize.flows.beside import Beside
from edalize.flows.edaflow import FlowGraph


class Sv_lint(Beside):  # Edalize capitalises the module's name
    """Both linters over the same files; neither makes a file, so each run lints again."""

    argtypes = ("vlogdefine", "vlogparam")
    VERILATOR: Mapping[str, Any] = {"mode": "lint-only", "exe": "false"}

    @classmethod
    def get_tool_options(cls, flow_options: Mapping[str, Any]) -> dict[str, Any]:
        fixed = {"verilator": cls.VERILATOR}
        return deepcopy(cls.get_filtered_tool_options(["verilator", "verible"], fixed))

    def configure_flow(self, flow_options: Mapping[str, Any]) -> FlowGraph:
        options = ["-Wall", "-Wno-MULTITOP", "--quiet"]
        return FlowGraph.fromdict(
            {
                "verilator": {"fdto": {**self.VERILATOR, "verilator_options": options}},
                "verible": {"fdto": {}},
            }
        )

    def configure_tools(self, graph: FlowGraph) -> None:
        super().configure_tools(graph)
        verilator = graph.get_node("verilator").inst
        verilator.vc = [o for o in verilator.vc if not o.startswith("--top-module")]
        ends = [node.inst.commands.default_target for node in graph.get_nodes().values()]
        self.commands.add([], ["lint"], ends)
        self.commands.default_target = "lint"
