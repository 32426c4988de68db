"""An Alveo card under XRT, by its Python binding pyxrt; the runtime sets registers and banks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyxrt

from . import description
from .kernel import Argument, Buffer, Kernel, KernelError, Port, Values, buffers


class _Object(Buffer):
    """A buffer object in the bank that an argument of the kernel is connected to."""

    def __init__(self, device: Any, size: int, bank: int):
        self.bo = pyxrt.bo(device, size, pyxrt.bo.normal, bank)
        self.address, self.size = self.bo.address(), size

    def write(self, data: bytes) -> None:
        self.bo.write(data, 0)
        self.bo.sync(pyxrt.xclBOSyncDirection.XCL_BO_SYNC_BO_TO_DEVICE, len(data), 0)

    def read(self) -> bytes:
        self.bo.sync(pyxrt.xclBOSyncDirection.XCL_BO_SYNC_BO_FROM_DEVICE, self.size, 0)
        return bytes(self.bo.read(self.size, 0))


class _XrtPort(Port):
    def __init__(self, device: Any, kernel: Any, spec: Mapping[str, Any], limit_s: float = 60.0):
        self._device, self._kernel, self._limit_s = device, kernel, limit_s
        self._index = {a["name"]: index for index, a in enumerate(spec["arguments"])}
        self._name = spec["name"]

    def allocate(self, argument: Argument, size: int) -> Buffer:
        bank = self._kernel.group_id(self._index[argument["name"]])
        return _Object(self._device, size, bank)

    def run(self, values: Values) -> None:
        objects = [value.bo if isinstance(value, _Object) else _int(value) for _, value in values]
        states = pyxrt.ert_cmd_state
        self.held = buffers(values)
        state = self._kernel(*objects).wait(int(self._limit_s * 1000))
        if state in (states.ERT_CMD_STATE_COMPLETED, states.ERT_CMD_STATE_ERROR):
            self.held = ()
        if state != states.ERT_CMD_STATE_COMPLETED:
            raise KernelError(f"{self._name}: the run ended with {state}")

    def read(self, register: str) -> int | None:
        """None: XRT lets nobody read registers of a kernel that it schedules."""
        return None


def _int(value: Buffer | int | None) -> int:
    """pyxrt makes a C int of a number; one beyond it would not be set at all."""
    number = value if isinstance(value, int) else 0
    return number - (1 << 32) if number >= 1 << 31 else number


def load(card: int = 0, folder: Path = description.BESIDE) -> Mapping[str, Kernel]:
    """Load the .xclbin of a deployed folder into a card; its kernels by name."""
    spec = description.read(folder)
    device = pyxrt.device(card)
    uuid = device.load_xclbin(str(folder / spec["bitstream"]))
    return {
        name: Kernel(kernel, _XrtPort(device, pyxrt.kernel(device, uuid, kernel["top"]), kernel))
        for name, kernel in spec["kernels"].items()
    }
