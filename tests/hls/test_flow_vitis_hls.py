"""The Edalize flow `vitis_hls` from a FuseSoC core of any kind, with stand-ins for the tools."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from bitwright import plan
from bitwright.engine import Step
from bitwright.errors import ConfigError

from tests.hls import tools as standins
from tests.hls.tools import Tools

CORE = """CAPI=2:
name: test:lib:scale:1.0
filesets:
  kernel:
    files:
      - src/scale.cpp: {file_type: cppSource}
      - src/include/scale.hpp: {file_type: cppSource, is_include_file: true}
  bench:
    files:
      - tb/scale_tb.cpp: {file_type: cppSource-testbench}
      - tb/scale.txt: {file_type: data}
parameters:
  WIDTH: {datatype: int, paramtype: vlogdefine, default: 8}
targets:
  default: &default
    filesets: [kernel, bench]
    toplevel: scale
    parameters: [WIDTH]
    flow: vitis_hls
    flow_options: &options
      part: xc7z020clg400-1
      clock_ns: "10"
      vendor: test
      library: lib
      version: "1.0"
      description: y = a x
  all:
    <<: *default
    flow_options:
      <<: *options
      stages: [csim, csynth, cosim, export, impl]
      cflags: [-std=c++17]
      settings: [syn.compile.name_max_length=80]
  project:
    <<: *default
    flow_options: {<<: *options, run: none}
