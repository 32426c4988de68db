"""One run at a time per config and target."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from bitwright import engine

BUILD = Path("build/tiny/board")


def test_second_build_waits_says_for_whom_and_each_ends_with_its_own_result(drive):
    first = drive("seed=1")
    first.wait_for_tools(2)
    assert first.process.stdout.readline() == f"process {first.process.pid}\n"
    second = first._start("seed=2")
    assert second.stdout.readline() == (
        f"waiting for process {first.process.pid}, which is building {BUILD}\n"
    )
    first.hold.unlink()
    first.process.send_signal(signal.SIGTERM)  # its hanging tool; then a whole run of each
    assert first.process.wait(20) != 0
    text = second.communicate(timeout=20)[0]
    assert text.endswith("made 2\n") and second.returncode == 0


def test_builds_with_different_seeds_at_once_do_not_mix(drive, bench):
    driver = drive("seed=0")
    driver.hold.unlink()
    runs = [driver._start(f"seed={seed}") for seed in range(1, 5)]
    for seed, run in enumerate(runs, start=1):
        text = run.communicate(timeout=30)[0]
        assert run.returncode == 0, text
        assert text.endswith(f"made {seed}\n")


def test_lock_of_a_killed_build_is_free_only_when_its_tools_are_gone(drive, gone):
    driver = drive("stubborn")
    tools = driver.wait_for_tools(2)
    driver.process.kill()
    driver.end()
    said = []
    with engine.lock(BUILD, said.append):
        assert gone(tools, 0)
    assert said == [f"waiting until the tools of an interrupted build of {BUILD} have ended"]


def test_lock_of_a_folder_that_is_cleaned_while_waiting_is_a_new_lock(bench):
    waits, taken, leave = threading.Event(), threading.Event(), threading.Event()

    def second():
        with engine.lock(BUILD, lambda _: waits.set()):
            taken.set()
            leave.wait(10)

    holder = os.open(lock_file(), os.O_RDWR)
    fcntl.flock(holder, fcntl.LOCK_EX)
    worker = threading.Thread(target=second)
    worker.start()
    assert waits.wait(10)
    shutil.rmtree(BUILD)  # what ./doit clean does, under the lock
    os.close(holder)
    assert taken.wait(10)
    probe = os.open(BUILD / ".lock", os.O_RDWR)
    with pytest.raises(BlockingIOError):
        fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    leave.set()
    worker.join()
    os.close(probe)


def lock_file():
    """The lock of BUILD, made if need be."""
    with engine.lock(BUILD, print):
        return BUILD / ".lock"


def test_who_looks_learns_which_process_builds_here_and_does_not_wait(drive):
    assert engine.holder(BUILD) is None
    driver = drive("seed=1")
    driver.wait_for_tools(2)
    assert engine.holder(BUILD) == driver.process.pid
    driver.process.kill()
    driver.end()
    with engine.lock(BUILD, lambda _: None):
        assert engine.holder(BUILD) == os.getpid()
    assert engine.holder(BUILD) is None


def test_step_that_runs_in_another_process_is_not_called_unfinished(bench, drive):
    driver = drive("seed=1")
    driver.wait_for_tools(2)
    step = bench.step(name="implement_a")
    assert engine.outlook([step]) == [(step, "is running now, or did not finish last time")]
    driver.process.kill()
    driver.end()
    with engine.lock(BUILD, lambda _: None):  # waits until the tools have ended
        assert engine.outlook([step]) == [(step, "did not finish last time")]


def test_lock_is_taken_once_by_a_process(bench):
    with engine.lock(BUILD, pytest.fail), engine.lock(BUILD, pytest.fail):
        assert (BUILD / ".lock").read_text() == f"{os.getpid()}\n"
