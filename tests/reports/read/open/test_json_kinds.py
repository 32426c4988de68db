"""What Yosys, nextpnr and this project write as JSON is read exactly, or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports import metrics
from bitwright.reports.read import recognise
from bitwright.reports.read.kind import values
from bitwright.reports.read.open import bitwright_metrics, nextpnr_report, yosys_stat

from tests.reports.read.truncation import ORIGIN

BASELINE = Path(__file__).parents[4] / "reports/baselines/tiny/ulx3s-85f.json"


@pytest.fixture
def body(measured) -> str:
    return metrics.to_json(measured("met"))


def test_the_cells_of_every_module_are_counted(specimen):
    stat = yosys_stat.parse_yosys_stat(specimen("yosys-0.70/stat.json"), origin=ORIGIN)
    (module,) = stat.modules
    assert (stat.version, module.name, module.cells) == ("0.70", "toy", 302)
    assert module.cells_by_type["LUT4"] == 109
    assert stat.design.cells == 302


def test_cells_that_do_not_add_up_are_an_error(specimen):
    text = specimen("yosys-0.70/stat.json").replace('"LUT4": 109', '"LUT4": 110')
    with pytest.raises(ReportError, match="303, the sum"):
        yosys_stat.parse_yosys_stat(text, origin=ORIGIN)


def test_clocks_and_paths_are_summed_up(specimen):
    text = specimen("nextpnr-0.11/report_missed.json")
    report = nextpnr_report.parse_nextpnr_report(text, origin=ORIGIN)
    (clock,) = report.clocks
    assert not report.met and clock.achieved_mhz < clock.constraint_mhz == 200
    slowest = max(path.delay_ns for path in report.paths if path.launch == path.capture)
    assert slowest == pytest.approx(1000 / clock.achieved_mhz, abs=0.005)
    for path in report.paths:
        assert path.delay_ns == pytest.approx(path.logic_ns + path.routing_ns, abs=0.002)


def test_metrics_are_given_as_they_stand_in_the_file(body):
    reading = bitwright_metrics.parse_bitwright_metrics(body, origin=ORIGIN)
    found = {"schema": int(reading.version), "part": reading.part, **values(reading)}
    assert found == json.loads(body)


def test_metrics_without_a_measure_are_an_error(body):
    broken = json.loads(body)
    del broken["timing"]["wns_ns"]
    with pytest.raises(ReportError, match="a measure is not where it should be"):
        bitwright_metrics.parse_bitwright_metrics(json.dumps(broken), origin=ORIGIN)


def test_a_baseline_is_named_as_such_with_what_reads_it():
    with pytest.raises(ReportError) as refused:
        recognise.read(BASELINE)
    assert refused.value.problem.startswith("this is the baseline of tiny on ulx3s-85f")
    assert refused.value.next.startswith("./doit diff config=tiny target=ulx3s-85f ")


def test_metrics_of_another_schema_are_an_error(body):
    other = body.replace('"schema": 1,', '"schema": 2,')
    with pytest.raises(ReportError, match="schema 1"):
        bitwright_metrics.parse_bitwright_metrics(other, origin=ORIGIN)
    assert bitwright_metrics.SCHEMA == metrics.SCHEMA


def test_a_number_too_large_for_a_float_is_an_error(body):
    endless = body.replace('"wns_ns": ', '"wns_ns": 1e999, "was": ', 1)
    with pytest.raises(ReportError, match="the number 1e999"):
        bitwright_metrics.parse_bitwright_metrics(endless, origin=ORIGIN)
