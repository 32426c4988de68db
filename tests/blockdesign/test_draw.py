"""Pictures of block designs: what is drawn is measured, not only looked at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any

import pytest
from bitwright.blockdesign import named
from bitwright.blockdesign.commands.draw import DOCS, picture
from bitwright.blockdesign.draw import Marks, svg
from bitwright.blockdesign.draw.drawing import Drawing, Rect, Shape
from bitwright.blockdesign.draw.page import page
from bitwright.blockdesign.draw.tags import HUES
from bitwright.blockdesign.draw.text import together
from bitwright.blockdesign.ip import Instance, Interface, Pin, Segment, Space
from bitwright.blockdesign.model import Address, BlockDesign, Cell, Net, Port
from bitwright.blockdesign.units import hexadecimal, size
from defusedxml import ElementTree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.blockdesign.drawn import CELL, HOSTILE, chain, designs, shuffled, wild

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("BITWRIGHT_IP_CORPUS") or ROOT.parent / "shared/corpus/ip")
FILES = sorted(CORPUS.glob("hwh/*.hwh"))
ABSENT = f"no real .hwh files in {CORPUS}; set BITWRIGHT_IP_CORPUS to a folder that has hwh/"
BOXES = ("cell", "quiet", "port")
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def drawn(design: BlockDesign, looks: dict[str, Instance] | None = None) -> Drawing:
    return page(design, looks or {}, Marks(), design.name, "")


def faults(drawing: Drawing) -> list[str]:
    """Everything that would make a picture hard to read."""
    found = []
    boxes = [(s.path, rect) for s in drawing.of_kind(*BOXES) for rect in s.rects]
    for (one, a), (other, b) in combinations(boxes, 2):
        if one != other and a.meets(b):
            found.append(f"boxes of {one!r} and {other!r} overlap")
    for one, other in combinations(drawing.texts, 2):
        if one.rect.meets(other.rect):
            found.append(f"texts {one.text!r} and {other.text!r} overlap")
    whole = Rect(0, 0, drawing.width, drawing.height)
    rects = [text.rect for text in drawing.texts] + [rect for _, rect in boxes]
    found += [f"{rect} is cut off at {whole}" for rect in rects if not whole.holds(rect)]
    for text in drawing.texts:
        for path, rect in boxes:
            if text.rect.meets(rect) and not rect.holds(text.rect) and not _in_arms(drawing, text):
                found.append(f"text {text.text!r} crosses the side of {path!r}")
    return [*found, *_crossed(drawing, boxes)]


def _in_arms(drawing: Drawing, text: Any) -> bool:
    """Whether a text is within one of the parts of a cell that has arms."""
    return any(
        len(shape.rects) == 3 and any(rect.holds(text.rect) for rect in shape.rects)
        for shape in drawing.shapes
    )


def _crossed(drawing: Drawing, boxes: list[tuple[str, Rect]]) -> list[str]:
    """Edges that run through a box or a text."""
    found = []
    for path in drawing.paths:
        for (ax, ay), (bx, by) in pairwise(path.points):
            x, y = min(ax, bx), min(ay, by)
            piece = Rect(x + 1, y, abs(bx - ax) - 2, 1) if ay == by else Rect(x, y, 1, abs(by - ay))
            found += [f"{path.title} runs through {name!r}" for name, r in boxes if piece.meets(r)]
            found += [
                f"{path.title} runs through {text.text!r}"
                for text in drawing.texts
                if piece.meets(text.rect)
            ]
    return found


def test_what_is_measured_does_see_faults():
    drawing = drawn(chain("one", "two"))
    assert not faults(drawing)
    box = next(iter(drawing.of_kind("cell")))
    drawing.shapes.append(Shape("cell", "intruder", (box.rects[0].moved(5, 5),)))
    drawing.texts.append(drawing.texts[0])
    said = " ".join(faults(drawing))
    assert "boxes of" in said and "texts 'row' and 'row' overlap" in said
    drawing.width = 10
    assert "cut off" in " ".join(faults(drawing))


@FEW
@given(designs())
def test_no_box_text_or_edge_is_in_the_way_of_another(design: BlockDesign):
    assert not faults(drawn(design))


@FEW
@given(designs(most=14))
def test_edges_of_different_pins_do_not_lie_on_one_another(design: BlockDesign):
    paths = [path for path in drawn(design).paths if path.nets]
    for one, other in combinations(paths, 2):
        if one.points[0] != other.points[0]:
            pieces = product(pairwise(one.points), pairwise(other.points))
            assert not any(_lie_together(*a, *b) for a, b in pieces), (one.title, other.title)


Point = tuple[int, int]


def _lie_together(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two pieces are one line for some of their length."""
    for along, across in ((0, 1), (1, 0)):
        if a[across] == b[across] and c[across] == d[across] and abs(a[across] - c[across]) < 3:
            low = max(min(a[along], b[along]), min(c[along], d[along]))
            return low < min(max(a[along], b[along]), max(c[along], d[along]))
    return False


