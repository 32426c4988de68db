"""A remembered plan is the plan, until anything that planning reads has changed."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest
from bitwright import design, remembered
from bitwright.design import Design
from bitwright.engine import Judgement, Step, Tool

from tests.front.toy import ROOT

DESIGN = design.load("tiny", root=ROOT)
TOOLS = {"yosys": Tool("yosys", "0.70", "/bin/yosys")}


class Planner:
    """Plans one step with something in every field, and counts how often it was asked."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, design: Design, tools: Mapping[str, Tool]) -> tuple[Step, ...]:
        self.calls += 1
        folder = design.build / "synthesize"
        return (
            Step(
                name="synthesize",
                dir=folder,
                reads=(Path("cores/a.sv"),),
                writes=(folder / "netlist.json",),
                command=("python", "-c", "pass"),
                scripts=(("run.ys", "read a\n"),),
                settings=(("seed", "1"),),
                env=(("LANG", "C"),),
                tools=tuple(tools.values()),
                after=("generate",),
                phases=(("^1", "one"),),
                errors=("^E",),
                judgement=Judgement(3, "nothing is made", "open the page"),
                keeps=("checkpoints",),
                title="Yosys",
                limit_s=1.5,
                limit_mib=64,
            ),
        )


@pytest.fixture
def planner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Planner:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cores").mkdir()
    (tmp_path / "cores/a.core").write_text("CAPI=2:")
    return Planner()


def plan(planner: Planner, design: Design = DESIGN, tools: Mapping[str, Tool] = TOOLS):
    return remembered.plan("build", design, tools, planner)


def test_a_remembered_plan_equals_the_plan_in_every_field(planner: Planner):
    first = plan(planner)
    assert all(getattr(first[0], field.name) for field in dataclasses.fields(Step))
    assert plan(planner) == first
    assert planner.calls == 1


def edit() -> None:
    Path("cores/a.core").write_text("CAPI=3:")


def add() -> None:
    Path("cores/b.core").touch()


def remove() -> None:
    Path("cores/a.core").unlink()


def rename() -> None:
    Path("cores/a.core").rename("cores/c.core")


def damage() -> None:
    for path in remembered.FOLDER.iterdir():
        path.write_bytes(path.read_bytes().replace(b"synthesize", b"implement!"))


def empty() -> None:
    for path in remembered.FOLDER.iterdir():
        path.write_text("")


@pytest.mark.parametrize("change", [edit, add, remove, rename, damage, empty])
def test_a_change_of_anything_that_is_read_plans_again(planner: Planner, change):
    plan(planner)
    change()
    plan(planner)
    assert planner.calls == 2


def test_another_design_or_tool_plans_again(planner: Planner):
    plan(planner)
    plan(planner, dataclasses.replace(DESIGN, seed=2))
    plan(planner, DESIGN, {"yosys": Tool("yosys", "0.71", "/bin/yosys")})
    assert planner.calls == 3


def test_a_touched_file_changes_nothing(planner: Planner):
    plan(planner)
    Path("cores/a.core").touch()
    plan(planner)
    assert planner.calls == 1
