"""The law of truncation tells right from wrong itself."""

from __future__ import annotations

import pytest

from tests.reports.read.corpus import ABSENT, entries, index
from tests.reports.read.truncation import differences

WHOLE = {"wns_ns": 1.5, "clocks": [{"name": "a", "mhz": 50}, {"name": "b", "mhz": 75}]}


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"wns_ns": None, "incomplete": "line 3"},
        {"wns_ns": 1.5, "clocks": [{"name": "a", "mhz": 50}]},
        {"clocks": [{"name": "a", "mhz": 50}, {"name": "b", "mhz": None}]},
        {"clocks": []},
    ],
)
def test_less_than_the_whole_is_not_wrong(part):
    assert list(differences(part, WHOLE)) == []


@pytest.mark.parametrize(
    ("part", "way"),
    [
        ({"wns_ns": 1.0}, "wns_ns: 1.0, not 1.5"),
        ({"tns_ns": 0.0}, "tns_ns: 0.0, not None"),
        ({"clocks": [{"name": "b", "mhz": 75}]}, "clocks[0].name: 'b', not 'a'"),
        ({"clocks": [{"name": "a", "mhz": 5}]}, "clocks[0].mhz: 5, not 50"),
    ],
)
def test_what_the_whole_does_not_say_is_wrong(part, way):
    assert way in list(differences(part, WHOLE))


def test_a_count_may_be_smaller_but_not_larger():
    assert list(differences({"count": 3}, {"count": 5}, counted={"count"})) == []
    assert list(differences({"count": 7}, {"count": 5}, counted={"count"}))


def test_every_report_of_the_index_is_there():
    if not index():
        pytest.skip(ABSENT)
    assert [entry.path for entry in index() if not entry.path.is_file()] == []
    assert len(entries("power")) == 25
