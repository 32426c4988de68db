"""vivado.json: what is written is what is read, and anything else is told."""

from __future__ import annotations

import json

import pytest
from bitwright.errors import ConfigError
from bitwright.vivado.request import Gate, Request, Resume, Retries
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(max_size=12)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
REQUESTS = st.builds(
    Request,
    tool=TEXTS,
    script=TEXTS,
    arguments=LISTS,
    expects=LISTS,
    stages=LISTS,
    resume=st.lists(st.builds(Resume, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    gates=st.lists(st.builds(Gate, TEXTS, TEXTS, LISTS), max_size=2).map(tuple),
    retries=st.builds(Retries, st.integers(0, 9), st.floats(0, 1e6), st.floats(0, 1e6)),
)


@given(REQUESTS)
def test_every_request_survives_json(request):
    assert Request.from_json(request.to_json()) == request


@given(
    st.recursive(
        st.none() | st.integers() | TEXTS,
        lambda of: (
            st.lists(of, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "tool",
                        "script",
                        "resume",
                        "gates",
                        "id",
                        "reason",
                        "retries",
                        "first_s",
                        "stages",
                        "x",
                    ]
                ),
                of,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_anything_else_is_a_request_or_one_error(document):
    try:
        request = Request.from_json(json.dumps(document))
    except ConfigError as error:
        assert "expected" in str(error)
    else:
        assert Request.from_json(request.to_json()) == request


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"tool": "vivado", "scripts": "a.tcl"}, "unknown key 'scripts'"),
        ({"script": "a.tcl"}, "tool"),
        ({"tool": "vivado", "expects": "a.bit"}, "expects: expected a list of texts"),
        ({"tool": "v", "retries": {"attempts": "2"}}, "retries: expected numbers"),
        ([], "expected an object, found list"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(document, told):
    with pytest.raises(ConfigError) as caught:
        Request.from_json(json.dumps(document))
    assert told in str(caught.value)


def test_pauses_double_up_to_the_longest():
    assert Retries(5, 60, 300).pauses() == (60, 120, 240, 300)
    assert Retries(1).pauses() == ()
