"""One tool under the guard: its output, its processes, its limits."""

from __future__ import annotations

import hashlib
import os
import re
import signal
from pathlib import Path

import pytest
from bitwright import engine
from bitwright.errors import Stopped
from bitwright.run import LONGEST_LINE, Lines
from hypothesis import given, settings
from hypothesis import strategies as st

OUT = Path("build/tiny/board/implement/out")
LOG = OUT.with_name("implement.log")


def python(bench, text, **changes):
    """A step that runs a Python program."""
    return bench.step(command=("python", "-c", text), **changes)


def test_hundred_megabytes_of_output_are_all_in_the_log(bench):
    line = "x" * 999 + "\n"
    text = f"import sys; [sys.stdout.write({line!r} * 1000) for _ in range(100)]; open('out', 'w')"
    bench.build(python(bench, text))
    sha = hashlib.sha256()
    for _ in range(100):
        sha.update(line.encode() * 1000)
    assert LOG.stat().st_size == 100_000_000
    assert hashlib.file_digest(LOG.open("rb"), "sha256").digest() == sha.digest()
    assert len(bench.texts("line")) == 100_000


def test_slow_display_does_not_hold_up_the_tool(bench):
    """The tool prints all it has while the display hangs at the first line; nothing is missing."""
    seen = []
    os.mkfifo("ended")

    def display(event):
        if event.kind == "line":
            if not seen:
                Path("ended").read_bytes()  # returns when the tool has printed everything
            seen.append(event.text)

    text = (
        "import os\n"
        "for i in range(200001): os.write(1, b'%d, one of more than fits into a pipe\\n' % i)\n"
        "open('out', 'w').close()\n"
        "open('../../../../ended', 'w').close()"
    )
    engine.build(python(bench, text), cache=None, events=display)
    assert len(seen) == 200_001 and seen[-1].startswith("200000,")


def test_last_words_of_a_tool_that_ends_at_once_are_all_in_the_log(bench):
    text = "import os; open('out', 'w'); os.write(1, b'x' * 900_000); os._exit(0)"
    bench.build(python(bench, text))  # it all fits into the pipe: the tool is gone when we read
    assert LOG.stat().st_size == 900_000


def test_output_that_is_no_utf8_is_kept_as_it_is_and_shown_with_marks(bench):
    bench.build(bench.step(r"printf 'a\377b\n\000\303\n'; printf 'no end'; echo > out"))
    assert LOG.read_bytes() == b"a\xffb\n\x00\xc3\nno end"
    assert bench.texts("line") == ["a\ufffdb", "\x00\ufffd", "no end"]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_lines_do_not_depend_on_how_the_bytes_arrive(pieces, size):
    data = b"\n".join(pieces)
    whole, parts = [], []
    for taken, step in ((whole, len(data) + 1), (parts, size)):
        lines = Lines(taken.append)
        for begin in range(0, len(data), step):
            lines.feed(data[begin : begin + step])
        lines.end()
    expected = [part.decode("utf-8", "replace") for part in re.split(rb"[\r\n]+", data) if part]
    assert whole == parts == expected


def test_endless_line_is_shown_once_and_cut():
    taken = []
    lines = Lines(taken.append)
    for _ in range(100):
        lines.feed(b"y" * LONGEST_LINE)
    lines.feed(b"rest\nnext\n")
    assert taken == ["y" * LONGEST_LINE, "next"]


def test_phases_are_recognised_in_order_with_what_the_pattern_found(bench):
    step = bench.step(
        "echo 'Info: Packing'; echo 'Info: Routing 17 arcs'; echo > out",
        phases=((r"Packing", "pack"), (r"Routing (\d+) arcs", r"route \1")),
    )
    bench.build(step)
    assert bench.texts("phase") == ["pack", "route 17"]


def test_processes_left_behind_are_ended_before_the_step_ends(bench):
    stray = "(setsid sh -c 'echo $$ > pid; exec sleep 60' &)"
    bench.build(bench.step(f"{stray}; while ! test -s pid; do :; done; echo > out"))
    with pytest.raises(ProcessLookupError):
        os.kill(int(OUT.with_name("pid").read_text()), 0)


def test_tool_that_runs_too_long_is_ended_and_told(bench):
    step = bench.step("echo half > out; sleep 60", limit_s=0.3)
    text = bench.failure(step)
    assert "sh was ended after 0.3 s, the step's limit" in text
    assert (OUT.parent / "failed" / "out").read_text() == "half\n"


def test_tool_that_is_ended_may_clean_up_first(bench):
    step = bench.step("trap 'echo bye; exit 1' TERM; sleep 60 & wait", limit_s=0.3)
    bench.failure(step)
    assert LOG.read_text() == "bye\n"


def test_memory_of_all_processes_together_counts_against_the_limit(bench):
    child = "x = b'1' * (60 << 20); import time; time.sleep(60)"
    start = f"subprocess.Popen([sys.executable, '-c', {child!r}])"
    step = python(bench, f"import subprocess, sys; {start}; {start}; {child}", limit_mib=150)
    found = re.search(r"used (\d+) MiB of 150", bench.failure(step))
    assert found and 150 < int(found[1]) < 400


def test_time_and_peak_memory_are_measured(bench):
    text = "x = b'1' * (200 << 20); open('out', 'w')"
    step = python(bench, text)
    bench.build(step)
    times = engine.times(step)
    assert times is not None and 200 < times.peak_rss_mib < 300 and times.wall_s > 0.01


def test_tool_gets_its_own_session_no_input_and_default_signals(bench):
    text = """
import os, signal, sys
assert os.getsid(0) == os.getpid() and sys.stdin.read() == ""
assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
blocked = [n for n in (1, 2, 15, 13) if signal.getsignal(n) == signal.SIG_IGN and n != 13]
assert not blocked, blocked
assert sorted(os.listdir("/proc/self/fd"))[:3] == ["0", "1", "2"]
assert len(os.listdir("/proc/self/fd")) == 4  # the fourth lists them: no lock, no pipe of ours
open("out", "w")
"""
    with engine.lock(Path("build/tiny/board"), print):
        bench.build(python(bench, text))


def test_arguments_reach_the_tool_unchanged(bench):
    words = ("a b", "$HOME", "`id`", "", "'\"", "new\nline", "ünï")
    text = "import sys; open('out', 'w').write(repr(sys.argv[1:]))"
    bench.build(bench.step(command=("python", "-c", text, *words)))
    assert OUT.read_text() == repr(list(words))


def test_very_long_command_is_reported_not_raised(bench):
    step = bench.step(command=("echo", "x" * (1 << 22)))
    assert "Argument list too long" in bench.failure(step)


def test_stop_from_a_signal_handler_in_the_middle_of_a_tool(bench):
    before = signal.signal(signal.SIGALRM, lambda *_: engine.stop())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(Stopped):
            bench.build(bench.step("exec sleep 60"))
    finally:
        signal.signal(signal.SIGALRM, before)
