"""What a co-simulation writes: its report, lat.rpt and result.transaction.rpt."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls import cosim, cosim_latency, cosim_transactions
from bitwright.reports.read.hls.estimates import Latency
from hypothesis import given
from hypothesis import strategies as st

NEW, OLD = "vitis_hls-2023.2/", "vivado_hls-2018.3/"
HERE = Path("cosim.rpt")


def report(text: str):
    return cosim.parse_cosim(text, origin=HERE)


def latency(text: str):
    return cosim_latency.parse_cosim_latency(text, origin=HERE)


def transactions(text: str):
    return cosim_transactions.parse_cosim_transactions(text, origin=HERE)


def test_the_rtl_that_was_simulated_gives_the_numbers(specimen):
    found = report(specimen(OLD + "ffn_cosim.rpt"))
    assert (found.status, found.passed, found.simulator) == ("Pass", True, "xsim")
    assert found.latency_cycles == Latency(71, 420, 899)
    assert found.interval_cycles == cosim.Interval(72, 421, 897)
    assert found.total_cycles is None and "total_cycles" in found.missing
    assert [row.status for row in found.simulations] == ["NA", "Pass"]


def test_one_transaction_has_a_latency_but_no_interval(specimen):
    found = report(specimen(NEW + "mhsa_cosim.rpt"))
    assert found.latency_cycles.worst == found.total_cycles == 5142
    assert found.interval_cycles.max is None
    assert found.missing["interval_cycles.max"].startswith("NA")


def test_a_failed_simulation_has_no_numbers(specimen):
    found = report(specimen(NEW + "failed_cosim.rpt"))
    assert (found.status, found.passed, found.simulator) == ("Fail", False, "")
    assert found.latency_cycles == Latency(None, None, None)
    assert "latency_cycles.worst" in found.missing


def test_a_simulation_that_did_not_run_has_neither_passed_nor_failed(specimen):
    found = report(specimen(NEW + "failed_cosim.rpt").replace("Fail", "  NA"))
    assert found.passed is None and "nothing was simulated" in found.missing["passed"]


def test_vhdl_counts_where_only_vhdl_was_simulated(specimen):
    text = (
        specimen(OLD + "ffn_cosim.rpt").replace("   VHDL", "VeriVHD").replace("Verilog", "   VHDL")
    )
    assert report(text).latency_cycles == Latency(71, 420, 899)


def test_verilog_counts_where_both_were_simulated(specimen):
    row = next(line for line in specimen(OLD + "ffn_cosim.rpt").splitlines() if "VHDL" in line)
    vhdl = row.replace("       NA|", "     Pass|", 1).replace("     NA|", "     73|")
    found = report(specimen(OLD + "ffn_cosim.rpt").replace(row, vhdl))
    assert [each.latency_cycles.best for each in found.simulations] == [73, 71]
    assert found.latency_cycles.best == 71


def test_report_and_lat_rpt_of_one_simulation_say_the_same(specimen):
    for folder, name in ((OLD, "ffn"), (NEW, "mhsa")):
        text, short = (
            report(specimen(f"{folder}{name}_cosim.rpt")),
            latency(specimen(f"{folder}lat.rpt")),
        )
        assert text.latency_cycles == short.latency_cycles
        assert text.interval_cycles == short.interval_cycles
        assert text.total_cycles == short.total_cycles


def test_the_interval_of_one_transaction_is_missing_not_zero(specimen):
    found = latency(specimen(NEW + "lat.rpt"))
    assert found.interval_cycles == cosim.Interval(None, None, None)
    assert "one transaction" in found.missing["interval_cycles.min"]
    (only,) = transactions(specimen(NEW + "result.transaction.rpt")).transactions
    assert (only.latency_cycles, only.interval_cycles) == (5142, None)


def test_every_transaction_is_there_and_the_last_has_no_interval(specimen):
    found = transactions(specimen(OLD + "result.transaction.rpt"))
    assert [(each.latency_cycles, each.interval_cycles) for each in found.transactions] == [
        (71, 72),
        (290, 291),
        (899, None),
    ]
    assert found.incomplete == ""


@pytest.mark.parametrize(
    ("read", "name", "this", "that", "said"),
    [
        (report, "ffn_cosim.rpt", "|             71|", "|           7 1|", "is no number"),
        (report, "ffn_cosim.rpt", "|             71|", "|            971|", "contradicts itself"),
        (report, "ffn_cosim.rpt", "      avg      ", "      agv      ", "no table"),
        (report, "ffn_cosim.rpt", "|      Pass|", "|  Pa  |ss|", "does not fit"),
        (latency, "lat.rpt", '"71"', '"71', "no line of lat.rpt"),
        (latency, "lat.rpt", "$MIN_LATENCY", "$MIN_LATENCE", "a number is missing"),
        (latency, "lat.rpt", '"71"', '"421"', "contradicts itself"),
        (
            transactions,
            "result.transaction.rpt",
            "transaction       1",
            "transaction       2",
            "no tr",
        ),
        (transactions, "result.transaction.rpt", " 290 ", " 29O ", "no transaction"),
    ],
)
def test_what_cannot_be_is_refused(specimen, read, name, this, that, said):
    text = specimen(OLD + name)
    assert this in text
    with pytest.raises(ReportError, match=said):
        read(text.replace(this, that))


def test_a_table_with_other_columns_is_refused(specimen):
    lines = [
        line.replace("|          |          |      min", "|          |      min").replace(
            "|      Pass|", "|"
        )
        for line in specimen(OLD + "ffn_cosim.rpt").splitlines(keepends=True)
    ]
    with pytest.raises(ReportError, match="no table"):
        report("".join(lines))


@given(st.lists(st.integers(0, 10**14), min_size=1, max_size=20))
def test_transactions_that_are_rendered_are_read_again(latencies):
    lines = ["                             latency        interval"]
    for at, cycles in enumerate(latencies):
        last = at == len(latencies) - 1
        interval = ("x" if at else "0") if last else str(cycles + 1)
        lines.append(f"transaction{at:8}:{cycles:16}{interval:>16}")
    found = transactions("\n".join(lines) + "\n")
    assert [each.latency_cycles for each in found.transactions] == latencies
    assert [each.interval_cycles for each in found.transactions][-1] is None
    assert found.incomplete == ""
