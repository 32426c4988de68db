"""What changed, judged by noise and tolerance, the most important first."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from bitwright.limits import Tolerance
from bitwright.reports.compare import Diff, Snapshot, compare, render_json
from bitwright.reports.compare.diff import ORDER
from bitwright.reports.compare.noise import Spread
from bitwright.reports.compare.render import notes
from bitwright.reports.measures import MEASURES
from hypothesis import given
from hypothesis import strategies as st

BASE = Snapshot(
    label="before",
    kind="build",
    measures={
        "wns_ns": 4.0,
        "achieved_mhz": 60.0,
        "clock.sys.achieved_mhz": 60.0,
        "clock.sys.wns_ns": 4.0,
        "clock.ram.achieved_mhz": 150.0,
        "clock.ram.wns_ns": 5.0,
        "lut": 1000.0,
        "dsp": 4.0,
        "io": 10.0,
    },
    config="toy",
    target="board",
    part="part",
    clock_mhz=50.0,
    seed=1,
    ok=True,
)
SEEDS = {
    "wns_ns": Spread((4.0, 3.6, 4.4, 3.8, 4.2)),
    "achieved_mhz": Spread((60.0, 59.0, 61.0, 60.5, 59.5)),
    "lut": Spread((1000.0,) * 5),
    "dsp": Spread((4.0,) * 5),
}


def changed(a: Snapshot = BASE, **measures: float | None) -> Snapshot:
    """A snapshot with other measures; None takes one away."""
    after = {k.replace("__", "."): v for k, v in measures.items()}
    kept = {**a.measures, **after}
    return replace(a, label="after", measures={k: v for k, v in kept.items() if v is not None})


def verdicts(diff: Diff) -> dict[str, str]:
    return {row.metric: row.verdict for row in diff.rows}


def test_nothing_changed_is_an_empty_diff_and_not_worse():
    diff = compare(BASE, replace(BASE, label="after"))
    assert (diff.rows, diff.paths, diff.hierarchy) == ((), (), ())
    assert not diff.worse
    assert diff.same == 6  # the clock of the design is one fact, a clock's slack is another word


def test_without_seeds_a_change_beyond_tolerance_counts_and_that_is_said():
    after = changed(lut=1011.0, ff=2.0, achieved_mhz=57.5, clock__sys__achieved_mhz=57.5)
    assert verdicts(compare(BASE, after)) == {
        "lut": "regression",  # more than 1 %
        "achieved_mhz": "changed",  # less than 5 %
        "ff": "new",
    }
    assert verdicts(compare(BASE, changed(dsp=3.0, io=11.0))) == {"dsp": "gain", "io": "changed"}
    notes = compare(BASE, changed(lut=1011.0)).notes
    assert any("no noise band" in note for note in notes)


def test_a_slack_is_tolerated_by_the_period():
    assert verdicts(compare(BASE, changed(wns_ns=3.01))) == {"wns_ns": "changed"}  # of 20 ns
    assert verdicts(compare(BASE, changed(wns_ns=2.99))) == {"wns_ns": "regression"}


def test_no_tolerance_reaches_below_zero_slack():
    held = changed(wns_ns=0.3)
    for after, verdict in ((0.1, "changed"), (0.0, "changed"), (-0.1, "regression")):
        assert verdicts(compare(held, changed(held, wns_ns=after)))["wns_ns"] == verdict
    assert verdicts(compare(changed(wns_ns=-0.1), held))["wns_ns"] == "gain"


def test_a_part_is_judged_by_its_whole_only():
    report = replace(BASE, kind="power", measures={"total_on_chip_w": 2.0, "parts[a].power_w": 1.0})
    more = replace(report, measures={"total_on_chip_w": 2.0, "parts[a].power_w": 1.5})
    assert verdicts(compare(report, more)) == {"parts[a].power_w": "changed"}
    alone = replace(report, measures={"parts[a].power_w": 1.0})
    assert verdicts(compare(alone, more))["parts[a].power_w"] == "regression"


def test_a_violation_that_was_not_listed_before_makes_it_worse():
    clean = replace(BASE, kind="drc", measures={"total": 1.0})
    found = replace(clean, measures={"total": 3.0, "violations[X-1].violations": 2.0})
    assert verdicts(compare(clean, found))["violations[X-1].violations"] == "regression"
    assert verdicts(compare(found, clean))["violations[X-1].violations"] == "gain"


def test_a_clock_that_is_gone_is_told_on_top():
    lost = changed(clock__ram__achieved_mhz=None, clock__ram__wns_ns=None)
    assert "no longer there: clock ram (renamed, or not constrained?)" in compare(BASE, lost).notes
    assert not [note for note in compare(lost, BASE).notes if "no longer there" in note]


def test_the_config_says_what_is_tolerated():
    after = changed(lut=1100.0)
    assert compare(BASE, after).worse
    assert not compare(BASE, after, thresholds=[Tolerance("lut", 10, True)]).worse
    assert compare(BASE, after, thresholds=[Tolerance("lut", 9.9, True)]).worse
    assert not compare(BASE, after, thresholds=[Tolerance("lut", 100, False)]).worse
    ram = changed(clock__ram__achieved_mhz=120.0)
    assert compare(BASE, ram).worse
    assert not compare(BASE, ram, thresholds=[Tolerance("achieved_mhz", 25, True)]).worse


def test_inside_the_noise_band_is_noise_and_outside_is_not():
    base = replace(BASE, spreads=SEEDS)
    band = base.bands()["wns_ns"]
    assert band.low < min(SEEDS["wns_ns"].values)
    inside, outside = changed(base, wns_ns=band.low), changed(base, wns_ns=band.low - 1e-6)
    assert verdicts(compare(base, inside)) == {"wns_ns": "noise"}
    assert not compare(base, inside).worse
    assert verdicts(compare(base, outside)) == {"wns_ns": "regression"}
    assert verdicts(compare(base, changed(base, wns_ns=band.high + 1e-6))) == {"wns_ns": "gain"}
    assert compare(base, outside).alpha is not None


def test_the_note_on_noise_says_how_many_seeds_also_where_nothing_changed():
    base = replace(BASE, spreads=SEEDS)
    assert "by 5 seeds of the baseline" in notes(compare(base, base))[-1]


def test_what_no_seed_changes_is_real_when_it_changes():
    base = replace(BASE, spreads=SEEDS)
    diff = compare(base, changed(base, dsp=5.0))
    assert verdicts(diff) == {"dsp": "regression"}
    assert diff.rows[0].note == "no seed changes it"


def test_a_verdict_that_falls_makes_it_worse_whatever_the_numbers():
    diff = compare(BASE, replace(BASE, ok=False, broken=("lut",)))
    assert diff.fell and diff.worse
    failed = replace(BASE, ok=False)
    assert not compare(failed, failed).worse


def test_a_measure_of_the_design_that_is_gone_makes_it_worse():
    diff = compare(BASE, changed(dsp=None))
    assert verdicts(diff) == {"dsp": "gone"}
    assert diff.worse
    assert not compare(changed(dsp=None), BASE).worse


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"config": "other"}, "different configs"),
        ({"target": "u280"}, "different targets, board and u280"),
        ({"part": "xc7"}, "different parts"),
        ({"clock_mhz": 60.0}, "different clocks asked for, 50.0 and 60.0"),
        ({"kind": "power"}, "different kinds of report"),
    ],
)
def test_what_cannot_be_compared_is_said_and_not_judged(other: dict[str, Any], said: str):
    diff = compare(BASE, replace(changed(lut=9000.0, dsp=None), **other))
    assert any(said in note for note in diff.notes)
    assert not diff.comparable
    assert set(verdicts(diff).values()) == {"changed"}
    assert not diff.worse


def test_timing_comes_before_area_and_regressions_before_all():
    after = changed(lut=1100.0, wns_ns=1.0, dsp=3.0, io=12.0, clock__ram__achieved_mhz=151.0)
    rows = [row.metric for row in compare(BASE, after).rows]
    assert rows == ["wns_ns", "lut", "dsp", "io", "clock.ram.achieved_mhz"]


# --- laws ---------------------------------------------------------------------------------------

NAMES = ["wns_ns", "achieved_mhz", "lut", "ff", "dsp", "io", "wall_s", "clock.ram.achieved_mhz"]
MEASURED = st.dictionaries(
    st.sampled_from(NAMES), st.integers(0, 10**6).map(lambda n: n / 8), max_size=len(NAMES)
)
SNAPSHOTS = MEASURED.map(lambda measured: replace(BASE, measures=measured))


@given(SNAPSHOTS)
def test_a_snapshot_and_itself_differ_in_nothing(one: Snapshot):
    assert compare(one, one).rows == ()
    assert not compare(one, one).worse


@given(SNAPSHOTS, SNAPSHOTS)
def test_what_is_worse_one_way_is_better_the_other(one: Snapshot, two: Snapshot):
    """With a tolerance in absolute numbers: a share of what it was differs by the way."""
    tolerances = [Tolerance(name, 1, False) for name in MEASURES]
    there = verdicts(compare(one, two, thresholds=tolerances))
    back = verdicts(compare(two, one, thresholds=tolerances))
    turned = {"regression": "gain", "gain": "regression", "noise": "noise"}
    assert there.keys() == back.keys()
    for name, verdict in there.items():
        assert back[name] == turned.get(verdict, back[name])
        assert (verdict in turned) == (back[name] in turned)


@given(SNAPSHOTS, SNAPSHOTS)
def test_every_measure_is_a_row_or_the_same(one: Snapshot, two: Snapshot):
    diff = compare(one, two)
    assert len({row.metric for row in diff.rows}) == len(diff.rows)
    for row in diff.rows:
        assert row.before == one.measures.get(row.metric)
        assert row.after == two.measures.get(row.metric)
        assert row.before != row.after


@given(SNAPSHOTS, SNAPSHOTS, st.randoms())
def test_the_order_is_that_of_importance_whatever_order_the_measures_came_in(
    one: Snapshot, two: Snapshot, random: Any
):
    def shuffled(side: Snapshot) -> Snapshot:
        items = list(side.measures.items())
        random.shuffle(items)
        return replace(side, measures=dict(items))

    rows = compare(one, two).rows
    assert compare(shuffled(one), shuffled(two)).rows == rows
    keys = [(ORDER.index(row.verdict), -row.size) for row in rows]
    assert keys == sorted(keys)


@given(SNAPSHOTS, SNAPSHOTS)
def test_the_json_says_what_the_diff_says(one: Snapshot, two: Snapshot):
    diff = compare(one, two)
    body = json.loads(render_json(diff))
    assert body["worse"] is diff.worse
    assert [row["metric"] for row in body["rows"]] == [row.metric for row in diff.rows]