@FEW
@given(wild())
def test_a_design_that_no_tool_would_take_is_drawn_all_the_same(design: BlockDesign):
    ElementTree.fromstring(svg(design, {}))


@FEW
@given(designs(most=40))
def test_every_interface_net_has_an_edge_that_begins_and_ends_at_its_cells(design: BlockDesign):
    drawing = drawn(design)
    edges = {net: path for path in drawing.paths for net in path.nets}
    boxes = {shape.path: shape for shape in drawing.of_kind("cell", "frame", "port")}
    assert set(edges) >= {net.name for net in design.interface_nets}
    for net in design.interface_nets:
        touched = [boxes[_box(end, boxes)].rects for end in net.ends]
        for rects in touched:
            at = [edges[net.name].points[0][0], edges[net.name].points[-1][0]]
            assert any(x in (rect.x, rect.right) for x in at for rect in rects)


def _box(end: str, boxes: dict[str, Shape]) -> str:
    return end if end in boxes else end.rpartition("/")[0]


@FEW
@given(designs(cyclic=False))
def test_where_there_is_no_cycle_every_edge_runs_from_left_to_right(design: BlockDesign):
    for path in drawn(design).paths:
        xs = [x for x, _ in path.points]
        assert xs == sorted(xs), path.title


@FEW
@given(designs(), st.integers(0, 999))
def test_the_order_in_which_a_design_is_written_does_not_change_a_byte(
    design: BlockDesign, seed: int
):
    assert svg(design, {}) == svg(shuffled(design, seed), {})


@FEW
@given(designs())
def test_names_are_no_markup(design: BlockDesign):
    root = ElementTree.fromstring(svg(design, {}, title='<&"'))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "title", "style", "rect", "path", "circle", "text"}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_it_is(name: str):
    root = ElementTree.fromstring(svg(chain(name, "next"), {}))
    texts = {element.text for element in root.iter() if element.tag.endswith("}text")}
    shown = name.replace("\x01", "\ufffd")
    assert shown in texts or any("…" in str(text) for text in texts)


def test_forty_cells_keep_clear_of_one_another():
    names = [f"c{i}" for i in range(40)]
    nets = [Net(f"n{i}", (f"c{i // 3}/M{i}_AXI", f"c{i}/S_AXI")) for i in range(1, 40)]
    nets += [Net(f"x{i}", (f"c{i}/MX_AXI", f"c{i + 7}/SX_AXI")) for i in range(0, 32, 5)]
    cells = [Cell(name, "ip", CELL) for name in names]
    assert not faults(drawn(BlockDesign.of("forty", cells=cells, interface_nets=nets)))


# ------------------------------------------------------------------------------- what is written


