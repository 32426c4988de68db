"""What people type and what they get: exit status, one message, the nearest name, no traceback."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from bitwright.engine import Step
from bitwright.errors import ConfigError, ToolError
from bitwright.front import options
from bitwright.front.session import Session
from bitwright.front.tasks import finish

from tests.front.toy import ROOT, Toy

sys.path.insert(0, str(ROOT))
STEPS = ("generate", "synthesize", "implement", "report", "bitstream")


def test_every_task_has_its_options_declared_and_a_helpful_line():
    from bitwright.front import commands

    tasks = commands.tasks()
    assert set(tasks) | set(commands.OURS) == set(options.COMMANDS)
    for name, doc in (tasks | commands.OURS).items():
        assert 15 < len(doc) <= 90, name


def test_list_prints_one_line_per_task(toy: Toy):
    done = toy.doit("list")
    assert done.returncode == 0
    names = [line.split()[0] for line in done.stdout.splitlines()]
    assert sorted(names) == sorted(options.COMMANDS)


def test_doit_alone_says_how_to_begin(toy: Toy):
    done = toy.doit()
    assert done.returncode == 0
    assert "./doit bitstream config=gpt2-medium" in done.stdout


@pytest.mark.parametrize("task", [name for name, c in options.COMMANDS.items() if c.takes])
def test_help_explains_every_option_that_a_task_takes(toy: Toy, task: str):
    done = toy.doit("help", task)
    assert done.returncode == 0
    for option in options.COMMANDS[task].takes:
        assert re.search(
            rf"^  {option} +{re.escape(options.option(task, option).help)}", done.stdout, re.M
        )


REFUSED = {
    "bitsream config=tiny": "no task 'bitsream'; did you mean 'bitstream'?",
    "xyzzy": "no task 'xyzzy'; ./doit list shows all",
    "bitstream": "bitstream needs config=NAME (configs: bert-base, gpt2-large, gpt2-medium",
    "bitstream config=tinny": "no 'tinny' in configs/; did you mean 'tiny'?",
    "bitstream config=": "expected a name or a path",
    "bitstream config=a;b": "found 'a;b'",
    "bitstream config=tiny sede=3": "bitstream takes no 'sede'; did you mean 'seed'?",
    "bitstream config=tiny seed=x": "seed: expected a whole number from 0 to",
    "bitstream config=tiny seed=1 seed=2": "seed is given twice: '1' and '2'",
    "bitstream config=tiny target=ulx3s": "did you mean 'ulx3s-85f'?",
    "bitstream config=tiny target=u280": "target=ulx3s-85f, which works here",
    "bitstream config=tiny cache_gib=0": "cache_gib: expected a number from 0.001",
    "bitstream config=tiny cache=": "cache: expected on, off or a folder",
    "bitstream config=tiny --frob": "option --frob not recognized",
    "bitstream config=tiny -n -1": "-n (steps at once): expected a whole number from 0 to 256",
    "bitstream config=tiny --process=two": "from 0 to 256, found 'two'",
    "bitstream config=tiny -v x": "Error parsing parameter 'verbosity'",
    "csim tiny": "no task 'tiny'; did you mean 'config=tiny'?",
    "csim mine/tiny.yml": "no task 'mine/tiny.yml'; did you mean 'config=mine/tiny.yml'?",
    "adopt src/forward.cpp": "did you mean 'source=src/forward.cpp'?",
    "sim config=tiny seed=3": "sim takes no 'seed'",
    "sim bitstream config=tiny seed=2": (
        "next      ./doit sim config=tiny; then ./doit bitstream config=tiny seed=2"
    ),
    "implement config=tiny target=u280": "without them: ./doit check config=tiny target=u280",
    "plan bitsream config=tiny": "found 'bitsream'; did you mean 'bitstream'?",
    "plan hls csim config=tiny": "plan shows the steps of one task (generate, synthesize,",
    "plan csim config=tiny seed=2": "csim takes no 'seed'",
    "why lint-nothing config=tiny": "no step 'lint-nothing' (steps: generate, synthesize)",
    "config=tiny": "which task? for example: ./doit bitstream config=tiny",
    "list config=tiny": "takes no options",
    "help bitsream": "did you mean 'bitstream'?",
    "why config=tiny": "why needs one step",
    "why implemnt config=tiny": "did you mean 'implement'?",
    "clean": "clean needs config=NAME",
    "clean config=..": "expected a name",
    "clean config=tiny target=../..": "expected a name",
    "forget": "no task 'forget'",
    "dumpdb": "no task 'dumpdb'",
    "info bitstream": "no task 'info'",
    "reset-dep config=tiny": "no task 'reset-dep'",
    "whatis": "whatis needs one file",
    "whatis nowhere.bit": "nowhere.bit",
}


@pytest.mark.parametrize("line", REFUSED)
def test_a_wrong_command_line_is_refused_with_what_is_wrong_and_builds_nothing(toy: Toy, line: str):
    done = toy.doit(*line.split())
    assert REFUSED[line] in done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr + done.stdout
    assert len(done.stderr.splitlines()) <= 5
    assert not list(toy.root.glob("build/*/ulx3s-85f/*/record.json"))


def test_every_unknown_option_is_named_in_one_pass(toy: Toy):
    done = toy.doit("bitstream", "config=tiny", "sede=3", "tarjet=x")
    assert "'seed'" in done.stderr
    assert "'target'" in done.stderr


def test_what_stands_after_two_dashes_is_left_alone():
    typed = options.typed(["test", "--", "-k", "a=b", "x[c=d]", "seed=1"])
    assert typed == options.Typed(("test",), {}, ("-k", "a=b", "x[c=d]", "seed=1"))


def test_a_name_given_twice_is_refused():
    with pytest.raises(ConfigError, match="given twice"):
        options.typed(["bitstream", "seed=1", "seed=1"])


def test_paths_are_those_of_the_folder_that_doit_was_called_in(toy: Toy, tmp_path: Path):
    caller = tmp_path / "elsewhere"
    caller.mkdir()
    (caller / "mine.yml").write_text((ROOT / "configs/tiny.yml").read_text())
    done = toy.doit("bitstream", "config=mine.yml", "cache=./kept", BITWRIGHT_CWD=str(caller))
    assert done.returncode == 0, done.stderr
    assert toy.out("bitstream", "mine").exists()
    assert list((caller / "kept").iterdir())
    assert not (toy.root / "build/.cache").exists()


def test_clean_removes_what_was_built_for_one_config_and_nothing_else(toy: Toy):
    toy.doit("bitstream", "config=tiny")
    toy.doit("bitstream", "config=gpt2-small")
    done = toy.doit("clean", "config=tiny")
    assert (done.returncode, done.stdout) == (0, "removed build/tiny/ulx3s-85f\n")
    assert not (toy.root / "build/tiny").exists()
    assert toy.out("bitstream", "gpt2-small").exists()
    again = toy.doit("bitstream", "config=tiny")
    assert again.stdout.count("restored from the cache") == len(STEPS)


def test_doctor_names_every_tool_and_what_to_do_for_a_missing_one(toy: Toy):
    from bitwright import toolchains

    done = toy.doit("doctor")
    for known in toolchains.TOOLS:
        assert re.search(rf"^  [✓✗-] {re.escape(known.name)} ", done.stdout, re.M), known.name
    assert re.search(r"- vivado .*missing\n +install AMD Vivado", done.stdout)
    assert "GiB free" in done.stdout
    assert "copy machine.yml.example to machine.yml" in done.stdout
    assert done.returncode == 0


def test_a_line_of_doctor_fits_a_hundred_columns(toy: Toy):
    text = toy.doit("doctor").stdout.replace(str(toy.root), ".").replace(f"{sys.prefix}/", ".venv/")
    assert [line for line in text.splitlines() if len(line) > 100] == []


def test_doctor_goes_on_with_a_faulty_machine_file_and_ends_with_its_fault(toy: Toy):
    path = toy.root / "machine.yml"
    path.write_text("installs:\n  - /no/Vivado/2024.1\n")
    done = toy.doit("doctor", BITWRIGHT_MACHINE=str(path))
    fault = f"{path}:2: installs: no such folder /no/Vivado/2024.1"
    assert re.search(r"✗ vivado +not looked for", done.stdout)
    assert f"machine file         {fault}" in done.stdout
    assert "for a U280 under XRT" in done.stdout
    assert (done.returncode, done.stderr) == (2, f"doit: {fault}\n")


def test_a_line_of_list_and_of_a_usage_fits_a_terminal(toy: Toy):
    assert [line for line in toy.doit("list").stdout.splitlines() if len(line) > 90] == []
    starts = {re.match(r"  \S+ +", line)[0] for line in toy.doit("list").stdout.splitlines()}
    assert len(set(map(len, starts))) == 1, "the descriptions begin in one column"
    usage, _, _ = toy.doit("help", "adopt").stdout.partition("\n\n")
    assert "force=..." in usage and max(map(len, usage.splitlines())) < 80


def test_doctor_fails_when_something_that_simulation_needs_is_missing(toy: Toy, tmp_path: Path):
    done = toy.doit("doctor", PATH=f"{Path(sys.executable).parent}:{tmp_path}")
    assert done.returncode == 1
    assert re.search(r"✗ g\+\+ .*missing\n +sudo apt-get install g\+\+", done.stdout)
    assert "✓ pyosys" in done.stdout


def test_a_reader_that_stops_reading_is_no_fault(toy: Toy):
    process = toy.start("list")
    assert process.stdout and process.stderr
    process.stdout.close()
    errors = process.stderr.read()
    process.wait()
    assert "Traceback" not in errors
    assert "fault of bitwright" not in errors


def test_a_run_that_left_steps_out_sums_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    step = Step("hls-ffn", Path("build/run"), (), (Path("build/run/ffn.zip"),), ("true",))
    with pytest.raises(ToolError, match="not run: hls-ffn"):
        finish(Session(("hls",), steps={"hls-ffn": step}))
    assert capsys.readouterr().out == ""
