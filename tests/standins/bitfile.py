"""A .bit as the stand-in writes it: the header of real ones, packets, and no configuration."""

from __future__ import annotations

import hashlib
import struct

from tests.standins.reports import MARK

HEAD = bytes.fromhex("00090ff00ff00ff00ff0000001")
PAD, BUS, SYNC = b"\xff" * 32, bytes.fromhex("000000bb11220044"), bytes.fromhex("aa995566")
NOOP, AXSS, FDRI, CMD, DESYNC = 0x20000000, 0x3001A001, 0x30004000, 0x30008001, 0x0000000D


def render(
    design: str, part: str, version: str, *, user_id: str, usr_access: str, content: str
) -> bytes:
    """user_id, usr_access: 32 bits in hex, or "" where none was set."""
    user = int(user_id, 16) if user_id else 0xFFFFFFFF
    name = f"{design};UserID=0X{user:08X};Version={version}".encode()
    frames = f"{MARK} {hashlib.sha256(content.encode()).hexdigest()}".encode()
    frames += b"\0" * (-len(frames) % 4)
    packets = [struct.pack(">I", NOOP)]
    if usr_access:
        packets.append(struct.pack(">II", AXSS, int(usr_access, 16)))
    packets.append(struct.pack(">II", FDRI, 2 << 29 | 2 << 27 | len(frames) // 4) + frames)
    packets.append(struct.pack(">II", CMD, DESYNC))
    payload = PAD + BUS + b"\xff" * 8 + SYNC + b"".join(packets)
    texts = (name, part.removeprefix("xc").encode(), b"1970/01/01", b"00:00:00")
    fields = [
        struct.pack(">BH", key, len(text) + 1) + text + b"\0"
        for key, text in zip(b"abcd", texts, strict=True)
    ]
    return HEAD + b"".join(fields) + b"e" + struct.pack(">I", len(payload)) + payload