def processor(memory: bool = True) -> tuple[BlockDesign, dict[str, Instance]]:
    """A processor that starts a kernel, and whose memory the kernel reads."""
    design = BlockDesign.of(
        "loop",
        cells=[Cell("cpu", "ip", CELL), Cell("kernel", "ip", CELL)],
        interface_nets=[
            Net("control", ("cpu/M_AXI", "kernel/s_axi_control")),
            Net("memory", ("kernel/m_axi_gmem", "cpu/S_AXI")),
        ],
        addresses=[
            Address("cpu/Data", "kernel/s_axi_control/Reg", 0x4000_0000, 4096),
            Address("kernel/Data", "cpu/S_AXI/LOW", 0, 1 << 29),
            Address("kernel/Data", "cpu/S_AXI/HIGH", 1 << 29, 1 << 29),
        ],
    )
    cpu = Instance(
        CELL,
        interfaces={
            "M_AXI": Interface("M_AXI", "Master", protocol="AXI4LITE", data_width=32),
            "S_AXI": Interface("S_AXI", "Slave", protocol="AXI3", data_width=64),
        },
        spaces={"Data": Space("Data", ("M_AXI",))},
        segments={
            name: Segment(name, "S_AXI", kind="memory" if memory else "register")
            for name in ("S_AXI/LOW", "S_AXI/HIGH")
        },
    )
    return design, {"cpu": cpu}


def test_protocol_width_and_address_stand_at_the_slave():
    design, looks = processor()
    texts = [text.text for text in drawn(design, looks).texts]
    assert "AXI4-Lite 32" in texts and "AXI3 64" in texts
    assert "0x4000_0000 · 4 KiB" in texts


def test_segments_that_follow_on_one_another_are_one_address():
    design, looks = processor()
    texts = [text.text for text in drawn(design, looks).texts]
    assert "0x0 · 1 GiB" in texts and not any("512 MiB" in text for text in texts)


def test_a_processor_with_memory_has_two_arms_so_that_nothing_runs_backwards():
    drawing = drawn(*processor())
    assert not any(path.back for path in drawing.paths)
    (arms,) = (shape for shape in drawing.shapes if len(shape.rects) == 3)
    left, bar, right = arms.rects
    (kernel,) = (shape.rects[0] for shape in drawing.shapes if shape.path == "kernel")
    assert left.right <= kernel.x and kernel.right <= right.x and kernel.bottom <= bar.y


def test_any_other_cycle_is_closed_by_an_edge_that_runs_back():
    drawing = drawn(*processor(memory=False))
    assert [path.nets for path in drawing.paths if path.back] == [("memory",)]
    assert not faults(drawing)


def test_clocks_are_tags_and_no_edges():
    drawing = drawn(chain("one", "two"))
    assert not any("clk" in path.nets for path in drawing.paths)
    assert {shape.path for shape in drawing.of_kind("tag")} >= {"one", "two"}


def clocked() -> tuple[BlockDesign, dict[str, Instance]]:
    """A clock, its reset and a constant, taken by a cell in a hierarchy."""
    design = BlockDesign.of(
        "quiet",
        cells=[
            Cell("wiz", "ip", "xilinx.com:ip:clk_wiz"),
            Cell("rst", "ip", "xilinx.com:ip:proc_sys_reset"),
            Cell("one", "ip", "xilinx.com:ip:xlconstant", parameters=(("CONST_VAL", "5"),)),
            Cell("h", "hier"),
            Cell("h/a", "ip", CELL),
            Cell("h/b", "ip", CELL),
        ],
        ports=[Port("h/clk", "in", "clk"), Port("h/aresetn", "in", "rst"), Port("led", "out")],
        nets=[
            Net("clk", ("wiz/clk_out1", "rst/slowest_sync_clk", "h/clk")),
            Net("h/clk_in", ("h/clk", "h/a/aclk", "h/b/aclk")),
            Net("aresetn", ("rst/peripheral_aresetn", "h/aresetn")),
            Net("h/aresetn_in", ("h/aresetn", "h/a/aresetn")),
            Net("led", ("one/dout", "led")),
        ],
        interface_nets=[Net("h/n", ("h/a/M_AXI", "h/b/S_AXI"))],
    )
    return design, {
        "wiz": Instance("w", {"clk_out1": Pin("clk_out1", "out", "clk", mhz=250.0)}),
        "rst": Instance("r", {"peripheral_aresetn": Pin("peripheral_aresetn", "out", "rst")}),
        "one": Instance("c", {"dout": Pin("dout", "out")}),
    }


