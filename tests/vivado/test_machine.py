"""machine.yml: a wrapper is words that no shell of ours reads, and mistakes are told by line."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from bitwright.errors import ConfigError
from bitwright.vivado import machine, run
from bitwright.vivado.machine import Machine
from bitwright.vivado.request import Request
from hypothesis import given
from hypothesis import strategies as st

COMMAND = ["/opt/Vivado/2024.1/bin/vivado", "-source", "a b.tcl", "$HOME;'\""]
HERE = Path("/somewhere/work here")


def read(text: str, folder: Path) -> Machine:
    path = folder / "machine.yml"
    path.write_text(text)
    return machine.read(path, "machine.yml")


@pytest.mark.parametrize(
    ("wrapper", "argv"),
    [
        ("srun -n1", ["srun", "-n1", *COMMAND]),
        ("bsub -I -J {name} -q fpga", ["bsub", "-I", "-J", "n1", "-q", "fpga", *COMMAND]),
        ("run {command} --end", ["run", *COMMAND, "--end"]),
        (
            "docker run -w {cwd} -v {root}:{root} image",
            ["docker", "run", "-w", str(HERE), "-v", f"{machine.ROOT}:{machine.ROOT}", "image",
             *COMMAND],
        ),
        (
            "ssh -tt host \"cd {cwd} && exec {command}\"",
            ["ssh", "-tt", "host",
             f"cd {shlex.quote(str(HERE))} && exec {shlex.join(COMMAND)}"],
        ),
    ],
)  # fmt: skip
def test_command_stands_where_the_wrapper_says(wrapper, argv, tmp_path):
    found = read(f"wrapper: '{wrapper}'\n", tmp_path)
    assert found.wrap(COMMAND, HERE, "n1") == argv


def test_without_a_wrapper_the_command_is_itself():
    assert Machine().wrap(COMMAND, HERE, "n1") == COMMAND
    assert Machine().stopping(HERE, "n1") == []


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
def test_any_command_survives_the_shell_behind_ssh(command):
    wrapped = Machine(wrapper=("sh", "-c", "cd {cwd} && printf '%s\\0' {command}")).wrap(
        command, Path("/"), "n"
    )
    done = subprocess.run(wrapped, capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == command


def test_whole_file_is_understood(tmp_path):
    found = read(
        "installs:\n  - /tools/Xilinx/Vivado/2024.1\n  - /x/settings64.sh\nwrapper: srun\n"
        "stop: scancel --name={name}\nlicence: 2100@host\ndisk_gib: 30\n"
        "licence_wait_s: 0.5\nlicence_attempts: 3\n",
        tmp_path,
    )
    assert found == Machine(
        ("/tools/Xilinx/Vivado/2024.1", "/x/settings64.sh"),
        ("srun",),
        ("scancel", "--name={name}"),
        "2100@host",
        30,
        3,
        0.5,
        source="machine.yml",
    )
    assert found.stopping(HERE, "job7") == ["scancel", "--name=job7"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wraper: srun\n", "machine.yml:1: unknown key 'wraper'; did you mean 'wrapper'?"),
        ("installs: /tools\n", "machine.yml:1: installs: expected a list of folders"),
        ("installs:\n  - tools/Vivado\n", "machine.yml:2: installs: expected a path from /"),
        ("wrapper: [srun]\n", "machine.yml:1: wrapper: expected text, found a list"),
        ("wrapper: ssh 'x\n", "machine.yml:1: wrapper: No closing quotation"),
        ("wrapper: docker -w {cdw} x\n", "machine.yml:1: wrapper: unknown {cdw}"),
        ("licence: ''\n", "machine.yml:1: licence: expected text"),
        ("disk_gib: none\n", "machine.yml:1: disk_gib: expected a whole number"),
    ],
)
def test_mistakes_are_told_with_their_line(text, told, tmp_path):
    with pytest.raises(ConfigError) as caught:
        read(text, tmp_path)
    assert told in str(caught.value)


def test_variable_names_the_file_and_empty_means_none(monkeypatch, tmp_path):
    path = tmp_path / "other.yml"
    path.write_text("wrapper: env\n")
    monkeypatch.setenv(machine.VARIABLE, str(path))
    assert machine.load().wrapper == ("env",)
    monkeypatch.setenv(machine.VARIABLE, "")
    assert machine.load() == Machine(usual=False)
    monkeypatch.setenv(machine.VARIABLE, str(tmp_path / "none.yml"))
    with pytest.raises(ConfigError, match=r"none\.yml:1: cannot be read"):
        machine.load()


def test_licence_of_the_file_counts_where_the_environment_has_none(monkeypatch):
    here = Machine(licence="2100@file")
    monkeypatch.delenv("XILINXD_LICENSE_FILE", raising=False)
    assert machine.licensed(here) == {"XILINXD_LICENSE_FILE": "2100@file"}
    monkeypatch.setenv("XILINXD_LICENSE_FILE", "2100@own")
    assert machine.licensed(here) == {}


def test_tool_runs_inside_the_wrapper_and_the_stop_command_after_a_failure(
    programs, monkeypatch, capfd
):
    programs.add(
        "wrap", "print('wrapped', sys.argv[1], flush=True)\nos.execv(sys.argv[2], sys.argv[2:])"
    )
    programs.add("stop", "open('stopped', 'w').write(sys.argv[1])")
    Path("machine.yml").write_text("wrapper: wrap {name}\nstop: stop {name}\n")
    monkeypatch.setenv(machine.VARIABLE, "machine.yml")
    programs.add("vivado", "print('bitwright: done')")
    request = Request("vivado", script="go.tcl")
    assert run.run(request, Path()) == 0
    name = capfd.readouterr().out.split("wrapped ")[1].split()[0]
    assert not Path("stopped").exists()
    programs.add("vivado", "sys.exit(1)")
    with pytest.raises(run.ToolError):
        run.run(request, Path())
    assert Path("stopped").read_text() == name


def loaded(text: str, monkeypatch: pytest.MonkeyPatch) -> Machine:
    Path("machine.yml").write_text(text)
    monkeypatch.setenv(machine.VARIABLE, "machine.yml")
    return machine.load()


@pytest.mark.parametrize("text", ["", "\n\n", "# installs:\n#   - /x\n  # more\n"])
def test_file_that_says_nothing_is_as_none(text, tmp_path):
    assert read(text, tmp_path) == Machine(source="machine.yml")


def test_what_the_file_names_must_be_here(programs, monkeypatch):
    with pytest.raises(ConfigError) as caught:
        loaded("installs:\n  - /no/Vivado/2024.1\n  - /no/settings64.sh\nlicence: x\n", monkeypatch)
    assert str(caught.value).splitlines() == [
        "machine.yml:2: installs: no such folder /no/Vivado/2024.1",
        "machine.yml:3: installs: no such file /no/settings64.sh",
    ]
    with pytest.raises(ConfigError, match=r"^machine\.yml:1: wrapper: no program 'dockerr' on"):
        loaded("wrapper: dockerr run image\n", monkeypatch)
    with pytest.raises(ConfigError, match=r"^machine\.yml:2: stop: no program '/no/such'$"):
        loaded("wrapper: env\nstop: /no/such {name}\n", monkeypatch)
    assert loaded("wrapper: '{cwd}/wrap'\n", monkeypatch).wrapper


def test_folders_behind_a_wrapper_may_be_another_machines(programs, monkeypatch):
    found = loaded("installs: [/no/Vivado/2024.1]\nwrapper: env\n", monkeypatch)
    assert found.installs == ("/no/Vivado/2024.1",)


def test_the_sample_shows_every_key_and_says_nothing_until_it_is_edited(tmp_path):
    text = (machine.ROOT / machine.EXAMPLE).read_text()
    assert read(text, tmp_path) == Machine(source="machine.yml")
    keys = "|".join(machine.KEYS)
    shown = [
        line.removeprefix("# ")
        for line in text.splitlines()
        if re.match(rf"# (({keys}):|  - )", line)
    ]
    wrappers = [line for line in shown if line.startswith("wrapper:")]
    assert len(wrappers) == 3
    for wrapper in wrappers:
        others = [line for line in shown if not line.startswith("wrapper:")]
        found = read("\n".join([*others, wrapper, ""]), tmp_path)
        assert found.wrapper and all(getattr(found, key) for key in machine.KEYS)
