"""What makes a step run, what does not, and what a failing one leaves behind."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest
from bitwright import engine
from bitwright.engine import Tool
from bitwright.errors import Stopped, ToolError

OUT = Path("build/tiny/board/implement/out")
BIT = Path("build/tiny/board/bitstream/out")


def test_second_build_runs_nothing_and_says_nothing(bench):
    assert bench.build(*bench.plan()) == [
        "started synthesize",
        "started implement",
        "started bitstream",
    ]
    assert bench.build(*bench.plan()) == []
    assert [engine.why(step) for step in bench.plan()] == [None, None, None]


def test_touched_source_runs_nothing(bench):
    bench.build(*bench.plan())
    os.utime("top.sv", (1, 1))
    assert bench.build(*bench.plan()) == []


def test_comment_runs_synthesis_and_nothing_after_it(bench):
    bench.build(*bench.plan())
    Path("top.sv").write_text("module top; // second\nendmodule\n")
    assert engine.why(bench.plan()[0]) == "top.sv changed"
    assert bench.build(*bench.plan()) == ["started synthesize"]


def test_other_seed_runs_place_and_route_and_the_first_comes_back_from_the_cache(bench):
    bench.build(*bench.plan(seed=1))
    first = BIT.read_bytes()
    assert engine.why(bench.plan(seed=2)[1]) == "seed changed from 1 to 2"
    assert bench.build(*bench.plan(seed=2)) == ["started implement", "started bitstream"]
    assert BIT.read_bytes() != first
    assert bench.build(*bench.plan(seed=1)) == ["cached implement", "cached bitstream"]
    assert BIT.read_bytes() == first
    assert bench.build(*bench.plan(seed=1)) == []


def test_without_a_cache_the_first_seed_runs_again_with_the_same_bytes(bench):
    bench.cache = None
    bench.build(*bench.plan(seed=1))
    kept = {path: path.read_bytes() for path in (BIT, BIT.with_name("record.json"))}
    bench.build(*bench.plan(seed=2))
    assert bench.build(*bench.plan(seed=1)) == ["started implement", "started bitstream"]
    assert {path: path.read_bytes() for path in kept} == kept


def test_what_the_cache_brings_back_is_what_the_run_left(bench):
    step = bench.step(
        "echo told; echo 'CRITICAL WARNING: odd'; cp ../../../../top.sv out; chmod 755 out"
    )
    step = dataclasses.replace(step, scripts=(("run.tcl", "puts 1\n"),))
    bench.build(step)
    names = ("record.json", "implement.log", "out", "run.tcl")
    first = {name: (OUT.with_name(name)).read_bytes() for name in names}
    assert bench.record(step).warnings == ("CRITICAL WARNING: odd",)
    bench.build(dataclasses.replace(step, settings=(("seed", "2"),)))
    assert bench.build(step) == ["cached implement"]
    assert {name: (OUT.with_name(name)).read_bytes() for name in names} == first
    assert os.access(OUT, os.X_OK)
    times = engine.times(step)
    assert times is not None and times.cached and times.wall_s > 0


def test_new_tool_version_runs_the_steps_that_use_it(bench):
    bench.build(*bench.plan(version="1.0"))
    plan = bench.plan(version="1.1")
    assert engine.why(plan[1]) == "the version of placer changed from 1.0 to 1.1"
    assert bench.build(*plan) == ["started implement"]


def test_deleted_output_is_noticed_named_and_restored(bench):
    bench.build(*bench.plan())
    kept = OUT.read_bytes()
    OUT.unlink()
    assert engine.why(bench.plan()[1]) == f"{OUT} is missing"
    assert engine.why(bench.plan()[2]) == f"waits for {OUT}"
    assert bench.build(*bench.plan()) == ["cached implement"]
    assert OUT.read_bytes() == kept


def test_edited_output_is_noticed_named_and_built_again(bench):
    bench.cache = None
    bench.build(*bench.plan())
    kept, stat = OUT.read_bytes(), OUT.stat()
    OUT.write_bytes(kept.swapcase())
    os.utime(OUT, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # same size, same mtime
    assert engine.why(bench.plan()[1]) == f"{OUT} was edited"
    assert bench.build(*bench.plan()) == ["started implement"]
    assert bench.texts("started") == [f"{OUT} was edited"]
    assert OUT.read_bytes() == kept


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"schema": 1}', b"\xff\xfe", b"null", None, "parts"]
)
def test_damaged_record_is_noticed_and_the_step_runs(bench, damage):
    bench.cache = None
    step = bench.step()
    bench.build(step)
    path = OUT.with_name("record.json")
    if damage == "parts":
        path.write_text(path.read_text().replace("top.sv", "pot.sv"))
    else:
        path.write_bytes(path.read_bytes()[:-40] if damage is None else damage)
    assert engine.why(step) == f"{path} is damaged"
    assert bench.build(step) == ["started implement"]
    assert engine.why(step) is None


def test_why_names_every_kind_of_change(bench):
    step = bench.step(settings=(("seed", "1"),), env=(("MODE", "a"),), scripts=(("run.py", "1"),))
    assert engine.why(step) == "never built"
    bench.build(step)

    def reason(**changes):
        return engine.why(dataclasses.replace(step, **changes))

    Path("more.sv").write_text("")
    assert reason(settings=(("seed", "2"),)) == "seed changed from 1 to 2"
    assert reason(settings=()) == "seed changed from 1 to nothing"
    assert reason(env=(("MODE", "b"),)) == "the environment variable MODE changed from a to b"
    assert reason(tools=(Tool("t", "3", ""),)) == "the version of t changed from nothing to 3"
    assert reason(reads=()) == "top.sv is not read any more"
    assert reason(reads=(*step.reads, Path("more.sv"))) == "more.sv is read now"
    assert reason(reads=(*step.reads, Path("less.sv"))) == "less.sv is missing"
    assert reason(scripts=(("run.py", "2"),)) == "the script run.py changed"
    told = reason(scripts=(("call.json", "{}"),))
    assert "what it is told in call.json changed" in told and "script call.json" not in told
    assert reason(command=("sh", "-e", "-c", step.command[2])) == (
        "the command changed from nothing to -e"
    )
    assert reason(command=("-c", "sh", step.command[2])) == (
        "the order of the command's arguments changed"
    )
    assert reason(writes=()) == "it writes other files now"
    assert reason(title="new", after=("x",), phases=(("a", "b"),), limit_s=1.0, errors=()) is None


def test_outlook_knows_that_earlier_steps_run_first(bench):
    plan = bench.plan()
    assert [reason for _, reason in engine.outlook(plan)] == [
        "never built",
        "waits for synthesize",
        "waits for implement",
    ]
    bench.build(*plan)
    assert [reason for _, reason in engine.outlook(plan)] == [None, None, None]
    Path("top.sv").write_text("module top; // second\nendmodule\n")
    assert [reason for _, reason in engine.outlook(plan)] == [
        "top.sv changed",
        "runs if synthesize writes something new",
        "runs if implement writes something new",
    ]


def test_outlook_foresees_what_the_cache_will_give_back(bench):
    bench.build(*bench.plan(seed=1))
    bench.build(*bench.plan(seed=2))
    again = [reason for _, reason in engine.outlook(bench.plan(seed=1), bench.cache)]
    assert again[1].startswith("in the cache; ") and "seed" in again[1]
    fresh = [reason for _, reason in engine.outlook(bench.plan(seed=3), bench.cache)]
    assert "cache" not in fresh[1]


def test_nothing_left_in_the_folder_reaches_the_next_run(bench):
    bench.cache = None
    step = bench.step("ls -A > out; mkdir -p deep; touch deep/stale")
    bench.build(step)
    OUT.with_name("notes").write_text("by hand")
    bench.build(dataclasses.replace(step, settings=(("seed", "2"),)))
    assert OUT.read_text().split() == ["implement.log", "out", "times.json"]


def test_tool_sees_scripts_key_fixed_language_and_no_more_of_our_environment(bench, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("CXXFLAGS", "-O0")
    step = bench.step(
        "sh run.sh", scripts=(("run.sh", "env > out; pwd >> out\n"),), env=(("MODE", "fast"),)
    )
    bench.build(step)
    seen = OUT.read_text().splitlines()
    assert {"MODE=fast", f"BITWRIGHT_KEY={engine.key(step)}", "LC_ALL=C.UTF-8"} <= set(seen)
    assert not any(line.startswith(("PYTHONPATH=", "CXXFLAGS=")) for line in seen)
    assert seen[-1] == str(OUT.parent.absolute())


def test_python_means_this_python_without_the_folder_of_the_step_on_its_path(bench):
    text = (
        "import sys, bitwright; print(sys.executable, 'json' in sys.modules, file=open('out','w'))"
    )
    step = bench.step(scripts=(("json.py", "raise SystemExit('shadowed')"),))
    step = dataclasses.replace(step, command=("python", "-c", f"import json; {text}"))
    bench.build(step)
    assert OUT.read_text().split()[1] == "True"


def test_missing_tool_is_named_before_anything_starts(bench):
    step = dataclasses.replace(bench.step(), command=("nextpnr-moon", "--x"))
    text = bench.failure(step)
    assert text.startswith("implement: nextpnr-moon is not installed")
    assert "next      ./doit doctor" in text


def test_probed_path_of_a_tool_is_used_and_is_not_in_the_key(bench, tmp_path):
    for place in ("one", "two"):
        program = tmp_path / place / "placer"
        program.parent.mkdir()
        program.write_text("#!/bin/sh\necho placed > out\n")
        program.chmod(0o755)
    steps = [
        dataclasses.replace(
            bench.step(),
            command=("placer",),
            tools=(Tool("placer", "1", f"{tmp_path}/{place}/placer"),),
        )
        for place in ("one", "two")
    ]
    assert bench.build(*steps) == ["started implement"]
    assert OUT.read_text() == "placed\n"


def test_file_that_is_no_program_is_reported_as_such(bench, tmp_path):
    program = tmp_path / "placer"
    program.write_bytes(b"\x7fELF nonsense")
    program.chmod(0o755)
    step = dataclasses.replace(
        bench.step(), command=("placer",), tools=(Tool("placer", "1", str(program)),)
    )
    text = bench.failure(step)
    assert f"could not be started: {program}: Exec format error" in text


def test_failing_tool_is_reported_with_its_own_error_lines_log_and_next_step(bench):
    step = bench.step(
        "echo fine; echo 'ERROR: no room for cell'; echo trailer; echo x > out; exit 3"
    )
    text = bench.failure(step)
    assert text.splitlines() == [
        "implement: sh ended with exit status 3",
        "  | ERROR: no room for cell",
        "  outputs   not to be trusted, in build/tiny/board/implement/failed",
        "  log       build/tiny/board/implement/implement.log",
        "  next      mend what the lines above say; then the same command goes on from here",
    ]
    assert OUT.with_name("implement.log").read_text().startswith("fine\nERROR")
    assert (OUT.parent / "failed" / "out").read_text() == "x\n"
    assert engine.why(step) == "did not finish last time"


JUDGEMENT = engine.Judgement(3, "no bitstream is made", "open the page")


def test_bad_verdict_is_told_as_what_it_judged_and_not_as_a_crash(bench):
    script = "echo fine; echo 'ERROR: lut is 9; its limit is 8'; echo 'ERROR: dsp too'; exit 3"
    step = bench.step(script, judgement=JUDGEMENT)
    assert bench.failure(step).splitlines() == [
        "implement: lut is 9; its limit is 8",
        "  | ERROR: dsp too",
        "  result    no bitstream is made",
        "  log       build/tiny/board/implement/implement.log",
        "  next      open the page",
    ]
    told = "its verdict was bad last time: lut is 9; its limit is 8"
    assert engine.why(step) == told
    assert engine.outlook([step]) == [(step, told)]


@pytest.mark.parametrize("status", [1, 4])
def test_command_that_judges_may_still_fail_as_any_other(bench, status):
    step = bench.step(f"echo 'ERROR: no input'; exit {status}", judgement=JUDGEMENT)
    assert f"sh ended with exit status {status}" in bench.failure(step)
    assert engine.why(step) == "did not finish last time"


def test_verdict_is_forgotten_when_the_step_runs_again(bench):
    bench.failure(bench.step("exit 3", judgement=JUDGEMENT))
    assert "crashed" in bench.failure(bench.step("kill -SEGV $$", judgement=JUDGEMENT))
    assert engine.why(bench.step()) == "did not finish last time"


def test_how_a_verdict_is_told_is_in_no_key(bench):
    assert engine.key(bench.step()) == engine.key(bench.step(judgement=JUDGEMENT))


def test_tool_without_error_lines_is_reported_with_its_last_lines(bench):
    text = bench.failure(bench.step("for i in $(seq 1 30); do echo line $i; done; exit 1"))
    shown = [line for line in text.splitlines() if line.startswith("  | ")]
    assert shown == [f"  | line {i}" for i in range(21, 31)]


def test_crash_is_named_by_its_signal(bench):
    text = bench.failure(bench.step("echo half > out; kill -SEGV $$"))
    assert text.startswith("implement: sh crashed (SIGSEGV)")
    text = bench.failure(bench.step("kill -KILL $$"))
    assert "SIGKILL; out of memory? it used" in text


def test_command_not_found_inside_a_tool_is_explained(bench):
    text = bench.failure(bench.step("nosuchtool"))
    assert "exit status 127 (a command that it calls was not found)" in text
    assert "nosuchtool: not found" in text


def test_success_without_the_declared_output_is_a_failure(bench):
    other = OUT.with_name("other")
    step = bench.step("echo x > out", writes=(OUT, other))
    text = bench.failure(step)
    assert text.startswith(f"implement: sh reported success but did not write {other}")
    assert "outputs   not to be trusted, in build/tiny/board/implement/failed" in text
    assert (OUT.parent / "failed" / "out").read_text() == "x\n"


def test_directory_in_place_of_an_output_is_a_failure(bench):
    step = bench.step("mkdir out")
    with pytest.raises(ToolError, match="did not write"):
        bench.build(step)
    assert engine.why(step) == "did not finish last time"


def test_input_edited_while_the_tool_reads_it_gives_no_record(bench):
    step = bench.step("cp ../../../../top.sv out; echo more >> ../../../../top.sv")
    assert "top.sv changed while sh was running" in bench.failure(step)


def test_source_that_is_missing_is_named(bench):
    step = bench.step(reads=(Path("top.sv"), Path("rtl/pe.sv")))
    assert engine.why(step) == "rtl/pe.sv is missing"
    assert bench.failure(step).startswith("implement: cannot read rtl/pe.sv: No such file")


def test_folder_that_cannot_be_written_is_named(bench):
    Path("build").write_text("a file where the folder belongs")
    bench.cache = None
    with pytest.raises(ToolError, match=r"build/tiny/board/implement.*: Not a directory"):
        bench.build(bench.step())
    with (
        pytest.raises(ToolError, match="expected  a folder that can be written"),
        engine.lock(Path("build/tiny/board"), print),
    ):
        pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_of_someone_else_is_named(bench):
    Path("build").mkdir(mode=0o500)
    with pytest.raises(ToolError, match="Permission denied"):
        bench.build(bench.step())


def test_step_that_reaches_outside_its_folder_is_refused(bench):
    step = bench.step()
    for changes in (
        {"writes": (Path("top.sv"),)},
        {"writes": (OUT.parent / "../synthesize/out",)},
        {"reads": (Path("/etc/passwd"),)},
        {"reads": (OUT,)},
        {"scripts": (("../run.sh", ""),)},
        {"dir": Path("build/../..")},
        {"dir": Path("build")},
        {"command": ()},
        {"settings": (("seed", "1"), ("seed", "2"))},
        {"tools": (Tool("a", "1", ""), Tool("a", "2", ""))},
    ):
        with pytest.raises(ValueError, match="step implement: "):
            dataclasses.replace(step, **changes)


def test_after_stop_nothing_starts_and_finished_work_stays(bench):
    step = bench.step()
    bench.build(step)
    engine.stop()
    with pytest.raises(Stopped):
        bench.build(dataclasses.replace(step, settings=(("seed", "2"),)))
    assert engine.why(step) is None and OUT.exists()


def test_display_that_breaks_ends_the_tool_and_leaves_no_output(bench):
    def display(event):
        if event.kind == "line":
            raise BrokenPipeError

    step = bench.step("echo half > out; echo line; exec sleep 60")
    with pytest.raises(BrokenPipeError):
        engine.build(step, cache=None, events=display)
    assert not OUT.exists() and engine.why(step) == "did not finish last time"
