"""What is installed is found, its version told, and what is missing or too old is named."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from bitwright import toolchains
from bitwright.errors import ToolError
from bitwright.toolchains import Known

from tests.front.toy import Toy


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own whose folder bin/ is all of PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    toolchains._answers.cache_clear()
    return tmp_path


def program(folder: Path, name: str, says: str) -> Path:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\necho asked >>{folder}/{name}.asked\ncat <<'END'\n{says}\nEND\n")
    path.write_text(path.read_text().replace("cat", "/bin/cat"))
    path.chmod(0o755)
    return path


def asked(folder: Path, name: str) -> int:
    path = folder / f"{name}.asked"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_versions_of_wheels_are_those_of_their_metadata():
    for known in toolchains.TOOLS:
        if known.wheel:
            tool = toolchains.find(known)
            assert tool is not None, known.name
            assert tool.version == metadata.version(known.wheel)
            assert Path(tool.path).exists()


SAYS = {
    "g++": ("g++ (Debian 12.2.0-14+deb12u1) 12.3.0\nCopyright (C) 2022", "12.3.0"),
    "make": ("GNU Make 4.3\nBuilt for x86_64-pc-linux-gnu", "4.3"),
    "perl": ("This is perl 5, version 36, subversion 0 (v5.36.0) built for", "5.36.0"),
    "openFPGALoader": ("openFPGALoader v0.12.1", "0.12.1"),
    "vivado": ("Vivado v2023.2 (64-bit)\nSW Build 4029153 on Fri Oct 13", "2023.2"),
    "v++": ("****** v++ v2024.1 (64-bit)\n  **** SW Build 5074859", "2024.1"),
}


@pytest.mark.parametrize("name", SAYS)
def test_the_version_a_program_tells_is_read(place: Path, name: str):
    says, version = SAYS[name]
    path = program(place, name, says)
    tool = toolchains.find(toolchains.BY_NAME[name])
    assert tool == toolchains.Tool(name, version, str(path))


def test_a_program_is_asked_once_until_it_changes(place: Path):
    program(place, "make", "GNU Make 4.3")
    known = toolchains.BY_NAME["make"]
    for _ in range(3):
        toolchains._answers.cache_clear()  # as a new process would
        assert toolchains.find(known)
    assert asked(place, "make") == 1
    program(place, "make", "GNU Make 4.4.1")
    tool = toolchains.find(known)
    assert tool is not None
    assert (tool.version, asked(place, "make")) == ("4.4.1", 2)


def test_a_damaged_memory_of_versions_is_no_fault(place: Path):
    program(place, "make", "GNU Make 4.3")
    Path("build").mkdir()
    toolchains.PROBED.write_text("[1, 2")
    assert toolchains.find(toolchains.BY_NAME["make"])


def test_a_program_that_tells_nothing_has_no_version_but_is_there(place: Path):
    program(place, "make", "hello")
    tool = toolchains.find(toolchains.BY_NAME["make"])
    assert tool is not None
    assert tool.version == "?"


def test_every_missing_tool_of_a_use_is_named_in_one_message(place: Path):
    with pytest.raises(ToolError) as caught:
        toolchains.require(toolchains.probe("sim"), "sim")
    for name in ("g++", "make", "perl"):
        assert f"{name} is missing" in str(caught.value)
        assert f"sudo apt-get install {name}" in str(caught.value)


def test_a_tool_that_is_too_old_is_refused_with_both_versions(place: Path):
    for name in ("make", "perl"):
        program(place, name, "1.2.3")
    program(place, "g++", "g++ (Debian 9.4.0-1) 9.4.0")
    with pytest.raises(ToolError, match=r"g\+\+ 9\.4\.0 is too old\n  expected  10 or newer"):
        toolchains.require(toolchains.probe("sim"), "sim")


def test_a_tool_that_fails_in_its_wrapper_is_told_in_its_own_words(place: Path, monkeypatch):
    wrap = program(place, "wrap", "Cannot connect to the daemon of 20.10.1")
    wrap.write_text(wrap.read_text() + "exit 125\n")
    Path("machine.yml").write_text(f"wrapper: {wrap} -x\n")
    monkeypatch.setenv("BITWRIGHT_MACHINE", "machine.yml")
    with pytest.raises(ToolError) as caught:
        toolchains.require(toolchains.probe("vivado"), "vivado")
    assert str(caught.value).splitlines() == [
        "vivado tells no version",
        f"  ran       {wrap} -x vivado -version",
        "  it said   Cannot connect to the daemon of 20.10.1",
        "            exit status 125",
    ]
    program(place, "wrap", "Vivado v2024.1")  # mended, it is asked again
    assert toolchains.probe("vivado")["vivado"].version == "2024.1"


def test_what_a_toolchain_lacks_is_told_without_running_a_tool(place: Path):
    program(place, "vivado", "Vivado v2023.2")
    assert toolchains.missing("vivado") == ()
    assert toolchains.missing("vitis") == ("v++", "xclbinutil")
    assert asked(place, "vivado") == 0


def test_versions_are_compared_as_numbers():
    known = Known("x", "", "", minimum="2022.2")
    old = [toolchains.Tool("x", version, "") for version in ("2021.2", "2022.1.2", "9")]
    new = [toolchains.Tool("x", version, "") for version in ("2022.2", "2022.10", "2023.1")]
    assert [toolchains.too_old(known, tool) for tool in old] == [True] * 3
    assert [toolchains.too_old(known, tool) for tool in new] == [False] * 3


def test_a_build_with_a_missing_compiler_is_refused_before_anything_runs(toy: Toy, tmp_path: Path):
    import sys

    done = toy.doit("sim", "config=tiny", PATH=f"{Path(sys.executable).parent}:{tmp_path}")
    assert done.returncode == 1
    assert "g++ is missing" in done.stderr
    assert not list(toy.root.glob("build/tiny/**/record.json"))
