"""v++'s system estimate: kernels, and of each module its clock, latency and area."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vitis.system_estimate import parse_system_estimate

from tests.reports.read import specimens

HERE = Path("system_estimate.xtxt")


def text_of(folder: str) -> str:
    return specimens.text_of(f"{folder}/system_estimate.xtxt")


def test_each_module_has_its_clock_its_latency_and_its_area():
    estimate = parse_system_estimate(text_of("vpp-2020.2"), origin=HERE)
    assert (estimate.version, estimate.part, estimate.target_clock_mhz) == ("2020.2", None, 150.0)
    assert [(kernel.name, kernel.compute_units) for kernel in estimate.kernels] == [
        ("matvec", 2),
        ("rowsum", 1),
    ]
    module = estimate.modules[2]
    assert (module.compute_unit, module.estimated_mhz) == ("rowsum_1", 292.397644)
    assert (module.latency_cycles.best, module.latency_ns.worst) == (2, 1334.0)
    assert module.resources == {"ff": 66, "lut": 405, "dsp": 0, "bram_18k": 0, "uram": 0}


def test_a_latency_left_open_is_null_with_its_reason():
    estimate = parse_system_estimate(text_of("vpp-2020.2"), origin=HERE)
    assert estimate.modules[0].latency_cycles.worst is None
    assert estimate.missing["modules[0].latency_cycles"].startswith("undef")
    assert estimate.missing["modules[0].latency_ns"].startswith("undef")
    assert not [name for name in estimate.missing if name.startswith(("modules[2]", "modules[]"))]


def test_an_interval_may_be_a_range():
    estimate = parse_system_estimate(text_of("vpp-2019.1"), origin=HERE)
    interval = estimate.modules[0].interval_cycles
    assert (interval.min, interval.max) == (4103, 4115)
    assert estimate.modules[2].interval_cycles.max == 1
    assert estimate.missing == {"modules[].latency_ns": "not printed before 2020.2"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "matvec_2      matvec       matvec       2905",
            "matvec_3      matvec       matvec       2905",
            "different modules",
        ),
        ("13.334 ns", "13.334 kg", "no time"),
        ("8755", "87x5", "no whole number"),
        ("kernels: 2", "kernels: 1", "2 kernels, but '1'"),
        ("Version:    v++", "Version:    w++", "no version"),
        ("OCL_REGION_0  accel           2", "OCL_REGION_0  accel           x", "as known"),
        ("205.465378", "205,465378", "no number"),
        ("rowsum_1      rowsum  ", "rowsum_1      rowsumrowsum", "below the columns"),
    ],
)
def test_an_estimate_that_is_not_as_known_is_refused(old, new, problem):
    text = text_of("vpp-2020.2")
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_system_estimate(text.replace(old, new), origin=HERE)


def test_kernels_without_their_modules_mark_the_estimate_as_incomplete():
    text = text_of("vpp-2019.1")
    lines = [line for line in text.split("\n") if not line.startswith("rowsum_1")]
    estimate = parse_system_estimate("\n".join(lines), origin=HERE)
    assert estimate.incomplete.endswith("2 of 3 compute units")
