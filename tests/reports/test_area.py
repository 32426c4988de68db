"""Placement and hierarchy: every cell is counted once, where it belongs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.area import COUNTED, RESOURCES, Area, element, hierarchy, part_of, parts
from bitwright.reports.read.open.placement import Cell, parse_hierarchy, parse_placement
from hypothesis import given
from hypothesis import strategies as st

HERE = Path("placement.json")


def place(**cells: tuple[str, str]) -> tuple[Cell, ...]:
    return parse_placement(json.dumps(cells), origin=HERE)


def test_a_cell_stands_where_nextpnr_put_it():
    (cell,) = place(u_a=("X97/Y57/SLICEA.K0", "TRELLIS_COMB"))
    assert cell == Cell("u_a", "TRELLIS_COMB", 97, 57, "SLICEA.K0")


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        '{"a": "X1/Y1/EBR0"}',
        '{"a": ["X1/Y1/EBR0"]}',
        '{"a": ["X1Y1/EBR0", "DP16KD"]}',
        '{"a": ["X-1/Y1/EBR0", "DP16KD"]}',
        '{"a": ["X1/Y1/EBR0", ""]}',
        '{"a": ["X1/Y1/EBR0", "DP16KD"], "b": ["X1/Y1/EBR0", "DP16KD"]}',
        '{"a": ["X1/Y1/EBR0", "DP16KD"], "a": ["X2/Y1/EBR0", "DP16KD"]}',
    ],
)
def test_a_malformed_placement_is_an_error(text: str):
    with pytest.raises(ReportError):
        parse_placement(text, origin=HERE)


def test_the_top_holds_what_nextpnr_counted(cells: tuple[Cell, ...], modules: dict[str, str]):
    top = hierarchy(cells, modules)[0]
    assert (top.path, top.module) == ("", "toy")
    assert top.area == Area(lut=189, ff=155, bram_18k=2, dsp=4, io=3)


def test_every_element_has_its_multiplier(cells: tuple[Cell, ...], modules: dict[str, str]):
    nodes = {node.path: node for node in hierarchy(cells, modules)}
    assert nodes["u_array"].area.dsp == 4
    assert nodes["u_array.gen_row[1]"].area.dsp == 2  # a generate scope: no module of its own
    assert nodes["u_array.gen_row[1].gen_col[0].u_pe"].area.dsp == 1
    assert nodes["u_buffer_a"].area.bram_18k == 1


def test_parts_add_up_to_the_whole(cells: tuple[Cell, ...], modules: dict[str, str]):
    total = sum((part.area for part in parts(cells)), Area())
    assert total == hierarchy(cells, modules)[0].area
    assert [part.name for part in parts(cells)] == [
        *(
            "Processing elements",
            "Buffer of A",
            "Buffer of B",
            "Bus, clock and reset",
        )
    ]


def test_instances_come_in_natural_order_below_their_parent():
    cells = place(**{f"u_a.gen[{n}].x": (f"X{n}/Y1/SLICEA.K0", "TRELLIS_COMB") for n in (10, 2)})
    modules = {"u_a.gen[10]": "m", "u_a.gen[2]": "m", "u_a": "a"}
    paths = [node.path for node in hierarchy(cells, modules)]
    assert paths == ["", "u_a", "u_a.gen[2]", "u_a.gen[10]"]


def test_a_name_that_only_begins_alike_is_not_inside():
    cells = place(**{"u_ab.x": ("X1/Y1/SLICEA.K0", "TRELLIS_COMB")})
    nodes = {node.path: node.area.lut for node in hierarchy(cells, {"u_a": "a"})}
    assert nodes == {"": 1, "u_a": 0}


NAMES = st.lists(st.sampled_from(["u_a", "u_b", "gen[0]", "gen[1]"]), min_size=1, max_size=4)


@given(
    st.lists(st.tuples(NAMES, st.sampled_from(sorted(COUNTED))), max_size=20),
    st.sets(NAMES.map(".".join)),
)
def test_every_instance_is_the_sum_of_its_children_and_its_own(
    drawn: list[tuple[list[str], str]], instances: set[str]
):
    cells = [Cell(".".join([*path, "q"]), kind, n, 0, "S") for n, (path, kind) in enumerate(drawn)]
    nodes = hierarchy(cells, dict.fromkeys(instances, "m"))
    assert nodes[0].area == Area(**{n: sum(COUNTED[c.kind] == n for c in cells) for n in RESOURCES})
    for node in nodes[1:]:
        below = [c for c in cells if c.name.startswith(f"{node.path}.")]
        if node.path in instances:
            assert node.area.lut == sum(c.kind == "TRELLIS_COMB" for c in below)


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("matmul.u_array.gen_row[0].gen_col[7].u_pe.acc_q_TRELLIS_FF_Q", "Processing elements"),
        ("matmul.u_engine.u_array.d_q_TRELLIS_FF_Q", "Processing elements"),
        ("matmul.u_engine.u_b.gen_group[0].u_buffer.memory.0.1", "Buffer of B"),
        ("matmul.u_engine.u_drain.u_requantiser.y_o_LUT4_Z", "Tiles and requantiser"),
        ("matmul.u_regs.a_hi_TRELLIS_FF_Q", "Control"),
        ("sdram_bridge.state_q_TRELLIS_FF_Q", "SDRAM controller"),
        ("generate_system_sdram_bankmachine0_TRELLIS_FF_Q", "SDRAM controller"),
        ("generate_system_uart_bridge_rx_data_TRELLIS_FF_Q", "UART bridge"),
        ("clk_25mhz$tr_io", "Bus, clock and reset"),
    ],
)
def test_parts_are_known_by_name(cell: str, part: str):
    assert part_of(cell) == part


def test_an_element_knows_its_row_and_column():
    assert element("u.gen_row[3].gen_col[12].u_pe.x") == (3, 12)
    assert element("u.gen_row[3].x") is None


def test_a_hierarchy_that_is_no_table_of_names_is_an_error():
    with pytest.raises(ReportError):
        parse_hierarchy('{"u_a": 1}', origin=HERE)
