"""A run as people see it: what is shown, how it ends, what the next one does."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.front.toy import Toy, wait_for

STEPS = ("generate", "synthesize", "implement", "report", "bitstream")
FIRST = "tiny on ulx3s-85f (LFE5U-85F CABGA381, 50 MHz): the config's first target\n"


def test_the_first_line_says_which_target_was_taken_and_why(toy: Toy):
    done = toy.doit("bitstream", "config=tiny")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(FIRST)


def test_a_build_runs_every_step_in_order_and_shows_phases_and_results(toy: Toy):
    shown = toy.doit("bitstream", "config=tiny").stdout
    assert re.findall(r"^(\w+) +runs: never built$", shown, re.M) == list(STEPS)
    assert re.findall(r"^(\w+) +done in ", shown, re.M) == list(STEPS)
    assert re.search(r"^implement +[\d.]+ s  half$", shown, re.M)
    assert "build/tiny/ulx3s-85f/bitstream/out.bit" in shown


def test_a_second_build_runs_nothing(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    before = {
        path: path.stat().st_mtime_ns for path in toy.root.glob("build/tiny/**/*") if path.is_file()
    }
    done = toy.doit("bitstream", "config=tiny")
    after = {
        path: path.stat().st_mtime_ns for path in toy.root.glob("build/tiny/**/*") if path.is_file()
    }
    assert done.returncode == 0
    assert f"up to date: {', '.join(STEPS)}" in done.stdout
    assert "runs:" not in done.stdout
    assert {p for p in before if before[p] != after.get(p)} <= {
        toy.root / "build/tiny/ulx3s-85f/.lock"
    }


def test_a_build_with_nothing_to_do_imports_no_display_and_no_tool(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    done = toy.doit("bitstream", "config=tiny", PYTHONPROFILEIMPORTTIME="1")
    imported = set(re.findall(r"\| +([\w.]+)$", done.stderr, re.M))
    assert "bitwright.engine" in imported  # the list is what it seems
    heavy = {"rich", "numpy", "pyosys", "PIL", "litex", "migen", "peakrdl", "asyncio"}
    assert not {name for name in imported if name.partition(".")[0] in heavy}


def test_another_seed_runs_place_and_route_alone_and_the_first_comes_back_from_the_cache(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    other = toy.doit("bitstream", "config=tiny", "seed=2").stdout
    assert re.findall(r"^(\w+) +runs: (.*?);", other, re.M) == [
        ("implement", "seed changed from 1 to 2")
    ]
    back = toy.doit("bitstream", "config=tiny").stdout
    assert re.findall(r"^(\w+) +restored from the cache", back, re.M) == ["implement"]
    assert "runs:" not in back


def test_plan_of_a_task_tells_its_steps_and_runs_none(toy: Toy):
    for task, steps in (("bitstream", STEPS), ("sim", STEPS[:2])):
        done = toy.doit("plan", task, "config=tiny")
        assert re.findall(r"^  → (\w+) ", done.stdout, re.M) == list(steps)
    assert not list(toy.root.glob("build/tiny/**/record.json"))


def test_plan_tells_what_would_run_and_runs_nothing(toy: Toy):
    assert toy.doit("plan", "config=tiny").stdout.count("→") == len(STEPS)
    assert not list(toy.root.glob("build/tiny/**/record.json"))
    toy.doit("bitstream", "config=tiny")
    assert toy.doit("plan", "config=tiny").stdout.count("✓") == len(STEPS)
    shown = toy.doit("plan", "config=tiny", "seed=2").stdout
    assert re.search(r"✓ synthesize +up to date", shown)
    assert re.search(r"→ implement +seed changed from 1 to 2", shown)


def test_why_tells_the_reason_of_one_step(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    assert "implement: up to date" in toy.doit("why", "implement", "config=tiny").stdout
    assert "implement: seed changed" in toy.doit("why", "implement", "config=tiny", "seed=2").stdout


def test_a_step_that_fails_shows_the_tools_own_line_and_the_log_and_keeps_what_is_done(toy: Toy):
    done = toy.doit("bitstream", "config=tiny", "seed=13")
    assert done.returncode == 1
    assert "ERROR: no route for net clk" in done.stderr
    assert "build/tiny/ulx3s-85f/implement/implement.log" in done.stderr
    assert "Traceback" not in done.stderr
    assert "report" not in re.findall(r"^(\w+) +runs", done.stdout, re.M)
    mended = toy.doit("bitstream", "config=tiny", "seed=1")
    assert mended.returncode == 0
    assert "up to date: generate, synthesize" in mended.stdout


def test_a_build_that_fails_leaves_no_manifest_of_the_one_before(toy: Toy):
    manifest = toy.root / "build/tiny/ulx3s-85f/manifest.json"
    assert toy.doit("bitstream", "config=tiny").returncode == 0
    assert manifest.exists()
    assert toy.doit("bitstream", "config=tiny", "seed=13").returncode == 1
    assert not manifest.exists()
    assert toy.doit("bitstream", "config=tiny").returncode == 0
    assert manifest.exists()


def test_clean_removes_builds_and_nothing_else(toy: Toy):
    other = toy.root / "build/fusesoc/core_1.0.0"
    other.mkdir(parents=True)
    done = toy.doit("clean", "config=fusesoc")
    assert "nothing built in build/fusesoc" in done.stdout
    assert other.is_dir()


def test_a_fault_of_our_own_is_one_message_and_a_kept_traceback(toy: Toy):
    done = toy.doit("bitstream", "config=tiny", "seed=15")
    assert done.returncode == 3
    assert "a fault of bitwright itself: KeyError: 'seed fifteen'" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Traceback" in (toy.root / "build/traceback.txt").read_text()


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["serial", "two"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run_with_one_line_and_its_own_status(toy: Toy, number: int, parallel):
    process = toy.start(*parallel, "bitstream", "config=tiny", "seed=14")
    log = toy.out("implement").with_name("implement.log")
    wait_for(lambda: log.exists() and "half way" in log.read_text(), "implement began")
    process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, out + errors
    assert len(errors.splitlines()) == 1
    assert errors.startswith("doit: ")
    assert "finished steps are kept" in errors
    assert not toy.out("implement").exists()
    (toy.root / "go").touch()
    again = toy.doit("bitstream", "config=tiny", "seed=14")
    assert again.returncode == 0
    assert re.findall(r"^(\w+) +runs", again.stdout, re.M) == ["implement", "report", "bitstream"]


def test_a_hangup_that_the_caller_ignores_is_ignored(toy: Toy):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        process = toy.start("bitstream", "config=tiny", "seed=14")
    finally:
        signal.signal(signal.SIGHUP, before)
    log = toy.out("implement").with_name("implement.log")
    wait_for(lambda: log.exists() and "half way" in log.read_text(), "implement began")
    process.send_signal(signal.SIGHUP)
    (toy.root / "go").touch()
    assert process.wait(60) == 0


def test_a_build_whose_output_nobody_reads_is_built(toy: Toy):
    process = toy.start("bitstream", "config=tiny")
    assert process.stdout
    process.stdout.close()
    assert process.wait(60) == 0
    assert toy.out("bitstream").exists()


def test_of_two_builds_at_once_one_waits_and_says_so(toy: Toy):
    first = toy.start("bitstream", "config=tiny", "seed=14")
    wait_for(lambda: toy.out("implement").parent.exists(), "the first build reached implement")
    second = toy.start("bitstream", "config=tiny", "seed=2")
    assert second.stdout
    said = [second.stdout.readline(), second.stdout.readline()]
    assert said[0] == FIRST
    assert re.match(r"waiting for .*build/tiny/ulx3s-85f", said[1])
    (toy.root / "go").touch()
    assert first.wait(60) == 0
    assert second.wait(60) == 0


def test_looking_does_not_wait_for_a_build(toy: Toy):
    building = toy.start("bitstream", "config=tiny", "seed=14")
    wait_for(lambda: toy.out("implement").parent.exists(), "the build reached implement")
    assert "✓ synthesize" in toy.doit("plan", "config=tiny", "seed=14").stdout
    assert building.poll() is None


def test_cache_off_keeps_nothing(toy: Toy):
    toy.doit("bitstream", "config=tiny", "cache=off")
    assert not (toy.root / "build/.cache").exists()


def on_a_terminal(toy: Toy, *words: str, **env: str) -> str:
    """What a terminal of 100 columns receives."""
    ours, theirs = pty.openpty()
    environment = toy.environment(TERM="xterm-256color", COLUMNS="100", LINES="30", **env)
    process = subprocess.Popen(
        [sys.executable, "-m", "doit", *words],
        cwd=toy.root,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    data = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            data += os.read(ours, 1 << 16)
        except OSError:
            break  # the other end is closed
    os.close(ours)
    assert process.wait(60) == 0
    return data.decode()


ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_a_terminal_gets_a_live_table_that_ends_with_every_step_done(toy: Toy):
    shown = on_a_terminal(toy, "bitstream", "config=tiny")
    assert "\x1b[?25l" in shown  # the cursor is hidden while the table is redrawn
    assert shown.rindex("\x1b[?25h") > shown.rindex("\x1b[?25l")  # and shown again
    plain = ESCAPE.sub("", shown)
    for step in STEPS:
        assert re.search(rf"✓ {step} +toy {step}", plain)
    assert "runs:" not in plain


def test_ci_gets_plain_lines_even_on_a_terminal(toy: Toy):
    shown = on_a_terminal(toy, "bitstream", "config=tiny", CI="true")
    assert "\x1b[?25l" not in shown
    assert shown.count("runs: never built") == len(STEPS)


def test_a_terminal_with_nothing_to_do_gets_no_live_table(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    shown = on_a_terminal(toy, "bitstream", "config=tiny")
    assert "\x1b[" not in shown
    assert "up to date" in shown


def test_simulations_of_a_plan_are_tasks_of_their_own(toy: Toy):
    done = toy.doit("-n", "2", "sim", "config=tiny")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\w+) +done in", done.stdout, re.M) == ["generate", "synthesize"]
    assert toy.doit("sim", "config=tiny").stdout.count("up to date: generate, synthesize") == 1


def test_a_step_is_a_task_and_builds_what_it_needs_only(toy: Toy):
    done = toy.doit("synthesize", "config=tiny")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"^(\w+) +done in", done.stdout, re.M) == ["generate", "synthesize"]
    assert not toy.out("implement").parent.exists()
    assert not (toy.root / "build/tiny/ulx3s-85f/manifest.json").exists()


def test_program_without_the_loader_says_how_to_get_it_and_where_the_bitstream_is(
    toy: Toy, tmp_path: Path
):
    path = f"{Path(sys.executable).parent}:{tmp_path}"
    done = toy.doit("program", "config=tiny", PATH=path)
    assert done.returncode == 1
    assert "openFPGALoader is missing" in done.stderr
    assert "apt-get install openfpgaloader" in done.stderr
    assert not toy.out("generate").exists()


def test_program_hands_the_bitstream_to_the_loader(toy: Toy, tmp_path: Path):
    loader = tmp_path / "openFPGALoader"
    loader.write_text(
        '#!/bin/sh\necho "openFPGALoader v0.12.1"\necho "$@" >>"$(dirname "$0")/called"\n'
    )
    loader.chmod(0o755)
    path = f"{Path(sys.executable).parent}:{tmp_path}:/usr/bin:/bin"
    done = toy.doit("program", "config=tiny", PATH=path)
    assert done.returncode == 0, done.stderr
    last = (tmp_path / "called").read_text().splitlines()[-1]
    assert last == "--board ulx3s build/tiny/ulx3s-85f/bitstream/out.bit"


SLOW = """
import pathlib, time
def test_slow():
    try:
        pathlib.Path("began").touch()
        time.sleep(60)
    finally:
        pathlib.Path("cleaned").touch()
"""


def test_tests_that_are_interrupted_clean_up_after_themselves(toy: Toy):
    (toy.root / "test_slow.py").write_text(SLOW)
    process = toy.start("test", "--", "test_slow.py")
    wait_for((toy.root / "began").exists, "the test began")
    process.terminate()
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM, out + errors
    assert (toy.root / "cleaned").exists()
    assert errors == "doit: SIGTERM\n"


def test_the_exit_status_of_pytest_is_that_of_the_run_and_its_summary_ends_the_output(toy: Toy):
    (toy.root / "test_quick.py").write_text(
        "def test_right(): pass\n\ndef test_wrong(): assert 0\n"
    )
    good = toy.doit("test", "--", "test_quick.py", "-k", "right")
    assert good.returncode == 0
    assert "1 passed" in good.stdout.splitlines()[-1]
    bad = toy.doit("test", "--", "test_quick.py")
    assert bad.returncode == 1
    assert "1 failed, 1 passed" in bad.stdout.splitlines()[-1]
