"""A simulation or lint that passed says what it saw, and a run of many ends with one line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from bitwright.engine import Step
from bitwright.front import tasks
from bitwright.front.session import Session
from bitwright.steps import simulate

RESULTS = """<testsuites><testsuite>
<testcase name="a"/><testcase name="b"/><testcase name="c"><skipped/></testcase>
</testsuite></testsuites>"""


@pytest.fixture(autouse=True)
def _place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def bare(core: str) -> Step:
    return Step(name=core, dir=Path("sim", core), reads=(), writes=(), command=("true",))


def step(core: str, tests: int | None, warnings: int = 0) -> Step:
    """A step that has passed."""
    Path("sim", core).mkdir(parents=True)
    body = {"core": core, "target": "sim", "tests": tests, "warnings": warnings}
    Path("sim", core, simulate.PASSED).write_text(json.dumps(body))
    return bare(core)


def test_a_run_ends_with_cores_tests_and_warnings():
    steps = [step("a", 34), step("b", None)]
    assert simulate.summary("sim", steps) == "sim: 2 cores passed, 34 tests, no warnings"
    steps.append(step("c", 1, warnings=1))
    assert simulate.summary("sim", steps) == "sim: 3 cores passed, 35 tests, 1 warning"


def test_a_lint_counts_no_tests():
    assert simulate.summary("lint", [step("a", None)]) == "lint: 1 core passed, no warnings"


def test_the_verdict_is_the_last_line_of_a_run(capsys):
    session = Session(("lint",), steps={"lint-a": step("a", None)}, ended={"a"})
    tasks.finish(session)
    assert capsys.readouterr().out == "lint: 1 core passed, no warnings\n"


def test_steps_that_left_nothing_are_not_counted():
    assert simulate.summary("sim", [bare("a")]) == ""


@pytest.fixture
def fusesoc(monkeypatch):
    """In place of FuseSoC: prints two warnings, leaves results, ends with a status."""

    def fake(status: int, results: str = "") -> None:
        Path("work").mkdir()
        if results:
            Path("work/results.xml").write_text(results)
        code = (
            "import sys; print('%Warning-WIDTH: x.sv:1: wide'); print('no Warning here')\n"
            f"sys.stderr.write('WARNING: core is old\\n'); sys.exit({status})"
        )
        popen = simulate.subprocess.Popen
        monkeypatch.setattr(
            simulate.subprocess,
            "Popen",
            lambda command, **more: popen([sys.executable, "-c", code], **more),
        )

    return fake


def test_a_run_that_passed_keeps_its_tests_and_warnings(fusesoc, capfdbinary):
    fusesoc(0, RESULTS)
    assert simulate.main(["..", "sim", "::toy:1.0"]) == 0
    left = json.loads(Path(simulate.PASSED).read_text())
    assert left == {"core": "::toy:1.0", "target": "sim", "tests": 2, "warnings": 2}
    assert b"%Warning-WIDTH" in capfdbinary.readouterr().out


def test_a_run_that_failed_leaves_no_verdict(fusesoc):
    fusesoc(3)
    assert simulate.main(["..", "sim", "::toy:1.0"]) == 3
    assert not Path(simulate.PASSED).exists()
