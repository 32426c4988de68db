"""Hierarchical utilization: the tree as indented, own shares apart, and no part above its whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.kind import HEAD
from bitwright.reports.read.vivado import utilization
from bitwright.reports.read.vivado.utilization_hierarchy import KIND, Hierarchy, parse_hierarchy
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.corpus import readings
from tests.reports.read.vivado import drawing

ORIGIN = Path("hierarchy.rpt")
SPECIMENS = ("vivado-2018.3/utilization_hierarchy.rpt", "vivado-2024.1/utilization_hierarchy.rpt")
HEADINGS = ("Instance", "Module", "Total LUTs", "FFs", "RAMB36", "RAMB18", "DSP Blocks")


def read(text: str) -> Hierarchy:
    return parse_hierarchy(text, origin=ORIGIN)


def drawn(rows: list[list[str]]) -> str:
    part = ("1. Utilization by Hierarchy", drawing.table(HEADINGS, rows))
    title, command = "Utilization Design Information", "report_utilization -hierarchical"
    return drawing.report(title, command, [part], version="2024.1", part="xc7z020")


def test_command_tells_what_part_of_the_design_the_numbers_are_of(specimen):
    text = specimen(SPECIMENS[1])
    cells = text.replace("report_utilization", "report_utilization -cells [get_cells u_array]")
    assert read(cells).command.startswith("report_utilization -cells [get_cells u_array] ")


def test_paths_follow_the_indent(specimen):
    found = read(specimen(SPECIMENS[1]))
    assert [(one.path, one.depth) for one in found.hierarchy] == [
        ("matvec_top", 0),
        ("matvec_top/u_array", 1),
        ("matvec_top/u_array/gen_row[0].u_row", 2),
        ("matvec_top/u_array/gen_row[1].u_row", 2),
        ("matvec_top/u_buffer", 1),
        ("matvec_top/u_buffer/u_fifo", 2),
    ]


def test_numbers_stand_under_their_headings(specimen):
    array = read(specimen(SPECIMENS[1])).hierarchy[1]
    assert (array.module, array.lut, array.logic_lut, array.lutram, array.srl) == (
        "array",
        760,
        700,
        60,
        0,
    )
    assert (array.ff, array.ramb36, array.ramb18, array.uram, array.dsp) == (1500, 0, 0, 0, 64)


def test_own_share_is_no_child(specimen):
    found = read(specimen(SPECIMENS[1]))
    own = found.hierarchy[1].own
    assert own is not None
    assert (own["lut"], own["ff"]) == (20, 12)
    assert found.hierarchy[4].own is None
    assert all("(" not in one.path for one in found.hierarchy)


def test_resources_are_those_of_the_top_with_a_ramb36_as_two(specimen):
    found = read(specimen(SPECIMENS[1]))
    assert found.resources.bram_18k.used == 2 * 11 + 3
    assert (found.resources.lut.used, found.resources.lut.available) == (1000, None)
    assert "lut.available" in " ".join(found.missing)


def test_part_without_uram_has_none_and_older_tools_name_dsps_otherwise(specimen):
    top = read(specimen(SPECIMENS[0])).hierarchy[0]
    assert (top.uram, top.dsp) == (None, 64)


def test_parts_with_more_than_their_whole_are_refused(specimen):
    text = specimen(SPECIMENS[1]).replace("| 1500 |", "| 2500 |")
    with pytest.raises(ReportError, match="parts of 'matvec_top' have more ff"):
        read(text)


def test_row_that_hangs_from_nothing_is_refused():
    rows = [["top", "(top)", *"00000"], ["    deep", "m", *"00000"]]
    with pytest.raises(ReportError, match="'deep' hangs from nothing"):
        read(drawn(rows))


def test_blank_count_is_refused():
    with pytest.raises(ReportError, match="'FFs' holds no count"):
        read(drawn([["top", "(top)", "1", "", "0", "0", "0"]]))


def test_count_with_its_share_behind_it_is_the_count():
    row = ["top", "(top)", "760(1.43%)", "1500(<0.01%)", "11(7.86%)", "3(1.07%)", "64(29.09%)"]
    (top,) = read(drawn([row])).hierarchy
    assert (top.lut, top.ff, top.bram_18k, top.dsp) == (760, 1500, 25, 64)


def test_flat_and_hierarchical_reports_are_told_apart(specimen):
    flat = specimen("vivado-2022.2/utilization.rpt")
    assert [kind.claims(flat[:HEAD]) for kind in (KIND, utilization.KIND)] == [False, True]
    assert utilization.KIND.claims(flat.replace("-file ", "-file top-hierarchy-"))
    assert not KIND.claims(flat.replace("-file ", "-file top-hierarchy-"))
    deep = specimen(SPECIMENS[0])
    assert [kind.claims(deep[:HEAD]) for kind in (KIND, utilization.KIND)] == [True, False]


TREES = st.recursive(
    st.just([]), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=12
)


@given(TREES, st.lists(st.integers(0, 9), min_size=64, max_size=64))
def test_every_tree_that_is_drawn_is_read_branch_by_branch(tree, own):
    rows: list[list[str]] = []
    paths: dict[str, int] = {}

    def draw(children: list, name: str, path: str, depth: int) -> int:
        at, mine = len(rows), own[len(paths) % len(own)]
        rows.append([])
        paths[path] = 0
        if children:
            rows.append(["  " * (depth + 1) + f"({name})", "m", "0", str(mine), "0", "0", "0"])
        total = mine + sum(
            draw(child, f"u{n}", f"{path}/u{n}", depth + 1) for n, child in enumerate(children)
        )
        rows[at] = ["  " * depth + name, "m", "0", str(total), "0", "0", "0"]
        paths[path] = total
        return total

    draw(tree, "top", "top", 0)
    found = read(drawn(rows)).hierarchy
    assert {one.path: one.ff for one in found} == paths


def test_every_real_report_is_read_as_a_second_reading_by_columns_reads_it():
    for entry, text, found in readings("utilization_hierarchy", "util_hier"):
        lines = [line for line in text.splitlines() if line.startswith("|")]
        start = next(
            n for n, line in enumerate(lines) if "| Total LUTs |" in line.replace("  ", "")
        )
        names = [cell.strip() for cell in lines[start].split("|")]
        rows = [line.split("|") for line in lines[start + 1 :]]
        plain = [row for row in rows if not row[1].strip().startswith("(")]
        assert [one.name for one in found.hierarchy] == [row[1].strip() for row in plain]
        for field, column in (("lut", "Total LUTs"), ("ff", "FFs"), ("dsp", "DSP Blocks")):
            expected = [int(row[names.index(column)]) for row in plain]
            assert [getattr(one, field) for one in found.hierarchy] == expected, entry.path
        owns = sum(sum(one.own.values()) for one in found.hierarchy if one.own)
        assert (owns > 0) == (len(rows) > len(plain))
