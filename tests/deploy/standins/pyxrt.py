"""A stand-in for XRT's pyxrt: device, kernel, bo, as XRT 2.14 has them; no hardware."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import card_standin as card

from tests.deploy.card import MEMORY

_next = MEMORY


class ert_cmd_state(Enum):
    ERT_CMD_STATE_COMPLETED = 4
    ERT_CMD_STATE_ERROR = 5


class xclBOSyncDirection(Enum):
    XCL_BO_SYNC_BO_TO_DEVICE = 0
    XCL_BO_SYNC_BO_FROM_DEVICE = 1


class device:
    def __init__(self, index: int) -> None:
        assert index == 0

    def load_xclbin(self, path: str) -> str:
        assert Path(path).is_file()
        return "uuid"


class bo:
    """The host's copy and the card's are two: sync brings one to the other."""

    normal = 0

    def __init__(self, dev: device, size: int, flags: int, bank: int) -> None:
        global _next
        assert isinstance(dev, device) and flags == self.normal and bank >= 100
        self._host, self._at = bytearray(size), _next
        _next += -(-size // 4096) * 4096

    def address(self) -> int:
        return self._at

    def write(self, data: bytes, seek: int) -> None:
        self._host[seek : seek + len(data)] = data

    def read(self, size: int, skip: int) -> memoryview:
        return memoryview(bytes(self._host[skip : skip + size]))

    def sync(self, direction: xclBOSyncDirection, size: int, offset: int) -> None:
        if direction is xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE:
            card.CARD.store(self._at + offset, bytes(self._host[offset : offset + size]))
        else:
            self._host[offset : offset + size] = card.CARD.bytes(self._at + offset, size)


class kernel:
    def __init__(self, dev: device, uuid: str, name: str) -> None:
        assert isinstance(dev, device) and uuid == "uuid"
        self._spec = card.SPECS[name]

    def group_id(self, argument: int) -> int:
        assert self._spec["arguments"][argument]["kind"] == "memory"
        return 100 + argument

    def __call__(self, *values: Any) -> _Run:
        base = self._spec["base"]
        for argument, value in zip(self._spec["arguments"], values, strict=True):
            register = self._spec["registers"][argument["name"]]
            number = value.address() if isinstance(value, bo) else _c_int(value)
            for word in range(register["width"] // 32):
                part = number >> 32 * word & 0xFFFFFFFF
                card.CARD.write(base + register["offset"] + 4 * word, part)
        card.CARD.write(base, 1)
        return _Run(base)


def _c_int(value: int) -> int:
    """pyxrt casts a number to int; what that cannot hold is not set."""
    assert -(1 << 31) <= value < 1 << 31
    return value


class _Run:
    def __init__(self, base: int) -> None:
        self._base = base

    def wait(self, limit_ms: int) -> ert_cmd_state:
        assert limit_ms > 0 and card.CARD.read(self._base) & 2
        return ert_cmd_state.ERT_CMD_STATE_COMPLETED
