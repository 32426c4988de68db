"""Limits, messages, waivers and thresholds of a config: read, or named with line and remedy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from bitwright import design, limits, yamlfile
from bitwright.errors import ConfigError
from bitwright.limits import Demands, Limit, Tolerance, Waiver, parse_bound, parse_tolerance
from bitwright.reports.measures import MEASURES, OF_HLS
from bitwright.yamlfile import Faults
from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 20)
TARGETS = ("ulx3s-85f", "zcu104")


def read(text: str, day: date = DAY, target: str = "") -> Demands:
    found, faults = _read(text, day)
    faults.check()
    return found.get(target, found[""])


def _read(text: str, day: date) -> tuple[dict[str, Demands], Faults]:
    faults = Faults("c.yml")
    tree = yamlfile.parse(text, "c.yml")
    return dict(limits.read_demands(tree.items, TARGETS, faults, day)), faults


def faults(text: str) -> list[str]:
    return _read(text, DAY)[1].lines()


def test_a_limit_is_read_as_written():
    found = read(
        "limits:\n"
        '  wns_ns: ">= 0.1"\n'
        '  lut: "<= 80 %"\n'
        "  dsp: 256\n"
        "  achieved_mhz: 55 MHz\n"
        '  latency_cycles: "<= 120000 cycles"\n'
        '  instance.matmul.u_a.gen_group[0].lut: "<= 9000"\n'
        '  clock.clk_sys.achieved_mhz: ">= 55"\n'
    )
    assert [(x.metric, str(x)) for x in found.limits] == [
        ("wns_ns", ">= 0.1 ns"),
        ("lut", "<= 80 %"),
        ("dsp", "<= 256"),
        ("achieved_mhz", ">= 55 MHz"),
        ("latency_cycles", "<= 120000 cycles"),
        ("instance.matmul.u_a.gen_group[0].lut", "<= 9000"),
        ("clock.clk_sys.achieved_mhz", ">= 55 MHz"),
    ]


def test_a_limit_of_one_target_stands_in_place_of_the_general_one():
    text = "limits: {lut: 10, ff: 5, ulx3s-85f: {lut: 20, dsp: 4}}"
    assert {x.metric: x.bound for x in read(text).limits} == {"lut": 10, "ff": 5}
    on_board = read(text, target="ulx3s-85f").limits
    assert {x.metric: x.bound for x in on_board} == {"lut": 20, "ff": 5, "dsp": 4}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("luts: 3", "limits: unknown metric 'luts'; did you mean 'lut'?"),
        ("wns: 3", "did you mean 'wns_ns'?"),
        (
            "luts: 3",
            "clock.NAME.(wns_ns|achieved_mhz), instance.PATH.(lut|ff|bram_18k|uram|dsp|io))",
        ),
        ("u_array.lut: 3", "clock.NAME or instance.PATH"),
        ("instance.u_array.wns_ns: 3", "(metrics: lut, ff, bram_18k, uram, dsp, io)"),
        ("clock.clk.lut: 3", "(metrics: wns_ns, achieved_mhz)"),
        ("lut: many", "lut: expected a bound such as '>= 0.1', '<= 80 %' or 256, found 'many'"),
        ("lut: '== 3'", "expected a bound"),
        ("lut: '<= 3 ns'", "expected a bound in plain numbers"),
        ("wns_ns: '>= 3 %'", "only lut, ff, bram_18k, uram, dsp, io take %"),
        ("io: 3", "a bound with >= or <=, for neither is better"),
        ("lut: [3]", "found a list"),
        ("zcu105: {lut: 3}", "no target 'zcu105'; did you mean 'zcu104'?"),
        ("lut:", "found nothing"),
        ("instance..lut: 3", "clock.NAME or instance.PATH"),
        ("instance.u_array..lut: 3", "clock.NAME or instance.PATH"),
        ("clock..wns_ns: 3", "clock.NAME or instance.PATH"),
        ("lut: -3", "lut: expected a bound of zero or more, for only slacks are ever negative"),
        ("lut: '<= 150 %'", "expected a bound from 0 % to 100 %, what the part has"),
        ("lut: '<= -5 %'", "expected a bound from 0 % to 100 %, what the part has"),
    ],
)
def test_what_is_no_limit_is_told_with_its_line(line: str, says: str):
    (fault,) = faults(f"limits:\n  {line}\n")
    assert fault.startswith("c.yml:2: ")
    assert says in fault


def test_a_slack_may_be_bounded_below_zero():
    assert read("limits: {tns_ns: '>= -1.5'}").limits == (Limit("tns_ns", ">=", -1.5, False),)


def test_every_fault_is_told_in_one_pass():
    text = """\
