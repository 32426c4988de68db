"""Logs of Vitis HLS are summed up exactly, or said to be incomplete."""

from __future__ import annotations

from bitwright.reports.read.hls.hls_log import parse_hls_log
from bitwright.reports.read.source import lines_of

from tests.reports.read.truncation import ORIGIN

LOGS = ("vitis_hls-2023.2/vitis_hls.log", "vitis_hls-2018.3/vivado_hls.log")


def read(text: str):
    return parse_hls_log(lines_of([text.encode()]), origin=ORIGIN)


def test_tool_part_and_totals_are_told(specimen):
    log = read(specimen(LOGS[0]))
    assert (log.version, log.part) == ("2023.2", "xczu7ev-ffvc1156-2-e")
    assert (log.cpu_s, log.elapsed_s, log.memory_mb) == (13.33, 14.08, 1.027 * 1024)
    assert (log.started, log.ended) == ("Wed Feb 14 10:02:11 CET 2024", "Wed Feb 14 10:02:25 2024")
    assert log.counts == {"INFO": 12, "WARNING": 3}


def test_phases_are_named_and_timed(specimen):
    found = {phase.name: phase for phase in read(specimen(LOGS[0])).phases}
    assert (found["Scheduling"].cpu_s, found["Scheduling"].memory_mb) == (1.33, 1.003 * 1024)
    assert found["Command csynth_design"].elapsed_s == 11.0


def test_a_phase_without_a_name_has_that_of_the_line_before(specimen):
    (phase,) = read(specimen(LOGS[1])).phases
    assert (phase.name, phase.elapsed_s, phase.memory_mb) == ("scheduling", 0.77, 98.31)


def test_a_log_that_ends_in_a_tcl_trace_is_whole(specimen):
    log = read(specimen(LOGS[1]))
    assert (log.incomplete, log.version, log.part) == ("", None, "xc7z020clg484-1")
    assert [(m.id, m.count) for m in log.messages if m.severity == "ERROR"] == [("SIM 211-100", 1)]


def test_a_killed_run_is_incomplete(specimen):
    text = specimen(LOGS[0])
    killed = text[: text.index("INFO: [HLS 200-789]")] + "loader: line 312: 30638 Killed\n"
    log = read(killed)
    assert "30638 Killed" in log.incomplete
    assert log.elapsed_s is None


def test_the_prompt_of_a_console_is_no_part_of_a_message(specimen):
    text = specimen(LOGS[0])
    prompt = "\x1b[2K\r\rvivado_hls> \r\x1b[12CINFO: [HLS 200-112]"
    assert read(text.replace("INFO: [HLS 200-112]", prompt)) == read(text)


def test_the_total_of_vitis_run_keeps_the_processor_time_of_the_run_in_it(specimen):
    total = "INFO: [vitis-run 60-791] Total elapsed time: 0h 0m 16s\n"
    log = read(specimen(LOGS[0]) + total)
    assert (log.cpu_s, log.elapsed_s) == (13.33, 16.0)


def test_memory_is_the_highest_that_was_printed_not_the_last(specimen):
    total = "INFO: [HLS 200-112] Total"
    higher = (
        "INFO: [HLS 200-111] Finished Linking Time (s): cpu = 00:00:01 ; elapsed = 00:00:01 . "
        "Memory (MB): peak = 2051.633 ; gain = 0.000 ; free physical = 1 ; free virtual = 2\n"
    )
    log = read(specimen(LOGS[0]).replace(total, higher + total))
    assert log.memory_mb == 2051.633
