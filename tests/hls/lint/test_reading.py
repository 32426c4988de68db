"""What is read before anything is checked: words of directives, and lines that are synthesised."""

from __future__ import annotations

import pytest
from bitwright.hls.lint.active import active
from bitwright.hls.lint.program import from_texts
from bitwright.hls.lint.words import Words
from hypothesis import given
from hypothesis import strategies as st


def words(text: str) -> Words:
    (found,) = from_texts({"x.cpp": f"void f() {{\n#pragma HLS {text}\n}}".encode()}).words
    return found


@pytest.mark.parametrize(
    ("text", "name", "plain", "options"),
    [
        ("PIPELINE II=1 rewind", "pipeline", ("rewind",), {"ii": "1"}),
        ("loop_tripcount min = 1 max = N * 4", "loop_tripcount", (), {"min": "1", "max": "N*4"}),
        ("stream depth=(a > b) variable=s", "stream", (), {"depth": "(a>b)", "variable": "s"}),
        ("stream depth=a > b variable=s", "stream", (), {"depth": "a>b", "variable": "s"}),
        (
            "allocation instances=g<int, N> limit=1 function",
            "allocation",
            ("function",),
            {"instances": "g<int,N>", "limit": "1"},
        ),
        ("alias ports=a, b distance=4", "alias", (), {"ports": "a,b", "distance": "4"}),
        ("if (N == 1) unroll factor = 2", "unroll", (), {"factor": "2"}),
        ("if(N >= 1) pipeline off", "pipeline", ("off",), {}),
        ("interface m_axi \\\n port = a  // why", "interface", ("m_axi",), {"port": "a"}),
        ("unroll /* all */", "unroll", (), {}),
        ("if", "if", (), {}),
    ],
)
def test_words_of_a_directive(
    text: str, name: str, plain: tuple[str, ...], options: dict[str, str]
) -> None:
    found = words(text)
    assert (found.name, found.words, dict(found.options)) == (name, plain, options)


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ("#ifdef __SYNTHESIS__|a|#else|b|#endif", "a"),
        ("#ifndef __SYNTHESIS__|a|#else|b|#endif", "b"),
        ("#if !defined(__SYNTHESIS__)|a|#endif|b", "b"),
        ("#if defined(__SYNTHESIS__) && X|a|#elif Y|b|#else|c|#endif", "a"),
        ("#if 0|a|#else|b|#endif", "b"),
        ("#if 1|a|#else|b|#endif", "a"),
        ("#ifdef X|a|#else|b|#endif", "b"),
        ("#define X|#ifdef X|a|#else|b|#endif", "a"),
        ("#define X|#undef X|#ifdef X|a|#else|b|#endif", "b"),
        ("#if 0|#if 1|a|#endif|b|#else|c|#endif", "c"),
        ("#endif|a", "a"),
        ("#if X \\| Y|a|#endif", "a"),
    ],
)
def test_lines_that_are_synthesised(lines: str, kept: str) -> None:
    text = lines.replace("|", "\n").encode()
    found = active(text)
    assert len(found) == len(text) and found.count(b"\n") == text.count(b"\n")
    code = [line.strip() for line in found.decode().splitlines() if "#" not in line]
    assert "".join(code) == kept


@given(st.lists(st.sampled_from([b"#if X", b"#else", b"#endif", b"#ifdef Y", b"a\\", b"b", b"\r"])))
def test_every_byte_stays_where_it_was(lines: list[bytes]) -> None:
    text = b"\n".join(lines)
    found = active(text)
    assert len(found) == len(text)
    changed = {old for old, new in zip(text, found, strict=True) if old != new}
    assert not changed & set(b"\r\n")
