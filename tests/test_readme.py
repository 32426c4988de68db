"""README.md says nothing that is not there."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text()


def _renewer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("renewer", ROOT / "benchmarks/readme.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_link_into_the_project_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_task_that_readme_types_is_listed() -> None:
    listed = subprocess.run(
        ["./doit", "list"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    tasks = {line.split()[0] for line in listed.splitlines() if line.strip()}
    typed = set(re.findall(r"\./doit ([a-z-]+)", TEXT))
    assert typed >= {"bitstream", "test", "list"}
    assert typed - tasks == set()


def test_every_measured_block_holds_what_its_command_printed() -> None:
    renewer = _renewer()
    blocks = dict(re.findall(r"<!-- measured: (\w+) -->\n(.*?)<!-- end -->", TEXT, re.DOTALL))
    assert blocks.keys() == renewer.COMMANDS.keys()
    for name, body in blocks.items():
        command = " ".join(renewer.COMMANDS[name])
        assert body.startswith(f"```\n$ {command}\n"), f"renew it: benchmarks/readme.py {name}"


def test_renewing_replaces_one_block_and_nothing_else() -> None:
    renewer = _renewer()
    old = "a\n<!-- measured: engine -->\nold\n<!-- end -->\nb <!-- end -->\n"
    new = renewer.renewed(old, "engine", "7 \\1 cycles\n")
    assert new.startswith("a\n<!-- measured: engine -->\n```\n$ ")
    assert new.endswith("\n7 \\1 cycles\n```\n<!-- end -->\nb <!-- end -->\n")
    with pytest.raises(ValueError, match="0 blocks 'measured: board'"):
        renewer.renewed(old, "board", "")
