"""The manifest of real builds in real clones, and whatis, which finds it again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bitwright import engine, manifest, whatis
from bitwright.design import Design, KernelSpec, Model, Resources, Target
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError, ReportError
from bitwright.reports import ended

CONFIG = Path("configs/toy.yml")
RTL = Path("cores/toy/toy.sv")
CODE = "import shutil, sys; shutil.copyfile(sys.argv[1], 'out.txt')"


def design() -> Design:
    target = Target(
        *("ulx3s-85f", "ulx3s", "LFE5U-85F", "CABGA381", "6", "open", "bitwright:system:ulx3s"),
        *("", "", 50.0, 32, Resources(83640, 83640, 208, 156, 0)),
    )
    model = Model("gpt2", 1, 64, 2, 256, 16)
    kernel = KernelSpec(
        "matmul", "rtl", "int8", (("rows", 4), ("cols", 4), ("a_kib", 8), ("b_kib", 8))
    )
    return Design("toy", CONFIG, target, "asked for", model, (kernel,), 50.0, 1)


def steps() -> list[Step]:
    """Two steps that copy: a source to 'synthesize', that to 'implement'."""
    base = design().build
    common: dict[str, Any] = {"tools": (Tool("copier", "1.2", "/usr/bin/copier"),)}
    one, two = base / "synthesize", base / "implement"
    return [
        Step("synthesize", one, (RTL,), (one / "out.txt",),
             ("python", "-c", CODE, f"../../../../{RTL}"), **common),
        Step("implement", two, (one / "out.txt",), (two / "out.txt",),
             ("python", "-c", CODE, "../synthesize/out.txt"), after=("synthesize",), **common),
    ]  # fmt: skip


def build() -> None:
    for step in steps():
        engine.build(step, cache=None, events=lambda event: None)


def git(folder: Path, *words: str) -> str:
    environment = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t", *words]
    run = subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return run.stdout.strip()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A committed project; the working directory is its root."""
    root = tmp_path / "project"
    files = {CONFIG: "model: toy\n", RTL: "module toy;\n", Path(".gitignore"): "/build/\n"}
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(tmp_path, "init", "-q", "project")
    git(root, "add", ".")
    git(root, "commit", "-qm", "toy")
    monkeypatch.chdir(root)
    return root


def written() -> dict[str, Any]:
    return json.loads((design().build / "manifest.json").read_text())


def test_the_manifest_names_sources_commit_tools_keys_and_outputs(project: Path):
    build()
    assert manifest.finalise(design(), steps())
    found = written()
    assert set(found["sources"]) == {str(CONFIG), str(RTL)}
    out = found["steps"][1]["outputs"]
    sha = engine.record(steps()[1]).outputs["out.txt"]  # type: ignore[union-attr]
    assert out == {"build/toy/ulx3s-85f/implement/out.txt": sha}
    assert found["sources"][str(RTL)] == sha  # the steps only copy
    assert found["git"] == {"commit": git(project, "rev-parse", "HEAD"), "dirty": False}
    assert found["tools"] == {"copier": "1.2"}
    assert found["usercode"] == found["steps"][1]["key"][:8]
    assert found["settings"]["model"]["embed_dim"] == 64
    assert found["settings"]["seed"] == 1


