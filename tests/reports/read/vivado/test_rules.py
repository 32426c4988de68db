"""report_drc and report_methodology: read, checked against themselves, refused or marked if cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read import kind
from bitwright.reports.read.vivado import drc, methodology
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.corpus import readings

HERE = Path("report.rpt")


def test_each_rule_has_its_severity_its_count_and_every_violation(specimen):
    read_drc = drc.parse_drc(specimen("vivado-2024.1/drc.rpt"), origin=HERE)
    assert (read_drc.version, read_drc.part, read_drc.total) == ("2024.1", "xc7z020clg400-1", 4)
    assert [(v.rule, v.severity, v.count) for v in read_drc.violations] == [
        ("NSTD-1", "Critical Warning", 1),
        ("DPOP-1", "Warning", 2),
        ("RTSTAT-10", "Warning", 1),
    ]
    assert read_drc.severities == {"Critical Warning": 1, "Warning": 3}
    assert read_drc.violations[2].description == "No routable loads"
    assert read_drc.violations[2].findings[0].text.count("\n") == 2
    assert (read_drc.ruledeck, read_drc.max_violations, read_drc.waived) == ("default", None, None)


def test_the_values_have_the_names_that_limits_use(specimen):
    reading = drc.parse_drc(specimen("vivado-2024.1/drc.rpt"), origin=HERE)
    first = kind.values(reading)["violations"][0]
    assert {"rule", "severity", "count"} <= first.keys()
    assert "incomplete" not in kind.values(reading)


def test_what_2025_calls_checks_are_violations(specimen):
    text = specimen("vivado-2025.1/methodology.rpt")
    reading = methodology.parse_methodology(text, origin=HERE)
    assert (reading.version, reading.total, reading.ruledeck) == ("2025.1.1", 3, None)
    assert [(v.rule, v.count) for v in reading.violations] == [("TIMING-16", 1), ("TIMING-18", 2)]


def test_rules_without_a_table_are_counted_in_the_details(specimen):
    reading = drc.parse_drc(specimen("vivado-2015.3/drc.rpt"), origin=HERE)
    assert [(v.rule, v.count) for v in reading.violations] == [("PLIO-6", 1), ("REQP-1617", 1)]
    assert (reading.part, reading.total) == (None, 2)
    assert "part" in reading.missing


def test_rule_whose_limit_was_reached_says_that_there_are_more(specimen):
    text = specimen("vivado-2024.1/drc.rpt")
    title = "Report rule limit reached"
    text = text.replace("No routable loads", title).replace("RTSTAT-10", "CHECK-3")
    at = text.index("3 net(s)")
    end = text.index("Related", at)
    said = "DPOP-1 rule limit reached: 2 violations have been found.\n"
    reading = drc.parse_drc(text[:at] + said + text[end:], origin=HERE)
    assert {v.rule: v.limited for v in reading.violations} == {
        "NSTD-1": False,
        "DPOP-1": True,
        "CHECK-3": False,
    }


def test_no_violation_is_a_reading_and_not_an_error(specimen):
    text = specimen("vivado-2024.1/methodology_clean.rpt")
    reading = methodology.parse_methodology(text, origin=HERE)
    assert (reading.total, reading.violations, reading.incomplete) == (0, (), "")


def test_a_limit_on_violations_excuses_fewer_details(specimen):
    text = specimen("vivado-2024.1/drc.rpt").replace("violations: <unlimited>", "violations: 1")
    start, end = text.index("DPOP-1#2"), text.index("RTSTAT-10#1")
    reading = drc.parse_drc(text[:start] + text[end:], origin=HERE)
    assert (reading.max_violations, reading.incomplete) == (1, "")
    assert [(v.count, len(v.findings)) for v in reading.violations] == [(1, 1), (2, 1), (1, 1)]


def test_a_report_of_what_was_waived_says_so(specimen):
    text = specimen("vivado-2024.1/drc.rpt").replace("report_drc -file", "report_drc -waived -file")
    assert drc.parse_drc(text, origin=HERE).of_waived
    more = text.replace("found: 4\n", "found: 4\n             Violations waived: 7\n")
    assert drc.parse_drc(more, origin=HERE).waived == 7


def test_related_violations_are_kept(specimen):
    text = specimen("vivado-2015.3/drc.rpt")
    text = text.replace("Related violations: <none>", "Related violations: PLIO-6#1", 1)
    assert drc.parse_drc(text, origin=HERE).violations[0].findings[0].related == ("PLIO-6#1",)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("found: 4", "found: 5", "contradict"),
        ("found: 4", "found: 3", "contradict"),
        ("found: 4", "found: many", "does not say how many"),
        ("found: 4", "found: " + "4" * 5000, "does not say how many"),
        ("\nReport DRC\n", "\nReport\n", "breaks off"),
        (
            "| DPOP-1    | Warning          | PREG",
            "| DPOP-3    | Warning          | PREG",
            "in no row",
        ),
        ("pipelining   | 2  ", "pipelining   | 1  ", "disagree"),
        ("pipelining   | 2  ", "pipelining   | x  ", "row is not as known"),
        ("DPOP-1#2", "DPOP-1#3", "not numbered in order"),
        ("DPOP-1#2 Warning", "DPOP-1#1 Error", "in no row"),
        ("DPOP-1#2 Warning\nPREG", "DPOP-1#2 Warning\nMREG", "disagree"),
        ("| Severity ", "| Strength ", "table is not as known"),
        ("1. REPORT SUMMARY\n-----", "1. REPORT\n-----", "no summary"),
    ],
)
def test_a_report_that_contradicts_itself_is_refused(specimen, old, new, problem):
    text = specimen("vivado-2024.1/drc.rpt")
    assert old in text
    with pytest.raises(ReportError, match=problem):
        drc.parse_drc(text.replace(old, new), origin=HERE)


def test_two_reports_in_one_file_are_refused(specimen):
    text = specimen("vivado-2024.1/drc.rpt")
    with pytest.raises(ReportError, match="several reports"):
        drc.parse_drc(text + text, origin=HERE)


def test_a_refusal_names_the_line(specimen):
    text = specimen("vivado-2024.1/drc.rpt").replace("DPOP-1#2", "DPOP-1#7")
    line = text.split("\n").index("DPOP-1#7 Warning") + 1
    with pytest.raises(ReportError, match=rf"^report\.rpt:{line}: "):
        drc.parse_drc(text, origin=HERE)


@given(st.data())
def test_a_flipped_byte_is_refused_or_read_but_never_a_crash(data):
    text = (Path(__file__).parents[3] / "specimens/vivado-2024.1/drc.rpt").read_text()
    at = data.draw(st.integers(0, len(text) - 1))
    char = data.draw(st.characters(max_codepoint=255))
    try:
        reading = drc.parse_drc(text[:at] + char + text[at + 1 :], origin=HERE)
    except ReportError:
        return
    assert reading.total == 4 == sum(v.count for v in reading.violations) or reading.incomplete


NAMES = st.from_regex(r"[A-Z]{2,7}-[1-9][0-9]{0,3}", fullmatch=True)
WORDS = st.text("abcdefgh XYZ/[]:#0123456789._", min_size=1, max_size=40).map(
    lambda text: "a" + " ".join(text.split())
)
SEVERITIES = st.sampled_from(["Error", "Critical Warning", "Warning", "Advisory"])
RULES = st.lists(
    st.tuples(NAMES, SEVERITIES, WORDS, st.lists(WORDS, min_size=1, max_size=4)),
    max_size=5,
    unique_by=lambda rule: rule[0],
)


def rendered(rules: list[tuple[str, str, str, list[str]]], word: str) -> str:
    """These rules as Vivado prints them."""
    rows = [("Rule", "Severity", "Description", word)]
    rows += [(rule, severity, title, str(len(texts))) for rule, severity, title, texts in rules]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    line = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    table = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    details = [
        f"{rule}#{number} {severity}\n{title}  \n{text}\nRelated violations: <none>\n"
        for rule, severity, title, texts in rules
        for number, text in enumerate(texts, start=1)
    ]
    total = sum(len(texts) for _, _, _, texts in rules)
    return "\n".join(
        [
            "| Tool Version : Vivado v.2024.1 (lin64) Build 1",
            "| Command      : report_drc -file drc.rpt",
            "| Device       : xc7z020clg400-1",
            "\nReport DRC\n",
            "1. REPORT SUMMARY\n-----------------",
            f"             Max {word.lower()}: <unlimited>",
            f"             {word} found: {total}",
            *(line, table[0], line, *table[1:], line, ""),
            "2. REPORT DETAILS\n-----------------",
            *details,
            "\n",
        ]
    )


@given(RULES, st.sampled_from(["Violations", "Checks"]))
def test_what_was_printed_is_what_is_read(rules, word):
    reading = drc.parse_drc(rendered(rules, word), origin=HERE)
    assert [
        (v.rule, v.severity, v.description, [finding.text for finding in v.findings])
        for v in reading.violations
    ] == rules
    assert reading.total == sum(v.count for v in reading.violations)
    assert reading.incomplete == ""


@pytest.mark.parametrize("name", ["drc", "methodology"])
def test_every_real_report_counts_what_its_collector_counted(name):
    for entry, _, reading in readings(name):
        noted = [note.removeprefix("viol") for note in entry.notes if note.startswith("viol")]
        assert [str(reading.total)] == noted, entry.path
