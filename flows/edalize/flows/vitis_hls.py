"""Edalize flow `vitis_hls`: from C++ to an IP or a Vitis kernel, with whichever tool is installed.

    targets:
      hls:
        flow: vitis_hls
        flow_options: {part: xcu280-fsvh2892-2L-e, clock_ns: "4", version: "1.0"}
        filesets: [kernel, bench]
        toplevel: ffn                # the function that becomes the kernel

Files: cppSource and cSource are the kernel's; those of type cppSource-testbench (or with the tag
`testbench`) the test bench's; files of type data are read by it, hlsSignature is a kernel.yml that
the register map must agree with. A header with is_include_file adds its folder, as ever.

Two steps: `project` lays out a folder that is complete, with hls_config.cfg and Tcl, and needs no
tool; `run` finds out which of v++, vitis-run and vitis_hls can do what is asked, and does it. With
flow option `run: none` the first alone. The build runner is our own unless another is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, ClassVar

from edalize.flows.edaflow import Edaflow, FlowGraph

TOOL = "vitis_hls"


class Vitis_hls(Edaflow):  # type: ignore[misc]  # Edalize names and types it
    """One tool that makes both steps."""

    argtypes = ("vlogdefine",)  # macros of the C++ sources and of the test bench

    FLOW_OPTIONS: ClassVar[Mapping[str, Any]] = dict(Edaflow.FLOW_OPTIONS)

    @classmethod
    def get_flow_options(cls) -> dict[str, Any]:
        return deepcopy(dict(cls.FLOW_OPTIONS))

    @classmethod
    def get_tool_options(cls, flow_options: dict[str, Any]) -> dict[str, Any]:
        """The options of all tools of the flow, frontends included."""
        tools = [*flow_options.get("frontends", []), TOOL]
        options: dict[str, Any] = cls.get_filtered_tool_options(tools, {})
        return options

    def extract_flow_options(self) -> dict[str, Any]:
        """The flow's own options, with our build runner as the default."""
        return {"build_runner": "doit", **super().extract_flow_options()}

    def configure_flow(self, flow_options: dict[str, Any]) -> FlowGraph:
        """The graph: frontends in a row, then our tool. Made anew each time; nothing is shared."""
        graph: dict[str, dict[str, Any]] = {}
        before: list[str] = []
        for tool in (*flow_options.get("frontends", []), TOOL):
            graph[tool] = {"deps": before, "fdto": {}}
            before = [tool]
        found: FlowGraph = FlowGraph.fromdict(graph)
        return found

    def configure_tools(self, graph: FlowGraph) -> None:
        super().configure_tools(graph)
        tool = graph.get_node(TOOL).inst
        self.commands.set_default_target(tool.commands.default_target)
