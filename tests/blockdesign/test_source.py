"""The YAML of block designs: any design survives it, and a damaged text is one error with lines."""

from __future__ import annotations

import re
import string

import pytest
from bitwright.blockdesign import source, units
from bitwright.blockdesign.model import (
    KINDS,
    Address,
    BlockDesign,
    Cell,
    InterfacePort,
    Net,
    Port,
    pairs,
)
from bitwright.errors import ConfigError
from hypothesis import given
from hypothesis import strategies as st

TEXT = st.text(max_size=12)
NAMES = st.text(
    string.ascii_letters + string.digits + "/_-.:[]{}' \"#\té,&*!", min_size=1, max_size=8
)
PARAMETERS = st.dictionaries(NAMES, TEXT, max_size=3).map(pairs)
BYTES = st.integers(0, 2**64)
INDEX = st.integers(-4, 1023)

CELLS = st.builds(
    Cell,
    path=NAMES,
    kind=st.sampled_from(KINDS),
    type=TEXT,
    version=st.sampled_from(("", "5.5", "1.10", "2")),
    parameters=PARAMETERS,
)
PORTS = st.builds(
    lambda bounds, **rest: Port(left=bounds[0], right=bounds[1], **rest),
    bounds=st.one_of(st.just((None, None)), st.tuples(INDEX, INDEX)),
    path=NAMES,
    direction=st.sampled_from(source.DIRECTIONS),
    kind=st.sampled_from(("", *source.PORT_KINDS)),
    parameters=PARAMETERS,
)
INTERFACES = st.builds(
    InterfacePort,
    path=NAMES,
    mode=st.sampled_from(source.MODES),
    vlnv=TEXT,
    parameters=PARAMETERS,
)
NETS = st.builds(Net, NAMES, st.lists(NAMES, max_size=4, unique=True).map(tuple))
ADDRESSES = st.builds(
    Address,
    space=NAMES,
    segment=NAMES,
    offset=st.one_of(st.none(), BYTES),
    range=st.one_of(st.none(), BYTES, st.sampled_from((4096, 1 << 20, 3 << 30))),
    excluded=st.booleans(),
)


def several(of, *key):
    return st.lists(of, max_size=4, unique_by=lambda one: tuple(getattr(one, k) for k in key))


DESIGNS = st.builds(
    BlockDesign.of,
    st.sampled_from(("d", "design_1", "my.design-2")),
    cells=several(CELLS, "path"),
    ports=several(PORTS, "path"),
    interface_ports=several(INTERFACES, "path"),
    nets=several(NETS, "name"),
    interface_nets=several(NETS, "name"),
    addresses=several(ADDRESSES, "space", "segment"),
)


