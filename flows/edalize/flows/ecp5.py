"""Edalize flow `ecp5`: from SystemVerilog to a Lattice ECP5 bitstream by what pip installs, alone.

    targets:
      synth:
        flow: ecp5
        flow_options: {device: LFE5U-85F, package: CABGA381, speed: "6"}
        filesets: [rtl, constraints]      # file_type: LPF
        toplevel: blinky

The build runner is our own unless another is named: it rebuilds what changed in content, no more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from edalize.flows.edaflow import Edaflow, FlowGraph

TOOLS = ("pyosys", "yowasp_nextpnr", "yowasp_ecppack")


class Ecp5(Edaflow):  # type: ignore[misc]  # Edalize is untyped
    """pyosys, nextpnr-ecp5, ecppack, and the bitstream unpacked and compared."""

    argtypes = ("vlogdefine", "vlogparam")

    FLOW_OPTIONS: ClassVar[Mapping[str, Any]] = {
        **Edaflow.FLOW_OPTIONS,
        "pnr": {
            "type": "str",
            "desc": "*next* to place, route and pack (the default), *none* to stop after synthesis",
        },
    }

    @classmethod
    def get_tool_options(cls, flow_options: dict[str, Any]) -> dict[str, Any]:
        """The options of all tools of the flow, frontends included."""
        options: dict[str, Any] = cls.get_filtered_tool_options(
            [*flow_options.get("frontends", []), *TOOLS], {}
        )
        return options

    def extract_flow_options(self) -> dict[str, Any]:
        """The flow's own options, with our build runner as the default."""
        return {"build_runner": "doit", **super().extract_flow_options()}

    def configure_flow(self, flow_options: dict[str, Any]) -> FlowGraph:
        """The graph: frontends in a row, then our tools. Made anew each time; nothing is shared."""
        choice = flow_options.get("pnr", "next")
        if choice not in ("next", "none"):
            raise RuntimeError(f"pnr: expected next or none, found {choice!r}")
        graph: dict[str, dict[str, Any]] = {}
        before: list[str] = []
        for tool in (
            *flow_options.get("frontends", []),
            *(TOOLS if choice == "next" else TOOLS[:1]),
        ):
            graph[tool] = {"deps": before, "fdto": {}}
            before = [tool]
        found: FlowGraph = FlowGraph.fromdict(graph)
        # known before any tool is set up, as Edaflow asks for it first
        last = (
            f"bitstream/{self.edam['name']}.bit" if choice == "next" else "synthesize/netlist.json"
        )
        self.commands.set_default_target(last)
        return found
