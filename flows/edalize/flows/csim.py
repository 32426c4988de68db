"""Edalize flow `csim`: C simulation of an HLS kernel with g++ and open headers, no vendor tool.

    targets:
      sim:
        flow: csim
        filesets: [kernel, bench]
        toplevel: ffn

Files: cppSource the kernel's, cppSource-testbench the test bench's, with main(); a header with
is_include_file adds its folder; files of type data are read by the test bench, under their names
without a folder, as in Vitis' own simulation. ap_int.h comes from the hls4ml beside this Python.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from bitwright.hls.csim import PROGRAM
from edalize.flows.beside import Beside
from edalize.flows.edaflow import FlowGraph

TOOL = "csim"


class Csim(Beside):
    """Compile and run; exit status not 0 if the test bench says so."""

    argtypes = ()

    @classmethod
    def get_tool_options(cls, flow_options: Mapping[str, Any]) -> dict[str, Any]:
        return deepcopy(cls.get_filtered_tool_options([TOOL], {}))

    def configure_flow(self, flow_options: Mapping[str, Any]) -> FlowGraph:
        return FlowGraph.fromdict({TOOL: {"fdto": {}}})

    def configure_tools(self, graph: FlowGraph) -> None:
        super().configure_tools(graph)
        self.commands.default_target = graph.get_node(TOOL).inst.commands.default_target

    def run(self, args: Any = None) -> None:
        root = Path(self.work_root)
        for entry in self.edam["files"]:
            if entry.get("file_type") == "data":
                shutil.copyfile(root / entry["name"], root / Path(entry["name"]).name)
        self._run_tool(f"./{PROGRAM}", cwd=self.work_root)
