"""Edalize flow `ip_package`: a kernel in RTL becomes an IP that Vivado's catalogue takes.

    targets:
      package:
        flow: ip_package
        flow_options: {part: xcu280-fsvh2892-2L-e, ranges: ["Rows=4,8,16", "Depth=1..64"]}
        filesets: [rtl, signature]       # signature: kernel.yml with file_type kernelSignature
        parameters: [Rows, Depth]
        toplevel: matmul                 # the SystemVerilog module; a Verilog one is put around it

The result is the folder package/<toplevel>: sources, component.xml and package_ip.tcl, by which
Vivado's own packager makes the same. With `xrt: true` kernel.xml and package_xo.tcl for v++ too.
The build runner is our own unless another is named.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

from edalize.flows.edaflow import Edaflow, FlowGraph

TOOL = "ip_package"


class Ip_package(Edaflow):  # type: ignore[misc]  # Edalize names and types it
    """One tool that makes one step."""

    argtypes = ("vlogparam",)

    FLOW_OPTIONS: ClassVar[dict[str, Any]] = dict(Edaflow.FLOW_OPTIONS)

    @classmethod
    def get_flow_options(cls) -> dict[str, Any]:
        return deepcopy(cls.FLOW_OPTIONS)

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
