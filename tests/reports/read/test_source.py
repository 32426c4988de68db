"""Text is what the tool wrote, whatever happened to it on its way."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from bitwright.reports.read.source import LINE, blocks_of, lines_of, text_of
from hypothesis import given
from hypothesis import strategies as st

LINES = st.lists(st.text(st.characters(exclude_characters="\r\n\0\ufeff", codec="utf-8")))


def blocks(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


@given(LINES, st.lists(st.integers(0, 10_000)), st.sampled_from(["\n", "\r\n"]))
def test_lines_are_the_same_however_a_log_comes_in(lines, cuts, end):
    text = "".join(line + end for line in lines)
    found = list(lines_of(blocks(text.encode(), cuts)))
    assert found == [line + "\n" for line in lines]


@given(LINES.filter(bool))
def test_a_last_line_without_an_end_has_none(lines):
    text = "\n".join(lines)
    assert "".join(lines_of([text.encode()])) == text


@given(st.binary(), st.lists(st.integers(0, 10_000)))
def test_any_bytes_are_text(data, cuts):
    text_of(data)
    list(lines_of(blocks(data, cuts)))


def test_latin_1_lines_do_not_change_what_is_utf_8_beside_them():
    data = "größe\n".encode() + "größe\n".encode("latin-1")
    assert list(lines_of([data])) == ["größe\n", "größe\n"]


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_what_a_windows_shell_redirected_is_read_without_its_mark(code):
    data = ("\ufeff" + "Design Route Status\r\nline 2\r\n").encode(code)
    assert text_of(data) == "Design Route Status\nline 2\n"
    assert list(lines_of([data])) == ["Design Route Status\n", "line 2\n"]


def test_a_line_without_end_is_bounded():
    (line,) = lines_of(b"x" * LINE for _ in range(64))
    assert len(line) <= 2 * LINE


def test_a_stream_that_gives_a_byte_at_a_time_is_read_whole():
    class Drop(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1 if size else size)

    assert b"".join(blocks_of(Drop(b"abc"))) == b"abc"
