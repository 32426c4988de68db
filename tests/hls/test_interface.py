"""What HLS built against the signature: registers, buses, widths, bundles."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.hls.header import words
from bitwright.hls.interface import check
from bitwright.kernel import Kernel, load
from hypothesis import given
from hypothesis import strategies as st

from tests.hls.csynth import CTRL, report
from tests.reports.read import corpus as real

ROOT = Path(__file__).parents[2]
HERE = Path("csynth.xml")


def ours(name: str = "ffn", form: str = "int8") -> Kernel:
    return load(ROOT / "ip" / name / "kernel.yml", form=form)


FFN = ours()
WORDS = words(FFN)


def refused(text: str, kernel: Kernel = FFN) -> str:
    with pytest.raises(ReportError) as caught:
        check(text, kernel, origin=HERE)
    return str(caught.value)


@pytest.mark.parametrize("name", ["ffn", "mhsa"])
@pytest.mark.parametrize("form", ["fp16", "int8", "w4a8"])
def test_a_report_that_says_what_the_signature_says_passes(name: str, form: str) -> None:
    kernel = ours(name, form)
    check(report(kernel), kernel, origin=HERE)


def test_the_report_of_one_format_is_not_that_of_another() -> None:
    text = refused(report(ours("ffn", "fp16")))
    assert "* 0x058   fc_mult_1, 32 bit, W      tokens, 32 bit, W" in text
    assert "an s_axilite pragma without 'offset=', or another argument in its place" in text


def test_every_row_of_both_maps_is_shown_and_those_that_differ_are_marked() -> None:
    moved = tuple(replace(w, offset=0x900) if w.name == "gelu_shift" else w for w in WORDS)
    text = refused(report(FFN, words=moved))
    lines = text.splitlines()
    assert lines[0] == (
        "csynth.xml: what HLS built is not what the signature of bitwright:hls:ffn:1.0 says,"
        " 2 differences marked *"
    )
    for word in WORDS:
        assert sum(f" {word.offset:#05x} " in line for line in lines) == 1, word
    marked = [line.split() for line in lines if line.startswith("  * ")]
    assert [line[1] for line in marked] == ["0x0c0", "0x900"]
    assert marked[0][2:] == ["gelu_shift,", "8", "bit,", "W", "-"]
    assert marked[1][2:] == ["-", "gelu_shift,", "8", "bit,", "W"]


DIFFERENCES: list[tuple[str, dict[str, Any], str]] = [
    ("a word is missing", {"words": WORDS[:-3]}, "* 0x0c0   gelu_shift"),
    (
        "a word has another name",
        {"words": tuple(replace(w, name="rows") if w.name == "tokens" else w for w in WORDS)},
        "* 0x088   tokens, 32 bit, W         rows, 32 bit, W",
    ),
    (
        "a word has another width",
        {"words": tuple(replace(w, bits=16) if w.name == "gelu_shift" else w for w in WORDS)},
        "gelu_shift, 8 bit, W      gelu_shift, 16 bit, W",
    ),
    (
        "an argument is an output",
        {"words": tuple(replace(w, access="R") if w.name == "tokens" else w for w in WORDS)},
        "tokens, 32 bit, W         tokens, 32 bit, R",
    ),
    (
        "a pointer has 32 bits",
        {"words": tuple(w for w in WORDS if w.name != "x_2")},
        "* 0x014   x_2, 32 bit, W            -",
    ),
    ("the block is chained", {"ctrl": (*CTRL, ("AP_CONTINUE", 4))}, "with AP_CONTINUE in bit 4"),
    ("there is no auto_restart", {"ctrl": CTRL[:4]}, "without AUTO_RESTART in bit 7"),
    (
        "a port is narrower",
        {"buses": {"m_axi_gmem1": ("axi4full", 32, 64)}},
        "* m_axi_gmem1    AXI4, 256 data, 64 address      AXI4, 32 data, 64 address",
    ),
    (
        "an address has 32 bits",
        {"buses": {"m_axi_gmem0": ("axi4full", 256, 32)}},
        "AXI4, 256 data, 64 address      AXI4, 256 data, 32 address",
    ),
    ("a port is missing", {"buses": {"m_axi_gmem2": ("", 0, 0)}}, "* m_axi_gmem2    AXI4, 256"),
    (
        "a port is a stream",
        {"buses": {"m_axi_gmem2": ("axi4stream", 256, None)}},
        "AXI4-Stream, 256 data, None address",
    ),
    (
        "there is a port more",
        {"buses": {"s_axi_control_r": ("axi4lite", 32, 6)}},
        "* s_axi_control_r  -  ",
    ),
    ("there is no interrupt", {"buses": {"interrupt": ("", 0, 0)}}, "* interrupt "),
    ("reset is active high", {"buses": {"ap_rst_n": ("", 0, 0)}}, "* ap_rst_n "),
    (
        "an argument goes through another port",
        {"bundles": {"proj_bias": "m_axi_gmem1"}},
        "* proj_bias    m_axi_gmem2  m_axi_gmem1",
    ),
    (
        "registers lie beyond the address",
        {"buses": {"s_axi_control": ("axi4lite", 32, 8)}},
        "* s_axi_control  AXI4-Lite, 32 data, 12 address",
    ),
    (
        "the control bus is wider than said",
        {"buses": {"s_axi_control": ("axi4lite", 32, 16)}},
        "AXI4-Lite, 32 data, 16 address",
    ),
]


@pytest.mark.parametrize(
    ("changes", "shown"), [case[1:] for case in DIFFERENCES], ids=[case[0] for case in DIFFERENCES]
)
def test_each_kind_of_difference_is_told(changes: dict[str, Any], shown: str) -> None:
    text = " ".join(refused(report(FFN, **changes)).split())
    assert " ".join(shown.split()) in text
    assert "expected registers, buses and widths as in kernel.yml" in text


def test_registers_of_another_bus_are_not_those_of_the_control_bus() -> None:
    text = refused(report(FFN).replace("s_axi_control", "s_axi_ctrl"))
    assert "* s_axi_ctrl" in text and "* 0x000   CTRL, 32 bit, RW" in text
    assert "'bundle=' on an s_axilite pragma" in text


def test_chained_control_names_the_pragma_that_mends_it() -> None:
    text = refused(report(FFN, ctrl=(*CTRL, ("AP_CONTINUE", 4))))
    assert "likely    no '#pragma HLS interface mode=ap_ctrl_hs port=return'" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"words": WORDS[:-1]},  # status without ap_vld
        {"words": (*WORDS[:-1], replace(WORDS[-1], name="status_o_ctrl"))},
        {"words": tuple(replace(w, access="RW") if w.access == "W" else w for w in WORDS)},
        {"buses": {"event_done": ("data", 1, None)}},
    ],
    ids=["no ap_vld", "ap_vld by another name", "read back", "an output for the profiler"],
)
def test_what_concerns_no_host_is_no_difference(changes: dict[str, Any]) -> None:
    check(report(FFN, **changes), FFN, origin=HERE)


def test_a_word_that_the_tool_keeps_for_itself_may_have_r_behind_it() -> None:
    renamed = tuple(
        replace(w, name=w.name.replace("tokens", "tokens_r").replace("x_1", "x_r_1")) for w in WORDS
    )
    check(report(FFN, words=renamed, renamed=("tokens", "x")), FFN, origin=HERE)
    assert "tokens_r, 32 bit, W" in refused(report(FFN, words=renamed))  # not said to be renamed


def test_the_report_of_another_top_is_refused() -> None:
    assert "this is of another top" in refused(report(FFN, top="forward"))


def test_a_report_of_one_function_is_refused() -> None:
    text = report(FFN)
    cut = text[: text.index("<Interfaces>")] + text[text.index("</Interfaces>") + 13 :]
    assert "this report has no interfaces" in refused(cut)


@given(st.data())
def test_no_word_can_be_moved_renamed_or_lost_unseen(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(WORDS) - 2))  # all but ap_vld, which need not be there
    word = WORDS[at]
    other = data.draw(
        st.sampled_from(
            [
                (),
                (replace(word, offset=0x400 + 4 * at),),
                (replace(word, name=f"{word.name}x"),),
                (replace(word, access={"RW": "R", "W": "R", "R": "W"}[word.access]),),
            ]
        )
    )
    text = refused(report(FFN, words=(*WORDS[:at], *other, *WORDS[at + 1 :])))
    assert f"* {word.offset:#05x}" in text


@given(st.integers(0, 2000), st.integers(0, 60))
def test_a_damaged_report_is_refused_or_read(at: int, length: int) -> None:
    text = report(FFN)
    start = len(text) * at // 2001
    with suppress(ReportError):
        check(text[:start] + text[start + length :], FFN, origin=HERE)


# ------------------------------------------------------------------------------- real reports

REAL = {
    "asandeep1__FPGA_ECE8893__hls-csynth.xml": (
        "top_kernel",
        6,
        {"A": 32, "C": 32},
        [("A_DRAM", "A"), ("C_DRAM", "C")],
    ),
    "sharc-lab__HLSFactory__Eyeriss-csynth.xml": (
        "",
        6,
        {"ifm": 32},
        [("DRAM_ip_data", "ifm"), ("DRAM_Wt_data", "ifm"), ("DRAM_op_data", "ifm")],
    ),
    "UniqueMR__ESE5320-Final-Project__solution-csynth.xml": (
        "",
        7,
        {"gmem": 32},
        [("s1", "gmem"), ("length", ""), ("out_code", "gmem"), ("header", "gmem"),
         ("out_len", "gmem")],
    ),
}  # fmt: skip


def real_report(name: str) -> str:
    path = real.FOLDER / "csynth_xml" / name
    if not path.is_file():
        pytest.skip(real.ABSENT)
    return path.read_text(encoding="utf-8")


def like(name: str, text: str, tmp_path: Path) -> Kernel:
    """The signature of the design in a real report, whose names kernel.yml would not take."""
    top, width, bundles, arguments = REAL[name]
    lines = ["kernel: k", "vlnv: lab:hls:k:1.0", "dimensions: {}", "arguments:"]
    for at, (_, bundle) in enumerate(arguments):
        kind = (
            f"kind: memory, direction: read_write, format: int32, shape: [4], layout: row_major,"
            f" bundle: b{list(bundles).index(bundle)}, align: 64"
            if bundle
            else "kind: scalar, format: int32"
        )
        lines.append(f"  - {{name: a{at}, {kind}}}")
    lines.append("bundles:")
    lines += [
        f"  b{at}: {{data_width: {w}, addr_width: 64}}" for at, w in enumerate(bundles.values())
    ]
    path = tmp_path / "kernel.yml"
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    made = load(path)
    names = {f"a{at}": name for at, (name, _) in enumerate(arguments)}
    buses = {f"b{at}": name for at, name in enumerate(bundles)}
    return replace(
        made,
        name=top or text.split("<TopModelName>")[1].split("<")[0],
        control_addr_width=width,
        bundles=tuple(replace(b, name=buses[b.name]) for b in made.bundles),
        arguments=tuple(
            replace(a, name=names[a.name], bundle=buses[a.bundle] if a.bundle else None)
            for a in made.arguments
        ),
        registers=tuple(replace(r, name=names.get(r.name, r.name)) for r in made.registers),
    )


@pytest.mark.parametrize("name", ["asandeep1__FPGA_ECE8893__hls-csynth.xml",
                                  "sharc-lab__HLSFactory__Eyeriss-csynth.xml"])  # fmt: skip
def test_a_real_report_agrees_with_the_signature_it_was_made_from(
    name: str, tmp_path: Path
) -> None:
    text = real_report(name)
    check(text, like(name, text, tmp_path), origin=HERE)


def test_a_real_vitis_kernel_differs_by_its_chained_control_alone(tmp_path: Path) -> None:
    name = "UniqueMR__ESE5320-Final-Project__solution-csynth.xml"
    text = real_report(name)
    told = refused(text, like(name, text, tmp_path))  # `length` is length_r there
    marked = [line for line in told.splitlines() if line.startswith("  * ")]
    assert len(marked) == 1 and "AP_CONTINUE in bit 4" in marked[0], told


def test_a_real_report_differs_from_a_signature_with_another_order(tmp_path: Path) -> None:
    name = "asandeep1__FPGA_ECE8893__hls-csynth.xml"
    text = real_report(name)
    kernel = like(name, text, tmp_path)
    swap = {"A_DRAM": "C_DRAM", "C_DRAM": "A_DRAM"}
    kernel = replace(
        kernel,
        registers=tuple(replace(r, name=swap.get(r.name, r.name)) for r in kernel.registers),
    )
    assert refused(text, kernel).count("\n  * ") == 4
