"""Laws that hold for every kind of report, on every specimen of it."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.kind import HEAD, Kind
from bitwright.reports.read.recognise import claimants, kinds, read_bytes
from bitwright.reports.read.source import text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports.read.conftest import SPECIMENS
from tests.reports.read.truncation import differences, values_of

# What a build's steps hand to one another, and sources: nothing that a person reads for numbers.
NO_REPORTS = {
    "nextpnr-0.11/placement.json",
    "yosys-0.70/hierarchy.json",
}
COUNTED = {"count", "lines", "memory_mb", "stopped"}  # of a log: smaller in a part of it
ORIGIN = Path("specimen")
few = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def specimens() -> list[str]:
    """Every report among the specimens, by its path there."""
    files = (path for path in SPECIMENS.rglob("*") if path.is_file())
    names = (path.relative_to(SPECIMENS).as_posix() for path in files)
    return sorted(n for n in names if "/" in n and not n.startswith("toy/") and n not in NO_REPORTS)


@cache
def specimen(name: str) -> bytes:
    return (SPECIMENS / name).read_bytes()


def claimed(name: str) -> list[Kind]:
    return claimants(text_of(specimen(name))[:HEAD])


def outcome(data: bytes) -> str | dict:
    """What the reader says: values as JSON holds them, or the error's text."""
    try:
        body = read_bytes(data, origin=ORIGIN).to_json()
    except ReportError as error:
        return str(error)
    return json.loads(json.dumps(body, allow_nan=False))


@pytest.mark.parametrize("name", specimens())
def test_every_specimen_is_claimed_by_exactly_one_kind(name):
    assert len(claimed(name)) == 1, [kind.name for kind in claimed(name)]


def test_every_kind_has_a_specimen():
    found = {kind.name for name in specimens() for kind in claimed(name)}
    assert {kind.name for kind in kinds()} - found == set()


def test_every_kind_has_a_name_of_its_own():
    names = [kind.name for kind in kinds()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", specimens())
def test_line_ends_nul_bytes_and_a_byte_order_mark_change_nothing(name):
    data = specimen(name)
    plain = outcome(data)
    assert outcome(data.replace(b"\n", b"\r\n")) == plain
    assert outcome(data.replace(b"\n", b"\0\n", 40)) == plain
    assert outcome(b"\xef\xbb\xbf" + data) == plain


@pytest.mark.parametrize("name", specimens())
@given(data=st.data())
@few
def test_damaged_bytes_give_values_or_an_error_that_says_so(name, data):
    damaged = bytearray(specimen(name))
    places = st.tuples(st.integers(0, len(damaged) - 1), st.integers(0, 255))
    for place, byte in data.draw(st.lists(places, min_size=1, max_size=8)):
        damaged[place] = byte
    outcome(bytes(damaged))


@pytest.mark.parametrize("name", specimens())
@given(data=st.data())
@few
def test_lost_and_doubled_lines_give_values_or_an_error_that_says_so(name, data):
    lines = specimen(name).splitlines(keepends=True)
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, min(start + 20, len(lines))))
    outcome(b"".join(lines[:start] + lines[end:]))
    outcome(b"".join(lines[:end] + lines[start:]))


@pytest.mark.parametrize("name", specimens())
@given(data=st.data())
@few
def test_a_report_cut_anywhere_is_refused_or_marked_and_never_wrong(name, data):
    whole = outcome(specimen(name))
    if isinstance(whole, str) or whole["values"].get("incomplete"):
        return  # a specimen that is damaged itself
    (kind,) = claimed(name)
    at = data.draw(st.integers(0, len(specimen(name)) - 1))
    try:
        part = values_of(kind, specimen(name)[:at])
    except ReportError:
        return
    counted = {*COUNTED, *whole["values"].get("counts", ())}
    assert list(differences(part, whole["values"], counted=counted)) == []
    if not kind.streamed:  # a log may end at many places; its own tests say where
        assert part.get("incomplete") or part == whole["values"]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_nothing_and_noise_are_claimed_by_nobody_and_never_whole(kind):
    for text in ("", "\n\n", "\0", "|||\n+--+\n|\n", "{", "<", "[" * 100_000, "\x1b[0m" * 10):
        assert not kind.claims(text)
        if not kind.streamed:
            with suppress(ReportError):
                assert kind.parse(text, origin=ORIGIN).incomplete


@pytest.mark.parametrize("name", [n for n in specimens() if specimen(n).lstrip()[:1] == b"{"])
def test_json_without_end_is_an_error(name):
    text = specimen(name).decode()
    deep = text[: text.index(":", len(text) // 3) + 1] + "[" * 100_000
    assert isinstance(outcome(deep.encode()), str)


HOSTILE = {
    "entity bomb": '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)).replace("&a0;", "&a;")
    + "]>",
    "external entity": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "external document type": '<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">',
}


@pytest.mark.parametrize("attack", HOSTILE)
@pytest.mark.parametrize("name", [n for n in specimens() if specimen(n).lstrip()[:1] == b"<"])
def test_hostile_xml_is_an_error(name, attack):
    text = specimen(name).decode()
    head, start, rest = text.partition("<profile>" if "<profile>" in text else "<")
    hostile = head + HOSTILE[attack] + start + "&a11;&a;" + rest
    answer = outcome(hostile.encode())
    assert isinstance(answer, str), "it was read"
    assert "root:" not in answer


LONG = 1 << 20  # characters


@pytest.mark.parametrize("kind", [k for k in kinds() if k.streamed], ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    "line",
    [
        " " * LONG + "Time (s): ",
        "." * LONG + "x",
        "Elapsed time: " + "1" * LONG,
        "\r" * LONG + "\x1b",
        "INFO: [" + "a " * LONG,
        "Info: " + " " * LONG + "1s",
        "- Verilator: Walltime " + "1 s cpu " * (LONG // 8),
        "%Warning-" + "X" * LONG + ": no end",
        "Phase " + "1." * LONG + " | Checksum: " + "a" * LONG,
    ],
    ids=lambda line: repr(line[:12] + line[-12:]),
)
def test_a_long_line_takes_no_more_time_and_room_than_others(kind, line):
    """A pattern that goes over a line again for each of its characters would not come to an end."""
    values = values_of(kind, ("\n".join(["", line, *[line[:5000]] * 50, ""])).encode())
    assert len(json.dumps(values)) < 100_000


@pytest.mark.parametrize("kind", [k for k in kinds() if k.streamed], ids=lambda kind: kind.name)
@pytest.mark.parametrize("number", ["1.2.3", ".", "::", "9" * 400, "1" * 400 + ":00:00"])
def test_what_is_no_number_a_log_may_hold_is_no_number(kind, number):
    text = "\n".join(
        [
            f"x: Time (s): cpu = {number} ; elapsed = {number} . Memory (MB): peak = {number} ; "
            f"gain = {number} ; free",
            f"x: Elapsed time: {number} seconds; current allocated memory: {number} MB.",
            f"Total elapsed time: {number} seconds; peak allocated memory: {number} GB.",
            f"Info: Router1 time {number}s",
            f"- Verilator: Walltime {number} s x cpu {number} s x allocated {number} MB",
            f"%Error: Exiting due to {number} error(s)",
            f"End of script. Logfile hash: a, CPU: user {number}s system {number}s",
            "",
        ]
    )
    json.dumps(values_of(kind, text.encode()), allow_nan=False)
