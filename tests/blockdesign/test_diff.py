"""What changed between two designs is found, named, weighed and drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bitwright.blockdesign import anyfile, named
from bitwright.blockdesign.__main__ import main
from bitwright.blockdesign.diff import ADDED, CHANGED, REMOVED, Change, diff
from bitwright.blockdesign.diffpicture import picture, together
from bitwright.blockdesign.difftext import lines
from bitwright.blockdesign.draw.page import page
from bitwright.blockdesign.flat import flat
from bitwright.blockdesign.model import (
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Port,
)
from defusedxml import ElementTree
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.blockdesign.drawn import CELL, chain, designs, shuffled, wild
from tests.blockdesign.test_draw import faults
from tests.standins import handoff

ROOT = Path(__file__).parents[2]
FEW = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
ROW = chain("one", "two", "three")
Mutation = tuple[BlockDesign, str, str, str]  # the changed design; kind, sign, subject of a change


def changed(design: BlockDesign, **parts: Any) -> BlockDesign:
    return replace(design, **{name: tuple(values) for name, values in parts.items()})


def said(before: BlockDesign, after: BlockDesign) -> list[tuple[str, str, str]]:
    return [(one.kind, one.sign, one.subject) for one in diff(before, after).changes]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[BlockDesign, Mutation]:
    """A design, and the same with one thing changed."""
    design = draw(designs())
    cell = draw(st.sampled_from(design.cells))
    others = [one for one in design.cells if one is not cell]
    choices: list[Callable[[], Mutation]] = [
        lambda: (changed(design, cells=others), "cell", REMOVED, cell.path),
        lambda: (
            changed(design, cells=[*design.cells, Cell("new", "ip", CELL)]),
            *("cell", ADDED, "new"),
        ),
        lambda: (
            changed(design, cells=[*others, replace(cell, type="acme.com:ip:other")]),
            *("cell", CHANGED, cell.path),
        ),
        lambda: (
            changed(design, cells=[*others, replace(cell, parameters=(("DEPTH", "8"),))]),
            *("parameter", ADDED, cell.path),
        ),
        lambda: (
            changed(design, ports=[*design.ports, Port("led", "out")]),
            *("port", ADDED, "led"),
        ),
    ]
    if design.addresses:
        first, *rest = design.addresses
        moved = replace(first, offset=(first.offset or 0) + 4096)
        subject = f"{first.space} {first.segment}"
        choices.append(
            lambda: (changed(design, addresses=[moved, *rest]), "address", CHANGED, subject)
        )
    if design.interface_nets:
        net, *more = design.interface_nets
        joins = " – ".join(net.ends)
        choices.append(lambda: (changed(design, interface_nets=more), "interface", REMOVED, joins))
    return design, draw(st.sampled_from(choices))()


@FEW
@given(designs(), st.integers(0, 999))
def test_a_design_does_not_differ_from_itself_in_another_order(design: BlockDesign, seed: int):
    other = shuffled(design, seed)
    again = BlockDesign.of(
        "other name",
        cells=other.cells,
        ports=other.ports,
        interface_ports=other.interface_ports,
        nets=[replace(net, name=f"{net.name}_x") for net in other.nets],
        interface_nets=[replace(net, name=f"{net.name}_x") for net in other.interface_nets],
        addresses=other.addresses,
    )
    assert not diff(design, again).changes
    assert not diff(design, again, built=True).changes


@FEW
@given(wild(), wild(), st.booleans())
def test_designs_that_no_tool_would_take_are_compared_and_drawn(
    before: BlockDesign, after: BlockDesign, built: bool
):
    assert not diff(before, before, built=built).changes
    ElementTree.fromstring(picture(diff(before, after, built=built), {}, {}))


@FEW
@given(mutations())
def test_a_change_is_named_and_turned_round_its_sign_is_too(case: tuple[BlockDesign, Mutation]):
    design, (other, kind, sign, subject) = case
    opposite = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED}
    assert said(design, other) == [(kind, sign, subject)]
    assert said(other, design) == [(kind, opposite[sign], subject)]


@FEW
@given(mutations())
def test_the_picture_of_a_change_is_readable_and_marks_it(case: tuple[BlockDesign, Mutation]):
    design, (other, kind, sign, _) = case
    assume(kind != "port")  # one that joins nothing is not drawn
    found = diff(design, other)
    both, marks = together(found)
    drawing = page(both, {}, marks, "x", "")
    assert not faults(drawing)
    ElementTree.fromstring(picture(found, {}, {}))
    marked = {shape.mark for shape in drawing.shapes} | {path.mark for path in drawing.paths}
    if kind == "address":
        texts = [text for text in drawing.texts if "address" in text.style]
        marked = {word for text in texts for word in text.style.split()[1:]}
        if any("more" in text.text for text in texts) or not texts:
            return
        sign = ADDED
    assert (CHANGED if kind == "parameter" else sign) in marked


def test_an_interface_that_leads_elsewhere_is_one_change_with_both_ends():
    other = changed(
        ROW, interface_nets=[ROW.interface_nets[0], Net("n1", ("three/S2_AXI", "two/M_AXI"))]
    )
    (change,) = diff(ROW, other).changes
    assert (change.kind, change.subject) == ("interface", "two/M_AXI")
    assert change.text == "−three/S_AXI +three/S2_AXI"


def test_a_wire_that_is_cut_is_a_change_of_its_net():
    (net,) = ROW.nets
    other = changed(ROW, nets=[replace(net, ends=("clk", "one/aclk", "two/aclk"))])
    (change,) = diff(ROW, other).changes
    assert (change.kind, change.sign, change.text) == ("wire", CHANGED, "−three/aclk")


def test_what_comes_with_a_new_cell_is_counted_and_not_listed():
    longer = chain("one", "two", "three", "four")
    found = diff(ROW, longer)
    text = [line for _, line in lines(found)]
    assert text[:2] == ["cells: 1 added", "  + four  acme.com:ip:box"]
    assert [c.because for c in found.changes if c.kind == "interface"] == ["four"]
    assert not any("three/M_AXI" in line for line in text)
    assert any("three/M_AXI" in line for _, line in lines(found, everything=True))


def test_cells_come_before_addresses_and_these_before_wires_and_parameters():
    base = changed(ROW, addresses=[Address("one/Data", "two/S_AXI/Reg", 0, 4096)])
    other = changed(
        base,
        cells=[
            *base.cells[:-1],
            replace(base.cells[-1], parameters=(("A", "1"),)),
            Cell("x", "ip"),
        ],
        addresses=[Address("one/Data", "two/S_AXI/Reg", 4096, 4096)],
        nets=[],
    )
    kinds = [change.kind for change in diff(base, other).changes]
    assert kinds == ["cell", "address", "wire", "parameter"]


def test_parameters_of_a_cell_that_is_another_ip_now_are_not_listed():
    old = changed(ROW, cells=[replace(ROW.cells[0], parameters=(("A", "1"),)), *ROW.cells[1:]])
    new = changed(ROW, cells=[replace(ROW.cells[0], type="acme.com:ip:other"), *ROW.cells[1:]])
    assert {change.because for change in diff(old, new).changes} == {"", "one"}
    assert len(lines(diff(old, new))) == 2


def test_banks_of_a_memory_that_move_are_one_line():
    banks = [Address("one/Data", f"two/S_AXI/MEM{i:02}", i << 28, 1 << 28) for i in range(32)]
    moved = [replace(bank, offset=(bank.offset or 0) + (1 << 36)) for bank in banks]
    found = diff(changed(ROW, addresses=banks), changed(ROW, addresses=moved))
    assert len(found.changes) == 32
    (line,) = [text for sign, text in lines(found) if sign]
    assert "0x0 · 256 MiB → 0x10_0000_0000 · 256 MiB and 31 more like it" in line


def test_a_version_counts_where_both_say_one():
    def version(text: str) -> BlockDesign:
        return BlockDesign.of("v", cells=[Cell("a", "ip", CELL, text)])

    assert not diff(version("1.0"), version("")).changes
    assert [c.text for c in diff(version("1.0"), version("2.0")).changes] == [
        f"{CELL}:1.0 → {CELL}:2.0"
    ]


# ------------------------------------------------------------------------------- what was built


NESTED = BlockDesign.of(
    "nested",
    cells=[
        Cell("cpu", "ip", CELL, parameters=(("A", "250.0"),)),
        Cell("mem", "hier"),
        Cell("mem/ram", "ip", CELL),
    ],
    ports=[Port("mem/clk", "in", "clk")],
    interface_ports=[InterfacePort("mem/S_AXI", "Slave", "x:y:aximm_rtl:1.0")],
    nets=[
        Net("clk", ("cpu/clk", "mem/clk")),
        Net("mem/clk", ("mem/clk", "mem/ram/aclk")),
    ],
    interface_nets=[
        Net("data", ("cpu/M_AXI", "mem/S_AXI")),
        Net("mem/data", ("mem/S_AXI", "mem/ram/S_AXI")),
    ],
    addresses=[
        Address("cpu/Data", "mem/ram/S_AXI/Mem", 0, 4096),
        Address("cpu/Data", "mem/ram/S_AXI/Reg", None, None, excluded=True),
    ],
)
BUILT = BlockDesign.of(
    "nested",
    cells=[
        Cell("cpu", "ip", CELL, "1.0", parameters=(("A", "250"), ("B", "derived"))),
        Cell("mem/ram", "ip", CELL, "1.0"),
    ],
    nets=[Net("cpu_clk", ("cpu/clk", "mem/ram/aclk"))],
    interface_nets=[Net("cpu_M_AXI", ("cpu/M_AXI", "mem/ram/S_AXI"))],
    addresses=[Address("cpu/Data", "mem/ram/S_AXI/Mem", 0, 4096)],
)


def test_nets_are_joined_through_the_pins_of_hierarchies():
    found = flat(NESTED)
    assert [net.ends for net in found.nets] == [("cpu/clk", "mem/ram/aclk")]
    assert [net.ends for net in found.interface_nets] == [("cpu/M_AXI", "mem/ram/S_AXI")]
    assert [cell.path for cell in found.cells] == ["cpu", "mem/ram"]
    assert not found.ports and not found.interface_ports and len(found.addresses) == 1


def test_what_was_built_is_compared_as_far_as_it_says():
    found = diff(NESTED, BUILT, built=True)
    assert not found.changes
    (line,) = lines(found)
    assert line[1].startswith("not compared: pins of hierarchies") and "1 parameters" in line[1]
    assert diff(NESTED, BUILT).changes  # and would differ otherwise


@pytest.mark.parametrize(
    "other",
    [
        changed(BUILT, addresses=[Address("cpu/Data", "mem/ram/S_AXI/Mem", 8192, 4096)]),
        changed(BUILT, cells=[replace(BUILT.cells[0], parameters=(("A", "100"),)), BUILT.cells[1]]),
        changed(BUILT, interface_nets=[]),
        changed(BUILT, cells=BUILT.cells[:1]),
    ],
)
def test_what_was_built_otherwise_is_found(other: BlockDesign):
    assert len(diff(NESTED, other, built=True).changes) == 1


@pytest.mark.parametrize("target", ["pynq-z2", "zcu104", "kv260", "u280"])
def test_a_handoff_of_our_design_says_the_same_as_its_description(
    target: str, tmp_path: Path, monkeypatch: Any
):
    monkeypatch.chdir(ROOT)
    ours = named.read(f"gpt2-medium@{target}")
    mapped = flat(ours.design)  # Vivado lists in a .hwh what is mapped
    path = tmp_path / "built.hwh"
    path.write_text(handoff.render(mapped, ours.looks, "part", "2024.1"))
    built = named.read(str(path))
    assert built.kind == anyfile.HWH
    assert not diff(ours.design, built.design, built=True).changes
    moved = [replace(one, offset=(one.offset or 0) + 65536) for one in mapped.addresses[-1:]]
    other = changed(mapped, addresses=[*mapped.addresses[:-1], *moved])
    path.write_text(handoff.render(other, ours.looks, "part", "2024.1"))
    (change,) = diff(ours.design, named.read(str(path)).design, built=True).changes
    assert (change.kind, change.sign) == ("address", CHANGED)


# ---------------------------------------------------------------------------------- the command


def test_the_command_says_by_its_status_whether_two_designs_differ(
    tmp_path: Path, monkeypatch: Any, capsys: Any
):
    monkeypatch.chdir(ROOT)
    assert main(["diff", "gpt2-medium@zcu104", "gpt2-medium@zcu104"]) == 0
    assert "say the same" in capsys.readouterr().out
    drawn = tmp_path / "d.svg"
    command = ["diff", "gpt2-medium@zcu104", "gpt2-medium@kv260", "--picture", str(drawn)]
    assert main(command) == 1
    out = capsys.readouterr().out
    assert "gpt2-medium@zcu104 → gpt2-medium@kv260" in out and "\x1b" not in out
    ElementTree.parse(drawn)


def test_what_cannot_be_compared_ends_with_two(tmp_path: Path, monkeypatch: Any, capsys: Any):
    monkeypatch.chdir(ROOT)
    torn = tmp_path / "torn.hwh"
    torn.write_text("<?xml version='1.0'?><EDKSYSTEM>")
    binary = tmp_path / "x.tcl"
    binary.write_bytes(b"\xff\xfe\x00")
    for wrong in ("no/such.yml", str(torn), str(binary), str(tmp_path)):
        assert main(["diff", "gpt2-medium@zcu104", wrong]) == 2, wrong
        assert wrong in capsys.readouterr().err


def test_lines_of_a_diff_are_at_most_100_columns_and_lose_no_word(
    monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.chdir(ROOT)
    words = ["gpt2-medium@u280", "gpt2-medium@u280-published"]
    assert main(["diff", *words, "--all"]) == 1
    found = diff(*(named.read(word).design for word in words))
    told = [line for _, line in lines(found, everything=True)]
    assert max(map(len, told)) > 100
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 100
    assert out.split()[3:] == " ".join(told).split()


def test_where_lines_are_left_out_the_end_says_what_all_shows_as_help_does(capsys: Any) -> None:
    many = chain(*(f"cell{number}" for number in range(30)))
    (last,) = [line for _, line in lines(diff(ROW, many)) if "--all" in line][:1]
    with pytest.raises(SystemExit):
        main(["diff", "--help"])
    told = last.partition("(--all: ")[2].rstrip(")")
    assert told and told in " ".join(capsys.readouterr().out.split())


def test_our_designs_differ_from_one_another_and_are_drawn_readably(monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    one, other = named.read("gpt2-medium@pynq-z2"), named.read("gpt2-medium@zcu104")
    found = diff(one.design, other.design)
    first: Change = found.changes[0]
    assert (first.kind, first.sign) == ("cell", REMOVED)
    both, marks = together(found)
    assert not faults(page(both, {**one.looks, **other.looks}, marks, "x", ""))
