"""Edalize flow `cocotb`: SystemVerilog under Verilator, tested by a Python module.

    filesets:
      tb:
        files: [tb/test_systolic.py: {file_type: user}, tb/systolic_tb.sv: {file_type: ...}]
    targets:
      sim:
        flow: cocotb
        flow_options: {cocotb_module: test_systolic}
        filesets: [rtl, tb]
        toplevel: systolic

The folders of all .py files are put on PYTHONPATH. Random seed 1 unless COCOTB_RANDOM_SEED says
otherwise; `fusesoc run ... --waves` leaves dump.vcd. A failing test, no test at all, or a simulator
that died fails `fusesoc run`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from edalize.flows.edaflow import Edaflow, FlowGraph
from edalize.flows.verilated import Verilated

RESULTS = "results.xml"


class Cocotb(Verilated):
    """Build with Verilator, run the tests, believe only what the results file says."""

    TOOL = "cocotb"
    FLOW_OPTIONS: ClassVar[dict[str, Any]] = {
        **Edaflow.FLOW_OPTIONS,
        "cocotb_module": {"type": "str", "desc": "Python module that holds the tests"},
        "cocotb_filter": {"type": "str", "desc": "Regular expression: run only tests it matches"},
        "waves": {"type": "bool", "desc": "Leave dump.vcd in the work root"},
    }

    def configure_flow(self, flow_options: Mapping[str, Any]) -> FlowGraph:
        graph = super().configure_flow(flow_options)
        if flow_options.get("waves"):
            traces = ["--trace-vcd", "--trace-structs"]
            graph.get_node(self.TOOL).fdto["verilator_options"] = traces
        return graph

    def run(self, args: Any = None) -> None:
        results = Path(self.work_root) / RESULTS
        results.unlink(missing_ok=True)
        command, arguments, folder = self.flow.get_node(self.TOOL).inst.run()
        traces = ["--trace"] if self.flow_options.get("waves") else []
        environment = self.test_environment()
        self._run_tool(command, args=[*arguments, *traces], cwd=folder, env=environment)
        judge(results)

    def test_environment(self) -> dict[str, str]:
        """What cocotb's own runner sets: https://docs.cocotb.org, its `runner.py`."""
        import find_libpython
        from cocotb_tools import config

        library = find_libpython.find_libpython()
        if library is None:
            raise RuntimeError(
                f"{sys.executable} has no shared libpython, which cocotb loads\n"
                "  next      install it (Debian: libpython3-dev), or a Python built --enable-shared"
            )
        environment = {
            "COCOTB_TEST_MODULES": self._require_flow_option(self.flow_options, "cocotb_module"),
            "COCOTB_RESULTS_FILE": RESULTS,
            "COCOTB_RANDOM_SEED": os.environ.get("COCOTB_RANDOM_SEED", "1"),
            "COCOTB_TRUST_INERTIAL_WRITES": "1",
            "GPI_USERS": f"{library};{config.pygpi_entry_point()}",
            "PYGPI_PYTHON_BIN": sys.executable,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(self.python_folders()),
        }
        if chosen := self.flow_options.get("cocotb_filter"):
            environment["COCOTB_TEST_FILTER"] = chosen
        return environment

    def python_folders(self) -> list[str]:
        root = Path(self.work_root).resolve()
        files = [f["name"] for f in self.edam["files"] if f["name"].endswith(".py")]
        inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        return list(
            dict.fromkeys([*(str((root / f).parent) for f in files), *filter(None, inherited)])
        )


def judge(results: Path) -> None:
    """Raise RuntimeError unless the results file names at least one test and no failure."""
    from xml.etree import ElementTree

    try:
        cases = list(ElementTree.parse(results).iter("testcase"))
    except (OSError, ElementTree.ParseError) as error:
        raise RuntimeError(f"the simulation left no readable {results}: {error}") from None
    ran = [case for case in cases if case.find("skipped") is None]
    failed = [
        c.get("name", "?")
        for c in ran
        if c.find("failure") is not None or c.find("error") is not None
    ]
    if failed:
        raise RuntimeError(f"{len(failed)} of {len(ran)} tests failed: {', '.join(failed)}")
    if not ran:
        raise RuntimeError(f"no test ran; see {results}")
