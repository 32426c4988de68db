"""`./doit hls`: its plan, its messages and exit statuses, with stand-ins for the tools."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import design as designs
from bitwright import kernel as kernels
from bitwright import plan
from bitwright.design import Design
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError
from bitwright.front import hls as front
from bitwright.hls import csim, scripts
from bitwright.hls.project import from_json

from tests.front.toy import DODO, ROOT, Toy
from tests.hls import tools as standins
from tests.hls.csynth import report
from tests.hls.tools import Tools

VITIS = {"vitis_hls": Tool("vitis_hls", "2023.2", "/opt/vitis_hls")}
EVERY = ("csim", "csynth", "cosim", "export", "impl")


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Design:
    monkeypatch.chdir(ROOT)
    return designs.load("tiny", target="u280", root=ROOT)


def steps(design: Design, tools: dict[str, Tool], stages: tuple[str, ...] = EVERY) -> list[Step]:
    return list(plan._hls(stages, design, tools))


# --- the plan -------------------------------------------------------------------------------------


def test_without_a_tool_the_plan_ends_with_the_projects(tiny: Design) -> None:
    names = [step.name for step in steps(tiny, {})]
    assert names == [
        *("csim-mhsa-int8", "generate-mhsa", "project-mhsa"),
        *("csim-ffn-int8", "generate-ffn", "project-ffn"),
    ]


@pytest.mark.parametrize("tool", ["vitis-run", "v++", "vitis_hls"])
def test_with_any_one_tool_each_kernel_is_run_after_all_else(tool: str, tiny: Design) -> None:
    found = {step.name: step for step in steps(tiny, {tool: Tool(tool, "2025.1", f"/opt/{tool}")})}
    for name in ("mhsa", "ffn"):
        made = found[f"hls-{name}"]
        assert made.after == (f"project-{name}",)
        assert found[f"project-{name}"].after == (f"generate-{name}",)
        assert found[f"generate-{name}"].after == (f"csim-{name}-int8",)
        assert made.writes[-1] == Path(f"build/tiny/u280/hls/{name}/run/{name}.zip")
        assert Path(f"ip/{name}/kernel.yml") in made.reads
        laid = set(found[f"project-{name}"].writes)
        assert laid - set(made.reads) == {Path(f"build/tiny/u280/hls/{name}/project/README.md")}
        assert made.judgement is not None


def project_of(step: Step) -> dict[str, object]:
    document = json.loads(dict(step.scripts)["project.json"])
    found: dict[str, object] = document["project"]
    return found


def test_a_project_says_what_config_target_and_signature_say(tiny: Design) -> None:
    laid = next(step for step in steps(tiny, {}) if step.name == "project-mhsa")
    project = project_of(laid)
    assert project["part"] == "xcu280-fsvh2892-2L-e"
    assert (project["clock_ns"], project["flow_target"]) == ("4", "vivado")
    assert (project["export"], project["stages"]) == ("ip_catalog", list(EVERY))
    assert project["data"] == ["generate/mhsa_vectors.txt", "generate/mhsa_vectors.bin"]
    assert project["testbench"] == ["generate/mhsa_tb.cpp"]
    assert project["sources"] == ["generate/mhsa.cpp"]
    assert project["cflags"] == ["-std=c++17"]  # the tools take C++14 unless told
    assert not any("open" in str(name) for name in laid.reads if name.parts[0] == "ip")
    vlnv = kernels.load(Path("ip/mhsa/kernel.yml"), form="int8").vlnv
    ip = project["ip"]
    assert isinstance(ip, dict)
    assert ":".join(ip[key] for key in ("vendor", "library", "name", "version")) == vlnv


def test_a_target_of_the_vitis_toolchain_gets_kernels_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    design = designs.load("gpt2-medium", target="u55c-xrt", root=ROOT)
    project = project_of(next(s for s in steps(design, VITIS) if s.name == "project-ffn"))
    assert (project["flow_target"], project["export"]) == ("vitis", "xo")
    assert project["clock_ns"] == "3.333"


def test_the_number_format_and_sizes_of_the_config_reach_the_generator(tiny: Design) -> None:
    kernel = replace(tiny.kernel("ffn"), format="w4a8")
    other = replace(tiny, kernels=tuple(kernel if k.name == "ffn" else k for k in tiny.kernels))
    made = next(step for step in steps(other, VITIS) if step.name == "generate-ffn")
    ((_, text),) = made.scripts
    asked = json.loads(text)[0]["input"]["parameters"]
    assert (asked["format"], asked["embed_dim"], asked["ff_dim"]) == ("w4a8", 64, 256)
    run = next(step for step in steps(other, VITIS) if step.name == "hls-ffn")
    assert json.loads(dict(run.scripts)["hls.json"])["signature"]["format"] == "w4a8"


def test_a_change_of_the_simulation_alone_runs_no_synthesis_again(tiny: Design) -> None:
    """What a run of hours depends on: not every file of the package."""
    made = next(step for step in steps(tiny, VITIS) if step.name == "hls-ffn")
    ours = {path.name for path in made.reads if "flows" in path.parts}
    assert {"run.py", "probe.py", "locate.py", "results.py", "interface.py"} <= ours
    assert not ours & {"csim.py", "vectors.py", "top.py", "lint.py", "parse.py"}


GOLDEN = Path(__file__).parent / "golden" / "gpt2-medium"


def rendered() -> dict[str, str]:
    """Both kinds of scripts of GPT-2 Medium's kernels, as the plan has them; cwd: the root."""
    design = designs.load("gpt2-medium", target="u280", root=ROOT)
    found = {}
    for step in steps(design, {}, front.STAGES):
        if step.name.startswith("project-"):
            project = from_json(project_of(step))
            found[f"{project.top}/{scripts.CONFIG}"] = scripts.config_cfg(project)
            found[f"{project.top}/{scripts.TCL}"] = scripts.tcl(project)
    return found


