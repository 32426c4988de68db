"""A YAML file becomes a tree with line numbers, or one ConfigError with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright import yamlfile
from bitwright.errors import ConfigError
from bitwright.yamlfile import Scalar, Sequence, Table
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = {
    "empty": ("", "empty"),
    "comment_only": ("# nothing\n", "empty"),
    "null": ("~x", "expected a mapping"),
    "list": ("- 1\n- 2\n", "expected a mapping of keys, found a list"),
    "duplicate_key": ("a: 1\nb: 2\na: 3\n", r":3: key 'a' stands already on line 1"),
    "tag": ("a: 1\nb: !!python/object/apply:os.system ['x']\n", r":2: tag .*os\.system.* refused"),
    "local_tag": ("a: !include x\n", r":1: tag '!include'"),
    "standard_tag": ("a: !!int 7\n", "tags are refused"),
    "anchor": ("a: &x 1\n", r":1: anchor '&x'"),
    "alias": ("a: 1\nb: *x\n", r":2: alias '\*x'"),
    "merge": ("a: &x {b: 1}\nc: {<<: *x}\n", "anchor"),
    "two_documents": ("a: 1\n---\nb: 2\n", r":2: a second document"),
    "unclosed": ("a: [1, 2\n", "not YAML"),
    "tab": ("a:\n\tb: 1\n", r":2: not YAML"),
    "complex_key": ("? [a]\n: 1\n", "expected a key, found a list"),
    "control_character": ("a: 1\nb: \x07\n", r":2: not YAML"),
    "nul": ("a: \x00\n", "not YAML"),
    "deep": ("a: " + "[" * 50 + "]" * 50, "nested deeper"),
    "deep_blocks": ("\n".join("  " * n + "a:" for n in range(40)), "nested deeper"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_no_config_needs_is_refused_with_file_and_line(case):
    text, message = HOSTILE[case]
    with pytest.raises(ConfigError, match=message) as caught:
        yamlfile.parse(text, "configs/x.yml")
    for line in str(caught.value).splitlines():
        assert re.match(r"configs/x\.yml:\d+: ", line)


def test_every_node_knows_its_line_and_whether_it_was_quoted():
    tree = yamlfile.parse("a: 1\n\nb:\n  - x\n  - '2'\n", "x")
    assert tree == Table(
        1,
        {
            "a": Scalar(1, "1", True),
            "b": Sequence(4, (Scalar(4, "x", True), Scalar(5, "2", False))),
        },
        {"a": 1, "b": 3},
    )


def test_all_duplicate_keys_are_reported_in_one_pass():
    with pytest.raises(ConfigError) as caught:
        yamlfile.parse("a: 1\na: 2\nb: 1\nb: 2\n", "x")
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["2", "4"]


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path):
    path = tmp_path / "big.yml"
    path.write_bytes(b"a: " + b"x" * 10_000_000)
    with pytest.raises(ConfigError, match=r"^big\.yml:1: too large"):
        yamlfile.load(path, "big.yml")


def test_the_line_of_a_byte_that_is_not_utf8_is_named(tmp_path: Path):
    path = tmp_path / "latin.yml"
    path.write_bytes(b"a: 1\nb: 2\nc: caf\xe9\n")
    with pytest.raises(ConfigError, match=r"^latin\.yml:3: not UTF-8: byte 0xe9"):
        yamlfile.load(path, "latin.yml")


@pytest.mark.parametrize("kind", ["missing", "folder", "device"])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, kind: str):
    path = {"missing": tmp_path / "no.yml", "folder": tmp_path, "device": Path("/dev/zero")}[kind]
    with pytest.raises(ConfigError, match=r"^there:1: "):
        yamlfile.load(path, "there")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path):
    path = tmp_path / "dos.yml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    tree = yamlfile.load(path, "dos.yml")
    assert {key: node.text for key, node in tree.items.items()} == {"a": "1", "b": "2"}
    assert tree.lines == {"a": 1, "b": 2}


PIECES = (
    *("a", ":", " ", "\n", "- ", "[", "]", "{", "}", "&x", "*x", "!t", "'", '"', "|", ">", "#"),
    *("%", "@", "?", ",", "---\n", "...\n", "\t", "\ufeff", "1", "~", "<<", "\x85", "\u2028"),
)
YAML_LIKE = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.one_of(st.text(), YAML_LIKE))
def test_any_text_is_a_table_or_a_fault_with_a_line_that_exists(text: str):
    try:
        tree = yamlfile.parse(text, "x.yml")
    except ConfigError as error:
        for line in str(error).splitlines():
            number = re.match(r"x\.yml:(\d+): .", line)
            assert number, line
            assert 1 <= int(number[1]) <= len(re.split("\r\n|[\n\r\x85\u2028\u2029]", text)) + 1
    else:
        assert isinstance(tree, Table)


SLIPS = {  # text -> line and column, what is said
    "a:\n\tb: 1\n": ("2", 1, "a tab; indent with spaces"),
    "a: 1\n  \tb: 2\n": ("2", 3, "a tab; indent with spaces"),
    "a: 1\nb 2\nc: 3\n": ("2", 1, "a key without its colon"),
    "a: b: c\n": ("1", 5, "a colon where a value ends"),
    "a: 1\nb: [1, 2\nc: 3\n": ("2", 4, "'[' is not closed"),
    "a: {b: 1\n": ("1", 4, "'{' is not closed"),
    'a: 1\nb: "x\n': ("2", 4, "a quote that opens here is not closed"),
    "a: @x\n": ("1", 4, "a value cannot begin with '@'"),
    "a: 'it's'\n": ("1", 8, "does not fit what stands before it"),
    "a: - b\n": ("1", 4, "a list begins on the line of its key"),
    'a: "\\q"\n': ("1", 5, "an unknown escape in double quotes"),
}


@pytest.mark.parametrize("text", SLIPS)
def test_a_slip_is_told_where_it_is_in_words_that_people_use(text: str):
    line, column, what = SLIPS[text]
    with pytest.raises(ConfigError) as caught:
        yamlfile.parse(text, "x.yml")
    assert str(caught.value).startswith(f"x.yml:{line}: not YAML: column {column}: {what}")
    assert len(str(caught.value).splitlines()) == 1
    assert not re.search("token|scanning|flow sequence", str(caught.value))


@given(st.lists(st.sampled_from([*"ab12:-[]{},'\"#@`\t\n \\&*!|>%?"]), max_size=30).map("".join))
def test_any_text_is_read_or_refused_with_its_line(text: str):
    try:
        yamlfile.parse(text, "x.yml")
    except ConfigError as error:
        assert re.match(r"x\.yml:[1-9]\d*: ", str(error))
