"""The verdict: each limit with value, bound and margin; nothing unmeasured passes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.limits import NOTHING, Demands, Limit, Waiver
from bitwright.reports import judge
from bitwright.reports.judge import ASKED, Verdict
from bitwright.reports.metrics import Metrics, to_json
from hypothesis import given
from hypothesis import strategies as st

Body = dict[str, Any]


@pytest.fixture(scope="module")
def body(measured: Callable[[str], Metrics]) -> Body:
    found: Body = json.loads(to_json(measured("met")))
    return found


def one(body: Body, limit: Limit, *waivers: Waiver) -> tuple[Verdict, judge.Judged]:
    verdict = judge.judge(body, Demands(limits=(limit,), waivers=waivers))
    (found,) = verdict.demanded
    return verdict, found


def test_without_limits_each_clock_must_be_met(body: Body, measured: Callable[[str], Metrics]):
    met = judge.judge(body, NOTHING)
    assert met.ok
    assert [(x.metric, x.bound, x.limit) for x in met.judged] == [
        ("wns_ns", 0, ASKED),
        ("clock.clk_i.achieved_mhz", 50, ASKED),
    ]
    missed = judge.judge(json.loads(to_json(measured("missed"))), NOTHING)
    assert not missed.ok
    assert [x.margin for x in missed.failed] == [-8.95, pytest.approx(71.684586 - 200)]


def test_a_path_between_two_clocks_that_is_too_long_is_missed(body: Body):
    worse = copy.deepcopy(body)
    worse["timing"]["wns_ns"] = -0.1
    assert [x.metric for x in judge.judge(worse, NOTHING).failed] == ["wns_ns"]


@pytest.mark.parametrize(
    ("limit", "value", "bound", "margin"),
    [
        (Limit("lut", "<=", 0.5, True), 189, 418, 229),  # of 418.2 only whole ones count
        (Limit("lut", ">=", 0.5, True), 189, 419, -230),
        (Limit("dsp", "<=", 3), 4, 3, -1),
        (Limit("dsp", "<=", 4), 4, 4, 0),
        (Limit("wns_ns", ">=", 6.1), 6.05, 6.1, -0.05),
        (Limit("achieved_mhz", ">=", 70), 71.684586, 70, 1.684586),
        (Limit("instance.u_array.dsp", "<=", 4), 4, 4, 0),
    ],
)
def test_a_margin_is_the_room_that_is_left(
    body: Body, limit: Limit, value: float, bound: float, margin: float
):
    verdict, found = one(body, limit)
    assert found.value == pytest.approx(value)
    assert (found.bound, found.margin) == (pytest.approx(bound), pytest.approx(margin))
    assert verdict.ok is found.ok is (margin >= 0)


def test_every_number_is_found_where_the_verdict_says_it_stands(body: Body):
    limits = [Limit(name, "<=", 1e9) for name in ("wns_ns", "lut", "instance.u_array.dsp")]
    limits += [Limit("clock.clk_i.wns_ns", ">=", 0)]
    for each in judge.judge(body, Demands(limits=tuple(limits))).judged:
        file, place = each.source.split(": ")
        assert file == "report/metrics.json"
        value: Any = body
        for key in place.replace("[", ".[").split("."):
            value = value[int(key[1:-1])] if key.startswith("[") else value[key]
        assert value == each.value, place


def test_a_limit_on_what_was_not_measured_is_an_error(body: Body):
    for name in ("latency_cycles", "uram", "instance.u_aray.lut", "clock.clk.achieved_mhz"):
        with pytest.raises(ReportError, match=f"the limit on {name} cannot be judged"):
            one(body, Limit(name, "<=", 1e9))


def test_a_waiver_lifts_its_limit_and_no_other(body: Body):
    waiver = Waiver("dsp", "later", "2027-01-31", expired=False)
    verdict, found = one(body, Limit("dsp", "<=", 3), waiver)
    assert verdict.ok
    assert (found.ok, found.waived, found.until) == (False, "later", "2027-01-31")
    verdict, found = one(body, Limit("lut", "<=", 3), waiver)
    assert not verdict.ok
    assert found.waived is None


def test_an_expired_waiver_lifts_nothing_and_is_told(body: Body):
    waiver = Waiver("dsp", "later", "2027-01-31", expired=True)
    verdict, found = one(body, Limit("dsp", "<=", 3), waiver)
    assert not verdict.ok
    assert found.waived is None
    assert verdict.notes == ("the waiver of dsp expired after 2027-01-31 (later)",)


def test_a_waiver_that_is_not_needed_is_told(body: Body):
    waiver = Waiver("dsp", "later", "2027-01-31", expired=False)
    verdict, found = one(body, Limit("dsp", "<=", 4), waiver)
    assert verdict.ok
    assert found.waived is None
    assert "is not needed" in verdict.notes[0]


def test_no_waiver_lifts_a_missed_clock(measured: Callable[[str], Metrics]):
    waivers = (Waiver("wns_ns", "later", "2027-01-31", expired=False),)
    demands = Demands(limits=(Limit("wns_ns", ">=", 0),), waivers=waivers)
    assert not judge.judge(json.loads(to_json(measured("missed"))), demands).ok


def test_a_message_is_known_by_its_id_in_brackets_or_by_its_text(body: Body):
    logs = ["WARNING: [Synth 8-3270] other", "WARNING: [Synth 8-327] inferring LATCH", "plain"]
    demands = Demands(messages=("Synth 8-327", "latch", "absent"))
    verdict = judge.judge(body, demands, {"synthesize/synthesize.log": logs})
    found = {x.metric: (x.value, x.source) for x in verdict.demanded}
    assert found == {
        "message Synth 8-327": (1, "synthesize/synthesize.log:2"),
        "message latch": (1, "synthesize/synthesize.log:2"),
        "message absent": (0, "synthesize/synthesize.log"),
    }
    assert len(verdict.failed) == 2


def test_a_message_can_be_waived(body: Body):
    waivers = (Waiver("latch", "known", "2027-01-31", expired=False),)
    verdict = judge.judge(body, Demands((), ("latch",), waivers), {"log": ["a latch"]})
    assert verdict.ok
    assert verdict.waived[0].value == 1


def test_the_file_is_read_back_as_it_was_written(body: Body, tmp_path: Path):
    verdict, _ = one(body, Limit("dsp", "<=", 3))
    path = tmp_path / "verdict.json"
    path.write_text(judge.to_json(verdict))
    assert judge.read(path) == verdict
    assert json.loads(path.read_text())["ok"] is False
    path.write_text("{}")
    with pytest.raises(ReportError, match="this is no verdict"):
        judge.read(path)


@given(
    st.sampled_from(["lut", "ff", "dsp", "wns_ns", "achieved_mhz"]),
    st.sampled_from([">=", "<="]),
    st.floats(-1e6, 1e6),
    st.floats(0.001, 1e6),
)
def test_what_a_bound_passes_a_looser_one_passes_too(
    body: Body, metric: str, sign: str, bound: float, room: float
):
    looser = bound - room if sign == ">=" else bound + room
    if one(body, Limit(metric, sign, bound))[0].ok:
        assert one(body, Limit(metric, sign, looser))[0].ok
