"""What our Edalize flows and tools share: options of their own, and the tools beside Python."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

import pytest
from edalize.flows.edaflow import Edaflow

FLOWS = ("verilated", "sv_lint", "cocotb")
TOOLS = ("pyosys", "yowasp_nextpnr", "yowasp_ecppack")


def load(kind: str, name: str) -> type:
    return getattr(import_module(f"edalize.{kind}.{name}"), name.capitalize())


@pytest.mark.parametrize("name", TOOLS)
def test_a_flow_that_asks_for_a_tools_options_leaves_them_as_they_were(name):
    tool = load("tools", name)
    options = Edaflow.get_filtered_tool_options([name], {})
    assert options and all(option["tool"] == name for option in options.values())
    assert not any("tool" in option for option in tool.TOOL_OPTIONS.values())


@pytest.mark.parametrize("name", FLOWS)
def test_whoever_changes_a_flows_options_changes_a_copy(name):
    flow = load("flows", name)
    flow.get_flow_options().clear()
    assert flow.get_flow_options()


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_finds_the_tools_beside_the_running_python_first(name, monkeypatch):
    seen = {}
    monkeypatch.setattr(
        Edaflow, "_run_tool", lambda self, cmd, args, cwd, quiet, env: seen.update(env)
    )
    flow = load("flows", name)
    flow._run_tool(flow.__new__(flow), "verilator", env={"MODE": "a"})
    first, _, rest = seen["PATH"].partition(os.pathsep)
    assert (Path(first), rest) == (Path(sys.executable).parent, os.environ["PATH"])
    assert seen["MODE"] == "a"
