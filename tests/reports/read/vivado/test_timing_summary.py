"""A timing summary says what it prints, adds up, and is never half read without saying so."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.kind import plain
from bitwright.reports.read.vivado.timing_summary import parse_timing_summary
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.timing_report import random_summary, render
from tests.reports.read.corpus import readings

HERE = Path("mill_timing_summary_routed.rpt")
SPECIMENS = (
    "vivado-2017.4/timing_summary_na.rpt",
    "vivado-2018.3/timing_summary.rpt",
    "vivado-2022.2/timing_summary_inf.rpt",
    "vivado-2025.1/timing_summary.rpt",
)
OLD, NEW = SPECIMENS[1], SPECIMENS[3]
ROUND_NS = 0.0015  # of two numbers, each printed with three digits

SUMMARIES = st.builds(
    random_summary,
    st.integers(0, 2**32),
    clocks=st.integers(0, 4),
    paths=st.integers(0, 3),
    stages=st.integers(0, 5),
)


def read(text):
    return parse_timing_summary(text, origin=HERE)


def test_the_worst_slacks_are_as_printed(specimen):
    old, new = read(specimen(OLD)), read(specimen(NEW))
    assert (old.met, old.wns_ns, old.whs_ns, old.wpws_ns) == (True, 1.702, 0.121, 1.485)
    assert (old.failing_endpoints, old.setup_endpoints, old.hold_endpoints) == (0, 91, 80)
    assert (new.met, new.wns_ns, new.tns_ns, new.whs_ns) == (False, -0.207, -1234567.890, 0.031)
    assert (new.failing_endpoints, new.pulse_width_endpoints) == (388664, 289424)
    assert (new.version, new.part, new.state) == ("2025.1.1", "xcu55c-fsvh2892", "Routed")
    assert old.missing == {"clocks[].wns_ns": old.missing["clocks[].wns_ns"]} | {
        name: text for name, text in old.missing.items() if name.startswith("clocks[].")
    }


def test_clocks_nest_by_indentation_and_keep_their_names(specimen):
    clocks = read(specimen(OLD)).clocks
    assert [(clock.name, clock.parent, clock.depth) for clock in clocks] == [
        ("sys_clk", "", 0),
        ("u_clocks/mmcm/clk_in1", "", 0),
        ("clk_core_mill", "u_clocks/mmcm/clk_in1", 1),
        ("clk_pix[0].x5", "u_clocks/mmcm/clk_in1", 1),
        ("clkfb_mill", "u_clocks/mmcm/clk_in1", 1),
    ]
    assert clocks[3].waveform_ns == (0.0, 1.538, 3.077)
    assert (clocks[3].period_ns, clocks[3].frequency_mhz) == (3.077, 325.0)


def test_a_row_with_only_pulse_widths_has_no_setup_numbers(specimen):
    clock = read(specimen(OLD)).clocks[1]
    assert (clock.wpws_ns, clock.pulse_width_endpoints) == (7.0, 1)
    assert (clock.wns_ns, clock.whs_ns, clock.setup_endpoints) == (None, None, None)


def test_paths_between_clocks_and_in_other_groups_are_told_apart(specimen):
    old, new = read(specimen(OLD)), read(specimen(NEW))
    pairs = [(pair.from_clock, pair.to_clock, pair.slacks.wns_ns) for pair in old.inter_clocks]
    assert pairs == [("", "sys_clk", 18.953), ("clk_core_mill", "sys_clk", 18.953)]
    assert old.path_groups[0].names() == ("**default**", "sys_clk", "")
    assert old.path_groups[0].slacks.whs_ns is None
    assert new.path_groups[0].names() == ("**async_default**", "ap_clk", "ap_clk")
    assert [pair.names() for pair in new.ignored] == [("(none)", "ap_clk", "ap_clk")]
    assert [pair.names() for pair in new.unconstrained] == [("(none)", "", "ap_clk")]


def test_counts_of_check_timing_stand_in_the_title_or_below_it(specimen):
    assert read(specimen(OLD)).checks == {"no_clock": 15, "no_input_delay": 2, "loops": 0}
    assert read(specimen(NEW)).checks == {"no_clock": 0, "no_input_delay": 17}


def test_a_path_holds_each_cell_and_net(specimen):
    path = next(path for path in read(specimen(NEW)).paths if path.type == "setup")
    assert (path.slack_ns, path.met, path.requirement_ns) == (-0.207, False, 3.333)
    assert (path.logic_ns, path.route_ns, path.data_path_delay_ns) == (2.105, 1.335, 3.440)
    assert path.level_cells == {"CARRY8": 1, "DSP_ALU": 1, "DSP_OUTPUT": 1}
    assert (path.source_clock, path.destination_clock) == ("ap_clk", "ap_clk")
    assert (path.skew_ns, path.uncertainty_ns) == (-0.089, 0.035)
    assert [stage.element for stage in path.launch] == [
        "(clock ap_clk rise edge)",
        "BUFGCE",
        "net",
        "",
        "DSP_A_B_DATA",
    ]
    assert path.launch[2].location == "X4Y4 (CLOCK_ROOT)"
    assert path.launch[3].location == "SLR Crossing[2->1]"
    first, net = path.data[:2]
    assert (first.element, first.incr_ns, first.path_ns) == ("DSP_A_B_DATA", 0.263, 2.775)
    assert first.arc == "Prop_DSP_A_B_DATA_DSP48E2_CLK_B2_DATA[17]"
    assert first.resource == "u_mac/dsp_0/DSP_A_B_DATA_INST/B2_DATA[17]"
    assert (net.element, net.fanout, net.arc) == ("net", 1, "routed")
    assert path.capture[-1].arc == "Setup_BFF_SLICEM_C_D"


@pytest.mark.parametrize("words", ["inter-SLR compensation", "time borrowed", "Clock jitter"])
def test_whatever_changes_the_required_time_is_a_stage(specimen, words):
    text = specimen(NEW).replace("clock pessimism".ljust(24), words.ljust(24))
    stages = [stage for path in read(text).paths for stage in path.capture]
    assert words in [stage.element for stage in stages]


def test_kinds_of_paths_are_told_apart(specimen):
    new = read(specimen(NEW))
    kinds = ["setup", "hold", "recovery", "removal", "max", "min", "max", "min"]
    assert [path.type for path in new.paths] == kinds
    assert new.paths[2].destination_clock == "ap_clk"
    assert new.paths[4].slack_ns is None and new.paths[4].exception == "False Path"
    assert new.missing["paths[].slack_ns"].startswith("inf")
    assert [bool(path.capture) for path in new.paths[4:]] == [True, False, False, True]


def test_a_pulse_width_without_a_location_keeps_its_columns(specimen):
    unplaced = read(specimen(OLD)).pulse_widths[2]
    assert (unplaced.location, unplaced.pin) == ("", "u_fifo/ram/RAMB/CLK")
    assert (unplaced.required_ns, unplaced.actual_ns, unplaced.slack_ns) == (1.13, 10.0, 8.87)


@pytest.mark.parametrize(("name", "word"), [(SPECIMENS[0], "NA"), (SPECIMENS[2], "inf")])
def test_a_slack_left_open_is_none_with_its_reason(specimen, name, word):
    found = read(specimen(name))
    assert (found.met, found.wns_ns, found.whs_ns, found.wpws_ns) == (None, None, None, None)
    assert found.missing["wns_ns"] == f"{word}: There are no user specified timing constraints."
    assert "met" in found.missing


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("| Design Timing Summary\n", "| Design Timing Sunnary\n", "no 'Design Timing Summary'"),
        ("| Inter Clock Table\n", "| Inter Cluck Table\n", "no 'Inter Clock Table'"),
        ("Timing constraints are not", "All user specified timing constraints are", "endpoints"),
        ("     -0.207", "     -0.307", "wns_ns is -0.307 of the design, -0.207 of its clocks"),
        ("     -0.207", "     -0,207", "is no number for wns_ns"),
        ("From Clock    To Clock  ", "To Clock      From Clock", "columns of this table"),
        ("     388664", "          0", "wns_ns is -0.207, and no endpoint fails"),
        ("Slack (VIOLATED) :        -0.207ns", "Slack (MET) :        -0.207ns", "that is MET"),
        ("slack                                 -0.207", "slack      -0.208", "below it"),
        ("5.822", "5.8x2", "no line of a path"),
        (
            "1.307     5.822    u_mac/p",
            "                 r  u_mac/p",
            "no delay stands beside 'net",
        ),
        ("  Path Type:", "  What is this\n  Path Type:", "a line above the path's table"),
        ("5.952    \n", "5.953    \n", "arrives at"),
        ("estimated)        1.307", "estimated)             ", "line"),
        ("Data Path Delay:        3.440ns", "Data Path Delay:        fast", "Data Path Delay"),
        ("  Logic Levels:           3", "  Levels:    3", "'Logic Levels:'"),
        ("Worst Slack       -0.207ns", "Worst Slack       -0.208ns", "in its table"),
        ("Max Delay Paths\n", "Max Dlay Paths\n", "not as known"),
        ("0.157     ", "0.257     ", "pulse width"),
    ],
)
def test_a_damaged_summary_is_refused_with_the_reason(specimen, old, new, problem):
    text = specimen(NEW)
    assert old in text
    at = text.index(old)
    with pytest.raises(ReportError, match=re.escape(problem)) as caught:
        read(text[:at] + new + text[at + len(old) :].replace("arrival time" + " " * 26 + old, ""))
    assert re.match(rf"{HERE}:\d+: ", str(caught.value))


def test_blanks_at_the_ends_of_lines_do_not_matter(specimen):
    for name in SPECIMENS:
        text = specimen(name)
        assert read(re.sub(" +$", "", text, flags=re.M)) == read(text)


def test_a_filter_may_leave_sections_out(specimen):
    """The command asks for slow paths only: then a group shows less than its counts announce."""
    text = specimen(NEW).replace("-max_paths 1 ", "-max_paths 1 -slack_lesser_than 0 ")
    begin, end = text.index("Min Delay Paths\n"), text.index("Pulse Width Checks\n")
    whole, short = read(text), read(text[:begin] + text[end:])
    assert short == replace(whole, paths=(whole.paths[0], *whole.paths[2:]))
    empty = f"Min Delay Paths\n{'-' * 86}\n\n\n"
    assert read(text[:begin] + empty + text[end:]) == short


def test_a_section_missing_between_others_is_refused(specimen):
    text = specimen(OLD)
    begin = text.index("Max Delay Paths\n")
    end = text.index("Min Delay Paths\n")
    with pytest.raises(ReportError, match="'Max Delay Paths' is missing before it"):
        read(text[:begin] + text[end:])


def test_a_section_missing_at_a_groups_end_is_refused(specimen):
    text = specimen(OLD)
    begin = text.index("Pulse Width Checks\n")
    end = text.index("\n" + "-" * 99, begin)
    with pytest.raises(ReportError, match="no 'Pulse Width Checks' above this group"):
        read(text[:begin] + text[end:])


def test_a_number_wider_than_its_column_is_told_by_its_place_in_the_row(specimen):
    text = specimen(NEW)
    wide = text.replace(" -1234567.890 ", " -1234567890.890 ")
    assert read(wide).tns_ns == read(wide).clocks[0].tns_ns == -1234567890.890
    assert read(wide).setup_endpoints == read(text).setup_endpoints


def test_a_number_under_no_column_of_a_row_with_blanks_is_refused(specimen):
    text = specimen(OLD)
    with pytest.raises(ReportError, match="a number stands under no column"):
        read(text.replace("    7.000        0.000", "  7.000        0.000"))


def test_what_has_no_line_end_is_not_trusted(specimen):
    found = read(specimen(OLD) + "x")
    assert found.incomplete.endswith("the last line has no end")
    assert replace(found, incomplete="") == read(specimen(OLD))


def test_without_details_the_tables_are_the_whole_report(specimen):
    text = specimen(OLD).replace("-max_paths 10 ", "-no_detailed_paths ")
    text = text[: text.index("| Timing Details")].rpartition("-" * 96)[0]
    found = read(text)
    assert (found.incomplete, found.paths, found.wns_ns) == ("", (), 1.702)
    assert read(text[:-1]).incomplete


def test_an_option_may_be_shortened_as_vivado_allows(specimen):
    text = specimen(OLD).replace("-max_paths 10 ", "-no_detail ")
    assert read(text[: text.index("| Timing Details")].rpartition("-" * 96)[0]).incomplete == ""


def test_a_file_with_the_name_of_a_filter_filters_nothing(specimen):
    text = specimen(OLD).replace("-file mill", "-file mill-setup-no_detailed_paths-hold")
    assert "-setup-" in text
    last = text.rindex("-" * 99 + "\nPath Group:")
    assert "no details of **default**" in read(text[:last]).incomplete
    short = text[: text.index("| Timing Details")].rpartition("-" * 96)[0]
    assert "ends before 'Timing Details'" in read(short).incomplete


def test_numbers_of_fewer_digits_are_rounded_more(specimen):
    number = re.compile(r"( *)(-?(?<![\d.v])\d+\.\d{3})(?=(ns|%|\D))")

    def rounded(it: re.Match[str]) -> str:
        text = f"{float(it[2]):.2f}"
        return it[1] + (text.rjust(len(it[2])) if it[1] and it[3] != "ns" else text)

    head, end = specimen(NEW)[:900], specimen(NEW)[900:]
    found = read(head + number.sub(rounded, end))
    assert (found.wns_ns, found.incomplete) == (-0.21, "")
    assert [len(found.paths), len(found.pulse_widths)] == [
        len(read(specimen(NEW)).paths),
        len(read(specimen(NEW)).pulse_widths),
    ]


def test_a_group_that_the_tables_name_and_the_details_lack_is_incomplete(specimen):
    text = specimen(OLD)
    last = text.rindex("-" * 99 + "\nPath Group:")
    found = read(text[:last])
    assert "no details of **default** from 'sys_clk' to ''" in found.incomplete


def test_without_paths_the_tables_are_the_same(specimen):
    for name in SPECIMENS:
        whole, short = (
            read(specimen(name)),
            parse_timing_summary(specimen(name), origin=HERE, paths=False),
        )
        missing = {k: why for k, why in whole.missing.items() if k != "paths[].slack_ns"}
        assert short == replace(whole, paths=(), pulse_widths=(), missing=missing)


@given(SUMMARIES)
def test_what_is_rendered_is_read_back(summary):
    found = read(render(summary))
    assert replace(found, missing={}) == summary
    open_numbers = [f.name for f in fields(found) if getattr(found, f.name) is None]
    assert set(open_numbers) <= found.missing.keys()


@settings(max_examples=20)
@given(SUMMARIES, st.data())
def test_any_cut_is_refused_or_says_so(summary, data):
    text = render(summary)
    try:
        found = read(text[: data.draw(st.integers(0, len(text) - 1))])
    except ReportError:
        return
    if not found.incomplete:
        assert replace(found, missing={}) == summary
    assert summary.paths[: len(found.paths)] == found.paths
    assert found.wns_ns == summary.wns_ns


@pytest.mark.parametrize("junk", ["a", " ", "a ", "0", "(", "-", "x.{"])
def test_a_hostile_line_takes_no_more_time_than_its_length(specimen, junk):
    """Where matching a line took the square of its length, these would take hours."""
    text = specimen(NEW)
    junk *= 300_000
    for place in (
        "DSP48E2_X1Y58        DSP_ALU",
        "net (fo=2, est",
        "ap_clk  {0.000",
        "  Clock Path Skew:",
        "ap_clk   ",
    ):
        at = text.index(place)
        with suppress(ReportError):
            read(text[:at] + junk + text[at:].replace("\n", "!\n", 1))


def laws(text, found):
    """What holds for every whole report, checked without the reader where grep can."""
    assert len(found.paths) == len(re.findall(r"^Slack(?: \(\w+\) )?:", text, re.M))
    widths = re.findall(r"^[A-Z][\w ]+? +(?:n/a|Slow|Fast) +\S+ +\S+ +[\d.]+ ", text, re.M)
    assert len(found.pulse_widths) == len(widths)
    for path in found.paths:
        path_laws(path)
    for worst, kinds in (("wns_ns", ("setup", "max")), ("whs_ns", ("hold", "min"))):
        for clock in found.clocks:
            own = [p.slack_ns for p in found.paths if _own(p, clock.name, kinds)]
            assert not own or min(own) == getattr(clock, worst), (clock.name, worst)
    for clock in found.clocks:
        own = [it.slack_ns for it in found.pulse_widths if it.clock == clock.name]
        assert not own or min(own) == clock.wpws_ns, clock.name
    for clock in found.clocks:
        assert clock.period_ns * clock.frequency_mhz == pytest.approx(1000, rel=2e-3)
    plain(found)


def _own(path, clock, kinds):
    return path.type in kinds and path.group == path.source_clock == clock == path.destination_clock


def path_laws(path):
    """Increments add up to what stands beside them, and to what the heading says."""
    for stages in (path.launch + path.data, path.capture):
        so_far = 0.0
        for stage in stages:
            if stage.incr_ns is not None:
                assert stage.path_ns == pytest.approx(so_far + stage.incr_ns, abs=ROUND_NS), stage
                so_far = stage.path_ns
    assert path.logic_ns + path.route_ns == pytest.approx(path.data_path_delay_ns, abs=ROUND_NS)
    assert sum(path.level_cells.values()) == path.levels
    if path.slack_ns is not None:
        assert path.required_ns + path.arrival_ns == pytest.approx(path.slack_ns, abs=ROUND_NS)
        assert path.capture[-1].path_ns == pytest.approx(abs(path.required_ns), abs=ROUND_NS) or (
            path.required_ns < 0 or path.capture[-1].path_ns < 0
        )
    assert path.data[-1].resource.startswith(path.destination)


@pytest.mark.parametrize("name", SPECIMENS)
def test_the_specimens_add_up(specimen, name):
    laws(specimen(name), read(specimen(name)))


def test_every_real_summary_adds_up():
    for _, text, found in readings("timing_summary"):
        laws(text, found)