"""
FILES = {
    "scale.core": CORE,
    "src/scale.cpp": '#include "scale.hpp"\nextern "C" void scale(int* y, int x) { *y = A * x; }\n',
    "src/include/scale.hpp": "#pragma once\n#define A 3\n",
    "tb/scale_tb.cpp": "int main() { return 0; }\n",
    "tb/scale.txt": "1 3\n",
}
RAN = re.compile(r"^Vitis HLS (project of scale|of scale): (.+)$", re.MULTILINE)


class Toy:
    """A folder with a core, and FuseSoC called as anyone calls it."""

    def __init__(self, root: Path, tools: Tools) -> None:
        self.root, self.tools = root, tools
        for name, text in FILES.items():
            path = root / "cores" / "scale" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def run(self, target: str, *arguments: str, status: int = 0) -> str:
        command = [sys.executable, "-s", "-m", "fusesoc.main", "--cores-root", "cores", "run"]
        command += ["--target", target, "--setup", "--build", "test:lib:scale", *arguments]
        path = os.pathsep.join(
            (str(Path(sys.executable).parent), str(self.tools.folder), "/usr/bin:/bin")
        )
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == status, done.stdout
        return done.stdout

    def work(self, target: str) -> Path:
        return self.root / "build" / "test_lib_scale_1.0" / target


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    tools = standins.make(tmp_path / "bin", "<profile/>", "test:lib:scale:1.0")
    return Toy(tmp_path / "with a space", tools)


def test_a_core_becomes_an_ip_and_only_what_changed_runs_again(toy: Toy) -> None:
    first = toy.run("all")
    assert [found for found, _ in RAN.findall(first)] == ["project of scale", "of scale"]
    ip = toy.work("all") / "run" / "scale.zip"
    with zipfile.ZipFile(ip) as archive:
        assert "component.xml" in archive.namelist()
    assert [call[0] for call in toy.tools.calls()] == ["vitis-run", "v++", "vitis-run", "vitis-run"]
    assert RAN.findall(toy.run("all")) == []
    source = toy.root / "cores" / "scale" / "src" / "include" / "scale.hpp"
    source.write_text("#pragma once\n#define A 4\n")
    again = RAN.findall(toy.run("all"))
    assert [found for found, _ in again] == ["project of scale", "of scale"]
    assert "scale.hpp changed" in again[0][1]


def test_the_project_is_a_folder_that_can_be_carried_away(toy: Toy, tmp_path: Path) -> None:
    toy.run("project", "--WIDTH", "16")
    assert toy.tools.calls() == []  # nothing of the vendor was asked
    folder = toy.work("project") / "project"
    sources = sorted(name for name in FILES if name != "scale.core")
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in names if name.endswith(tuple(sources))} == {
        name for name in names if name.startswith("src/")
    }
    assert {"README.md", "hls_config.cfg", "run_hls.tcl"} <= names
    config = (folder / "hls_config.cfg").read_text()
    named = re.findall(r"^(?:syn|tb)\.file=(.+)$", config, re.MULTILINE)
    assert [Path(name).name for name in named] == ["scale.cpp", "scale_tb.cpp", "scale.txt"]
    (flags,) = re.findall(r"^syn\.cflags=(.+)$", config, re.MULTILINE)
    include = next(flag for flag in flags.split() if flag.startswith("-I"))
    assert flags.split() == ["-DWIDTH=16", include]
    assert (folder / include[2:] / "scale.hpp").is_file()
    for line in (*(folder / "run_hls.tcl").read_text().splitlines(), *config.splitlines()):
        assert str(tmp_path) not in line
    for name in named:
        assert (folder / name).is_file()


def test_a_core_without_the_tools_fails_and_says_what_to_install(toy: Toy) -> None:
    toy.tools.behave({})
    said = toy.run("default", status=1)
    assert "no HLS tool here can run csynth, export" in said
    assert "install AMD Vitis" in said
    assert (toy.work("default") / "project" / "run_hls.tcl").is_file()
    assert not (toy.work("default") / "run" / "scale.zip").exists()


def test_make_runs_the_same_commands(toy: Toy) -> None:
    toy.run("default", "--build_runner", "make")
    assert (toy.work("default") / "run" / "scale.zip").is_file()


# --- in process -----------------------------------------------------------------------------------


def edam(**options: Any) -> dict[str, Any]:
    return {
        "name": "test_lib_scale_1.0",
        "toplevel": "scale",
        "files": [{"name": "../../cores/scale.cpp", "file_type": "cppSource"}],
        "flow_options": {"part": "xc7z020clg400-1", "clock_ns": "10", **options},
        "parameters": {},
    }


def planned(document: dict[str, Any]) -> list[Step]:
    return list(plan._flow("vitis_hls", document, Path("build/scale/hls")))


def test_a_plan_gets_both_steps_and_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    laid, made = planned(edam())
    assert (laid.name, made.name) == ("project-scale", "hls-scale")
    assert (laid.dir, made.dir) == (Path("build/scale/hls/project"), Path("build/scale/hls/run"))
    assert Path("build/cores/scale.cpp") in laid.reads
    assert set(laid.writes) - set(made.reads) == {laid.dir / "README.md"}
    assert made.writes[-1] == Path("build/scale/hls/run/scale.zip")
    assert list(tmp_path.iterdir()) == []


def test_options_of_one_core_do_not_reach_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = planned(edam())
    planned(edam(export="xo", cflags=["-DX"], settings=["syn.compile.name_max_length=80"]))
    assert planned(edam()) == plain


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"flow_options": {"clock_ns": "10"}}, "requires tool option 'part'"),
        (edam(run="some"), "run: expected all or none, found 'some'"),
        (edam(stages=["synth"]), "stage 'synth': expected one of csim"),
        (edam(export="zip"), "export: expected ip_catalog or xo"),
        (edam(settings=["name_max_length"]), "setting 'name_max_length'"),
        ({"toplevel": "a b"}, "top: expected the name of a C function"),
        ({"files": []}, "no source file"),
        (
            {"files": [{"name": "/abs/a.cpp", "file_type": "cppSource"}]},
            "/abs/a.cpp: expected a path that starts from the core",
        ),
        (
            {
                "files": [
                    {"name": "../../a.cpp", "file_type": "cppSource"},
                    {"name": "a.cpp", "file_type": "cppSource"},
                ]
            },
            "would both be a.cpp in the HLS project",
        ),
        (
            {"files": [{"name": "run_hls.tcl", "file_type": "data"}]},
            "run_hls.tcl and a script of the project would both be run_hls.tcl",
        ),
        (
            {"files": [{"name": f"k{i}.yml", "file_type": "hlsSignature"} for i in range(2)]},
            "takes one hlsSignature, found k0.yml, k1.yml",
        ),
    ],
)
def test_what_a_core_gets_wrong_is_named(
    change: dict[str, Any], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    document = {**edam(), **change}
    if "k0.yml" in str(change):
        document["files"] = [*edam()["files"], *change["files"]]
    with pytest.raises(ConfigError) as caught:
        planned(document)
    assert says in str(caught.value)
