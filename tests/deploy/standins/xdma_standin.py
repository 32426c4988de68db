"""A stand-in for AMD's XDMA driver: once imported, its device files are those of the card.

What is not one of them goes to the system as before. A transfer of the driver may be short.
"""

from __future__ import annotations

import os

import card_standin as card

NAMES = ("/dev/xdma0_user", "/dev/xdma0_h2c_0", "/dev/xdma0_c2h_0")
SHORT = 1000  # bytes at most in one transfer
_open, _close, _pread, _pwrite = os.open, os.close, os.pread, os.pwrite
_files: dict[int, str] = {}


def open_(path: str, flags: int, *rest: int) -> int:
    if path not in NAMES:
        return _open(path, flags, *rest)
    number = _open(os.devnull, os.O_RDWR)
    _files[number] = path.rpartition("xdma0_")[2]
    return number


def close(number: int) -> None:
    _files.pop(number, None)
    _close(number)


def pread(number: int, size: int, offset: int) -> bytes:
    kind = _files.get(number)
    if kind is None:
        return _pread(number, size, offset)
    if kind == "user":
        assert size == 4
        return card.CARD.read(offset).to_bytes(4, "little")
    assert kind == "c2h_0"
    return card.CARD.bytes(offset, min(size, SHORT))


def pwrite(number: int, data: bytes, offset: int) -> int:
    kind = _files.get(number)
    if kind is None:
        return _pwrite(number, data, offset)
    if kind == "user":
        assert len(data) == 4
        card.CARD.write(offset, int.from_bytes(data, "little"))
        return 4
    assert kind == "h2c_0"
    card.CARD.store(offset, bytes(data[:SHORT]))
    return min(len(data), SHORT)


os.open, os.close, os.pread, os.pwrite = open_, close, pread, pwrite  # type: ignore[assignment]
