"""No licence: recognised by its messages, tried again after pauses, told in the end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.errors import ToolError
from bitwright.vivado import run
from bitwright.vivado.request import Request, Resume, Retries

NONE = (
    "[Common 17-345] A valid license was not found for feature 'Synthesis' and/or device 'xcu280'"
)
NOT_NOW = "[Common 17-348] Failed to get the license for feature 'Synthesis' and/or device 'xcu280'"
GOT = "INFO: [Common 17-349] Got license for feature 'Synthesis' and/or device 'xcu280'"
ASKED = Request("vivado", script="go.tcl", retries=Retries(4, 10, 25))


def tool(programs, line: str, times: int) -> None:
    """A tool that has no licence so many times; each run leaves a file, and must not find one."""
    programs.add(
        "vivado",
        f"count = os.path.join({str(programs.folder)!r}, 'count')\n"
        "n = os.path.getsize(count) if os.path.exists(count) else 0\n"
        "open(count, 'a').write('x')\n"
        "assert not os.path.exists('left'), 'what the last attempt left is there'\n"
        "os.mkdir('left')\n"
        f"if n < {times}:\n    print({line!r})\n    sys.exit(1)\n"
        "print('bitwright: done')",
    )


@pytest.mark.parametrize("line", [f"ERROR: {NONE}", f"ERROR: {NOT_NOW}", f"WARNING: {NOT_NOW}"])
def test_run_without_a_licence_is_begun_again_with_growing_pauses(programs, line, capfd):
    tool(programs, line, 3)
    pauses: list[float] = []
    assert run.run(ASKED, Path(), pauses.append) == 0
    assert pauses == [10, 20, 25]
    assert "attempt 1 of 4; the next in 10 s" in capfd.readouterr().out


def test_after_the_last_attempt_the_message_is_told(programs):
    tool(programs, f"ERROR: {NONE}", 99)
    pauses: list[float] = []
    with pytest.raises(ToolError) as caught:
        run.run(ASKED, Path(), pauses.append)
    assert len(pauses) == 3
    assert NONE in str(caught.value)
    assert "after 4 attempts; is XILINXD_LICENSE_FILE right?" in str(caught.value)


@pytest.mark.parametrize(
    "lines",
    [["ERROR: [Place 30-1] no room"], [f"WARNING: {NOT_NOW}", GOT, "ERROR: [Place 30-1] x"]],
)
def test_other_failures_are_not_tried_again(programs, lines):
    programs.add("vivado", "".join(f"print({line!r})\n" for line in lines) + "sys.exit(1)")
    with pytest.raises(ToolError):
        run.run(ASKED, Path(), pytest.fail)


def test_licence_missing_in_a_run_of_the_project_counts_too(programs):
    programs.add(
        "vivado",
        "if os.path.exists('../second'): print('bitwright: done'); sys.exit()\n"
        "open('../second', 'w'); os.makedirs('p.runs/synth_1')\n"
        f"open('p.runs/synth_1/runme.log', 'w').write({'WARNING: ' + NOT_NOW!r})\n"
        "print('ERROR: [Common 17-70] Failed to launch run'); sys.exit(1)",
    )
    pauses: list[float] = []
    assert run.run(ASKED, Path(), pauses.append) == 0
    assert pauses == [10]


def test_checkpoints_are_kept_between_attempts(programs, capfd):
    text = f"""
import zipfile
print("script", sys.argv[-1])
if sys.argv[-1] == "go.tcl":
    with zipfile.ZipFile("placed.dcp", "w") as archive:
        archive.writestr("a", "b")
    print("bitwright: route")
    print({"ERROR: " + NOT_NOW!r})
    sys.exit(1)
print("bitwright: done")
"""
    programs.add("vivado", text)
    request = replace(ASKED, resume=(Resume("placed.dcp", "route.tcl", "route"),))
    assert run.run(request, Path(), lambda seconds: None) == 0
    assert "script route.tcl" in capfd.readouterr().out


def test_what_the_tool_works_on_is_brought_anew_before_each_attempt(programs):
    tool(programs, f"ERROR: {NONE}", 2)
    brought: list[bool] = []

    def prepare() -> None:
        brought.append(Path("design").exists())
        Path("design").mkdir()

    assert run.run(ASKED, Path(), lambda seconds: None, prepare) == 0
    assert brought == [False, False, False]
