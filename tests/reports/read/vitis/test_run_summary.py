"""XRT's run summary: calls, kernels, transfers, and the compute units of its system diagram."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vitis.run_summary import parse_run_summary
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.specimens import text_of

HERE = Path("matvec.run_summary")
SPECIMENS = ("xrt-2.8.0/matvec.run_summary", "xrt-2.18.0/plain.run_summary")


def test_a_run_says_what_it_called_and_how_long_that_took():
    run = parse_run_summary(text_of(SPECIMENS[0]), origin=HERE)
    assert (run.source, run.flow, run.total_ms) == ("ocl", "System Run", 6341.97839)
    assert [(calls.name, calls.calls, calls.max_ms) for calls in run.kernels] == [
        ("matvec", 16, 7.6934)
    ]
    assert {calls.name for calls in run.api_calls} == {"clEnqueueTask", "clCreateContext"}
    assert (run.transfers[0].name, run.transfers[0].rate_mb_s) == ("READ", 516.729427)
    assert [file.type for file in run.files] == ["PROFILE", "TRACE"]


def test_the_system_diagram_tells_part_xclbin_and_area():
    run = parse_run_summary(text_of(SPECIMENS[0]), origin=HERE)
    assert (run.version, run.part, run.platform) == ("2020.2", "xczu3eg-sbva484-1-i", "bench_base")
    assert run.uuid == "5f0c9a1e-3b77-4c1d-9a52-0d6f1e2b8c44"
    (unit,) = run.compute_units
    assert (unit.name, unit.base_address) == ("matvec_1", 0xB0000000)
    routed = {"lut": 6224, "ff": 4612, "bram_36k": 34.5, "dsp": 16, "uram": None}
    assert unit.resources["routed"] == routed
    assert "compute_units[].resources.uram" in run.missing


def test_what_a_run_did_not_write_is_null_with_its_reason():
    run = parse_run_summary(text_of(SPECIMENS[1]), origin=HERE)
    assert (run.target, run.kernels, run.total_ms, run.version) == ("hw", (), None, None)
    assert {"kernels", "total_ms", "compute_units", "version", "part"} <= run.missing.keys()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"6341.9783900000002"', '"soon"', "a number as text"),
        ('"6341.9783900000002"', "6341.97", "a string"),
        ('"numCalls": "16"', '"numCalls": "-16"', "digits as text"),
        ('"maxTime": "7.6934"', '"maxTime": "1.0"', "an average between"),
        ('_16bitEnc": "7b', '_16bitEnc": "zb', "hexadecimal"),
        ('_16bitEnc": "7b', '_16bitEnc": "', "no complete JSON"),
        ('"source"', '"sauce"', "source' is missing"),
    ],
)
def test_what_is_not_as_known_is_refused(old, new, problem):
    text = text_of(SPECIMENS[0])
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_run_summary(text.replace(old, new), origin=HERE)


@given(st.dictionaries(st.text(max_size=8), st.lists(st.floats(0, 1e9), min_size=1, max_size=5)))
def test_what_was_written_is_what_is_read(kernels):
    document = json.loads(text_of(SPECIMENS[0]))
    document["profile"]["kernelEnqueues"] = {
        name: {
            "numCalls": str(len(times)),
            "totalTime": f"{sum(times):.6f}",
            "minTime": f"{min(times):.6f}",
            "avgTime": f"{sum(times) / len(times):.6f}",
            "maxTime": f"{max(times):.6f}",
        }
        for name, times in kernels.items()
    }
    run = parse_run_summary(json.dumps(document), origin=HERE)
    assert {calls.name: calls.calls for calls in run.kernels} == {
        name: len(times) for name, times in kernels.items()
    }
    for calls in run.kernels:
        assert calls.total_ms == pytest.approx(sum(kernels[calls.name]), abs=1e-6)
