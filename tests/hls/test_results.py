"""What HLS estimates of a kernel: metrics, their judgement, and the tables of a terminal."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.hls.results import judge, metrics, numbers, to_json
from bitwright.hls.summary import sections, summary
from bitwright.kernel import Kernel, load
from bitwright.limits import AT_MOST, NOTHING, Demands, Limit, Waiver
from bitwright.reports.measures import OF_HLS
from bitwright.reports.verdict import broken
from hypothesis import given
from hypothesis import strategies as st

from tests.hls.csynth import report
from tests.reports.read import corpus as real

ROOT = Path(__file__).parents[2]
HERE = Path("csynth.xml")
FFN: Kernel = load(ROOT / "ip/ffn/kernel.yml", form="int8")
SPECIMENS = ROOT / "tests/specimens/vitis_hls-2023.2"
FLAT = {
    "latency_cycles": 9000,
    "interval_cycles": 9001,
    "lut": 58000,
    "ff": 81000,
    "bram_18k": 300,
    "uram": 0,
    "dsp": 704,
    "clock_ns": 2.43,
    "ii_violations": 0,
    "burst_failures": 0,
}
VIOLATION = {"issue": "II Violation", "violation": "Memory Dependency", "ii": "3"}
LOG = """\
INFO: [HLS 200-42] -- Implementing module 'linear'
WARNING: [HLS 200-880] The II Violation in module 'linear' (loop 'row'): Unable to enforce a \
carried dependence constraint (II = 1, distance = 1, offset = 1) between 'add' operation ('acc', \
/tmp/x/ffn.hpp:41) and 'add' operation ('acc', /tmp/x/ffn.hpp:41).
WARNING: [HLS 200-885] The II Violation in module 'linear' (loop 'row'): Unable to schedule \
'load' operation ('w', /tmp/x/ffn.hpp:42) on array 'tile' due to limited memory ports (II = 2).
INFO: [HLS 200-1470] Pipelining result : Target II = 1, Final II = 3, Depth = 9, loop 'row'
INFO: [HLS 200-42] -- Implementing module 'gelu'
INFO: [HLS 200-1470] Pipelining result : Target II = 1, Final II = 1, Depth = 9, loop 'row'
INFO: [HLS 200-1470] Pipelining result : Target II = NA, Final II = 4, Depth = 9, loop 'col'
"""


def body(log: str = "", **changes: Any) -> dict[str, Any]:
    return metrics(report(FFN, **changes), log, FFN, origin=HERE)


def test_each_number_stands_under_its_name_and_place() -> None:
    found = body()
    flat = numbers(found)
    assert {name: number.value for name, number in flat.items()} == {
        f"hls.ffn.{name}": value for name, value in FLAT.items()
    }
    assert list(flat) == [f"hls.ffn.{name}" for name in OF_HLS]
    for name, number in flat.items():
        value: Any = found
        for key in number.place.split("."):
            value = value[key]
        assert (len(value) if isinstance(value, list) else value) == number.value, name
    assert flat["hls.ffn.dsp"].available == 9024
    assert flat["hls.ffn.bram_18k"].available == 4032


def test_modules_loops_clock_and_interfaces_are_told() -> None:
    found = body()
    assert (found["kernel"], found["format"], found["tools"]) == (
        "ffn",
        "int8",
        {"vitis_hls": "2025.1"},
    )
    assert found["clock_ns"] == {"target": 3.33, "uncertainty": 0.9, "estimated": 2.43}
    (module,) = found["modules"]
    assert (module["name"], module["interval_cycles"]) == ("linear", {"min": 1200, "max": 1200})
    (loop,) = module["loops"]
    assert (loop["name"], loop["ii_cycles"], loop["trip_count"]["max"]) == ("row", 1, 128)
    buses = {bus["name"]: bus for bus in found["interfaces"]}
    assert buses["m_axi_gmem1"]["data_bits"] == 256
    assert {"name": "status", "offset": 0x800, "bits": 32, "access": "R"} in buses["s_axi_control"][
        "registers"
    ]


def test_the_same_report_gives_the_same_bytes_and_no_folder_stands_in_them() -> None:
    changes = {"modules": ({**VIOLATION, "source": "/tmp/x/ffn.hpp:40"},)}
    first = to_json(body(LOG, **changes))
    assert first == to_json(body(LOG.replace("/tmp/x", "/home/y"), **changes)).replace(
        "/home/y", "/tmp/x"
    )
    assert json.loads(first)["ii_violations"][0]["source"] == "ffn.hpp:40"


# ------------------------------------------------------------------------------- II violations


def test_a_missed_ii_has_source_kind_target_and_reason() -> None:
    (slow,) = body(LOG, modules=(VIOLATION,))["ii_violations"]
    assert slow == {
        "module": "linear",
        "loop": "row",
        "source": "ffn.hpp:40",
        "ii_target_cycles": 1,
        "ii_cycles": 3,
        "kind": "Memory Dependency",
        "reason": slow["reason"],
    }
    assert slow["reason"].startswith("Unable to schedule 'load' operation ('w', ")


def test_a_missed_ii_is_known_without_the_log_and_by_the_log_alone() -> None:
    (marked,) = body(modules=(VIOLATION,))["ii_violations"]
    assert (marked["ii_cycles"], marked["ii_target_cycles"]) == (3, None)
    (told,) = body(LOG)["ii_violations"]
    assert (told["ii_cycles"], told["ii_target_cycles"]) == (3, 1)
    assert told["source"] == "ffn.hpp:42"


def test_loops_of_one_name_in_two_modules_are_two() -> None:
    log = LOG + LOG.replace("linear", "scores").replace("Final II = 3", "Final II = 5")
    other = {**VIOLATION, "name": "scores", "ii": "5"}
    found = body(log, modules=(VIOLATION, other))["ii_violations"]
    assert [(s["module"], s["ii_cycles"]) for s in found] == [("linear", 3), ("scores", 5)]


def test_a_module_that_the_log_writes_otherwise_is_still_one() -> None:
    log = LOG.replace("linear", "linear.1") + LOG.replace("linear", "scores")
    changes = ({**VIOLATION, "name": "linear_1"}, {**VIOLATION, "name": "scores"})
    found = body(log, modules=changes)["ii_violations"]
    assert [(s["module"], s["ii_target_cycles"]) for s in found] == [("linear_1", 1), ("scores", 1)]


def test_a_loop_that_could_be_either_of_two_is_taken_for_neither() -> None:
    log = LOG.replace("linear", "a") + LOG.replace("linear", "b")
    found = body(log, modules=(VIOLATION,))["ii_violations"]
    assert [(s["module"], s["ii_target_cycles"]) for s in found] == [
        ("linear", None),
        ("a", 1),
        ("b", 1),
    ]


def test_the_top_among_its_modules_counts_once() -> None:
    text = report(FFN, modules=({**VIOLATION, "name": "ffn"},))
    start = text.index("</PerformanceEstimates>")
    inner = text[text.index("<SummaryOfViolations>") : text.index("</SummaryOfViolations>") + 22]
    text = f"{text[:start]}{inner}{text[start:]}"
    found = metrics(text, LOG.replace("linear", "ffn"), FFN, origin=HERE)
    assert found["modules"] == []
    assert [(s["module"], s["ii_target_cycles"]) for s in found["ii_violations"]] == [("ffn", 1)]


def test_a_run_that_was_repeated_in_one_log_counts_once() -> None:
    assert len(body(LOG + LOG)["ii_violations"]) == 1


def test_a_path_too_long_is_told_apart_from_a_missed_ii() -> None:
    assert body(modules=(VIOLATION,))["timing_violations"] == []
    found = body(modules=({"issue": "Timing Violation"},))
    assert found["ii_violations"] == []
    assert found["timing_violations"] == [
        {"module": "linear", "loop": "row", "source": "ffn.hpp:40"}
    ]


def test_the_specimens_agree_with_what_stands_in_them() -> None:
    kernel = load(ROOT / "ip/mhsa/kernel.yml", form="int8")
    text = (SPECIMENS / "csynth.xml").read_text()
    found = metrics(text, (SPECIMENS / "vitis_hls.log").read_text(), kernel, origin=HERE)
    marked, told = found["ii_violations"]
    assert (marked["loop"], marked["source"], marked["kind"]) == (
        "heads",
        "mhsa.cpp:11",
        "Memory Dependency",
    )
    assert (told["module"], told["loop"], told["ii_target_cycles"]) == ("matvec", "row", 1)
    assert [(each["variable"], each["code"]) for each in found["bursts"]["failed"]][:1] == [
        ("y", "214-232")
    ]
    assert found["timing_violations"][0] == {"module": "mhsa", "loop": "", "source": "mhsa.cpp:5"}


# ------------------------------------------------------------------------------------- bursts


def row(name: str, cells: str, bus: str = "m_axi_gmem1") -> str:
    return f'<column name="{bus}">{name}, {cells}</column>'


FAIL = row("y", "ffn.hpp:70:7, write, Fail, , store, ffn.hpp:68:9, 214-232, In a branch")
NARROW = "ffn.hpp:33:7, read, Widen Fail, , load, ffn.hpp:31:9, 214-353, Could not widen since type"
SINCE = "size is greater than or equal to the max_widen_bitwidth threshold of"


def test_an_access_without_burst_is_a_failure_with_its_place() -> None:
    found = body(failed=(FAIL,))
    (failed,) = found["bursts"]["failed"]
    assert (failed["interface"], failed["variable"], failed["source"]) == (
        *("m_axi_gmem1", "y"),
        "ffn.hpp:70:7",
    )
    assert (failed["code"], failed["problem"]) == ("214-232", "In a branch")
    assert numbers(found)["hls.ffn.burst_failures"].value == 1
    (inferred,) = found["bursts"]["inferred"]
    assert (inferred["length"], inferred["width_bits"]) == ("variable", 256)


def test_a_port_as_wide_as_its_bundle_need_not_be_widened() -> None:
    wide = row("fc_weight", f"{NARROW} i256 {SINCE} 256")
    assert body(failed=(wide,))["bursts"]["failed"] == []
    narrow = row("fc_weight", f"{NARROW} i32 {SINCE} 0")
    assert len(body(failed=(narrow,))["bursts"]["failed"]) == 1


def test_a_row_with_commas_in_its_words_is_still_a_failure() -> None:
    odd = row("y", "ffn.hpp:70:7, write, Fail, , store, ffn.hpp:68:9, 214-230, first, second")
    (failed,) = body(failed=(odd,))["bursts"]["failed"]
    assert (failed["variable"], failed["code"]) == ("y", "214-230")
    fine = row("x", "ffn.hpp:3:7, read, Inferred, 8, a, b, ffn.hpp:2:1, , , ")
    assert body(failed=(fine,))["bursts"]["failed"] == []


def test_the_log_tells_of_failures_that_the_report_has_not() -> None:
    log = (
        "WARNING: [HLS 214-224] Inferred burst reverted due to conflict on y (/b/ffn.hpp:80:9)\n"
        "WARNING: [HLS 214-232] In a branch (ffn.hpp:70:7)\n"
        f"WARNING: [HLS 214-353] Could not widen since type i256 {SINCE} 256 (/b/ffn.hpp:33:7)\n"
        "INFO: [HLS 214-115] Multiple burst reads of length 8 (ffn.hpp:31:9)\n"
        "WARNING: [HLS 214-230] As ffn.hpp:9:1 says, without brackets\n"
    )
    found = body(log, failed=(FAIL,))["bursts"]["failed"]
    assert [(each["code"], each["source"]) for each in found] == [
        ("214-232", "ffn.hpp:70:7"),
        ("214-224", "ffn.hpp:80:9"),
        ("214-230", ""),
    ]


# ------------------------------------------------------------------------------------- judging


def demands(*limits: tuple[str, float], **more: Any) -> Demands:
    made = tuple(Limit(f"hls.{metric}", AT_MOST, bound) for metric, bound in limits)
    return replace(NOTHING, limits=made, **more)


@pytest.mark.parametrize("name", [name for name in OF_HLS if FLAT[name]])
def test_a_limit_holds_at_its_bound_and_breaks_below_it(name: str) -> None:
    value = FLAT[name]
    assert judge(body(), demands((f"ffn.{name}", value))).ok
    verdict = judge(body(), demands((f"ffn.{name}", value - 0.01)))
    (failed,) = verdict.failed
    assert (failed.metric, failed.value) == (f"hls.ffn.{name}", value)
    assert failed.source.startswith("hls/ffn/metrics.json: ")


def test_complaints_are_counted_and_judged() -> None:
    found = body(LOG, failed=(FAIL,))
    kept = demands(("ffn.ii_violations", 0), ("ffn.burst_failures", 0))
    assert [each.value for each in judge(found, kept).failed] == [1, 1]
    assert judge(body(), kept).ok


def test_a_share_is_that_of_the_part() -> None:
    percent = replace(NOTHING, limits=(Limit("hls.ffn.dsp", AT_MOST, 7, percent=True),))
    (failed,) = judge(body(), percent).failed
    assert (failed.value, failed.bound) == (704, 631)  # 7 % of 9024


def test_a_kernel_is_judged_by_its_own_limits_alone() -> None:
    others = Demands(limits=(*demands(("mhsa.dsp", 1)).limits, Limit("lut", AT_MOST, 1)))
    assert judge(body(), others).judged == ()


def test_a_limit_on_what_hls_left_open_is_no_pass() -> None:
    found = body(latency="undef", interval="undef")
    assert "hls.ffn.interval_cycles" not in numbers(found)
    with pytest.raises(ReportError, match=r"(?s)HLS left the number open.*undef.*loop_tripcount"):
        judge(found, demands(("ffn.interval_cycles", 10**9)))
    assert judge(found, demands(("ffn.dsp", 704))).ok


def test_a_waiver_lifts_a_limit_and_a_forbidden_message_is_looked_for() -> None:
    until = date(2027, 1, 31).isoformat()
    waived = demands(
        ("ffn.dsp", 1), waivers=(Waiver("hls.ffn.dsp", "later", until, expired=False),)
    )
    assert judge(body(), waived).ok
    forbidden = demands(messages=("HLS 200-885",))
    assert judge(body(), forbidden).ok
    (failed,) = judge(body(), forbidden, LOG.splitlines()).failed
    assert (failed.value, failed.source) == (1, "hls/ffn/hls.log:3")


def test_a_message_waived_for_another_step_is_no_note_here() -> None:
    waiver = Waiver("latch", "later", "2027-01-31", expired=False)
    assert judge(body(), demands(messages=("latch",), waivers=(waiver,))).notes == ()


def test_what_is_broken_is_told_in_a_line_each() -> None:
    limits = demands(("ffn.interval_cycles", 9000), ("ffn.dsp", 704), messages=("HLS 200-885",))
    assert broken(judge(body(), limits, LOG.splitlines())).splitlines() == [
        "ERROR: hls.ffn.interval_cycles is 9,001 cycles; its limit is <= 9000 cycles, "
        "broken by 1 cycles",
        "ERROR: forbidden message HLS 200-885: 1 times, hls/ffn/hls.log:3",
    ]


# -------------------------------------------------------------------------------------- tables


def test_the_tables_show_speed_loops_area_and_what_is_wrong() -> None:
    found = body(LOG, modules=(VIOLATION,), failed=(FAIL,))
    text = summary(found, judge(found, demands(("ffn.dsp", 700))))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    for line in (
        "HLS of ffn latency interval clock",
        "the kernel 9,000 9,001 2.430 ns",
        "linear 1,200 1,200 2.410 ns",
        "row 128 3, not 1 1,200",
        "DSP 704 9,024 7.8 %",
        "row 3 1 ffn.hpp:40",
        "y m_axi_gmem1 214-232 ffn.hpp:70:7",
        "hls.ffn.dsp <= 700 704 -4",
    ):
        assert line in lines, text


def test_an_estimate_that_leaves_no_margin_is_marked() -> None:
    marks = [sections(body(clock=clock))[0].rows[0].mark for clock in ("2.43", "2.44")]
    assert marks == ["", "bad"]  # of 3.33 ns, 0.90 are held back


def test_a_good_kernel_has_no_table_of_complaints() -> None:
    text = summary(body())
    assert "slower than asked" not in text and "no full burst" not in text


def test_long_tables_say_what_they_leave_out_and_long_names_fit() -> None:
    name = "linear_Pipeline_" + "VITIS_LOOP_12_1_" * 6
    modules = tuple({"name": f"{name}{at}", "latency": f"{100 + at}"} for at in range(14))
    text = summary(body(modules=modules))
    assert text.count("and 4 faster") == 2
    assert max(map(len, text.splitlines())) <= 100
    first = next(line for line in text.splitlines() if line.startswith("linear"))
    assert "…" in first and " 113 " in first


def test_an_open_number_is_shown_as_such() -> None:
    text = summary(body(latency="undef", interval="?"))
    assert "the kernel        ?         ?  2.430 ns" in text


# ----------------------------------------------------------------------------------- any input


@given(
    st.integers(0, 2000), st.integers(0, 60), st.text("INFO WARNGHLS[]20-'48=,.:\n", max_size=80)
)
def test_a_damaged_report_is_refused_or_measured(at: int, length: int, noise: str) -> None:
    text = report(FFN, modules=(VIOLATION,), failed=(FAIL,))
    start = len(text) * at // 2001
    with suppress(ReportError):
        found = metrics(text[:start] + text[start + length :], noise + LOG, FFN, origin=HERE)
        to_json(found)
        numbers(found)
        summary(found)


REAL = sorted((real.FOLDER / "csynth_xml").glob("*-csynth.xml"))
LOGS = sorted((real.FOLDER / "hls_log").glob("*.log"))


@pytest.mark.skipif(not REAL, reason=real.ABSENT)
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name[:40])
def test_a_real_report_is_measured_judged_and_shown(path: Path) -> None:
    found = metrics(path.read_text(), "", FFN, origin=path)
    flat = numbers(found)
    assert {"hls.ffn.lut", "hls.ffn.dsp", "hls.ffn.clock_ns"} <= flat.keys()
    assert "/" not in "".join(each["source"][:1] for each in found["timing_violations"])
    made = demands(*((name.removeprefix("hls."), number.value) for name, number in flat.items()))
    assert judge(found, made).ok
    assert "the kernel" in summary(found)


@pytest.mark.skipif(not REAL, reason=real.ABSENT)
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UniqueMR__ESE5320-Final-Project__test_1127-csynth.xml", ["214-232", "", "", "214-234"]),
        ("asandeep1__FPGA_ECE8893__hls-csynth.xml", ["214-353", "214-353"]),
    ],
)
def test_failures_of_bursts_are_found_in_both_layouts(name: str, expected: list[str]) -> None:
    """Of HLS 2020.2, and of 2025.1; ports of 8 and 32 bits, where ours have 256."""
    path = real.FOLDER / "csynth_xml" / name
    found = metrics(path.read_text(), "", FFN, origin=path)["bursts"]["failed"]
    assert [each["code"] for each in found] == expected
    assert all(each["source"] and each["problem"] for each in found)


@pytest.mark.skipif(not LOGS, reason=real.ABSENT)
def test_real_logs_tell_loops_slower_than_asked() -> None:
    found = {}
    for path in LOGS:
        slow = metrics(report(FFN), path.read_text(errors="replace"), FFN, origin=path)
        found[path.name] = [
            (each["loop"], each["ii_target_cycles"], each["ii_cycles"], each["source"])
            for each in slow["ii_violations"]
        ]
    in_four_modules = [("VITIS_LOOP_152_10", 1, 4, "top.cpp:155")] * 4
    assert found["asandeep1__FPGA_ECE8893__logs-hls_run_tcl.log"] == in_four_modules
    assert ("VITIS_LOOP_420_3", 1, 87) in {
        each[:3]
        for each in found["UniqueMR__ESE5320-Final-Project__hardware_encoding-vitis_hls.log"]
    }
