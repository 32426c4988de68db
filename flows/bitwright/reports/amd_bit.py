"""What a .bit file of AMD Vivado says about itself: its header, and USR_ACCESS in its payload.

The header holds design, part, date and time; the payload is what configures the device, so two
files with one payload are one bitstream. Layout of the header: eight real files of Vivado 2022.1
to 2024.1. The payload is a stream of packets after a sync word: UG470 (7 series) and UG570
(UltraScale), chapter "Configuration Details"; USR_ACCESS is what is written to register AXSS.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from bitwright.reports.read.document import refuse

MAGIC = bytes.fromhex("0009 0ff0 0ff0 0ff0 0ff0 00 0001")
SYNC = bytes.fromhex("aa995566")
DATE, TIME = b"1980/01/01\0", b"00:00:00\0"  # of a file that does not say when it was made
WRITE, AXSS, CMD, DESYNC = 2, 0x0D, 0x04, 0x0D
USER_ID = re.compile(r"UserID=(?:0[xX])?([0-9a-fA-F]{1,8})(?:;|$)")


@dataclass(frozen=True, slots=True)
class AmdBit:
    """A .bit file; what is None is not said in it."""

    design: str  # the top's name
    options: tuple[str, ...]  # such as UserID=0X0123ABCD, Version=2024.1
    part: str  # without the family's leading xc, as printed: 7z020clg400
    date: str
    time: str
    user_id: int | None
    usr_access: int | None
    payload_bytes: int
    payload_sha256: str


def is_amd(data: bytes) -> bool:
    return data.startswith(MAGIC)


def parse(data: bytes, *, origin: Path) -> AmdBit:
    """Read a .bit of Vivado, of any device that is configured by packets (7 series, UltraScale).

    Raises ReportError for anything else, and for a file whose payload is not as long as it says.
    """
    fields, start = _header(data, origin)
    payload = memoryview(data)[start:]
    design, *options = fields["a"].split(";")
    user = USER_ID.search(fields["a"])
    return AmdBit(
        design=design,
        options=tuple(options),
        part=fields["b"],
        date=fields["c"],
        time=fields["d"],
        user_id=int(user[1], 16) if user else None,
        usr_access=usr_access(payload),
        payload_bytes=len(payload),
        payload_sha256=hashlib.sha256(payload).hexdigest(),
    )


def timeless(data: bytes, *, origin: Path) -> bytes:
    """The same bitstream, its header without the time of writing. Raises ReportError."""
    _header(data, origin)
    at = len(MAGIC)
    parts = [MAGIC]
    for key in b"abcd":
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        text = {ord("c"): DATE, ord("d"): TIME}.get(key, data[at + 3 : at + 3 + size])
        parts.append(struct.pack(">BH", key, len(text)) + text)
        at += 3 + size
    return b"".join([*parts, data[at:]])


def _header(data: bytes, origin: Path) -> tuple[dict[str, str], int]:
    """The four texts by their letters, and where the payload begins."""
    if not is_amd(data):
        found = data[: len(MAGIC)].hex(" ") or "an empty file"
        _refuse(origin, "this is no .bit file of AMD", MAGIC.hex(" "), found)
    at, fields = len(MAGIC), {}
    for letter in "abcd":
        size = int.from_bytes(data[at + 1 : at + 3], "big")
        text = data[at + 3 : at + 3 + size]
        if data[at : at + 1] != letter.encode() or len(text) != size or not size:
            found = f"byte {at} of {len(data)}"
            _refuse(origin, "this header breaks off", f"field '{letter}' and its text", found)
        fields[letter] = text.rstrip(b"\0").decode("latin-1")
        at += 3 + size
    length = data[at + 1 : at + 5]
    if data[at : at + 1] != b"e" or len(length) != 4:
        found = f"byte {at} of {len(data)}"
        _refuse(origin, "this header breaks off", "field 'e' and the payload's length", found)
    wanted, there = int.from_bytes(length, "big"), len(data) - at - 5
    if wanted != there or not wanted:
        _refuse(origin, "this file is not whole", f"a payload of {wanted} bytes", f"{there} bytes")
    return fields, at + 5


def _refuse(origin: Path, problem: str, expected: str, found: str) -> None:
    refuse(origin, problem, expected=expected, found=found, next="give a .bit file of Vivado")


def usr_access(payload: bytes | memoryview) -> int | None:
    """The first value written to AXSS; None without one, or where packets cannot be followed.

    An encrypted payload and what lies behind the first device of a stack are not looked into.
    """
    at = bytes(payload[: 1 << 16]).find(SYNC)
    if at < 0:
        return None
    at += len(SYNC)
    while at + 4 <= len(payload):
        word = int.from_bytes(payload[at : at + 4], "big")
        kind, at = word >> 29, at + 4
        if kind == 1:
            operation, register, count = word >> 27 & 3, word >> 13 & 0x3FFF, word & 0x7FF
            value = payload[at : at + 4]
            if operation == WRITE and count == 1 and len(value) == 4:
                if register == AXSS:
                    return int.from_bytes(value, "big")
                if register == CMD and int.from_bytes(value, "big") == DESYNC:
                    return None
            at += 4 * count if operation == WRITE else 0
        elif kind == 2:
            at += 4 * (word & 0x7FFFFFF)
        elif word not in (0, 0xFFFFFFFF):
            return None
    return None
