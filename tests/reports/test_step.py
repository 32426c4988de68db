"""The step `report`, run as the engine runs it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.limits import Demands
from bitwright.reports import table
from bitwright.reports.table import plain, sections
from bitwright.steps import report

SPECIMENS = Path(__file__).parents[1] / "specimens"
BASE = Path("build/toy/ulx3s-85f")
BUILD = report.Build("toy", "ulx3s-85f", "LFE5U-85F-6CABGA381", 50.0, ("synthesize", "implement"))


def arrange(root: Path, outcome: str) -> Path:
    """A build after place and route; returns the step's folder."""
    base = root / BASE
    for name in ("implement", "synthesize", "report"):
        (base / name).mkdir(parents=True)
    nextpnr = SPECIMENS / "nextpnr-0.11"
    shutil.copy(nextpnr / f"report_{outcome}.json", base / "implement/report.json")
    shutil.copy(nextpnr / "placement.json", base / "implement")
    for name in ("stat.json", "hierarchy.json"):
        shutil.copy(SPECIMENS / "yosys-0.70" / name, base / "synthesize")
    (base / "implement/record.json").write_text(json.dumps({"key": "0badcafe" + 56 * "0"}))
    return base / "report"


def run(
    folder: Path, clock_mhz: float, demands: Demands = BUILD.demands
) -> subprocess.CompletedProcess[str]:
    build = replace(BUILD, clock_mhz=clock_mhz, demands=demands)
    step = report.step(build, (), base=BASE)
    for name, text in step.scripts:
        (folder / name).write_text(text)
    return subprocess.run(
        [sys.executable, *step.command[1:]], cwd=folder, capture_output=True, text=True, timeout=60
    )


def test_a_build_that_meets_its_clock_leaves_the_declared_files(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    ended = run(folder, 50)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    declared = {path.name for path in report.step(BUILD, (), base=BASE).writes}
    assert {path.name for path in folder.iterdir()} == declared | {report.LIMITS}
    numbers = json.loads((folder / "metrics.json").read_text())
    assert numbers["usercode"] == "0badcafe"
    assert numbers["timing"]["met"] is True
    assert (folder / "floorplan.png").read_bytes().startswith(b"\x89PNG")


def test_a_missed_clock_fails_names_the_worst_path_and_leaves_nothing_finished(tmp_path: Path):
    folder = arrange(tmp_path, "missed")
    ended = run(folder, 200)
    assert ended.returncode == 1
    assert (
        "ERROR: clock clk_i reaches 71.68 MHz of the 200.00 MHz asked (-8.950 ns)" in ended.stdout
    )
    assert "worst path  13.950 ns" in ended.stdout
    assert "u_array.gen_row" in ended.stdout.split("ERROR")[1]
    assert {path.name for path in folder.iterdir()} == {"failed", report.LIMITS}
    assert json.loads((folder / "failed/verdict.json").read_text())["ok"] is False
    assert "not a finished build" in (folder / "failed/index.html").read_text()


@pytest.mark.parametrize(
    "damaged", ["implement/report.json", "implement/record.json", "synthesize/stat.json"]
)
def test_a_damaged_input_is_named_without_a_traceback(tmp_path: Path, damaged: str):
    folder = arrange(tmp_path, "met")
    path = folder.parent / damaged
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    ended = run(folder, 50)
    assert ended.returncode == 1
    assert f"ERROR: ../{damaged}" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr
    assert [path.name for path in folder.iterdir()] == [report.LIMITS]


def test_two_folders_give_the_same_bytes(tmp_path: Path):
    folders = [arrange(tmp_path / name, "met") for name in ("one", "two, further down")]
    for folder in folders:
        assert run(folder, 50).returncode == 0
    for name in ("metrics.json", "verdict.json", "index.html", "floorplan.png"):
        one, two = ((folder / name).read_bytes() for folder in folders)
        assert one == two


def test_the_end_table_shows_clock_and_area(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    assert run(folder, 50).returncode == 0
    text = plain(sections(folder.parent, ()), ())
    lines = [line.split() for line in text.splitlines()]
    assert ["clk_i", "50.00", "MHz", "71.68", "MHz", "+6.050", "ns"] in lines
    assert ["LUT", "189", "83,640", "0.2", "%"] in lines
    assert ["DSP", "4", "156", "2.6", "%"] in lines


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_same_numbers_stand_in_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = arrange(tmp_path, "met")
    assert run(folder, 50).returncode == 0
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    terminal = Terminal()
    table.show(folder.parent, (), terminal)
    shown = terminal.getvalue()
    assert "\x1b[" in shown
    for word in ("71.68 MHz", "+6.050 ns", "83,640", "2.6 %"):
        assert word in shown


def test_the_step_reads_no_record_of_synthesis():
    """Its key changes with every comment; the report's must not."""
    step = report.step(BUILD, (), base=BASE)
    assert BASE / "synthesize/record.json" not in step.reads
    assert BASE / "implement/report.json" in step.reads
