"""The metrics of a build: what was asked, what was reached, and nothing invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.metrics import Metrics, measure, slack_ns, to_json
from bitwright.reports.read.open.nextpnr import Clock
from bitwright.reports.read.open.placement import Cell

Measured = Callable[[str], Metrics]


def test_worst_slack_is_the_period_less_the_critical_path(measured: Measured):
    assert measured("missed").wns_ns == pytest.approx(1000 / 200 - 13.950)
    assert measured("met").wns_ns == pytest.approx(1000 / 50 - 13.950)


def test_the_verdict_follows_the_clock(measured: Measured):
    assert not measured("missed").met
    assert measured("met").met


def test_one_missed_clock_of_two_is_missed(measured: Measured):
    found = measured("met")
    slow = Clock("slow", "slow", 100.0, 99.9)
    routed = replace(found.routed, clocks=(*found.routed.clocks, slow))
    assert not replace(found, routed=routed).met


@pytest.mark.parametrize(("mhz", "slack"), [(100.0, 10 - 13.95), (37.5, None), (12.5, 20 - 13.95)])
def test_a_path_between_related_clocks_has_the_shorter_period(
    measured: Measured, mhz: float, slack: float | None
):
    found = measured("met")  # 50 MHz, and a critical path of 13.95 ns
    own = next(path for path in found.routed.paths if path.clock_net is not None)
    other = Clock("other", "other", mhz, 2 * mhz)
    inside = replace(own, launch="posedge other", capture="posedge other", stages=own.stages[:1])
    between = replace(own, capture="posedge other")
    routed = replace(
        found.routed, clocks=(*found.routed.clocks, other), paths=(own, inside, between)
    )
    assert slack_ns(between, routed) == (None if slack is None else pytest.approx(slack))
    assert replace(found, routed=routed).met == (slack is None or slack >= 0)


def test_the_file_has_the_names_that_others_look_up(measured: Measured):
    numbers = json.loads(to_json(measured("missed")))
    timing, area = numbers["timing"], numbers["utilization"]
    assert timing["clocks"] == [
        {"name": "clk_i", "constraint_mhz": 200.0, "achieved_mhz": 71.684586, "wns_ns": -8.95}
    ]
    assert timing["wns_ns"] == -8.95
    assert area["dsp"] == {"used": 4, "available": 156}
    assert area["bram_18k"] == {"used": 2, "available": 208}
    assert {"lut", "ff", "io"} < area.keys()
    by_path = {node["path"]: node for node in area["hierarchy"]}
    assert by_path["u_array"]["dsp"] == 4
    assert numbers["usercode"] == "0badcafe"
    assert numbers["tools"] == {"nextpnr-ecp5": "0.11", "yosys": "0.70"}


def test_worst_paths_come_least_slack_first_and_unconstrained_ones_say_so(measured: Measured):
    paths = json.loads(to_json(measured("missed")))["timing"]["worst_paths"]
    assert [path["slack_ns"] for path in paths] == [-8.95, None, None]
    worst = paths[0]
    assert sum(stage["delay_ns"] for stage in worst["stages"]) == pytest.approx(13.95)
    assert worst["from_cell"].startswith("u_buffer_")


def test_the_same_build_gives_the_same_bytes_without_a_place_or_a_time(measured: Measured):
    first = to_json(measured("met"))
    assert first == to_json(measured("met"))
    assert str(Path.cwd()) not in first
    assert "wall" not in first


def test_a_lost_constraint_is_an_error(measured: Measured, cells: tuple[Cell, ...]):
    found = measured("met")
    asked = replace(found.subject, clock_mhz=66.0)
    with pytest.raises(ReportError, match="constrained to 66 MHz"):
        measure(asked, found.routed, found.netlist, cells, {}, origin=Path("r"))


def test_a_resource_that_is_not_reported_is_an_error_not_zero(
    measured: Measured, cells: tuple[Cell, ...]
):
    found = measured("met")
    fewer = {k: v for k, v in found.routed.resources.items() if k != "MULT18X18D"}
    with pytest.raises(ReportError, match="disagree about dsp"):
        routed = replace(found.routed, resources=fewer)
        measure(found.subject, routed, found.netlist, cells, {}, origin=Path("r"))


def test_a_placement_of_another_run_is_an_error(measured: Measured, cells: tuple[Cell, ...]):
    found = measured("met")
    with pytest.raises(ReportError, match="report and placement disagree"):
        measure(found.subject, found.routed, found.netlist, cells[:-1], {}, origin=Path("r"))
