"""The address map says the same in YAML, C, Python and Markdown, and each is what it claims."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from bitwright.blockdesign import named
from bitwright.blockdesign.__main__ import main
from bitwright.blockdesign.addressmap import AddressMap, Region, address_map
from bitwright.blockdesign.maptext import (
    names,
    render,
    to_c,
    to_markdown,
    to_python,
    to_yaml,
)
from bitwright.blockdesign.model import Address, BlockDesign, Cell
from bitwright.errors import ConfigError
from bitwright.kernel import load
from hypothesis import given
from hypothesis import strategies as st

from tests.blockdesign.drawn import HOSTILE

ROOT = Path(__file__).parents[2]
Numbers = list[tuple[int, int]]
KERNELS = (
    ("a/ffn", load(ROOT / "ip/ffn/kernel.yml", form="int8")),
    ("matmul", load(ROOT / "cores/matmul/kernel.yml")),
)


@st.composite
def address_maps(draw: st.DrawFn) -> AddressMap:
    paths = st.sampled_from(
        [*HOSTILE, '"""', "a\nb: 1", "\\", "ps", "hbm", "a/b", "a_b", "A.b", "9", "?"]
    )
    addresses = draw(
        st.lists(
            st.builds(
                Address,
                space=st.builds("{}/{}".format, paths, st.sampled_from(["Data", "M_AXI"])),
                segment=st.builds("{}/S/{}".format, paths, st.sampled_from(["Reg", "MEM0", "*/"])),
                offset=st.integers(0, 2**64 - 1),
                range=st.integers(1, 2**63),
                excluded=st.booleans(),
            ),
            max_size=8,
        )
    )
    design = BlockDesign.of(
        draw(paths), cells=[Cell("hbm", "ip"), Cell("a/b", "ip")], addresses=addresses
    )
    return address_map(design, KERNELS[: draw(st.integers(0, 2))])


def of_yaml(text: str) -> tuple[Numbers, Any]:
    read = yaml.safe_load(text)
    registers = {
        cell: {
            name: (one["offset"], one["width"], one["writable"], one.get("valid"))
            for name, one in body["registers"].items()
        }
        for cell, body in read["kernels"].items()
    }
    return [(one["offset"], one["range"]) for one in read["regions"]], registers


def of_python(text: str) -> tuple[Numbers, Any]:
    module: dict[str, Any] = {}
    exec(compile(text, "map.py", "exec"), module)
    return [row[2:] for row in module["REGIONS"].values()], module["REGISTERS"]


def of_c(text: str) -> tuple[list[int], list[int]]:
    values = re.findall(r"^#define (MAP|REG)_\w+ +(?:UINT64_C\()?(0x[0-9a-f]+|\d+)", text, re.M)
    return tuple([int(v, 0) for kind, v in values if kind == k] for k in ("MAP", "REG"))  # type: ignore[return-value]


def of_markdown(text: str) -> tuple[Numbers, list[list[int]]]:
    rows = [row for row in text.splitlines() if row.startswith("| ") and "`" in row]
    numbers = [[int(n, 16) for n in re.findall(r"`(0x[0-9a-f]+)`", row)] for row in rows]
    sized = [row.rstrip(" |").endswith(("B", "iB")) for row in rows]
    regions = [(n[0], n[1]) for n, is_region in zip(numbers, sized, strict=True) if is_region]
    return regions, [n for n, is_region in zip(numbers, sized, strict=True) if not is_region]


def test_the_python_of_our_designs_is_at_most_100_columns_wide_and_names_ips_as_they_are(
    monkeypatch: Any,
) -> None:
    monkeypatch.chdir(ROOT)
    asked = named.read("gpt2-medium@u280")
    text = to_python(found := address_map(asked.design, asked.kernels))
    assert max(map(len, text.splitlines())) <= 100
    assert "{  # bitwright:hls:ffn:1.0\n" in text
    assert "(bitwright:hls:ffn:1.0), from its base. */" in to_c(found)
    module: dict[str, Any] = {}
    exec(compile(text, "map.py", "exec"), module)
    assert [row[:2] for row in module["REGIONS"].values()] == [
        (one.space, one.segments) for one in found.regions
    ]


@given(address_maps())
def test_all_four_formats_say_the_same_numbers(found: AddressMap):
    regions = [(one.offset, one.range) for one in found.regions]
    registers = {
        cell: {one.name: (one.offset, one.width, one.writable, one.valid) for one in rows}
        for cell, _, rows in found.kernels
    }
    assert of_yaml(to_yaml(found)) == (regions, registers)
    assert of_python(to_python(found)) == (regions, registers)
    c_regions, c_registers = of_c(to_c(found))
    assert c_regions == [number for region in regions for number in region]
    every = [row for rows in registers.values() for row in rows.values()]
    assert c_registers == [int(n) for row in every for n in row if n is not None]
    said, offsets = of_markdown(to_markdown(found))
    assert said == regions
    assert offsets == [[row[0]] if row[3] is None else [row[0], row[3]] for row in every]


