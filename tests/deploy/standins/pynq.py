"""A stand-in for PYNQ: Overlay, DefaultIP, allocate, as pynq 3.0 has them; no hardware."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import card_standin as card
import numpy as np

from tests.deploy.card import MEMORY

PAGE = 4096
_bound: dict[str, type[DefaultIP]] = {}
_next = MEMORY


class DefaultIP:
    bindto: ClassVar[list[str]] = []

    def __init_subclass__(cls) -> None:
        _bound.update(dict.fromkeys(cls.bindto, cls))

    def __init__(self, description: dict[str, Any]) -> None:
        self._base = description["phys_addr"]

    def read(self, offset: int = 0) -> int:
        return card.CARD.read(self._base + offset)

    def write(self, offset: int, value: int) -> None:
        card.CARD.write(self._base + offset, value)


class Overlay:
    def __init__(self, bitfile_name: str) -> None:
        assert Path(bitfile_name).with_suffix(".hwh").is_file()  # PYNQ reads it beside the .bit
        for name, spec in card.SPECS.items():
            description = {"type": spec["vlnv"], "phys_addr": spec["base"], "fullpath": name}
            setattr(self, name, _bound[spec["vlnv"]](description))


class PynqBuffer(np.ndarray[Any, Any]):
    """Cached memory: the card sees what was flushed, the processor what was invalidated."""

    device_address: int

    def flush(self) -> None:
        card.CARD.store(self.device_address, self.tobytes())

    def invalidate(self) -> None:
        found = card.CARD.bytes(self.device_address, self.size)
        np.copyto(self, np.frombuffer(found, np.uint8))

    def freebuffer(self) -> None:
        self.fill(0xEE)


def allocate(shape: tuple[int, ...], dtype: str = "u4") -> PynqBuffer:
    global _next
    found = np.full(shape, 0xEE, dtype).view(PynqBuffer)
    found.device_address, _next = _next, _next + -(-found.nbytes // PAGE) * PAGE
    return found
