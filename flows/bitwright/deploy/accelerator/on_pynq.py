"""A Zynq board under PYNQ: the overlay, its kernels bound by VLNV, buffers by pynq.allocate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pynq

from . import description
from .kernel import Buffer, Kernel, RegisterPort

_SPECS = {spec["vlnv"]: spec for spec in description.read()["kernels"].values()}


class Memory:
    """Contiguous memory of the processor's side."""

    def allocate(self, size: int, align: int) -> Buffer:
        """A buffer of whole pages; align is at most a page."""
        return _Allocated(size)


class _Allocated(Buffer):
    def __init__(self, size: int):
        self._array = pynq.allocate(shape=(size,), dtype="u1")
        self.address, self.size = self._array.device_address, size

    def write(self, data: bytes) -> None:
        self._array[: len(data)] = memoryview(data)
        self._array.flush()

    def read(self) -> bytes:
        self._array.invalidate()
        return bytes(self._array)

    def free(self) -> None:
        self._array.freebuffer()


class KernelDriver(pynq.DefaultIP):  # type: ignore[misc]  # of a package without types
    """What an overlay gives for each of the kernels: overlay.matmul(a=a, b=b, ...)."""

    bindto = sorted(_SPECS)

    def __init__(self, description: Mapping[str, Any]):
        super().__init__(description=description)
        spec = _SPECS[description["type"]]
        self.kernel = Kernel(spec, RegisterPort(spec, self, Memory()))  # self: read and write

    def __call__(self, **arguments: Any) -> Any:
        return self.kernel(**arguments)

    def put(self, name: str, array: Any, **scalars: int) -> Any:
        return self.kernel.put(name, array, **scalars)


def load(folder: Path = description.BESIDE) -> Mapping[str, Kernel]:
    """Load the bitstream of a deployed folder; its kernels by name."""
    spec = description.read(folder)
    overlay = pynq.Overlay(str(folder / spec["bitstream"]))
    return {name: getattr(overlay, name).kernel for name in spec["kernels"]}
