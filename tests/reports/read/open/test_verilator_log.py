"""What Verilator printed is summed up exactly, or said to be incomplete."""

from __future__ import annotations

from bitwright.reports.read.open.verilator_log import parse_verilator_log
from bitwright.reports.read.source import lines_of

from tests.reports.read.truncation import ORIGIN

LOGS = ("verilator-5.30/lint.log", "verilator-5.30/build.log")


def read(text: str):
    return parse_verilator_log(lines_of([text.encode()]), origin=ORIGIN)


def test_messages_are_counted_by_name_and_say_where(specimen):
    log = read(specimen(LOGS[0]))
    assert (log.version, log.incomplete) == ("5.030", "")
    assert log.counts == {"Warning": 3, "Error": 1}
    assert [(m.severity, m.id, m.count, m.line, m.place) for m in log.messages] == [
        ("Warning", "WIDTHTRUNC", 1, 1, "rtl/stream_abs.sv:31"),
        ("Warning", "UNUSEDSIGNAL", 2, 7, "rtl/stream_abs.sv:12"),
        ("Error", None, 1, 15, "rtl/stream_abs.sv:40"),
    ]


def test_a_run_that_built_tells_its_time_and_memory(specimen):
    log = read(specimen(LOGS[1]))
    assert (log.version, log.counts) == ("5.030", {"Warning": 1})
    assert (log.elapsed_s, log.cpu_s, log.memory_mb) == (0.073, 0.036, 22.84)
    twice = read(specimen(LOGS[1]) * 2)
    assert (twice.elapsed_s, twice.memory_mb, twice.counts) == (0.146, 22.84, {"Warning": 2})


def test_messages_that_verilator_counted_and_that_are_not_here_are_missed(specimen):
    text = specimen(LOGS[0])
    beheaded = text[text.index("%Error: rtl") :].replace("1 error(s)", "2 error(s)")
    assert read(beheaded).incomplete == "line 4: 2 errors are told of, 1 stand here"
