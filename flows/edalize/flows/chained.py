"""Base of Edalize flows that are a row of frontends with one tool of ours, TOOL, behind them.

The build runner is our own unless another is named. Nothing is shared between two flows: options
and graphs are made anew each time.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any, ClassVar

from edalize.flows.edaflow import Edaflow, FlowGraph


class Chained(Edaflow):  # type: ignore[misc]  # Edalize is untyped
    TOOL: ClassVar[str]
    FLOW_OPTIONS: ClassVar[dict[str, Any]] = dict(Edaflow.FLOW_OPTIONS)

    @classmethod
    def get_flow_options(cls) -> dict[str, Any]:
        return deepcopy(cls.FLOW_OPTIONS)

    @classmethod
    def get_tool_options(cls, flow_options: dict[str, Any]) -> dict[str, Any]:
        """The options of all tools of the flow, frontends included."""
        tools = [*flow_options.get("frontends", []), cls.TOOL]
        options: dict[str, Any] = cls.get_filtered_tool_options(tools, {})
        return options

    def extract_flow_options(self) -> dict[str, Any]:
        """The flow's own options, with our build runner as the default."""
        return {"build_runner": "doit", **super().extract_flow_options()}

    def configure_flow(self, flow_options: dict[str, Any]) -> FlowGraph:
        """The graph: frontends in a row, then our tool. Made anew each time; nothing is shared."""
        graph: dict[str, dict[str, Any]] = {}
        before: list[str] = []
        for tool in (*flow_options.get("frontends", []), self.TOOL):
            graph[tool] = {"deps": before, "fdto": {}}
            before = [tool]
        found: FlowGraph = FlowGraph.fromdict(graph)
        return found

    def configure_tools(self, graph: FlowGraph) -> None:
        super().configure_tools(graph)
        tool = graph.get_node(self.TOOL).inst
        self.commands.set_default_target(tool.commands.default_target)