limits: {luts: 3, dsp: x}
messages: [Synth 8-327, "(", Synth 8-327]
waivers:
  - {limit: lut, reason: why, until: 2027-01-31}
  - {limit: dsp, until: 2027-02-30}
thresholds: {lut: "-1 %", io: 3, wms: 1}
"""
    found = faults(text)
    assert [fault.partition(": ")[0] for fault in found] == [
        *["c.yml:1"] * 2, *["c.yml:2"] * 2, "c.yml:4", *["c.yml:5"] * 3, *["c.yml:6"] * 3
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("waiver", "says"),
    [
        ("{limit: lut, until: 2027-01-31}", "reason: expected why, found nothing"),
        ("{limit: lut, reason: ' ', until: 2027-01-31}", "reason: expected why"),
        ("{limit: lut, reason: x}", "until: expected the last day it holds, such as 2027-01-31"),
        ("{limit: lut, reason: x, until: soon}", "expected a day such as 2027-01-31, found 'soon'"),
        ("{limit: lut, reason: x, until: 2027-13-01}", "expected a day such as 2027-01-31"),
        ("{limit: ff, reason: x, until: 2027-01-31}", "'ff' is no limit of this config"),
        ("{limit: luts, reason: x, until: 2027-01-31}", "did you mean 'lut'?"),
        ("{message: lutz, reason: x, until: 2027-01-31}", "'lutz' is no message of this config"),
        ("{message: lut, reason: x, until: 2027-01-31}", "'lut' is no message of this config"),
        ("{reason: x, until: 2027-01-31}", "expected either limit or message"),
        ("{limit: lut, reason: x, until: 2027-01-31, by: me}", "unknown key 'by'"),
        ("lut", "expected keys (limit, message, reason, until)"),
    ],
)
def test_a_waiver_needs_a_limit_a_reason_and_a_day(waiver: str, says: str):
    found = faults(f"limits: {{lut: 3}}\nmessages: [x]\nwaivers:\n  - {waiver}\n")
    assert all(fault.startswith("c.yml:4: ") for fault in found)
    assert says in found[0]


def test_a_waiver_holds_through_its_last_day():
    text = "limits: {lut: 3}\nwaivers: [{limit: lut, reason: x, until: 2027-01-31}]"
    assert read(text, date(2027, 1, 31)).waivers == (Waiver("lut", "x", "2027-01-31", False),)
    assert read(text, date(2027, 2, 1)).waivers == (Waiver("lut", "x", "2027-01-31", True),)


def test_the_day_is_that_of_source_date_epoch_where_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert limits.today() == date(2027, 1, 15)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "")
    assert limits.today() > date(2026, 1, 1)


def test_an_expired_waiver_changes_the_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """So it changes the step's file, and the report is made again."""
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    text = (ROOT / "configs/tiny.yml").read_text()
    path = tmp_path / "mine.yml"
    path.write_text(f"{text}waivers: [{{limit: lut, reason: x, until: 2027-01-14}}]\n")
    demands = []
    for epoch in ("1700000000", "1800000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        demands.append(limits.to_json(design.load(str(path), root=tmp_path).demands))
    assert demands[0] != demands[1]


def test_what_the_step_reads_is_what_was_planned():
    demands = read(
        'limits: {lut: "<= 80 %"}\nmessages: [x]\n'
        'waivers: [{message: x, reason: "a \\"b\\" $c", until: 2027-01-31}]'
    )
    assert limits.from_json(limits.to_json(demands)) == demands


def test_an_unknown_metric_is_a_fault_of_the_config(tmp_path: Path):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    path = tmp_path / "mine.yml"
    path.write_text((ROOT / "configs/tiny.yml").read_text() + "messages: [x]\nlimit: 3\n")
    with pytest.raises(ConfigError, match="unknown key 'limit'; did you mean 'limits'"):
        design.load(str(path), root=tmp_path)


# --- laws ---------------------------------------------------------------------------------------

METRICS = st.sampled_from([*sorted(MEASURES), *(f"hls.ffn.{name}" for name in OF_HLS)])
AMOUNTS = st.decimals(-1e9, 1e9, places=3).map(lambda number: f"{number:f}")


@given(METRICS, st.sampled_from([">=", "<="]), AMOUNTS)
def test_a_bound_with_its_sign_is_read_back_as_it_is_shown(metric: str, sign: str, amount: str):
    amount = amount if metric.endswith("s_ns") else amount.lstrip("-")
    limit = parse_bound(metric, f"{sign}{amount}")
    assert limit == Limit(metric, sign, float(amount))
    assert parse_bound(metric, str(limit)) == limit


@given(METRICS, st.text(max_size=20))
def test_any_text_is_a_bound_or_says_what_was_expected(metric: str, text: str):
    found = parse_bound(metric, text)
    if isinstance(found, Limit):
        assert any(mark.isdigit() for mark in text)
        assert parse_bound(metric, str(found)) == found
    else:
        assert found.startswith("a bound")


@given(METRICS, st.text(max_size=20) | AMOUNTS | AMOUNTS.map("{} %".format))
def test_a_tolerance_is_never_negative(metric: str, text: str):
    found = parse_tolerance(metric, text)
    assert found is None or (found.amount >= 0 and found.of(-100) >= 0)


@given(
    st.recursive(
        st.text(max_size=8) | st.integers() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*MEASURES, *limits.WAIVER, "x"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_whatever_stands_in_a_config_is_read_or_refused_with_a_line(tree: object):
    import json

    text = json.dumps(dict.fromkeys(limits.KEYS, tree))
    try:
        read(text)
    except ConfigError as error:
        assert all(line.startswith("c.yml:") for line in str(error).splitlines())


def test_a_threshold_is_an_amount_or_a_percentage():
    found = read('thresholds: {lut: "2 %", wns_ns: 0.25 ns, clock.clk_sys.achieved_mhz: 1}')
    assert found.thresholds == (
        Tolerance("lut", 2, True),
        Tolerance("wns_ns", 0.25, False),
        Tolerance("clock.clk_sys.achieved_mhz", 1, False),
    )


# --------------------------------------------------------------------------------- numbers of HLS


def of_hls(text: str, target: str = "") -> tuple[Demands, list[str]]:
    """What a config with the HLS kernels mhsa and ffn demands, and its faults."""
    faults = Faults("c.yml")
    tree = yamlfile.parse(text, "c.yml")
    hls = limits.Synthesised(("mhsa", "ffn"), lambda name: name != "ulx3s-85f")
    found = limits.read_demands(tree.items, TARGETS, faults, DAY, hls)
    return found.get(target, found[""]), faults.lines()


HLS_LIMITS = """\
limits:
  lut: 10
  hls.ffn.interval_cycles: "<= 3000000"
  hls.ffn.dsp: "<= 40 %"
  hls.mhsa.ii_violations: 0
  hls.mhsa.clock_ns: "<= 2.43 ns"
"""


def test_a_limit_on_a_number_of_hls_is_read_as_written():
    found, told = of_hls(HLS_LIMITS)
    assert not told
    assert [(x.metric, str(x)) for x in found.limits[1:]] == [
        ("hls.ffn.interval_cycles", "<= 3000000 cycles"),
        ("hls.ffn.dsp", "<= 40 %"),
        ("hls.mhsa.ii_violations", "<= 0"),
        ("hls.mhsa.clock_ns", "<= 2.43 ns"),
    ]


def test_each_judge_is_given_the_limits_on_what_it_measures():
    waivers = "".join(
        f"  - {{{of}, reason: later, until: 2027-01-31}}\n"
        for of in ("limit: lut", "limit: hls.ffn.dsp", "message: latch")
    )
    found, told = of_hls(f"{HLS_LIMITS}messages: [latch]\nwaivers:\n{waivers}")
    assert not told
    build, ffn, mhsa = found.of_build, found.of_hls("ffn"), found.of_hls("mhsa")
    assert [x.metric for x in build.limits] == ["lut"]
    assert [x.of for x in build.waivers] == ["lut", "latch"]
    assert [x.metric for x in ffn.limits] == ["hls.ffn.interval_cycles", "hls.ffn.dsp"]
    assert [x.of for x in ffn.waivers] == ["hls.ffn.dsp", "latch"]
    assert [x.metric for x in mhsa.limits] == ["hls.mhsa.ii_violations", "hls.mhsa.clock_ns"]
    assert build.messages == ffn.messages == ("latch",)
    assert found.of_hls("ff").limits == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hls.fnn.dsp: 3", "HLS builds no 'fnn'; did you mean 'ffn'? (kernels: mhsa, ffn)"),
        ("hls.matmul.dsp: 3", "HLS builds no 'matmul'"),
        ("hls.ffn.dps: 3", "unknown metric 'hls.ffn.dps'; did you mean 'dsp'? (metrics: latency_"),
        ("hls.ffn.wns_ns: 3", "unknown metric 'hls.ffn.wns_ns'"),
        ("hls.ffn.io: '<= 3'", "unknown metric 'hls.ffn.io'"),
        ("hls.dsp: 3", "clock., instance. or hls.KERNEL"),
        ("hls.ffn.row.dsp: 3", "clock., instance. or hls.KERNEL"),
        ("ii_violations: 3", "unknown metric 'ii_violations'"),
        ("hls.ffn.interval_cycles: '<= 3 %'", "expected a bound in cycles; only lut, ff"),
        ("ulx3s-85f: {hls.ffn.dsp: 3}", "ulx3s-85f: hls.ffn.dsp: HLS does not run for this target"),
    ],
)
def test_what_is_no_limit_on_hls_is_told_with_its_line(line: str, says: str):
    (fault,) = of_hls(f"limits:\n  {line}\n")[1]
    assert fault.startswith("c.yml:2: limits: ")
    assert says in fault


def test_a_limit_on_hls_may_be_that_of_one_target_with_hls():
    found, told = of_hls("limits: {hls.ffn.dsp: 9, zcu104: {hls.ffn.dsp: 5}}", "zcu104")
    assert not told
    assert [(x.metric, x.bound) for x in found.of_hls("ffn").limits] == [("hls.ffn.dsp", 5)]


def test_a_config_without_hls_kernels_knows_no_number_of_hls():
    assert "clock.NAME or instance.PATH" in faults("limits: {hls.ffn.dsp: 3}")[0]


TINY_HLS = "limits:\n  hls.ffn.dsp: 512\n"


@pytest.mark.parametrize(("target", "toolchain"), [("ulx3s-85f", "open"), ("u280", "vivado")])
def test_limits_on_hls_break_no_build_for_which_hls_does_not_run(
    target: str, toolchain: str, tmp_path: Path
):
    from bitwright.steps.report import LIMITS, Build, step

    config = tmp_path / "tiny.yml"
    text = (ROOT / "configs/tiny.yml").read_text()
    config.write_text(text.replace("limits: ", TINY_HLS + "  # "))
    made = design.load(str(config), root=ROOT, target=target, missing=lambda t: ())
    assert made.target.toolchain == toolchain
    assert [x.metric for x in made.demands.of_hls("ffn").limits] == ["hls.ffn.dsp"]
    build = Build("tiny", target, made.target.part, 25.0, ("implement",), made.demands)
    written = dict(step(build, [], base=made.build).scripts)[LIMITS]
    assert "hls." not in written
    assert ('"metric": "lut"' in written) == (toolchain == "open")


def test_an_hls_limit_for_an_open_target_is_a_fault_of_the_config(tmp_path: Path):
    config = tmp_path / "tiny.yml"
    text = (ROOT / "configs/tiny.yml").read_text()
    config.write_text(text.replace("    dsp: 20 ", "    hls.ffn.dsp: 5\n    dsp: 20 "))
    with pytest.raises(ConfigError, match=r"ulx3s-85f: hls.ffn.dsp: HLS does not run"):
        design.read_config(config, ROOT)
    config.write_text(text.replace("limits: ", "limits:\n  u280: {hls.ffn.dsp: 5}\n  # "))
    assert design.read_config(config, ROOT).demands["u280"].of_hls("ffn").limits
