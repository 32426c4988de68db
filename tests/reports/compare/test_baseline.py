"""A baseline: the same bytes for the same build, read back as it was, no trace of a machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.compare import Snapshot, baseline, compare
from bitwright.reports.metrics import Metrics, to_json

ROOT = Path(__file__).parents[3]
ACCEPTED = sorted((ROOT / baseline.FOLDER).glob("*/*.json"))


@pytest.fixture
def build(measured: Callable[[str], Metrics]) -> Snapshot:
    return replace(Snapshot.of_metrics(to_json(measured("met")), "toy"), seed=1)


def test_a_baseline_is_read_back_as_it_was_written(build: Snapshot, tmp_path: Path):
    seeds = [replace(build, measures={**build.measures, "wns_ns": 6 + n}) for n in range(3)]
    made = baseline.accepted(build, seeds)
    path = tmp_path / "toy.json"
    path.write_text(baseline.render(made))
    back = Snapshot.of_baseline(path)
    assert replace(back, label=made.label) == made
    assert baseline.render(back) == path.read_text()
    assert compare(back, made).rows == ()


def test_its_bytes_hold_no_place_no_time_and_no_commit(build: Snapshot):
    text = baseline.render(replace(build, label="/home/me/build", commit="0123456789abcdef"))
    assert "/home/me" not in text and "0123456789abcdef" not in text
    assert json.loads(text).keys() == {
        *("schema", "config", "target", "part", "clock_mhz", "seed", "usercode", "ok", "broken"),
        *("measures", "noise", "paths", "instances"),
    }


def test_git_shows_one_line_for_one_number_that_changed(build: Snapshot):
    other = replace(build, measures={**build.measures, "lut": 190.0})
    one, two = (baseline.render(each).splitlines() for each in (build, other))
    assert sum(a != b for a, b in zip(one, two, strict=True)) == 1


def test_seeds_of_another_design_make_no_noise_band(build: Snapshot):
    other = replace(build, clock_mhz=60.0, label="seed 2")
    with pytest.raises(ValueError, match=r"seed 2: its clock_mhz is 60\.0, not 50\.0"):
        baseline.accepted(build, [build, build, other])


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"schema": 1', '"schema": 2'),
        lambda text: text.replace('"measures"', '"measure"'),
        lambda text: text.replace('"slack_ns"', '"slack"'),
        lambda text: "[]",
    ],
)
def test_a_damaged_baseline_is_an_error(
    build: Snapshot, tmp_path: Path, damage: Callable[[str], str]
):
    path = tmp_path / "toy.json"
    path.write_text(damage(baseline.render(build)))
    with pytest.raises(ReportError):
        Snapshot.of_baseline(path)


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_accepted_baseline_is_whole_and_passed_its_verdict(path: Path):
    found = Snapshot.of_baseline(path)
    assert (found.config, found.target) == (path.parent.name, path.stem)
    assert found.ok
    assert baseline.render(found) == path.read_text()
    assert (ROOT / "configs" / f"{found.config}.yml").is_file()
