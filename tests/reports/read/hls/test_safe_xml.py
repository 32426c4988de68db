"""XML that is hostile is refused, and costs little."""

from __future__ import annotations

from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.hls import safe_xml
from bitwright.reports.read.hls.safe_xml import DEEPEST, tree
from hypothesis import given
from hypothesis import strategies as st

HERE = Path("hostile.xml")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'<!DOCTYPE p [<!ENTITY l0 "ha">{LAUGHS}]><p>&l9;</p>', "cannot be trusted"),
        ('<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>', "cannot be trusted"),
        ('<!DOCTYPE p SYSTEM "http://127.0.0.1:9/p.dtd"><p/>', "cannot be trusted"),
        ("<p>&x;</p>", "no complete XML"),
        ("<a>" * (DEEPEST + 1), "in one another"),
        ("<a>" * 100_000, "in one another"),
        ("", "no complete XML"),
        ("<p>", "no complete XML"),
        ("<p/><p/>", "no complete XML"),
        ("<p a='1' a='2'/>", "no complete XML"),
        ("\ud800", "cannot be trusted"),
    ],
)
def test_xml_that_cannot_be_trusted_is_refused(text, said):
    with pytest.raises(ReportError, match=said):
        tree(text, origin=HERE)


def test_one_endless_attribute_is_refused_before_it_is_parsed(monkeypatch):
    monkeypatch.setattr(safe_xml, "LONGEST", 1000)
    with pytest.raises(ReportError, match="characters between two"):
        tree(f"<p a='{'x' * 1001}'/>", origin=HERE)


def test_the_line_of_a_fault_is_named():
    with pytest.raises(ReportError, match=r"hostile\.xml:3:"):
        tree("<p>\n<a/>\n<b></c>\n</p>", origin=HERE)


def test_elements_know_their_line_and_their_whole_text():
    root = tree("<p>\n <a>x &amp; y&lt;z</a>\n <a/>\n</p>", origin=HERE)
    first, second = root.all("a")
    assert (first.text, first.line, second.line) == ("x & y<z", 2, 3)
    assert root.word("a") == "x & y<z" and root.get("a", "b") is None
    assert list(root.all("b", "c")) == []


def test_a_long_text_is_not_torn_where_the_parser_hands_it_over():
    words = "ab " * 20_000
    assert tree(f"<p>{words}</p>", origin=HERE).text == words.strip()


@given(st.text(st.sampled_from("<>/pa&;!'=\" \n\0\ud800é")))
def test_any_text_is_a_tree_or_a_report_error(text):
    try:
        assert tree(text, origin=HERE).tag
    except ReportError as error:
        assert "hostile.xml" in str(error)
