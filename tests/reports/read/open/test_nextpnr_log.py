"""What nextpnr printed is summed up exactly, or said to be incomplete."""

from __future__ import annotations

from bitwright.reports.read.open.nextpnr_log import parse_nextpnr_log
from bitwright.reports.read.source import lines_of

from tests.reports.read.truncation import ORIGIN

LOG = "nextpnr-0.11/implement.log"


def read(text: str):
    return parse_nextpnr_log(lines_of([text.encode()]), origin=ORIGIN)


def test_warnings_are_listed_and_what_is_for_information_is_counted(specimen):
    log = read(specimen(LOG))
    assert log.counts == {"Info": 25, "Warning": 2}
    assert [(m.severity, m.line) for m in log.messages] == [("Warning", 10), ("Warning", 33)]
    assert log.incomplete == ""


def test_phases_have_times_and_the_placement_its_checksums(specimen):
    phases = read(specimen(LOG)).phases
    assert [(phase.name, phase.elapsed_s) for phase in phases if phase.elapsed_s] == [
        ("HeAP Placer", 0.31),
        ("solving equations", 0.21),
        ("SA placement", 0.12),
        ("Router1", 0.44),
    ]
    assert [p.checksum for p in phases if p.checksum] == ["0x5be0cd19", "0x1f83d9ab"]


def test_a_run_that_failed_is_whole(specimen):
    text = specimen(LOG)
    failed = text[: text.index("Info: Routing globals")] + "ERROR: Routing failed\n"
    log = read(failed)
    assert (log.counts["ERROR"], log.incomplete) == (1, "")
