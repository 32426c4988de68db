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
from bitwright.limits import Demands, Limit, Waiver
from bitwright.reports import ended
from bitwright.reports.ended import sections
from bitwright.reports.table import plain
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
    assert ended.returncode == report.BAD
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
    ended.show(folder.parent, (), terminal)
    shown = terminal.getvalue()
    assert "\x1b[" in shown
    for word in ("71.68 MHz", "+6.050 ns", "83,640", "2.6 %"):
        assert word in shown


def test_the_step_reads_no_record_of_synthesis():
    """Its key changes with every comment; the report's must not."""
    step = report.step(BUILD, (), base=BASE)
    assert BASE / "synthesize/record.json" not in step.reads
    assert BASE / "implement/report.json" in step.reads


def test_the_step_reads_what_its_page_is_made_of_and_no_reader_it_does_not_use():
    names = {path.name for path in report.step(BUILD, (), base=BASE).reads}
    assert {"report.html.j2", "path.html.j2", "judge.py", "nextpnr.py"} <= names
    assert not {"__main__.py", "recognise.py", "diff.py"} & names


# --- limits -------------------------------------------------------------------------------------


TIGHT = Demands(
    limits=(Limit("lut", "<=", 0.2, percent=True), Limit("dsp", "<=", 4)),
    waivers=(Waiver("lut", "the debug core", "2027-01-31", expired=False),),
)


def test_a_broken_limit_fails_as_a_missed_clock_does_and_is_named(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    ended = run(folder, 50, replace(TIGHT, waivers=()))
    assert ended.returncode == report.BAD
    assert "ERROR: lut is 189; its limit is <= 0.2 %, broken by 22" in ended.stdout
    judgement = report.step(BUILD, (), base=BASE).judgement
    assert judgement is not None
    assert judgement.next == "open build/toy/ulx3s-85f/report/failed/index.html"
    assert "ERROR: clock" not in ended.stdout
    assert {path.name for path in folder.iterdir()} == {"failed", report.LIMITS}
    verdict = json.loads((folder / "failed/verdict.json").read_text())
    assert verdict["ok"] is False
    row = next(row for row in verdict["judged"] if row["metric"] == "lut")
    assert (row["value"], row["bound"], row["margin"], row["ok"]) == (189, 167, -22, False)
    assert row["source"] == "report/metrics.json: utilization.lut.used"


def test_a_waived_limit_passes_and_an_expired_waiver_does_not(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    ended = run(folder, 50, TIGHT)
    assert ended.returncode == 0, ended.stdout
    assert "limit lut <= 0.2 %: 189, waived until 2027-01-31" in ended.stdout
    shutil.rmtree(tmp_path / "build")
    folder = arrange(tmp_path, "met")
    late = replace(TIGHT, waivers=(replace(TIGHT.waivers[0], expired=True),))
    ended = run(folder, 50, late)
    assert ended.returncode == report.BAD
    assert "the waiver of lut expired after 2027-01-31 (the debug core)" in ended.stdout


def test_a_limit_on_what_was_not_measured_is_an_error_and_no_pass(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    ended = run(folder, 50, Demands(limits=(Limit("instance.u_aray.lut", "<=", 1000),)))
    assert ended.returncode == 1
    assert "this build did not measure it; did you mean 'instance.u_array.lut'?" in ended.stdout
    assert "Traceback" not in ended.stdout + ended.stderr


def test_a_forbidden_message_in_a_log_fails_with_its_line(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    for name, text in (("synthesize", "fine\nWarning: Latch inferred for q\n"), ("implement", "")):
        (folder.parent / name / f"{name}.log").write_text(text)
    ended = run(folder, 50, Demands(messages=("latch inferred",)))
    assert ended.returncode == report.BAD
    where = "1 times, synthesize/synthesize.log:2"
    assert f"ERROR: forbidden message latch inferred: {where}" in ended.stdout
    logs = report.step(replace(BUILD, demands=Demands(messages=("x",))), (), base=BASE).reads
    assert BASE / "synthesize/synthesize.log" in logs
    assert BASE / "synthesize/synthesize.log" not in report.step(BUILD, (), base=BASE).reads


def test_the_end_table_shows_the_limits(tmp_path: Path):
    folder = arrange(tmp_path, "met")
    assert run(folder, 50, TIGHT).returncode == 0
    lines = [line.split() for line in plain(sections(folder.parent, ()), ()).splitlines()]
    assert ["lut", "<=", "167", "189", "waived"] in lines
    assert ["dsp", "<=", "4", "4", "+0"] in lines
