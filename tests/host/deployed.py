"""The driver that is deployed to boards, on the simulated one: same registers, same memory."""

from __future__ import annotations

from bitwright.deploy import describe
from bitwright.deploy.accelerator.kernel import Kernel, RegisterPort
from bitwright.deploy.accelerator.window import Window
from bitwright.host.matmul import signature
from bitwright.host.soc import Soc


class Registers:
    def __init__(self, soc: Soc) -> None:
        self._soc = soc

    def read(self, offset: int) -> int:
        return self._soc.bridge.read_word(self._soc.map.control_base + offset)

    def write(self, offset: int, value: int) -> None:
        self._soc.bridge.write_word(self._soc.map.control_base + offset, value)


def deployed(soc: Soc) -> Kernel:
    """The matrix engine of a board, called as the deployed folder calls it."""
    base = soc.map.memory_base
    window = Window(
        base,
        soc.map.memory_size,
        lambda address, size: soc.read(address - base, size),
        lambda address, data: soc.write(address - base, data),
    )
    spec = describe.kernel("matmul", signature(), soc.map.control_base)
    return Kernel(spec, RegisterPort(spec, Registers(soc), window, limit_s=600))
