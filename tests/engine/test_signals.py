"""Signals to a process that builds: nothing survives or looks finished, little is redone."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from bitwright import engine

HALF = ("implement_a", "implement_b")
BUILD = Path("build/tiny/board")


def stays(name):
    """What a step left where finished outputs are."""
    return [
        path.name for path in (BUILD / name / "out", BUILD / name / "record.json") if path.exists()
    ]


INT, TERM, HUP, KILL = signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL
CASES = [
    *((number, mode, "handlers") for number in (INT, TERM) for mode in ("serial", "-n2")),
    *((number, mode, "bare") for number in (INT, TERM, KILL) for mode in ("serial", "-n2")),
    (HUP, "serial", "bare"),
]


@pytest.mark.parametrize(("number", "threads", "handlers"), CASES)
def test_signal_leaves_no_process_and_only_the_interrupted_steps_run_again(
    drive, gone, number, threads, handlers
):
    driver = drive(threads, handlers)
    tools = driver.wait_for_tools(4 if threads == "-n2" else 2)
    assert (BUILD / "implement_a" / "out").exists()  # half of it, while the tool runs
    driver.process.send_signal(number)
    status, text = driver.end()
    assert status != 0
    assert "Traceback" not in text or (number, handlers) == (INT, "bare")
    assert gone(tools, 1.5)  # less than the grace: they heard SIGTERM, or died with the guard
    status, text = driver.again()
    assert status == 0
    lines = text.splitlines()
    assert [line for line in lines if line.startswith("started")] == [
        "started implement_a did not finish last time",
        "started implement_b "
        + ("did not finish last time" if threads == "-n2" else "never built"),
        "started bitstream never built",
    ]
    assert lines[-1] == "made 1"


@pytest.mark.parametrize("number", [TERM, KILL])
def test_half_written_outputs_are_set_aside_even_when_the_engine_is_killed(drive, number):
    driver = drive("-n2")
    driver.wait_for_tools(4)
    driver.process.send_signal(number)
    driver.end()
    with engine.lock(BUILD, print):  # the guards of a killed engine hold it until they are done
        for name in HALF:
            assert stays(name) == []
            assert (BUILD / name / "failed" / "out").read_text() == "half of the out"


def test_tools_that_ignore_sigterm_are_killed(drive, gone):
    driver = drive("stubborn")
    tools = driver.wait_for_tools(2)
    driver.process.send_signal(signal.SIGTERM)
    status, text = driver.end()
    assert status != 0 and text.endswith("stopped\n")
    assert gone(tools, 0)  # before the engine returns
    assert stays("implement_a") == []


def test_killed_guard_ends_its_tool_and_fails_the_step(drive, gone):
    driver = drive("-n2")
    tools = driver.wait_for_tools(4)
    for guard in guards_of(driver.process.pid):
        os.kill(guard, signal.SIGKILL)
    status, text = driver.end()
    assert status == 1 and "guard process" in text
    assert stays("implement_a") == stays("implement_b") == []
    assert gone(tools, 1.5)


def guards_of(pid):
    """The child processes of a process."""
    tasks = Path(f"/proc/{pid}/task")
    return [
        int(word) for task in tasks.iterdir() for word in (task / "children").read_text().split()
    ]