def test_two_clones_of_one_commit_give_the_same_bytes(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    build()
    manifest.finalise(design(), steps())
    first = (design().build / "manifest.json").read_bytes()
    git(tmp_path, "clone", "-q", "project", "a clone, elsewhere")
    monkeypatch.chdir(tmp_path / "a clone, elsewhere")
    build()
    manifest.finalise(design(), steps())
    assert (design().build / "manifest.json").read_bytes() == first
    assert str(tmp_path).encode() not in first


def test_why_a_target_was_taken_is_no_part_of_the_manifest(project: Path):
    """It differs from machine to machine, with what is installed."""
    build()
    manifest.finalise(design(), steps())
    first = (design().build / "manifest.json").read_bytes()
    manifest.finalise(replace(design(), choice="the only one installed"), steps())
    assert (design().build / "manifest.json").read_bytes() == first


def test_dirty_means_that_a_source_differs_and_nothing_else(project: Path):
    (project / "notes.txt").write_text("not a source")
    build()
    manifest.finalise(design(), steps())
    assert written()["git"]["dirty"] is False
    RTL.write_text("module toy; // changed\n")
    build()
    manifest.finalise(design(), steps())
    assert written()["git"]["dirty"] is True


def test_a_source_that_git_does_not_know_is_dirty(project: Path):
    assert manifest.git_state(Path(), [Path("new.sv")]) == {
        "commit": git(project, "rev-parse", "HEAD"),
        "dirty": False,
    }
    Path("new.sv").write_text("")
    state = manifest.git_state(Path(), [Path("new.sv")])
    assert state is not None and state["dirty"] is True


def test_a_file_name_that_looks_like_an_option_or_a_pattern_is_a_file_name(project: Path):
    for name in ("-q", "*.sv", ":(top)"):
        Path(name).write_text("")
        assert manifest.git_state(Path(), [Path(name)]) is not None
        git(project, "--literal-pathspecs", "add", "--", name)
    git(project, "commit", "-qm", "odd names")
    Path("other.sv").write_text("")  # matched by the pattern, which is no source
    for name in ("-q", "*.sv", ":(top)"):
        state = manifest.git_state(Path(), [Path(name)])
        assert state is not None and state["dirty"] is False, name


def test_a_tarball_has_no_commit_even_inside_another_repository(
    project: Path, monkeypatch: pytest.MonkeyPatch
):
    unpacked = project / "unpacked"
    shutil.copytree(project / "cores", unpacked / "cores")
    shutil.copytree(project / "configs", unpacked / "configs")
    monkeypatch.chdir(unpacked)
    build()
    manifest.finalise(design(), steps())
    assert written()["git"] is None


def test_without_git_there_is_no_commit(project: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert manifest.git_state(Path(), [RTL]) is None


def test_asking_git_writes_nothing(project: Path):
    os.utime(RTL, (1_000_000_000, 1_000_000_000))  # git would like to refresh its index
    before = (project / ".git/index").read_bytes()
    assert manifest.git_state(Path(), [RTL]) is not None
    assert (project / ".git/index").read_bytes() == before


def test_nothing_is_written_where_nothing_changed(project: Path):
    build()
    manifest.finalise(design(), steps())
    paths = [design().build / name for name in ("manifest.json", "timings.json")]
    before = [path.stat().st_mtime_ns for path in paths]
    manifest.finalise(design(), steps())
    assert [path.stat().st_mtime_ns for path in paths] == before


def test_a_build_that_is_not_whole_has_no_manifest(project: Path):
    build()
    assert manifest.finalise(design(), steps())
    RTL.write_text("module toy2;\n")
    engine.build(steps()[0], cache=None, events=lambda event: None)
    assert not manifest.finalise(design(), steps())  # implement is of the old netlist
    assert not (design().build / "manifest.json").exists()


def test_timings_name_every_step_with_time_and_memory(project: Path):
    build()
    manifest.finalise(design(), steps())
    timings = json.loads((design().build / "timings.json").read_text())
    assert [row["name"] for row in timings["steps"]] == ["synthesize", "implement"]
    assert all(row["wall_s"] >= 0 and row["peak_rss_mib"] > 0 for row in timings["steps"])


def test_the_end_table_has_a_line_per_step(project: Path, capsys: pytest.CaptureFixture[str]):
    build()
    manifest.finalise(design(), steps())
    ended.show(design().build, steps())
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines if line and line[-1] == "MiB"] == ["synthesize", "implement"]
    assert ["build/toy/ulx3s-85f/manifest.json"] in lines


def bitstream(usercode: int) -> bytes:
    """The shortest thing that is an ECP5 bitstream: no frames."""
    identify = bytes.fromhex("e2000000 41113043".replace(" ", ""))
    program = bytes.fromhex("c2000000") + usercode.to_bytes(4, "big")
    return b"\xff\x00Part: toy\0\x00\xff\xff\xff\xbd\xb3\xff" + identify + program + b"\x5e\0\0\0"


def test_whatis_finds_the_manifest_by_the_usercode(project: Path):
    build()
    manifest.finalise(design(), steps())
    Path("some.bit").write_bytes(bitstream(int(written()["usercode"], 16)))
    found = whatis.identify(Path("some.bit"), Path("build"))
    assert found.manifest == design().build / "manifest.json"
    text = whatis.describe(found)
    assert "toy on ulx3s-85f" in text
    assert git(project, "rev-parse", "HEAD") in text
    assert "not those of that build" in text  # nobody built some.bit here


def test_whatis_knows_the_bitstream_of_an_earlier_build(project: Path):
    build()
    manifest.finalise(design(), steps())
    earlier = written()["usercode"]
    RTL.write_text("module toy2;\n")
    build()
    manifest.finalise(design(), steps())
    assert written()["usercode"] != earlier
    Path("some.bit").write_bytes(bitstream(int(earlier, 16)))
    found = whatis.identify(Path("some.bit"), Path("build"))
    assert found.manifest == design().build / "manifests" / f"{earlier}.json"


def test_whatis_says_when_no_build_here_made_it(project: Path):
    Path("some.bit").write_bytes(bitstream(0x12345678))
    text = whatis.describe(whatis.identify(Path("some.bit"), Path("build")))
    assert "12345678" in text and "no build here" in text


def test_whatis_refuses_what_is_no_bitstream(project: Path):
    with pytest.raises(ReportError, match="this is no bitstream"):
        whatis.identify(RTL, Path("build"))
    with pytest.raises(ConfigError, match="No such file"):
        whatis.identify(Path("absent.bit"), Path("build"))
