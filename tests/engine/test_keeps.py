"""What a long step that was cut off leaves for its next run: found by the same key only."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from bitwright.engine import Step
from bitwright.errors import ToolError

from tests.engine.conftest import BUILD, Bench

# Counts how often the expensive half runs; dies before the cheap half until `../go` is there.
SCRIPT = """
test -f checkpoints/placed || { mkdir -p checkpoints; echo half > checkpoints/placed
                                echo run >> ../expensive; }
test -f ../go || exit 1
cp checkpoints/placed out
"""


def long_step(bench: Bench, **changes: object) -> Step:
    return dataclasses.replace(bench.step(SCRIPT, keeps=("checkpoints",)), **changes)


def expensive_runs() -> int:
    return len((BUILD / "expensive").read_text().splitlines())


@pytest.fixture
def killed(bench: Bench) -> Step:
    """A step whose first run died after its expensive half."""
    step = long_step(bench)
    with pytest.raises(ToolError):
        bench.build(step)
    (BUILD / "go").touch()
    return step


def test_the_next_run_of_the_same_key_finds_what_the_last_one_left(bench: Bench, killed: Step):
    bench.build(killed)
    assert expensive_runs() == 1


def test_a_run_of_another_key_finds_nothing(bench: Bench, killed: Step):
    bench.build(dataclasses.replace(killed, settings=(("directive", "Explore"),)))
    assert expensive_runs() == 2


def test_what_is_kept_is_gone_after_a_good_run(bench: Bench, killed: Step):
    bench.build(killed)
    assert not (killed.dir / "checkpoints").exists()
    assert not (killed.dir / "kept.key").exists()


def test_nothing_else_outlives_a_run_that_failed(bench: Bench, killed: Step):
    (killed.dir / "stray").touch()
    bench.build(killed)
    assert not (killed.dir / "stray").exists()


def test_a_result_from_the_cache_leaves_no_checkpoint_behind(bench: Bench, killed: Step):
    shutil.copytree(killed.dir, "elsewhere")
    bench.build(killed)
    shutil.rmtree(killed.dir)
    shutil.copytree("elsewhere", killed.dir)  # as another clone would have it: killed, then cached
    assert bench.build(killed) == [f"cached {killed.name}"]
    assert not (killed.dir / "checkpoints").exists()


def test_without_the_word_keeps_nothing_stays(bench: Bench):
    step = long_step(bench, keeps=())
    with pytest.raises(ToolError):
        bench.build(step)
    (BUILD / "go").touch()
    bench.build(step)
    assert expensive_runs() == 2


@pytest.mark.parametrize("name", ["../x", "a/b", "failed", "", "."])
def test_a_kept_folder_has_a_plain_name(bench: Bench, name: str):
    with pytest.raises(ValueError, match="keeps"):
        long_step(bench, keeps=(name,))


def test_an_output_in_a_kept_folder_is_refused_for_it_would_vanish(bench: Bench):
    with pytest.raises(ValueError, match="does not outlive"):
        long_step(bench, writes=(Path(BUILD, "implement", "checkpoints", "out"),))