def test_the_scripts_of_gpt2_medium_are_the_golden_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    texts = {
        path.relative_to(GOLDEN).as_posix(): path.read_text(encoding="utf-8")
        for path in GOLDEN.rglob("*.*")
    }
    assert rendered() == texts


# --- which target, which stages -------------------------------------------------------------------


def test_the_first_target_with_an_amd_part_is_taken() -> None:
    assert front.target("tiny", {}, ROOT) == ("u280", "the config's first target with an AMD part")
    assert front.target("gpt2-medium", {"target": "kv260"}, ROOT) == ("kv260", "as asked")


def test_a_target_without_an_amd_part_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        front.target("tiny", {"target": "ulx3s-85f"}, ROOT)
    assert "target ulx3s-85f has no AMD part" in str(caught.value)
    assert "target=u280" in str(caught.value)


@pytest.mark.parametrize("text", ["synth", "csim", "", "csynth,,export", "csynth export"])
def test_stages_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="stages: expected csynth and others of csim, csynth"):
        front.stages({"stages": text})


def test_a_stage_that_is_nearly_one_is_answered_with_it() -> None:
    with pytest.raises(ConfigError, match=r"found 'synth'; did you mean 'csynth'\?"):
        front.stages({"stages": "csim,synth"})


def test_stages_run_in_their_order_however_they_are_given() -> None:
    assert front.stages({"stages": "impl,export,csynth,csim"}) == (
        "csim",
        "csynth",
        "export",
        "impl",
    )
    assert front.stages({}) == front.STAGES


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Toy]:
    """The project's configs and kernels, its front and engine, and quick C simulations."""
    root = tmp_path / "toy"
    for name in ("configs", "ip"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pyproject.toml", root)
    (root / "dodo.py").write_text(DODO.format(dodo=str(ROOT / "dodo.py")))
    yield Toy(root, plans=Path(__file__).parent / "quick")


@pytest.fixture
def tools(toy: Toy) -> Tools:
    """Stand-ins on PATH that synthesise any of our kernels as its signature says."""
    kernel = kernels.load(toy.root / "ip" / "ffn" / "kernel.yml", form="int8")
    made = standins.make(toy.root.parent / "bin", report(kernel), kernel.vlnv)
    config = toy.root / "configs" / "tiny.yml"
    text = config.read_text()
    before, after = text.index("  - name: mhsa"), text.index("  - name: ffn")
    config.write_text(text[:before] + text[after:])  # one kernel: stand-ins leave one report
    return made


def run(toy: Toy, tools: Tools | None, *words: str) -> tuple[int, str]:
    path = "/usr/bin:/bin" if tools is None else f"{tools.folder}:/usr/bin:/bin"
    environment = toy.environment()
    python = environment["PATH"].partition(":")[0]
    done = toy.doit("hls", "config=tiny", *words, PATH=f"{python}:{path}")
    return done.returncode, done.stdout + done.stderr


def test_without_the_tools_it_says_what_was_checked_what_not_and_what_to_install(toy: Toy) -> None:
    status, said = run(toy, None)
    assert status == 4
    lines = said.splitlines()
    assert lines[0] == (
        "tiny on u280 (xcu280-fsvh2892-2L-e, 250 MHz): the config's first target with an AMD part"
    )
    assert lines[-9].startswith("csim: 2 kernels in 1 format, 6 cases, 4 with")
    assert lines[-8:] == [
        "written      build/tiny/u280/hls/mhsa/project: hls_config.cfg, run_hls.tcl",
        "written      build/tiny/u280/hls/ffn/project: hls_config.cfg, run_hls.tcl",
        "not checked  synthesis, its register map, clock, area and bursts; nothing was exported",
        "             whether the streams are deep enough in hardware: a deadlock shows in cosim",
        "because      none of vitis-run, v++, vitis_hls is on PATH",
        "next         install AMD Vitis (or Vitis HLS) and source its settings64.sh;"
        " then: ./doit hls config=tiny",
        "or           take a folder to where the tools are, there: vitis_hls -f run_hls.tcl",
        "             or, without vitis_hls: vitis-run --mode hls --tcl run_hls.tcl",
    ]
    again, repeated = run(toy, None)
    assert (again, "up to date: " in repeated) == (4, True)
    for kernel in ("mhsa", "ffn"):
        compiles_by_itself(toy.root / "build/tiny/u280/hls" / kernel / "project")


def compiles_by_itself(project: Path) -> None:
    """What a project names is in it, and g++ needs no more than that and the open headers."""
    config = (project / scripts.CONFIG).read_text()
    assert str(project) not in config + (project / scripts.TCL).read_text()
    pairs = [line.partition("=")[::2] for line in config.splitlines()]
    files = [value for key, value in pairs if key in ("syn.file", "tb.file")]
    assert [Path(name).suffix for name in files] == [".cpp", ".cpp", ".txt", ".bin"]
    assert all((project / name).stat().st_size for name in files)
    (flags,) = (value.split() for key, value in pairs if key == "syn.csimflags")
    headers = [f"-I{ROOT}/ip/open/include", "-isystem", csim.ap_types()]
    command = ["g++", "-fsyntax-only", "-w", *flags, *headers, *files[:2]]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_simulation_that_differs_ends_it_with_1_and_no_project(toy: Toy) -> None:
    (toy.root / "wrong").touch()
    status, said = run(toy, None)
    assert status == 1
    assert "differs" in said
    assert "not checked" not in said
    assert not (toy.root / "build/tiny/u280/hls/mhsa/project").exists()


def test_with_the_tools_it_ends_with_0_and_the_place_of_the_ip(toy: Toy, tools: Tools) -> None:
    status, said = run(toy, tools, "stages=csim,csynth,cosim,export,impl")
    assert status == 0, said
    assert said.splitlines()[-1] == "build/tiny/u280/hls/ffn/run/ffn.zip"
    folder = toy.root / "build/tiny/u280/hls/ffn/run"
    numbers = json.loads((folder / "metrics.json").read_text())
    assert numbers["kernel"] == "ffn"
    assert [call[0] for call in tools.calls()] == ["vitis-run", "v++", "vitis-run", "vitis-run"]
    assert run(toy, tools, "stages=csim,csynth,cosim,export,impl")[0] == 0
    assert len(tools.calls()) == 4  # nothing ran again


def test_a_register_map_that_is_not_the_signatures_stops_it_and_shows_both(
    toy: Toy, tools: Tools
) -> None:
    kernel = kernels.load(toy.root / "ip" / "ffn" / "kernel.yml", form="int8")
    text = report(kernel).replace('offset="0x800" name="status"', 'offset="0x808" name="status"')
    (tools.folder / "csynth.xml").write_text(text)
    status, said = run(toy, tools)
    assert status == 1
    lines = [line.split() for line in said.splitlines()]
    for row in ("* 0x800 status, 32 bit, R -", "* 0x808 - status, 32 bit, R"):
        assert any(line[-len(row.split()) :] == row.split() for line in lines), said
    assert not (toy.root / "build/tiny/u280/hls/ffn/run/ffn.zip").exists()


def test_a_broken_limit_is_told_before_any_implementation_starts(toy: Toy, tools: Tools) -> None:
    config = toy.root / "configs" / "tiny.yml"
    limit = 'limits:\n  hls.ffn.interval_cycles: "<= 10"\n#'
    config.write_text(config.read_text().replace("limits:  ", limit, 1))
    status, said = run(toy, tools, "stages=csynth,export,impl")
    assert status == 1
    assert "hls.ffn.interval_cycles is 9,001 cycles; its limit is <= 10 cycles" in said
    assert "no IP is kept" in said
    assert [call[0] for call in tools.calls()] == ["v++"]
    assert not (toy.root / "build/tiny/u280/hls/ffn/run/ffn.zip").exists()
