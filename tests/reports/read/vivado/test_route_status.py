"""report_route_status: every line read, the counts held against one another."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.route_status import parse_route_status
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read import specimens
from tests.reports.read.corpus import readings

HERE = Path("route_status.rpt")


def text_of(name: str) -> str:
    return specimens.text_of(f"vivado-2024.1/{name}.rpt")


def test_a_routed_design_has_as_many_routed_as_routable_nets():
    status = parse_route_status(text_of("route_status"), origin=HERE)
    assert (status.nets.total, status.nets.routable, status.nets.routed) == (4210, 2500, 2500)
    assert (status.nets.errors, status.nets.not_needing_routing) == (0, 1710)
    assert [(line.depth, line.label, line.nets) for line in status.lines][4] == (
        2,
        "implicitly routed ports",
        9,
    )
    assert (status.missing, status.incomplete, status.version) == ({}, "", None)


def test_a_net_at_fault_may_have_several_faults():
    status = parse_route_status(text_of("route_status_unrouted"), origin=HERE)
    assert (status.nets.routed, status.nets.errors) == (120, 70)
    assert sum(line.nets for line in status.lines[-2:]) == 78


def test_no_line_of_routed_nets_means_none_if_all_are_unrouted():
    status = parse_route_status(text_of("route_status_unplaced"), origin=HERE)
    assert (status.nets.routable, status.nets.routed, status.nets.errors) == (40, 0, 20)


def test_nets_named_below_the_table_are_kept():
    text = text_of("route_status_unrouted") + "Nets with Routing Errors:\n  u_rows/x_q[3]\n"
    assert parse_route_status(text, origin=HERE).notes == (
        "Nets with Routing Errors:",
        "  u_rows/x_q[3]",
    )


def test_nets_with_fixed_routing_are_counted_among_the_routed():
    fixed = "           # of nets with fixed routing......... :           7 :\n"
    text = text_of("route_status")
    at = text.index("           # of fully")
    status = parse_route_status(text[:at] + fixed + text[at:], origin=HERE)
    assert (status.nets.routed, status.nets.errors) == (2500, 0)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("2500 :\n       # of nets with", "2499 :\n       # of nets with", "do not add up"),
        ("1180", "1181", "do not add up"),
        ("4210", "4211", "do not add up"),
        ("        0 :", "        1 :", "do not add up"),
        ("# of routable nets", "# of routable wires", "do not add up"),
        ("      1180 :", "      118x :", "as known"),
        ("       # of routable", "      # of routable", "as known"),
        ("# nets :\n", "# nuts :\n", "as known"),
        ("Design Route Status", "Design Status", "as known"),
    ],
)
def test_a_status_that_contradicts_itself_is_refused(old, new, problem):
    text = text_of("route_status")
    assert old in text
    with pytest.raises(ReportError, match=problem):
        parse_route_status(text.replace(old, new), origin=HERE)


COUNT = st.integers(0, 10**9)


def rendered(rows: list[tuple[int, str, int]]) -> str:
    """These lines as Vivado prints them."""
    body = [
        f"{' ' * (3 + 4 * depth)}{'# of ' + label:.<{43 - 4 * depth}} : {nets:11d} :"
        for depth, label, nets in rows
    ]
    rule = f"   {'-' * 43} : {'-' * 11} :"
    return "\n".join(["Design Route Status", f"{' ' * 47}:      # nets :", rule, *body, rule, "\n"])


@given(idle=COUNT, lone=COUNT, unrouted=COUNT, routed=COUNT, faulty=COUNT, unplaced=COUNT)
def test_what_was_printed_is_what_is_read(idle, lone, unrouted, routed, faulty, unplaced):
    rows = [
        (0, "logical nets", idle + lone + unrouted + routed + faulty + unplaced),
        (1, "nets not needing routing", idle + lone),
        (2, "internally routed nets", idle),
        (2, "nets with no loads", lone),
        (1, "routable nets", unrouted + routed + faulty),
        (2, "unrouted nets", unrouted),
        (2, "fully routed nets", routed),
        (1, "nets with routing errors", faulty + unplaced),
        (2, "nets with some unplaced pins", unplaced),
        (2, "nets with some unrouted pins", faulty),
    ]
    status = parse_route_status(rendered(rows), origin=HERE)
    assert [(line.depth, line.label, line.nets) for line in status.lines] == rows
    assert (status.nets.routed, status.nets.errors) == (routed, faulty + unplaced)
    assert status.incomplete == ""


def test_every_real_status_is_read_and_has_the_errors_its_collector_saw():
    for entry, _, reading in readings("route_status"):
        assert f"err{reading.nets.errors}" in entry.notes, entry.path
        assert reading.nets.routed == reading.nets.routable, entry.path
