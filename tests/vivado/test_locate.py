"""Vendor tools are found where people install them, and no script of the machine is run for it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from bitwright.vivado import locate, settings
from bitwright.vivado.machine import Machine
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st


def install(folder: Path, *programs: str) -> Path:
    """An installation with these programs, none of which can be run."""
    for name in programs:
        path = folder / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/false\n")
        path.chmod(0o755)
    return folder


@pytest.fixture
def places(tmp_path, monkeypatch):
    """The usual places: one empty folder."""
    monkeypatch.setattr(locate, "PLACES", (str(tmp_path / "tools"),))
    monkeypatch.setattr(locate, "XRT", str(tmp_path / "xrt"))
    locate._usual.cache_clear()
    yield tmp_path / "tools"
    locate._usual.cache_clear()


NO_MACHINE = Machine()


def found(program: str, machine: Machine = NO_MACHINE, **environ: str) -> locate.Found | None:
    return locate.find(program, machine, {"PATH": "/nonexistent", "HOME": "/h", **environ})


def test_path_comes_first_then_the_variable_then_an_installation(places, tmp_path):
    here = install(tmp_path / "here", "vivado")
    variable = install(tmp_path / "Vivado" / "2023.2", "vivado")
    named = install(tmp_path / "named" / "Vivado" / "2024.1", "vivado")
    usual = install(places / "Vivado" / "2022.2", "vivado")
    machine = Machine(installs=(f"{named}/settings64.sh",))
    environ = {"XILINX_VIVADO": str(variable), "PATH": f"{here}/bin"}
    assert found("vivado", machine, **environ).path == f"{here}/bin/vivado"
    environ["PATH"] = "/nonexistent"
    assert found("vivado", machine, **environ).path == f"{variable}/bin/vivado"
    assert found("vivado", machine).path == f"{named}/bin/vivado"
    assert found("vivado").path == f"{usual}/bin/vivado"


@pytest.mark.parametrize("layout", ["Vivado/{}", "{}/Vivado"])
def test_newest_of_the_usual_places_is_taken_in_both_layouts(places, layout):
    for version in ("2023.2", "2024.2", "2019.1"):
        install(places / layout.format(version), "vivado")
    assert found("vivado").path == str(places / layout.format("2024.2") / "bin/vivado")


def test_tools_of_vitis_and_hls_have_homes_of_their_own(places, tmp_path):
    vitis = install(tmp_path / "Vitis" / "2023.1", "v++", "vitis-run")
    hls = install(tmp_path / "Vitis_HLS" / "2023.1", "vitis_hls")
    environ = {"XILINX_VITIS": str(vitis), "XILINX_HLS": str(hls)}
    for name, home in (("v++", vitis), ("vitis-run", vitis), ("vitis_hls", hls)):
        assert found(name, **environ).path == f"{home}/bin/{name}"
    assert found("v++", XILINX_HLS=str(hls)) is None


def test_xclbinutil_of_xrt_and_that_of_vitis_are_found(places, tmp_path):
    vitis = install(places / "Vitis" / "2023.1", "xclbinutil")
    assert found("xclbinutil").path == f"{vitis}/bin/xclbinutil"
    xrt = install(tmp_path / "xrt", "xclbinutil")
    assert found("xclbinutil").path == f"{xrt}/bin/xclbinutil"


def test_environment_of_a_tool_is_that_of_its_installation(places, tmp_path):
    home = install(tmp_path / "Vivado" / "2024.1", "vivado")
    environ = dict(found("vivado", XILINX_VIVADO=str(home)).env)
    assert environ["PATH"].split(":")[0] == f"{home}/bin"
    bare = dict(found("vivado", Machine(installs=(str(home),))).env)
    assert bare["XILINX_VIVADO"] == str(home)


def test_nothing_of_a_settings_script_is_run(places, tmp_path):
    home = install(tmp_path / "Vivado" / "2024.1", "vivado")
    mark = tmp_path / "ran"
    (home / "settings64.sh").write_text(
        f"touch {mark}\nexport A=$(touch {mark})\nexport B=`touch {mark}`\n"
        f"export LM=2100@x; touch {mark}\nexport C=fine\n"
        "export D=$(id)\nexport E=`id`\nexport F=a;id\nexport G=a|id\n"
    )
    environ = dict(found("vivado", Machine(installs=(str(home),))).env)
    assert not mark.exists()
    assert environ["C"] == "fine"
    assert not {"A", "B", "D", "E", "F", "G", "LM"} & set(environ)


def test_behind_a_wrapper_the_machine_file_is_believed(places):
    wrapper = Machine(installs=("/only/there/Vivado/2024.1",), wrapper=("ssh", "x"), source="m.yml")
    assert found("vivado", wrapper).path == "/only/there/Vivado/2024.1/bin/vivado"
    assert found("v++", wrapper).path == "v++"
    assert found("nonsense", wrapper) is None
    assert found("vivado", Machine(installs=wrapper.installs)) is None


def test_version_is_told_by_the_path():
    assert locate.version("/tools/Xilinx/Vivado/2024.1/bin/vivado") == "2024.1"
    assert locate.version("/tools/Xilinx/2025.1/Vivado/bin/vivado") == "2025.1"
    assert locate.version("/usr/bin/vivado") == ""


# --- settings64.sh --------------------------------------------------------------------------------

WORDS = st.from_regex(r"[A-Za-z0-9_./:+=@%-]{1,12}", fullmatch=True)
NAMES = st.sampled_from(["PATH", "XILINX_VIVADO", "LD_LIBRARY_PATH", "MORE"])
VALUES = st.one_of(
    WORDS,
    st.tuples(WORDS, NAMES).map(lambda two: f"{two[0]}:${two[1]}"),
    st.tuples(WORDS, NAMES).map(lambda two: f'"{two[0]}:${{{two[1]}}}"'),
)
EXPORTS = st.tuples(NAMES, VALUES).map(lambda two: f"export {two[0]}={two[1]}")
BRANCHES = st.tuples(
    st.sampled_from(["-n", "-z"]),
    NAMES,
    st.lists(EXPORTS, max_size=2),
    st.lists(EXPORTS, max_size=2),
).map(
    lambda four: "\n".join(
        [f'if [ {four[0]} "${{{four[1]}}}" ]; then', ":", *four[2], "else", ":", *four[3], "fi"]
    )
)
NESTED = st.tuples(BRANCHES, st.sampled_from(["-n", "-z"]), NAMES, BRANCHES).map(
    lambda four: f'if [ {four[1]} "${{{four[2]}}}" ]; then\n{four[0]}\nelse\n{four[3]}\nfi'
)
SCRIPTS = st.lists(
    st.one_of(EXPORTS, BRANCHES, NESTED, st.just("# a comment"), st.just("")), max_size=8
)


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    return tmp_path_factory.mktemp("settings") / "settings64.sh"


@examples(max_examples=25)
@given(st.lists(SCRIPTS, min_size=1, max_size=12))
def test_what_is_read_of_a_settings_script_is_what_bash_makes_of_it(script, texts):
    """All scripts of a case are asked of one bash: starting one takes longer than reading."""
    before = {"PATH": "/usr/bin:/bin", "XILINX_VIVADO": "/old"}
    asked = []
    for number, lines in enumerate(texts):
        path = script.with_name(f"settings{number}.sh")
        path.write_text("\n".join(lines) + "\n")
        (script.parent / ".more.sh").write_text("export SOURCED=yes\n")
        asked.append(f"( . {path}; /usr/bin/env -0; printf 'END\\0' )")
    done = subprocess.run(
        ["/bin/bash", "-c", "\n".join(asked)], env=before, capture_output=True, check=True
    )
    said = done.stdout.decode().split("END\0")
    for number, text in enumerate(said[:-1]):
        bash = dict(entry.split("=", 1) for entry in text.split("\0") if entry)
        for own in ("SHLVL", "_", "PWD", "OLDPWD"):
            bash.pop(own, None)
        ours = settings.environment(script.with_name(f"settings{number}.sh"), before)
        assert {**before, **ours} == bash


def test_scripts_that_are_sourced_count_and_a_circle_ends(tmp_path):
    (tmp_path / "a.sh").write_text("source b.sh\nsource ./b.sh /tools\nexport A=1\n")
    (tmp_path / "b.sh").write_text("source a.sh\nexport B=2\n")
    assert settings.environment(tmp_path / "a.sh", {}) == {"A": "1", "B": "2"}
    assert settings.environment(tmp_path / "none.sh", {}) == {}


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(script, text):
    script.write_text(text, encoding="utf-8", errors="replace")
    settings.environment(script, dict(os.environ))
