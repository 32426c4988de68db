"""Overlays as text and as blob are what dtc makes of them."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from bitwright.deploy.devicetree import Label, Node, Value, overlay, to_dtb, to_dts
from hypothesis import given, settings
from hypothesis import strategies as st

DTC = shutil.which("dtc")
needs_dtc = pytest.mark.skipif(DTC is None, reason="dtc is not installed (device-tree-compiler)")


def dtc(data: bytes, come: str, go: str) -> bytes:
    """Let dtc turn one form into another."""
    assert DTC is not None
    call = [DTC, "-q", "-@", "-I", come, "-O", go, "-"]
    return subprocess.run(call, input=data, capture_output=True, check=True).stdout


def plain(blob: bytes) -> str:
    """A blob as dtc's text, without what dtc adds for labels that are only named in text."""
    return dtc(blob, "dtb", "dts").decode()


KERNEL = Node(
    {
        "compatible": "generic-uio",
        "reg": (0, 0xA000_0000, 0, 0x1000),
        "interrupt-parent": (Label("gic"),),
        "interrupts": (0, 89, 4),
    }
)
EXAMPLE = overlay(
    {
        "fpga_full": Node(
            {"firmware-name": "tiny.bit.bin", "resets": (Label("zynqmp_reset"), 116)}
        ),
        "amba": Node(
            {"#address-cells": (2,), "#size-cells": (2,)},
            {"ffn@a0000000": KERNEL, "mhsa@a0001000": KERNEL},
        ),
    }
)


@needs_dtc
def test_the_blob_is_what_dtc_compiles_of_the_text() -> None:
    assert plain(to_dtb(EXAMPLE)) == plain(dtc(to_dts(EXAMPLE).encode(), "dts", "dtb"))


def test_references_are_open_and_listed_under_their_labels() -> None:
    blob = to_dtb(EXAMPLE)
    for place in (
        b"/fragment@0:target:0\0",
        b"/fragment@0/__overlay__:resets:0\0",
        b"/fragment@1/__overlay__/ffn@a0000000:interrupt-parent:0\0"
        b"/fragment@1/__overlay__/mhsa@a0001000:interrupt-parent:0\0",
    ):
        assert place in blob
    assert blob.count(b"\xff\xff\xff\xff") == 5


cells = st.integers(0, 2**32 - 1) | st.builds(Label, st.sampled_from(["gic", "zynqmp_clk"]))
values: st.SearchStrategy[Value] = st.text(
    st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=9
) | st.lists(cells, max_size=4).map(tuple)
names = st.text(st.sampled_from("abcxyz0189"), min_size=1, max_size=7).map("n{}".format)
nodes = st.recursive(
    st.builds(Node, st.dictionaries(names, values, max_size=3)),
    lambda below: st.builds(
        Node,
        st.dictionaries(names.map("p{}".format), values, max_size=3),
        st.dictionaries(names, below, max_size=3),
    ),
    max_leaves=5,
)


@needs_dtc
@settings(max_examples=60)
@given(nodes)
def test_any_tree_is_the_same_as_text_and_as_blob(node: Node) -> None:
    tree = overlay({"fpga_full": node})
    assert plain(to_dtb(tree)) == plain(dtc(to_dts(tree).encode(), "dts", "dtb"))
