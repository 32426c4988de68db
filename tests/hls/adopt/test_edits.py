"""What an adoption changes in a source, and what it leaves as it is."""

from __future__ import annotations

import dataclasses
import difflib
from pathlib import Path

import pytest
from bitwright.hls import adopt, source

from tests.hls.adopt.shapes import COUNTS, SHAPES


def put(folder: Path, text: str, name: str = "net.cpp") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(text.encode())
    return path


def adopted(tmp_path: Path, text: str, **request: object) -> adopt.Adopted:
    return adopt.adopt(put(tmp_path, text), adopt.Request(**request), "net.cpp")  # type: ignore[arg-type]


def result(found: adopt.Adopted) -> str:
    return found.files["net.cpp"].decode()


@pytest.mark.parametrize("shape", SHAPES)
def test_pragmas_of_each_class_are_counted(tmp_path, shape):
    assert dataclasses.astuple(adopted(tmp_path, SHAPES[shape]).counts) == COUNTS[shape]


@pytest.mark.parametrize("shape", SHAPES)
def test_only_pragmas_change_and_only_the_right_ones(tmp_path, shape):
    before, found = SHAPES[shape], adopted(tmp_path, SHAPES[shape])
    gone, come = [], []
    for line in difflib.ndiff(before.split("\n"), result(found).split("\n")):
        if line[0] == "-":
            gone.append(line[2:].strip())
        elif line[0] == "+":
            come.append(line[2:].strip())
    partitions = [line for line in gone if line.lower().startswith("#pragma hls array_partition")]
    assert len(partitions) == found.counts.removed
    assert all("cyclic dim=2 factor = 2" in line for line in gone if line not in partitions)
    assert all(line.startswith("#pragma HLS interface mode=") for line in come)


@pytest.mark.parametrize("shape", SHAPES)
def test_adopting_twice_changes_nothing(tmp_path, shape):
    first = adopted(tmp_path / "first", SHAPES[shape])
    adopt.write(first, tmp_path / "out")
    second = adopt.adopt(tmp_path / "out" / "net.cpp", None, "net.cpp")
    assert second.files == first.files
    assert second.diff == ()
    assert adopt.write(second, tmp_path / "out") == ()


def test_line_ends_stay_as_they_are(tmp_path):
    text = result(adopted(tmp_path, SHAPES["handled"]))
    assert "\n" not in text.replace("\r\n", "")
    assert not text.endswith("\n")


def test_the_top_has_a_port_for_each_argument_and_ap_ctrl_hs(tmp_path):
    text = result(adopted(tmp_path, SHAPES["handled"]))
    (top,) = source.parse(text.encode(), "x").named("forward")
    assert [text[p.span.start : p.span.end] for p in top.pragmas_of("interface")] == [
        "#pragma HLS interface mode=m_axi offset=slave port=a bundle=gmem0"
        " max_widen_bitwidth=256 depth=32",
        "#pragma HLS interface mode=m_axi offset=slave port=b bundle=gmem1"
        " max_widen_bitwidth=256 depth=8",
        "#pragma HLS interface mode=s_axilite port=scale",
        "#pragma HLS interface mode=m_axi offset=slave port=c bundle=gmem2"
        " max_widen_bitwidth=256 depth=32",
        "#pragma HLS interface mode=s_axilite port=return",
        "#pragma HLS interface mode=ap_ctrl_hs port=return",
    ]
