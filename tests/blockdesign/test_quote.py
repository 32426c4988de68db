"""The quoting filter: Tcl itself reads back what went in."""

from __future__ import annotations

import tkinter

import pytest
from bitwright.errors import ConfigError
from bitwright.tclquote import tcl
from hypothesis import example, given
from hypothesis import strategies as st

TCL = tkinter.Tcl()
TEXT = st.text(
    st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])
    | st.sampled_from('$[]{}"\\; #\n\t~*-')
)


def read(word: str) -> str:
    return str(TCL.eval(f"format %s {word}"))


def read_list(word: str) -> list[str]:
    count = int(TCL.eval(f"set listed {word}; llength $listed"))
    return [str(TCL.eval(f"format %s [lindex $listed {place}]")) for place in range(count)]


@given(TEXT)
@example("")
@example("a\\")
@example("{")
@example("#")
@example("\0")
def test_every_text_is_one_word_that_tcl_reads_as_that_text(text: str) -> None:
    assert read(tcl(text)) == text


@given(st.lists(TEXT, max_size=4))
@example([""])
@example(["a b", "c"])
def test_every_list_is_one_word_that_tcl_reads_as_that_list(texts: list[str]) -> None:
    assert read_list(tcl(texts)) == texts


@given(TEXT)
def test_a_word_is_ascii_on_one_line(text: str) -> None:
    assert tcl(text).isascii() and tcl(text).isprintable()


def test_numbers_are_words_as_they_are() -> None:
    assert (tcl(7), tcl([1, 2])) == ("7", '"1 2"')


def test_what_needs_no_quotes_has_none() -> None:
    assert tcl("xilinx.com:ip:axi_dma:7.1") == "xilinx.com:ip:axi_dma:7.1"


def test_a_character_that_tcl_8_cannot_write_is_refused() -> None:
    with pytest.raises(ConfigError, match="Tcl cannot hold"):
        tcl("\U0001f600")
