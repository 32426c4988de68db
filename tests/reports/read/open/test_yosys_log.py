"""What Yosys printed is summed up exactly, or said to be incomplete."""

from __future__ import annotations

from bitwright.reports.read.open.yosys_log import KIND, parse_yosys_log
from bitwright.reports.read.source import lines_of

from tests.reports.read.truncation import ORIGIN

LOG = "yosys-0.70/synth.log"


def read(text: str):
    return parse_yosys_log(lines_of([text.encode()]), origin=ORIGIN)


def test_version_time_memory_and_steps_are_told(specimen):
    log = read(specimen(LOG))
    assert (log.version, log.cpu_s, log.memory_mb) == ("0.70", 5.07, 115.36)
    assert [phase.name for phase in log.phases] == [
        "1. Verilog-2005 frontend: stream_abs.sv",
        "2. SYNTH_LATTICE pass.",
        "3. CHECK pass (checking for obvious problems).",
        "End of script",
    ]
    assert log.phases[-1].checksum == "3c6ef372fe"


def test_warnings_of_yosys_and_of_slang_are_counted(specimen):
    log = read(specimen(LOG))
    assert log.counts == {"Warning": 3, "warning": 1}
    assert [(m.id, m.count, m.line, m.place) for m in log.messages] == [
        (None, 1, 13, "stream_abs.sv:19"),
        (None, 2, 19, None),
        ("unconnected-output-port", 1, 21, "rtl/top.sv:5549"),
    ]


def test_a_run_that_failed_is_whole():
    log = read("1. Executing Verilog-2005 frontend: x.sv\nx.sv:3: ERROR: syntax error\n")
    assert (log.counts, log.incomplete) == ({"ERROR": 1}, "")


def test_a_log_of_our_own_synthesis_tells_its_version_and_its_end():
    whole = "Yosys 0.70 (pyosys)\n1. Executing SLANG frontend.\nEnd of script.\n"
    assert (read(whole).version, read(whole).incomplete) == ("0.70", "")
    assert read(whole.removesuffix("End of script.\n")).incomplete
    assert KIND.claims(whole)