@given(address_maps())
def test_names_are_told_apart_and_are_names_in_c(found: AddressMap):
    made = names(found)
    assert len(set(made)) == len(made) == len(found.regions)
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]*", name) for name in made)


@given(address_maps())
def test_strings_are_read_back_as_they_were(found: AddressMap):
    read = yaml.safe_load(to_yaml(found))
    assert read["design"] == found.design
    assert [(r["space"], r["segments"]) for r in read["regions"]] == [
        (r.space, r.segments) for r in found.regions
    ]


HOSTILE_MAP = address_map(
    BlockDesign.of(
        'x */ #error "',
        addresses=[Address(f"{n}\n#error x/S", f"{n}*/\\\n/S/R", 1, 2) for n in HOSTILE],
    ),
    KERNELS,
)


@pytest.mark.parametrize("config", ["gpt2-medium@pynq-z2", "gpt2-medium@u280", "hostile"])
def test_the_header_compiles_as_c_and_as_cpp(config: str, tmp_path: Path, monkeypatch: Any):
    monkeypatch.chdir(ROOT)
    found = HOSTILE_MAP
    if config != "hostile":
        read = named.read(config)
        found = address_map(read.design, read.kernels)
    (tmp_path / "map.h").write_text(to_c(found))
    uses = re.findall(r"^#define ((?:MAP|REG)_\w+)", to_c(found), re.M)
    body = "".join(f"  x ^= {name};\n" for name in uses)
    source = f'#include "map.h"\n#include "map.h"\nuint64_t all() {{\n  uint64_t x = 0;\n{body}'
    (tmp_path / "use.c").write_text(f"{source}  return x;\n}}\n")
    compiler = shutil.which("g++")
    assert compiler, "the project needs a C++ compiler"
    for language in ("c", "c++"):
        command = [compiler, "-fsyntax-only", "-Wall", "-Werror", "-x", language, "use.c"]
        ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("write", [to_c, to_python])
def test_a_comment_says_the_name_of_a_kernels_ip_as_it_is(write: Callable[[AddressMap], str]):
    text = write(address_map(BlockDesign.of("d"), KERNELS))
    assert all(kernel.vlnv in text for _, kernel in KERNELS)


def test_segments_that_follow_on_one_another_are_one_region():
    banks = [Address("x/M", f"hbm/S/MEM{i:02}", i << 28, 1 << 28) for i in range(32)]
    found = address_map(BlockDesign.of("d", cells=[Cell("hbm", "ip")], addresses=banks))
    assert found.regions == (Region("x/M", "hbm/S/MEM00", "hbm/S/MEM31", "hbm", 0, 8 << 30),)
    assert found.regions[0].segments == "hbm/S/MEM00..MEM31"


def test_neighbours_of_two_interfaces_or_with_a_gap_stay_apart():
    addresses = [
        Address("x/M", "hbm/S0/A", 0, 16),
        Address("x/M", "hbm/S1/A", 16, 16),
        Address("x/M", "hbm/S1/B", 48, 16),
    ]
    found = address_map(BlockDesign.of("d", cells=[Cell("hbm", "ip")], addresses=addresses))
    assert len(found.regions) == 3


def test_what_is_excluded_is_not_in_the_map():
    design = BlockDesign.of("d", addresses=[Address("a/M", "b/S/R", 0, 16, excluded=True)])
    assert address_map(design).regions == ()


def test_only_a_kernel_in_hls_has_words_that_say_an_output_was_written():
    valid = {
        cell: {one.name for one in rows if one.valid is not None}
        for cell, _, rows in address_map(BlockDesign.of("d"), KERNELS).kernels
    }
    assert valid == {"a/ffn": {"status"}, "matmul": set()}


def test_a_format_that_is_not_there_is_refused():
    with pytest.raises(ConfigError, match="yaml, c, python, markdown"):
        render(address_map(BlockDesign.of("d")), "xml")


def test_the_command_prints_and_writes(tmp_path: Path, monkeypatch: Any, capsys: Any):
    monkeypatch.chdir(ROOT)
    assert main(["map", "gpt2-medium@pynq-z2", "--format", "yaml"]) == 0
    printed = capsys.readouterr().out
    assert "PS_DATA_FFN_S_AXI_CONTROL" in printed
    assert (
        main(["map", "gpt2-medium@pynq-z2", "--format", "yaml", "--out", str(tmp_path / "m")]) == 0
    )
    assert (tmp_path / "m").read_text() == printed
    capsys.readouterr()
    assert main(["map", "nothing.yml"]) == 2
    assert "no such file" in capsys.readouterr().err
    assert main(["map", "gpt2-medium@ulx3s-85f"]) == 2
    assert "has no block design" in capsys.readouterr().err
    assert main(["map", "gpt2-medium@pynq-z2", "--out", str(tmp_path / "no/where")]) == 2
