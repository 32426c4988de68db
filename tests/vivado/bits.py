"""Bitstreams of our own making, in the layout of real ones."""

from __future__ import annotations

import struct

DEVICE = b"7z020clg400"


def bit(
    payload: bytes,
    user: str = "0XFFFFFFFF",
    date: bytes = b"2024/05/06",
    time: bytes = b"07:08:09",
) -> bytes:
    """A .bit file with this payload."""
    name = f"design_1_wrapper;UserID={user};Version=2024.1".encode()
    fields = zip(b"abcd", (name, DEVICE, date, time), strict=True)
    texts = [struct.pack(">BH", key, len(text) + 1) + text + b"\0" for key, text in fields]
    head = bytes.fromhex("00090ff00ff00ff00ff0000001")
    return head + b"".join(texts) + b"e" + struct.pack(">I", len(payload)) + payload
