"""What a .bit of Vivado says: header, payload, USR_ACCESS; and the build that it came from.

The files are of our own making, in the layout that real ones have: see amd_bit.py.
"""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path

import pytest
from bitwright import whatis
from bitwright.errors import ReportError
from bitwright.reports import amd_bit
from hypothesis import given
from hypothesis import strategies as st

from tests.vivado.bits import DEVICE, bit

HERE = Path("x.bit")
SYNC = bytes.fromhex("aa995566")
NOOP, DESYNC = 0x20000000, (0x30008001, 0x0000000D)
AXSS, IDCODE, FDRI = 0x3001A001, 0x30018001, 0x30004000


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def payload(*values: int) -> bytes:
    """Padding, the bus width, the sync word and these words."""
    return b"\xff" * 32 + words(0x000000BB, 0x11220044) + b"\xff" * 8 + SYNC + words(*values)


LARGE = words(FDRI, 0x50000003, AXSS, 0x11111111, 0x22222222)  # frames that look like packets
WHOLE = payload(NOOP, IDCODE, 0x03727093, NOOP, *struct.unpack(">5I", LARGE), 0, 0)
STAMPED = WHOLE + words(AXSS, 0x0123ABCD, *DESYNC, NOOP)


def test_header_and_payload_are_read_as_they_stand():
    found = amd_bit.parse(bit(STAMPED, "0X0123ABCD"), origin=HERE)
    assert found.design == "design_1_wrapper"
    assert found.options == ("UserID=0X0123ABCD", "Version=2024.1")
    assert (found.part, found.date, found.time) == (DEVICE.decode(), "2024/05/06", "07:08:09")
    assert (found.user_id, found.usr_access) == (0x0123ABCD, 0x0123ABCD)
    assert found.payload_bytes == len(STAMPED)
    assert found.payload_sha256 == hashlib.sha256(STAMPED).hexdigest()


@pytest.mark.parametrize(
    ("packets", "value"),
    [
        (STAMPED, 0x0123ABCD),
        (WHOLE, None),  # what stands in frames is no packet
        (WHOLE + words(*DESYNC, AXSS, 7), None),  # behind the end
        (payload(0x3001A000, AXSS, 5), 5),  # a write of nothing, then one
        (payload(0x2801A001, AXSS, 6), 6),  # a read takes no words
        (payload(0xE0000000, AXSS, 6), None),  # no packet that is known
        (payload(AXSS), None),  # cut off
        (b"\xff" * 64, None),
    ],
)
def test_usr_access_is_the_first_value_written_to_its_register(packets, value):
    assert amd_bit.parse(bit(packets), origin=HERE).usr_access == value


def test_two_files_that_differ_in_their_date_are_one_bitstream():
    one, other = bit(STAMPED), bit(STAMPED, date=b"2026/11/20", time=b"23:59:59")
    assert one != other
    found = [amd_bit.timeless(data, origin=HERE) for data in (one, other)]
    assert found[0] == found[1]
    old, new = (amd_bit.parse(data, origin=HERE) for data in (one, found[0]))
    assert new.date == "1980/01/01"
    assert (new.design, new.part, new.payload_sha256) == (old.design, old.part, old.payload_sha256)
    assert len(found[0]) == len(one)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no .bit file of AMD"),
        (b"\xff\xff\xbd\xb3", "no .bit file of AMD"),
        (bit(STAMPED)[:30], "breaks off"),
        (bit(STAMPED).replace(b"b\0\x0c", b"x\0\x0c"), "field 'b'"),
        (bit(STAMPED)[:-1], "is not whole"),
        (bit(STAMPED) + b"\0", "is not whole"),
        (bit(b""), "is not whole"),
    ],
)
def test_anything_else_is_refused_by_name(data, told):
    with pytest.raises(ReportError) as caught:
        amd_bit.parse(data, origin=HERE)
    assert told in str(caught.value)


@given(st.binary(max_size=80), st.data())
def test_any_damage_is_a_bitstream_or_one_error(tail, draw):
    whole = bit(STAMPED)
    cut = draw.draw(st.integers(0, len(whole)))
    change = draw.draw(st.integers(0, len(whole) - 1))
    changed = bytearray(whole)
    changed[change] ^= draw.draw(st.integers(1, 255))
    for data in (whole[:cut] + tail, bytes(changed), tail):
        for read in (amd_bit.parse, amd_bit.timeless):
            try:
                read(data, origin=HERE)
            except ReportError as error:
                assert "x.bit: " in str(error)


@given(st.lists(st.integers(0, 0xFFFFFFFF), max_size=40))
def test_any_packets_are_followed_to_an_end(values):
    amd_bit.usr_access(payload(*values))


# --- whatis ---------------------------------------------------------------------------------------


def manifest(sha: str) -> None:
    """A build of these 32 bits, whose bitstream has this hash."""
    content = {
        "config": "tiny",
        "target": "pynq-z2",
        "usercode": "0123abcd",
        "git": {"commit": "f" * 40, "dirty": True},
        "tools": {"vivado": "2024.1"},
        "steps": [{"name": "bitstream", "key": "0" * 64, "outputs": {"tiny.bit": sha}}],
    }
    folder = Path("build/tiny/pynq-z2")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(content))


@pytest.fixture
def described(tmp_path, monkeypatch):
    """What whatis says of a file of these bytes."""
    monkeypatch.chdir(tmp_path)

    def describe(data: bytes) -> str:
        HERE.write_bytes(data)
        return whatis.describe(whatis.identify(HERE, Path("build")))

    return describe


@pytest.mark.parametrize("user", ["0X0123ABCD", "0XFFFFFFFF"])
def test_whatis_finds_the_build_by_userid_or_else_by_usr_access(described, user):
    data = bit(STAMPED, user)
    manifest(hashlib.sha256(amd_bit.timeless(data, origin=HERE)).hexdigest())
    told = described(data)
    name = "USERID" if user != "0XFFFFFFFF" else "USR_ACCESS"
    assert f"x.bit: Part: 7z020clg400, {name} 0123abcd" in told
    assert f"payload   SHA-256 {hashlib.sha256(STAMPED).hexdigest()}" in told
    assert "built as  tiny on pynq-z2" in told
    assert f"commit    {'f' * 40}, sources changed since" in told
    assert "bytes     as built" in told


def test_whatis_says_when_the_bytes_are_others_and_when_nobody_built_it(described):
    manifest("0" * 64)
    assert "bytes     not those of that build" in described(bit(STAMPED, "0X0123ABCD"))
    assert "no build here has this USERID" in described(bit(STAMPED, "0X00000001"))
    assert "no USERID; not built by bitwright" in described(bit(WHOLE))
