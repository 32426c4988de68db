"""Pins: every one of the package, each cell under its heading."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.vivado.io import Io, parse_io

from tests.reports.read.corpus import readings

ORIGIN = Path("io.rpt")
SPECIMEN = "vivado-2022.2/io.rpt"


def read(text: str) -> Io:
    return parse_io(text, origin=ORIGIN)


def test_pin_with_a_signal_has_all_that_is_printed(specimen):
    found = read(specimen(SPECIMEN))
    pin = {one.pin: one for one in found.pins}["M15"]
    assert (pin.signal, pin.direction, pin.standard, pin.standard_by_default) == (
        "data_io[3]",
        "inout",
        "LVCMOS18",
        True,
    )
    assert (pin.bank, pin.drive_ma, pin.slew, pin.constraint, pin.pull) == (
        35,
        12,
        "SLOW",
        "UNFIXED",
        "PULLUP",
    )
    assert pin.others == {"Off-Chip Termination": "NONE", "Signal Integrity": "NONE"}
    assert (found.total_user_io, found.package, len(found.pins)) == (3, "clg484", 8)


def test_pin_without_a_signal_has_no_direction(specimen):
    pins = {one.pin: one for one in read(specimen(SPECIMEN)).pins}
    assert (pins["R7"].signal, pins["R7"].direction, pins["R7"].use) == ("", None, "User IO")


def test_pin_that_lost_its_signal_has_no_direction_whatever_its_use(specimen):
    text = specimen(SPECIMEN).replace("| leds_o[0]   |", "|             |")
    pins = {one.pin: one for one in read(text).pins}
    assert (pins["M14"].use, pins["M14"].signal, pins["M14"].direction) == ("OUTPUT", "", None)


def test_voltage_that_is_no_single_number_is_none(specimen):
    pins = {one.pin: one for one in read(specimen(SPECIMEN)).pins}
    assert [(pins[name].vcco_v, pins[name].voltage) for name in ("N20", "A3", "R7", "K17")] == [
        (3.3, "3.30"),
        (None, "any"),
        (None, "0.00-1.80"),
        (None, ""),
    ]


def test_more_pins_with_a_signal_than_signals_are_refused(specimen):
    text = specimen(SPECIMEN).replace("|             3 |", "|             2 |")
    with pytest.raises(ReportError, match="more pins carry a signal than there are signals"):
        read(text)


def test_every_real_report_has_every_pin_of_its_package():
    for entry, text, found in readings("io"):
        balls = re.findall(r"^\| ([A-Z]{1,2}\d+) +\| (\S*)", text, re.M)
        assert [(one.pin, one.signal) for one in found.pins] == balls, entry.path
        assert found.package.endswith(str(len(balls)))  # csg324 has 324
