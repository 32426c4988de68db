"""Laws that hold for every kind of report, on every specimen of it."""

from __future__ import annotations

import json
from contextlib import suppress
from random import Random

import pytest
from bitwright.errors import ReportError
from bitwright.reports.read.recognise import claimants, head_of, kinds, read_bytes
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.read.specimens import (
    COUNTED,
    ENDS,
    kind_names,
    kind_of,
    specimen,
    specimens,
)
from tests.reports.read.truncation import ORIGIN, check_truncation, values_of

MARKS = b'0-+|:<>&{}[]",\n ~?.x'  # of which the layouts consist


def outcome(data: bytes) -> str | dict:
    """What the reader says: values as JSON holds them, or the error's text."""
    try:
        body = read_bytes(data, origin=ORIGIN).to_json()
    except ReportError as error:
        return str(error)
    return json.loads(json.dumps(body, allow_nan=False))


def damaged(data: bytes, chance: Random) -> bytes:
    """`data` with bytes changed or taken out, lines lost, doubled or in each other's places."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        if chance.random() < 0.7:
            at = chance.randrange(len(data) or 1)
            byte = chance.choice((b"", bytes([chance.choice(MARKS)]), chance.randbytes(1)))
            data = data[:at] + byte + data[at + 1 :]
            continue
        lines = data.splitlines(keepends=True) or [b""]
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        block = lines[at : at + chance.choice((1, 1, 5, 20))]
        how = chance.randrange(3)
        if how == 0:
            lines[at], lines[to] = lines[to], lines[at]
        else:
            lines[at : at + len(block)] = block * 2 if how == 1 else []
        data = b"".join(lines)
    return data


@pytest.mark.parametrize("name", specimens())
def test_every_specimen_is_claimed_by_its_kind_alone(name):
    assert [kind.name for kind in claimants(head_of(specimen(name)))] == kind_names(name)


def test_every_kind_has_a_specimen_and_a_name_of_its_own():
    found = sorted({kind for name in specimens() for kind in kind_names(name)})
    assert [kind.name for kind in kinds()] == found


@pytest.mark.parametrize("name", specimens())
def test_line_ends_nul_bytes_and_a_byte_order_mark_change_nothing(name):
    data = specimen(name)
    plain = outcome(data)
    assert outcome(data.replace(b"\n", b"\r\n")) == plain
    assert outcome(data.replace(b"\n", b"\0\n", 40)) == plain
    assert outcome(b"\xef\xbb\xbf" + data) == plain


@pytest.mark.parametrize("name", specimens())
@given(seed=st.integers(0, 1 << 64))
@settings(max_examples=100)
def test_a_damaged_report_gives_values_or_an_error_that_names_it(name, seed):
    data, kind = damaged(specimen(name), Random(seed)), kind_of(name)
    claimants(head_of(data))
    try:
        found = values_of(kind, data)
    except ReportError as error:
        assert str(error).startswith(str(ORIGIN)), error
    else:
        json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("name", specimens())
def test_a_report_cut_anywhere_is_refused_or_marked_and_never_wrong(name):
    kind = kind_of(name)
    counted, ends = COUNTED.get(kind.name, ()), ENDS.get(kind.name, ())
    check_truncation(kind, specimen(name), counted=counted, ends=ends)


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
