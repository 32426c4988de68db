"""Logs of Vivado are summed up exactly, in constant memory, or said to be incomplete."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from bitwright.reports.read import log as bounds
from bitwright.reports.read.source import lines_of
from bitwright.reports.read.vivado.vivado_log import parse_vivado_log

from tests.reports.read.truncation import ORIGIN


@pytest.fixture
def runme(specimen):
    return parse_vivado_log(lines_of([specimen("vivado-2022.2/runme.log").encode()]), origin=ORIGIN)


def test_tool_part_and_end_are_told(runme):
    assert (runme.version, runme.part) == ("2022.2", "xc7z020clg400-1")
    assert runme.ended == "Tue Mar  7 11:42:19 2023"
    assert runme.incomplete == ""


def test_messages_are_counted_by_severity_and_id(runme):
    assert runme.counts == {"INFO": 5, "WARNING": 2, "CRITICAL WARNING": 1, "ERROR": 1}
    found = {(m.severity, m.id): (m.count, m.line) for m in runme.messages}
    assert found["WARNING", "Vivado 12-584"] == (2, 17)
    assert found["CRITICAL WARNING", "Common 17-55"] == (1, 19)
    assert found["ERROR", "Place 30-99"] == (1, 44)
    first = next(m for m in runme.messages if m.id == "Vivado 12-584")
    assert first.text == "No ports matched 'led[7]'. [/home/kay/matvec/board.xdc:12]"


def test_messages_that_vivado_stopped_printing_are_marked(runme):
    assert {m.id for m in runme.messages if m.stopped} == {"Vivado 12-584"}


def test_phases_have_their_times_memory_and_checksums(runme):
    found = {phase.name: phase for phase in runme.phases}
    placer = found["Phase 1 Placer Initialization"]
    assert (placer.cpu_s, placer.elapsed_s, placer.memory_mb, placer.gain_mb) == (
        2.0,
        1.0,
        2043.004,
        31.887,
    )
    assert placer.checksum == "a90be117"
    assert found["Netlist sorting complete"].cpu_s == 0.05
    assert found["place_design"].cpu_s == 68.0
    assert found["Placer Task"].checksum == "d4177b0e"
    assert found["Checksum"].checksum.startswith("PlaceDB: 31c1d6e4")
    assert runme.memory_mb == 2050.5


def test_a_run_within_a_run_does_not_end_the_log(specimen):
    text = specimen("vivado-2024.1/vivado.log")
    log = parse_vivado_log(lines_of([text.encode()]), origin=ORIGIN)
    assert (log.version, log.part) == ("2024.1", "xczu7ev-ffvc1156-2-e")
    assert (log.started, log.ended) == ("Mon Sep 30 09:15:02 2024", "Mon Sep 30 09:17:42 2024")
    assert [m.text for m in log.messages if m.id is None] == [
        "failed to connect to dispatch server - client already initialized"
    ]
    inner = text.index("[Mon Sep 30 09:17:41")  # just after the inner run has taken its leave
    cut = parse_vivado_log(lines_of([text[:inner].encode()]), origin=ORIGIN)
    assert "not as many runs took their leave as began" in cut.incomplete


def test_a_console_is_read_as_the_log(specimen):
    text = specimen("vivado-2022.2/runme.log")
    plain = parse_vivado_log(lines_of([text.encode()]), origin=ORIGIN)
    coloured = re.sub("^WARNING", "\x1b[1;33mWARNING", text, flags=re.MULTILINE)
    assert parse_vivado_log(lines_of([coloured.encode()]), origin=ORIGIN) == plain


PHASES, LISTED = 1000, 100


def endless(lines: int) -> Iterator[bytes]:
    """A log in which every line is a message or a phase of its own."""
    yield b"****** Vivado v2022.2 (64-bit)\n"
    for number in range(lines):
        yield (
            b"WARNING: [Synth 8-%d] module 'm%d' is unconnected [/home/kay/matvec/m.sv:%d]\n"
            b"INFO: no id, %d\nPhase %d Thing | Checksum: %x\n\nTime (s): cpu = 00:00:01 ; "
            b"elapsed = 00:00:01 . Memory (MB): peak = 2011.1 ; gain = 0.0 ; free physical = 7 \n"
            % (number, number, number, number, number, number)
        )


def peak_bytes(lines: int) -> int:
    tracemalloc.start()
    try:
        parse_vivado_log(lines_of(endless(lines)), origin=Path("endless.log"))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.fixture
def short(monkeypatch):
    """Bounds that a short log reaches."""
    monkeypatch.setattr(bounds, "PHASES", PHASES)
    monkeypatch.setattr(bounds, "LISTED", LISTED)


@pytest.mark.usefixtures("short")
def test_memory_does_not_grow_with_the_log():
    assert peak_bytes(3 * PHASES) < 1.1 * peak_bytes(PHASES)


@pytest.mark.usefixtures("short")
def test_what_is_beyond_the_bound_is_counted_and_said():
    log = parse_vivado_log(lines_of(endless(PHASES + 5)), origin=Path("endless.log"))
    assert log.counts == {"WARNING": PHASES + 5, "INFO": PHASES + 5}
    assert len(log.messages) == 2 * LISTED
    assert len(log.phases) == PHASES
    assert log.missing["messages"].startswith(f"{2 * (PHASES + 5 - LISTED)} messages are only")
    assert log.missing["phases"].startswith("5 more")


@pytest.mark.usefixtures("short")
def test_messages_without_ids_do_not_push_out_those_with():
    flood = (b"WARNING: pass %d\n" % number for number in range(LISTED + 50))
    lines = [b"****** Vivado v2022.2 (64-bit)\n", *flood, b"WARNING: [Synth 8-1] the one\n"]
    log = parse_vivado_log(lines_of(lines), origin=Path("flood.log"))
    assert [m.id for m in log.messages if m.id] == ["Synth 8-1"]
    assert log.counts == {"WARNING": LISTED + 51}


def test_what_is_not_printed_or_cut_off_is_missing_with_its_reason(runme, specimen):
    assert (runme.elapsed_s, runme.missing["elapsed_s"]) == (None, "not printed")
    text = specimen("vivado-2022.2/runme.log")
    cut = parse_vivado_log(lines_of([text[:400].encode()]), origin=ORIGIN)
    assert (cut.memory_mb, cut.missing["memory_mb"]) == (None, "the log breaks off")
