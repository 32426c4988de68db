"""One law for readers of tables: a changed byte changes no number that stands in another line."""

from __future__ import annotations

from typing import Any

import pytest
from bitwright.errors import ReportError
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.read.specimens import kind_names, kind_of, specimen, specimens
from tests.reports.read.truncation import values_of

# Numbers of a kind by their place in `values`, each with what its line holds.
NUMBERS = {
    "clock_utilization": {
        "regions[name=X1Y0].resources.FF.used": "X1Y0",
        "primitives[type=BUFG].used": "BUFG",
        "primitives[type=BUFGCTRL].used": "BUFGCTRL",
    },
    "control_sets": {"total": "control sets", "unused_registers": "Unused register"},
    "io": {
        "total_user_io": "|             3 |",
        "pins[pin=M14].drive_ma": "M14",
        "pins[pin=M15].drive_ma": "M15",
    },
    "kernel_utilization": {
        f"resources.{name}.used": "Used Resources"
        for name in ("lut", "ff", "bram_18k", "uram", "dsp")
    },
    "power": {
        "total_on_chip_w": "Total On-Chip",
        "dynamic_w": "Dynamic (W)",
        "static_w": "Device Static",
        "junction_temperature_c": "Junction Temperature",
    },
    "utilization": {
        "resources.lut.used": "LUTs",
        "resources.ff.used": "Registers",
        "resources.bram_18k.used": "Block RAM Tile",
        "resources.dsp.used": "DSP",
    },
    "utilization_hierarchy": {
        f"resources.{name}.used": "matvec_top" for name in ("lut", "ff", "bram_18k", "dsp")
    },
}
CASES = [name for name in specimens() if NUMBERS.keys() & set(kind_names(name))]


def number(values: dict[str, Any], way: str) -> float | None:
    """What stands at the end of `way`; None where there is nothing."""
    found: Any = values
    for step in way.split("."):
        name, _, choice = step.partition("[")
        found = (found or {}).get(name)
        if choice:
            key, _, wanted = choice.rstrip("]").partition("=")
            found = next((one for one in found or () if one[key] == wanted), None)
    return found


@pytest.mark.parametrize("name", CASES)
@given(place=st.integers(0, 1 << 20), byte=st.sampled_from(b"0123456789|+- .\nXx<"))
def test_a_changed_byte_changes_no_number_of_another_line(name, place, byte):
    data, kind = bytearray(specimen(name)), kind_of(name)
    at = place % len(data)
    start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", at)
    line = data[start:end].decode()
    whole = values_of(kind, specimen(name))
    data[at] = byte
    try:
        found = values_of(kind, bytes(data))
    except ReportError:
        return
    for way, label in NUMBERS[kind.name].items():
        same = number(found, way) in (number(whole, way), None)
        assert same or label in line, f"{way}: {number(found, way)} after {byte!r} in {line!r}"


def test_every_number_is_in_a_specimen():
    for kind, ways in NUMBERS.items():
        names = [name for name in CASES if kind in kind_names(name)]
        found = [values_of(kind_of(name), specimen(name)) for name in names]
        assert [way for way in ways if all(number(it, way) is None for it in found)] == []
