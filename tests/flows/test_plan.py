"""Design -> Steps: pure, the same in any folder, and remembered only as long as nothing changed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright import design, plan, remembered, toolchains
from bitwright.design import Design
from bitwright.engine import Step, Tool
from bitwright.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
TOOLS = toolchains.probe("open", "sim", "lint")


def load(config: str = "tiny", **options: str) -> Design:
    return design.load(config, target="ulx3s-85f", options=options, root=Path.cwd())


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What planning reads, in a folder of its own, which is the working directory."""
    for folder in ("configs", "cores", "bd", "ip"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__py*"))
    (tmp_path / "flows").symlink_to(ROOT / "flows")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def by_name(steps: tuple[Step, ...]) -> dict[str, Step]:
    return {step.name: step for step in steps}


def test_a_build_goes_from_generators_to_a_judged_bitstream(clone: Path) -> None:
    steps = plan.plan(load(), TOOLS)
    assert [step.name for step in steps] == [
        "generate",
        "synthesize",
        "implement",
        "report",
        "bitstream",
    ]
    assert by_name(steps)["bitstream"].writes == (Path("build/tiny/ulx3s-85f/bitstream/tiny.bit"),)


def test_every_file_is_there_or_made_by_an_earlier_step(clone: Path) -> None:
    made: set[Path] = set()
    for step in plan.plan(load(), TOOLS):
        for path in step.reads:
            assert path in made or path.is_file() or (ROOT / path).is_file(), path
        made |= {*step.writes, step.dir / "record.json"}


def test_a_plan_is_the_same_in_any_folder_and_writes_nothing_there(
    clone: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def files(folder: Path) -> set[Path]:
        return {path for path in folder.rglob("*") if "build" not in path.parts}

    before = files(clone)
    ours = plan.plan(load(), TOOLS)
    assert files(clone) == before
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "deep" / "er"
    shutil.copytree(clone, elsewhere, symlinks=True)
    shutil.rmtree(elsewhere / "build")
    monkeypatch.chdir(elsewhere)
    theirs = plan.plan(load(), TOOLS)
    assert [_inside(step) for step in ours] == [_inside(step) for step in theirs]


def _inside(step: Step) -> Step:
    """Without the package's own files, which lie outside of these clones."""
    return replace(step, reads=tuple(path for path in step.reads if path.parts[0] != ".."))


def test_options_of_one_plan_do_not_leak_into_the_next(clone: Path) -> None:
    """Edalize keeps options in dictionaries of its classes."""
    first = plan.plan(load(), TOOLS)
    plan.plan(load(seed="9", clock_mhz="75"), TOOLS)
    shutil.rmtree(remembered.FOLDER)
    assert plan.plan(load(), TOOLS) == first


def test_a_seed_changes_place_and_route_alone(clone: Path) -> None:
    one, two = (by_name(plan.plan(load(seed=seed), TOOLS)) for seed in ("1", "2"))
    assert {name for name in one if one[name] != two[name]} == {"implement"}


def test_what_a_design_says_reaches_generator_clock_and_parts(clone: Path) -> None:
    steps = by_name(plan.plan(load("gpt2-medium", clock_mhz="60"), TOOLS))
    request = dict(steps["generate"].scripts)["generators.json"]
    for said in ('"rows": 8', '"a_kib": 128', '"clock_mhz": 60.0'):
        assert said in request
    command = " ".join(steps["implement"].command)
    assert "--85k --package CABGA381 --speed 6" in command and "--freq 60" in command


def test_simulations_and_lints_cover_what_the_engine_is_made_of(clone: Path) -> None:
    sims = [step.name for step in plan.plan_sim(load(), TOOLS)]
    assert sims == ["sim-control", "sim-stream", "sim-systolic", "sim-matmul", "sim-ulx3s"]
    lints = by_name(plan.plan_lint(load(), TOOLS))
    assert {"lint-control", "lint-stream", "lint-systolic", "lint-matmul"} <= set(lints)
    reads = {str(path) for path in lints["lint-matmul"].reads}
    assert {"cores/matmul/rtl/matmul.sv", "cores/systolic/rtl/systolic_pe.sv"} <= reads
    assert "cores/matmul/kernel.yml" in reads  # the register block is made from it


def test_a_test_s_golden_model_is_read_by_its_simulation(clone: Path) -> None:
    steps = by_name(plan.plan_sim(load(), TOOLS))
    assert any("bitwright/golden/" in str(path) for path in steps["sim-matmul"].reads)


def test_a_missing_system_names_the_cores_there_are(clone: Path) -> None:
    shutil.rmtree("bd/ulx3s")
    with pytest.raises(ConfigError, match=r"no core bitwright:system:ulx3s .*bitwright:rtl:matmul"):
        plan.plan(load(), TOOLS)


def test_a_flow_that_is_not_ours_is_told(clone: Path) -> None:
    path = clone / "bd" / "ulx3s" / "ulx3s.core"
    text = path.read_text()
    path.write_text(text.replace("flow: ecp5", "flow: ecp6"))
    with pytest.raises(ConfigError, match="flow ecp6 of tiny"):
        plan.plan(load(), TOOLS)
    path.write_text(text.replace("flow: ecp5", "flow: trellis"))
    with pytest.raises(ConfigError, match=r"flow trellis: .* is no Step"):
        plan.plan(load(), TOOLS)


def test_a_broken_core_file_is_told(clone: Path) -> None:
    path = clone / "cores" / "matmul" / "matmul.core"
    path.write_text(path.read_text().replace("filesets:", "filesetz:", 1))
    with pytest.raises(ConfigError, match=r"cores/matmul/matmul\.core"):
        plan.plan(load(), TOOLS)


# --- remembering ----------------------------------------------------------------------------------


def test_a_plan_is_made_again_when_anything_it_is_made_from_changes(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def planned(tools: dict[str, Tool] = TOOLS, **options: str) -> int:
        """How often the plan was made for this call."""

        def make(found: Design, known: object) -> tuple[Step, ...]:
            made.append("")
            return plan._build(found, tools)

        before = len(made)
        remembered.plan("build", load(**options), tools, make)
        return len(made) - before

    assert planned() == 1
    assert planned() == 0
    assert planned(seed="3") == 1
    assert planned(tools=TOOLS | {"pyosys": Tool("pyosys", "0.71", "")}) == 1
    for name in ("bd/ulx3s/ulx3s.core", "cores/matmul/kernel.yml", "bd/ulx3s/soc.py"):
        path = clone / name
        text = path.read_text()
        path.write_text(text + "\n# a remark\n")
        assert planned() == 1, name
        path.write_text(text)
        assert planned() == 0
    for path in (clone / "cores" / "matmul" / "rtl").iterdir():
        os.utime(path)
    assert planned() == 0
    (clone / "cores" / "matmul" / "extra.py").write_text("")
    assert planned() == 1


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"0" * 64 + b"\n[]"])
def test_a_damaged_plan_is_made_again(clone: Path, damage: bytes) -> None:
    first = plan.plan(load(), TOOLS)
    (kept,) = remembered.FOLDER.iterdir()
    kept.write_bytes(damage)
    assert plan.plan(load(), TOOLS) == first
    assert kept.read_bytes() != damage
