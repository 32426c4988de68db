"""nextpnr's report is read exactly, or refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.open.nextpnr import Routed, parse_report, signal_name
from hypothesis import example, given
from hypothesis import strategies as st

SPECIMENS = Path(__file__).parents[1] / "specimens" / "nextpnr-0.11"
TEXT = (SPECIMENS / "report_missed.json").read_text()
ORIGIN = Path("build/toy/ulx3s-85f/implement/report.json")
CLOCK = "$glbnet$clk_i$TRELLIS_IO_IN"


def read(text: str) -> Routed:
    return parse_report(text, origin=ORIGIN)


def test_clock_and_resources_stand_as_nextpnr_printed_them():
    routed = read(TEXT)
    (clock,) = routed.clocks
    assert (clock.name, clock.constraint_mhz) == ("clk_i", 200)
    assert clock.achieved_mhz == pytest.approx(71.68458557128906)
    used = {name: r.used for name, r in routed.resources.items() if r.used}
    assert used == {
        "DCCA": 1,
        "DP16KD": 2,
        "MULT18X18D": 4,
        "TRELLIS_COMB": 189,
        "TRELLIS_FF": 155,
        "TRELLIS_IO": 3,
    }
    assert routed.resources["DP16KD"].available == 208


def test_critical_path_is_block_ram_lut_multiplier_register():
    path = read(TEXT).paths[0]
    assert [stage.kind for stage in path.stages] == [
        *("clk-to-q", "routing", "logic", "routing", "logic", "routing", "setup")
    ]
    assert path.delay_ns == pytest.approx(13.95)
    assert path.logic_ns == pytest.approx(5.83 + 0.236 + 3.927)
    assert path.routing_ns == pytest.approx(1.645 + 1.198 + 1.114)
    assert path.levels == 2
    assert path.stages[0].from_cell.startswith("u_buffer_")


def test_a_path_from_a_pad_belongs_to_no_clock():
    assert [path.clock_net for path in read(TEXT).paths] == [CLOCK, None, None]


@pytest.mark.parametrize(
    ("net", "name"),
    [
        (CLOCK, "clk_i"),
        ("$glbnet$sys_clk", "sys_clk"),
        ("plain", "plain"),
        ("$TRELLIS_IO_", "$TRELLIS_IO_"),
    ],
)
def test_clock_names_lose_only_what_nextpnr_added(net: str, name: str):
    assert signal_name(net) == name


def test_a_report_cut_at_any_byte_is_an_error():
    for length in range(len(TEXT.rstrip())):
        with pytest.raises(ReportError, match=r"report\.json:1"):
            read(TEXT[:length])


def test_a_design_without_a_clock_is_an_error():
    report = json.loads(TEXT) | {"fmax": {}}
    with pytest.raises(ReportError, match="no clock was timed"):
        read(json.dumps(report))


def test_a_clock_without_its_path_is_an_error():
    report = json.loads(TEXT)
    report["critical_paths"] = report["critical_paths"][1:]
    with pytest.raises(ReportError, match="no path of that clock"):
        read(json.dumps(report))


def test_more_used_than_available_is_an_error():
    report = json.loads(TEXT)
    report["utilization"]["DP16KD"]["used"] = 209
    with pytest.raises(ReportError, match=r"utilization\.DP16KD"):
        read(json.dumps(report))


def test_a_half_period_path_is_judged_by_half_the_period():
    report = json.loads(TEXT)
    report["critical_paths"][0]["from"] = f"negedge {CLOCK}"
    report["fmax"][CLOCK]["achieved"] /= 2  # as nextpnr prints it: the path twice makes a period
    routed = read(json.dumps(report))
    assert routed.paths[0].window_ns(routed.clocks[0]) == pytest.approx(2.5)


Way = tuple[str | int, ...]


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """The way to every value of a JSON document."""
    if way:
        yield way
    if isinstance(value, dict | list):
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        for key, child in steps:
            yield from ways(child, (*way, key))


REPORT = json.loads(TEXT)
WAYS = list(ways(REPORT))
OTHER = st.sampled_from([None, True, -1, 1.5e400, "x", "", [], {}, [1], {"a": 1}, float("nan")])


def kind(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def change(way: Way, new: Any) -> tuple[str, Any]:
    """The report with one value replaced, and the value that stood there."""
    report = copy.deepcopy(REPORT)
    owner = report
    for key in way[:-1]:
        owner = owner[key]
    old, owner[way[-1]] = owner[way[-1]], new
    return json.dumps(report), old


def stage_kind(way: Way) -> str:
    """The type of the stage that a way leads into."""
    return str(REPORT[way[0]][way[1]][way[2]][way[3]]["type"])  # type: ignore[index]


@given(way=st.sampled_from(WAYS), new=OTHER)
@example(way=("critical_paths", 2, "path", 0, "delay"), new=-1)
def test_a_value_of_another_type_is_an_error(way: Way, new: Any):
    text, old = change(way, new)
    if kind(old) == kind(new) and new not in (-1, 1.5e400):
        return
    if new == -1 and way[-1] == "delay" and stage_kind(way) == "setup":
        return  # a flip-flop may take its input after the edge
    with pytest.raises(ReportError):
        read(text)


@given(way=st.sampled_from([way for way in WAYS if isinstance(way[-1], str)]))
def test_a_missing_key_is_an_error(way: Way):
    report = copy.deepcopy(REPORT)
    owner = report
    for key in way[:-1]:
        owner = owner[key]
    del owner[way[-1]]
    if way[-1] == "sources" or (way[0] == "utilization" and len(way) == 2):
        return  # not every net has sources; not every device has every kind of cell
    with pytest.raises(ReportError):
        read(json.dumps(report))


CLOCKED = [
    ("fmax", CLOCK, "achieved"),
    *(("critical_paths", 0, "path", n, "delay") for n in range(6)),
]


@given(way=st.sampled_from(CLOCKED), factor=st.floats(0.2, 5).filter(lambda f: abs(f - 1) > 0.05))
def test_a_wrong_number_contradicts_the_others_and_is_an_error(way: Way, factor: float):
    _, old = change(way, None)
    text, _ = change(way, old * factor)
    with pytest.raises(ReportError, match="disagree"):
        read(text)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_other_text_is_an_error(text: str):
    with pytest.raises(ReportError):
        read(text)


@pytest.mark.parametrize(
    "text", ["[" * 200_000, '{"fmax": ' * 50_000, "1" * 10_000, '{"fmax": 1, "fmax": 2}', "NaN"]
)
def test_hostile_json_is_an_error(text: str):
    with pytest.raises(ReportError):
        read(text)