def tags_of(drawing: Drawing) -> dict[str, set[str]]:
    """What the tags of each cell say, their kind before it: clk, rst or data."""
    found: dict[str, set[str]] = {}
    for shape in drawing.of_kind("tag"):
        for text in drawing.texts:
            if shape.rects[0].holds(text.rect):
                words = f"{shape.style} {text.text}"
                found.setdefault(shape.path, set()).add(words)
    return found


def test_a_signal_has_one_name_and_a_domain_one_colour_through_hierarchies_too():
    drawing = drawn(*clocked())
    assert tags_of(drawing) == {
        "wiz": {"clk hue1 makes clk_out1 250 MHz"},
        "rst": {"clk hue1 takes clk_out1", "rst hue1 makes peripheral_aresetn"},
        "h/a": {"clk hue1 takes clk_out1", "rst hue1 takes peripheral_aresetn"},
        "h/b": {"clk hue1 takes clk_out1"},
        "one": {"data hue0 makes one = 5"},
    }
    assert not faults(drawing)


def test_makers_of_clocks_and_constants_stand_in_the_strip_and_their_ports_at_the_border():
    drawing = drawn(*clocked())
    assert {shape.path for shape in drawing.of_kind("quiet")} == {"wiz", "rst", "one"}
    assert "led ← one = 5" in {text.text for text in drawing.texts}
    (frame,) = drawing.of_kind("frame")
    inside = [shape for shape in drawing.of_kind("cell") if shape.path.startswith("h/")]
    assert len(inside) == 2 and all(frame.rects[0].holds(shape.rects[0]) for shape in inside)


def test_what_an_xlconcat_gathers_is_an_interrupt_and_its_way_back_is_one_too():
    design = BlockDesign.of(
        "irq",
        cells=[
            Cell("cpu", "ip", CELL),
            Cell("gather", "ip", "xilinx.com:ip:xlconcat"),
            Cell("dev", "ip", CELL),
        ],
        nets=[
            Net("one", ("dev/interrupt", "gather/In0")),
            Net("all", ("gather/dout", "cpu/usr_req")),
        ],
        interface_nets=[Net("n", ("cpu/M_AXI", "dev/S_AXI"))],
    )
    styles = {path.nets: (path.style, path.back) for path in drawn(design).paths if path.nets}
    assert styles == {("n",): ("axi", False), ("one",): ("irq", False), ("all",): ("irq", True)}


def switches(number: int) -> Drawing:
    """A kernel that reaches memory through so many switches."""
    names = [f"sw{i}" for i in range(number)]
    design = BlockDesign.of(
        "twins",
        cells=[Cell(n, "ip", CELL) for n in ("kernel", "hbm", *names)],
        interface_nets=[
            *(Net(f"a{n}", (f"kernel/M{i}_AXI", f"{n}/S_AXI")) for i, n in enumerate(names)),
            *(Net(f"b{n}", (f"{n}/M_AXI", f"hbm/S{i}_AXI")) for i, n in enumerate(names)),
        ],
    )
    return drawn(design, {name: Instance(CELL) for name in names})


def test_three_switches_that_differ_in_nothing_are_a_stack_and_two_are_not():
    assert {shape.path for shape in switches(2).of_kind("cell")} >= {"sw0", "sw1"}
    three = switches(3)
    assert {shape.path for shape in three.of_kind("cell")} == {"kernel", "hbm", "sw0"}
    texts = {text.text for text in three.texts}
    assert {"sw0–2", "3 × box", "M0–2_AXI", "S0–2_AXI"} <= texts
    assert sorted(net for path in three.paths for net in path.nets) == sorted(
        f"{side}sw{i}" for side in "ab" for i in range(3)
    )
    assert not faults(three)