def faults(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        source.read(text, "d.yml")
    return str(caught.value).splitlines()


@given(DESIGNS)
def test_what_is_written_reads_back_as_the_same_design(design):
    assert source.read(source.dump(design), "d.yml") == design


@given(DESIGNS)
def test_what_is_read_is_written_as_the_same_text(design):
    text = source.dump(design)
    assert source.dump(source.read(text, "d.yml")) == text


@given(DESIGNS, st.integers(0, 2**16), st.sampled_from(("", ":", "{", "- ", "\n", "\t", "x: [")))
def test_damaged_text_is_a_design_or_one_error_whose_every_line_names_file_and_line(d, at, mark):
    text = source.dump(d)
    at %= len(text)
    try:
        source.read(text[:at] + mark + text[at + 1 :], "d.yml")
    except ConfigError as error:
        assert all(re.match(r"d\.yml:\d+: \S", line) for line in str(error).splitlines())


def test_a_net_of_many_ends_is_written_in_lines_of_at_most_100_columns():
    ends = [f"u280/switch_{number:02}/S{number:02}_AXI_aclk" for number in range(40)]
    design = BlockDesign.of("d", nets=[Net("clk", tuple(ends)), Net("one", ("a/b", "c/d"))])
    text = source.dump(design)
    assert max(map(len, text.splitlines())) in range(80, 101)
    assert "  one: [a/b, c/d]\n" in text
    assert source.read(text, "d.yml") == design


def test_braces_in_a_segments_name_are_only_letters():
    one = Address("a/Data", "b/{bank}", None, None)
    design = BlockDesign.of("d", addresses=(one,))
    assert source.read(source.dump(design), "d.yml").addresses == (one,)


def test_objects_know_the_line_they_were_written_on():
    text = (
        "design: d\ncells:\n  a: {ip: x:y:z}\n  b:\n    module: m\n"
        "nets:\n  n: [a/o, b/i]\naddresses:\n  a/Data:\n    b/s/Reg: {offset: 0, range: 4K}\n"
    )
    design = source.read(text, "d.yml")
    assert [str(cell.place) for cell in design.cells] == ["d.yml:3", "d.yml:4"]
    assert str(design.nets[0].place) == "d.yml:7"
    assert str(design.addresses[0].place) == "d.yml:10"


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("4096", 4096), ("0x4000_0000", 1 << 30), ("64K", 65536), ("512M", 512 << 20)]
    + [("2G", 2 << 30), ("1_000", 1000), ("0x1_0000_0000", 1 << 32), ("16E", 1 << 64)]
    + [(text, None) for text in ("", "K", "0x", "0x_1", "1__0", "-1", "4k", "1.5G", "17E", "٤")],
)
def test_bytes_are_decimal_hexadecimal_or_in_units(text, value):
    assert units.number(text) == value


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("cell: {}", r"d\.yml:2: unknown key 'cell'; did you mean 'cells'\?"),
        ("cells: [a]", r"d\.yml:2: cells: expected names, found a list"),
        ("cells: {a: {}}", r"d\.yml:2: a: nothing says what it is"),
        ("cells:\n  a: {ip: x, module: y}", r"d\.yml:3: a: ip and module: one of them"),
        ("cells:\n  a: {ip: }", r"d\.yml:3: a: ip: expected a text, found nothing"),
        (
            "cells:\n  a: {ip: x, parameters: {P: }}",
            r"P: expected one value, found nothing",
        ),
        (
            "ports:\n  p: {direction: on}",
            r"d\.yml:3: p: direction: expected one of in, out",
        ),
        (
            "ports:\n  p: {direction: in, left: 3}",
            r"d\.yml:3: p: left and right go together",
        ),
        ("nets:\n  n: a", r"d\.yml:3: n: expected a list of what it joins, found 'a'"),
        ("nets:\n  n: [a, a]", r"d\.yml:3: n: a stands there twice"),
        ("addresses:\n  s:\n    t: {range: 4K}", r"d\.yml:4: t: missing offset"),
        (
            "addresses:\n  s:\n    t: {offset: 4q}",
            r"d\.yml:4: t: offset: expected bytes",
        ),
        ("nets: {n: [], n: []}", r"d\.yml:2: key 'n' stands already on line 2"),
    ],
)
def test_each_fault_is_told_with_its_line(text, fault):
    found = faults("design: d\n" + text)
    assert any(re.search(fault, line) for line in found), found


def test_a_design_has_a_name_that_can_be_a_files():
    assert faults("cells: {}") == ["d.yml:1: missing design"]
    assert faults("design: ../x")[0].startswith("d.yml:1: design: expected a name")


def test_all_faults_of_a_file_are_told_in_one_pass():
    text = "design: d\ncells: {a: {ip: [x]}}\nports: {p: {}}\nnets: {n: 1}\nfoo: 1\n"
    assert [int(line.split(":")[1]) for line in faults(text)] == [2, 3, 4, 5]


def test_a_name_that_cannot_be_seen_is_told_in_quotes():
    assert faults('design: d\nports: {" ": {}}') == ["d.yml:2: ' ': missing direction"]
    assert faults('design: d\ncells: {"\\n": {}}')[0].startswith(r"d.yml:2: '\n': nothing says")


def test_two_things_of_one_name_are_not_written():
    twice = BlockDesign("d", nets=(Net("n", ("a",)), Net("n", ("b",))))
    with pytest.raises(ConfigError, match="two of one name: net 'n'"):
        source.dump(twice)


def test_parts_add_up_and_must_not_contradict_each_other():
    text = (
        "design: d\ncells: {a: {ip: x:y:z, parameters: {P: 1, Q: 1}}}\nnets: {n: [a/p]}\n"
        "without:\n  o:\n    cells: {a: {parameters: {Q: 2}}}\n    nets: {n: [a/q]}\n"
    )
    found = source.parse(text, "d.yml")
    more = source.part(found.rest["without"].items["o"], source.Faults("d.yml"))
    design = source.whole(found, [more])
    assert design.cell("a").parameters == (("P", "1"), ("Q", "2"))
    assert design.nets[0].ends == ("a/p", "a/q")
    other = source.part(source.yamlfile.parse("cells: {a: {ip: v:w:x}}", "e"), source.Faults("e"))
    with pytest.raises(ConfigError, match=r"d.yml:1: a: v:w:x; it is x:y:z on line 2"):
        source.whole(found, [other])
