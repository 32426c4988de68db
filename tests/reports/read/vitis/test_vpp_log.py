"""Logs of v++ are summed up exactly, or said to be incomplete."""

from __future__ import annotations

from bitwright.reports.read.source import lines_of
from bitwright.reports.read.vitis.vpp_log import parse_vpp_log

from tests.reports.read.corpus import readings
from tests.reports.read.truncation import ORIGIN


def test_messages_steps_and_total_are_told(specimen):
    log = parse_vpp_log(lines_of([specimen("vpp-2020.2/v++_link.log").encode()]), origin=ORIGIN)
    assert (log.version, log.elapsed_s, log.incomplete) == ("2020.2", 1171.0, "")
    assert log.counts == {"INFO": 11, "WARNING": 1, "CRITICAL WARNING": 1}
    found = {phase.name: phase for phase in log.phases}
    link = found["Run run_link: Step system_link"]
    assert (link.began, link.ended, link.elapsed_s) == ("10:11:52", "10:12:01", 10.0)
    assert (found["Run vpl: Step impl"].began, found["Run vpl: Step impl"].ended) == (
        "10:13:02",
        "10:31:07",
    )
    assert found["FPGA linking synthesized kernels to platform"].elapsed_s == 519.0
    assert found["Phase 1 Retarget"].began == "10:20:41"


def test_real_logs_are_read_to_their_end():
    for entry, _, log in readings("vpp_log"):
        # WARNING: /mnt/... does not exist; [Vivado_Tcl 4-391]; [v++ 60-...]
        assert (log.counts["WARNING"], log.elapsed_s) == (3, 1343.0), entry.path
