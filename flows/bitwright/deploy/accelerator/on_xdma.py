"""A board behind PCIe with AMD's XDMA driver: /dev/xdma0_user for registers, _h2c_0 and _c2h_0 for
memory. Source of the device files: AMD's dma_ip_drivers, XDMA/linux-kernel.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from . import description
from .kernel import Kernel, KernelError, RegisterPort
from .window import Window

PAGE = 4096
PIECE = 1 << 22  # bytes in one transfer; the driver splits longer ones anyway


class Board:
    """The kernels of the card, by name: board["ffn"](...). Use it in a `with`."""

    def __init__(self, device: str = "/dev/xdma0", folder: Path = description.BESIDE):
        spec = description.read(folder)
        self._files: list[int] = []
        try:
            self._to = self._open(f"{device}_h2c_0", os.O_WRONLY)
            self._from = self._open(f"{device}_c2h_0", os.O_RDONLY)
            through_dma = spec["control"] == "dma"  # else by the AXI-Lite window of the card
            self._user = -1 if through_dma else self._open(f"{device}_user", os.O_RDWR)
        except BaseException:
            self.close()
            raise
        memory = spec["memory"]
        lowest = max(memory["base"], PAGE)  # 0 stands for no array
        room = memory["base"] + memory["size"] - lowest
        window = Window(lowest, room, self._read, self._write)
        self._kernels = {
            name: Kernel(kernel, RegisterPort(kernel, _Registers(self, kernel["base"]), window))
            for name, kernel in spec["kernels"].items()
        }

    def __getitem__(self, name: str) -> Kernel:
        return self._kernels[name]

    def __enter__(self) -> Board:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        while self._files:
            os.close(self._files.pop())

    # --- registers and memory ---------------------------------------------------------------------

    def word(self, address: int, value: int | None = None) -> int:
        """Read a register of the card, or write it where a value is given."""
        if self._user < 0:
            if value is None:
                return int.from_bytes(self._read(address, 4), "little")
            self._write(address, value.to_bytes(4, "little"))
            return value
        if value is None:
            return int.from_bytes(os.pread(self._user, 4, address), "little")
        os.pwrite(self._user, value.to_bytes(4, "little"), address)
        return value

    def _open(self, path: str, mode: int) -> int:
        try:
            self._files.append(os.open(path, mode))
        except OSError as error:
            raise KernelError(
                f"{path}: {error.strerror}. Is the card programmed, were PCIe devices rescanned,"
                " is the driver xdma loaded, and may you open its files?"
            ) from error
        return self._files[-1]

    def _read(self, address: int, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            part = os.pread(self._from, min(PIECE, size - len(data)), address + len(data))
            if not part:
                raise KernelError(f"no data from the card at {address + len(data):#x}")
            data += part
        return bytes(data)

    def _write(self, address: int, data: bytes) -> None:
        view, done = memoryview(data), 0
        while done < len(data):
            sent = os.pwrite(self._to, view[done : done + PIECE], address + done)
            if not sent:
                raise KernelError(f"the card takes no data at {address + done:#x}")
            done += sent


class _Registers:
    def __init__(self, board: Board, base: int):
        self._board, self._base = board, base

    def read(self, offset: int) -> int:
        return self._board.word(self._base + offset)

    def write(self, offset: int, value: int) -> None:
        self._board.word(self._base + offset, value)


def load(device: str = "/dev/xdma0") -> Board:
    """Open the card that the bitstream was loaded into."""
    return Board(device)
