"""The page shows the build, needs nothing but itself, and trusts no name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from bitwright.limits import NOTHING, Demands, Limit, Waiver
from bitwright.reports import judge
from bitwright.reports.metrics import Metrics, to_json
from bitwright.reports.page import render
from bitwright.reports.paths import Name, short
from bitwright.reports.read.open.placement import Cell

Measured = Callable[[str], Metrics]
STEPS = ("generate", "synthesize", "implement", "bitstream", "report")
VOID = {"meta", "img", "br", "link", "input"}


class Parsed(HTMLParser):
    """Tags in balance, all references, the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.references: list[str] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.references += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def drawn(
    found: Metrics, cells: Any, picture: bytes, demands: Demands = NOTHING, **more: Any
) -> str:
    """The page of a build, judged by what is demanded."""
    verdict = judge.judge(json.loads(to_json(found)), demands)
    return render(found, verdict, cells, picture, **more)


@pytest.fixture(scope="module")
def page(measured: Measured, cells: tuple[Cell, ...]) -> Parsed:
    parsed = Parsed(drawn(measured("missed"), cells, b"\x89PNG", steps=STEPS, up="../.."))
    assert not parsed.open
    return parsed


def test_the_page_needs_no_network_no_script_and_no_other_file(page: Parsed):
    assert not page.tags & {"script", "link", "iframe", "object"}
    for reference in page.references:
        assert reference.startswith(
            ("data:image/png;base64,", "../", "metrics.json", "verdict.json")
        )


def test_the_page_tells_the_verdict_and_the_numbers(page: Parsed):
    assert "clock missed" in page.text
    for number in ("71.68", "200.00", "-8.950", "13.950", "189", "0badcafe"):
        assert number in page.text, number


def test_every_step_has_its_log(page: Parsed):
    assert {f"../../{step}/{step}.log" for step in STEPS} <= set(page.references)


def test_the_worst_path_is_drawn_stage_by_stage(measured: Measured, cells: tuple[Cell, ...]):
    html = drawn(measured("missed"), cells, b"", steps=())
    first = html[html.index('<article class="card path">') : html.index("</article>")]
    bars = re.findall(r'class="(logic|routing)" style="left:([\d.]+)%;width:([\d.]+)%"', first)
    assert [kind for kind, _, _ in bars] == [
        *("logic", "routing", "logic", "routing", "logic", "routing", "logic")
    ]
    ends = [float(left) + float(width) for _, left, width in bars]
    starts = [float(left) for _, left, _ in bars]
    assert starts[1:] == pytest.approx(ends[:-1], abs=0.03)  # one bar begins where one ends


def test_a_carry_chain_is_one_bar_and_no_time_is_lost(measured: Measured, cells: tuple[Cell, ...]):
    found = measured("missed")
    path = found.routed.paths[0]
    lut, wire = path.stages[2], path.stages[1]
    chain = [item for _ in range(3) for item in (replace(wire, delay_ns=0.0), lut)]
    longer = replace(path, stages=(*path.stages[:3], *chain, *path.stages[3:]))
    routed = replace(found.routed, paths=(longer,))
    html = drawn(replace(found, routed=routed), cells, b"", steps=())
    assert html.count('class="stage"') == 7  # as many as without the chain
    assert "chain of 4 LUTs" in html
    assert f"{path.delay_ns + 3 * lut.delay_ns:.3f}" in html


def test_the_same_build_gives_the_same_bytes(measured: Measured, cells: tuple[Cell, ...]):
    one, two = (drawn(measured("met"), cells, b"", steps=STEPS) for _ in range(2))
    assert one == two
    assert "timing met" in one


def test_a_name_cannot_become_markup(measured: Measured, cells: tuple[Cell, ...]):
    found = measured("met")
    evil = replace(found.subject, config="<script>alert(1)</script>", target='"><img src=x>')
    html = drawn(replace(found, subject=evil), cells, b"", steps=('"><script>',))
    assert "<script" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    ("cell", "scope", "signal"),
    [
        ("u_a.gen[0].acc_q_TRELLIS_FF_Q_9_DI_LUT4_Z", "u_a.gen[0].", "acc_q"),
        ("led_o_TRELLIS_FF_Q", "", "led_o"),
        ("u_b.memory.0.5", "u_b.", "memory.0.5"),
        ("plain", "", "plain"),
        ("u_a.memory_q.0.2_DI_LUT4_Z_D", "u_a.", "memory_q.0.2_DI"),
        ("u_a.$nextpnr_CCU2C_1$CCU2_COMB0", "u_a.", "(of nextpnr's own making)"),
        ("sdram_dqm[0]$tr_io$IOL", "", "sdram_dqm[0]"),
        ("_LUT4_Z", "", "_LUT4_Z"),
    ],
)
def test_names_are_cut_for_reading(cell: str, scope: str, signal: str):
    assert short(cell) == Name(scope, signal, cell)


@pytest.mark.parametrize(
    ("expired", "says"),
    [(False, "waived until 2027-01-31: the debug core"), (True, "not a finished build")],
)
def test_the_page_shows_each_limit_with_value_bound_margin_and_waiver(
    measured: Measured, cells: tuple[Cell, ...], expired: bool, says: str
):
    waiver = Waiver("lut", "the debug core", "2027-01-31", expired)
    demands = Demands(limits=(Limit("lut", "<=", 0.2, True),), waivers=(waiver,))
    parsed = Parsed(drawn(measured("met"), cells, b"", demands, steps=()))
    assert "lut ≤ 167 (≤ 0.2 %) 189 -22" in parsed.text
    assert says in parsed.text
    assert ("expired after 2027-01-31" in parsed.text) is expired