def test_interfaces_between_two_cells_are_one_bundle():
    design = BlockDesign.of(
        "pair",
        cells=[Cell("one", "ip", CELL), Cell("two", "ip", CELL)],
        interface_nets=[Net(f"n{i}", (f"one/M{i:02}_AXI", f"two/S{i:02}_AXI")) for i in range(3)],
    )
    drawing = drawn(design)
    assert [path.count for path in drawing.paths if path.nets] == [3]
    assert {"M00–02_AXI", "S00–02_AXI", "AXI ×3"} <= {text.text for text in drawing.texts}


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (("a",), "a"),
        (("S00_AXI", "S01_AXI"), "S00–01_AXI"),
        (("g0", "g2", "g3"), "g0,2–3"),
        (("g0", "x2"), "g0, x2"),
        (("a", "b", "c"), "a +2"),
        (("M2", "M10", "M1"), "M1–2,10"),
    ],
)
def test_names_of_a_bundle_are_put_together(names: tuple[str, ...], short: str):
    assert together(names) == short


def test_sizes_and_addresses_are_readable():
    assert [size(n) for n in (0, 16, 4096, 1536 << 10, 8 << 30)] == [
        *("0 B", "16 B", "4 KiB", "1536 KiB", "8 GiB")
    ]
    assert hexadecimal(0x1_0000_0000) == "0x1_0000_0000"


# ------------------------------------------------------------------------------------ our designs


@pytest.mark.parametrize("name", DOCS)
def test_the_picture_in_docs_is_what_the_command_draws(name: str, monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    kept = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert kept == picture(DOCS[name]), "python -m bitwright.blockdesign draw --docs"


@pytest.mark.skipif(not FILES, reason=ABSENT)
def test_designs_that_others_built_are_readable(monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    for path in FILES:
        found = named.read(str(path))
        assert not faults(drawn(found.design, dict(found.looks))), path.name


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(names)} on PATH (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        running = playwright.chromium.launch(executable_path=program, args=arguments)
        yield running
        running.close()


MEASURE = """() => {
  const rim = document.querySelector("svg").getBoundingClientRect();
  const texts = [...document.querySelectorAll("text")];
  const boxes = texts.map((t) => t.getBBox());
  const found = [];
  boxes.forEach((a, i) => {
    if (a.x < 0 || a.y < 0 || a.x + a.width > rim.width || a.y + a.height > rim.height)
      found.push("cut off: " + texts[i].textContent);
    boxes.slice(i + 1).forEach((b, j) => {
      if (a.x < b.x + b.width && b.x < a.x + a.width
          && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height)
        found.push(texts[i].textContent + " lies on " + texts[i + 1 + j].textContent);
    });
  });
  return found;
}"""


@pytest.mark.parametrize("font", ["", "text { font-family: 'DejaVu Sans' !important; }"])
def test_in_a_browser_no_text_of_our_pictures_lies_on_another(browser: Any, font: str):
    for name in DOCS:
        tab = browser.new_page()
        tab.set_content((ROOT / "docs" / name).read_text(encoding="utf-8"))
        if font:
            tab.add_style_tag(content=font)
        assert tab.evaluate(MEASURE) == [], name
        tab.close()


def test_both_themes_have_every_colour():
    from bitwright.blockdesign.draw.theme import DARK, LIGHT

    assert DARK.keys() == LIGHT.keys()
    for theme in (DARK, LIGHT):
        for ink, ground in (("ink", "paper"), ("soft", "box"), ("axi", "paper"), ("irq", "paper")):
            assert _contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground)
        for hue in range(HUES + 1):
            assert _contrast(theme[f"hue{hue}"], theme["onTag"]) >= 4.5, hue


def _contrast(one: str, other: str) -> float:
    """As WCAG 2 has it, 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
