"""An older metrics.json: read as it stands, or refused; never half understood."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from bitwright.errors import ReportError
from bitwright.reports.history import Entry, entry_of_metrics
from hypothesis import given
from hypothesis import strategies as st

from tests.history.conftest import body

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("entry") / "metrics.json"


def read(path: Path) -> Entry | None:
    """The entry; None where it was refused."""
    try:
        found = entry_of_metrics(path)
    except ReportError as error:
        assert str(path) in str(error)
        return None
    assert all(isinstance(v, int | float) and math.isfinite(v) for v in found.measures.values())
    assert isinstance(found.config, str)
    return found


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value of a JSON document."""
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    found = [(*way, key) for key in keys]
    for key in keys:
        if isinstance(node[key], dict | list):
            found += places(node[key], (*way, key))
    return found


def test_the_shortest_metrics_are_read(place: Path):
    place.write_text(json.dumps(body()))
    found = read(place)
    assert found is not None
    assert found.measures["wns_ns"] == 1.25
    assert (found.seed, found.commit, found.ok) == (None, "", True)


@given(st.binary(max_size=80) | JSON.map(lambda value: json.dumps(value).encode()))
def test_anything_else_is_refused(place: Path, data: bytes):
    place.write_bytes(data)
    assert read(place) is None


@given(st.sampled_from(places(body())), JSON)
def test_a_document_with_one_value_exchanged_is_refused_or_read_whole(place, way, value):
    document = copy.deepcopy(body())
    node: Any = document
    for key in way[:-1]:
        node = node[key]
    node[way[-1]] = value
    place.write_text(json.dumps(document))
    read(place)


@given(st.integers(0, len(json.dumps(body())) - 1))
def test_a_document_cut_anywhere_is_refused(place: Path, length: int):
    place.write_text(json.dumps(body())[:length])
    assert read(place) is None
