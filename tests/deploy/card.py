"""A card for tests: memory, and kernels in C++ behind the registers of their signatures.

It is no simulation of hardware: a kernel runs to its end within the write that starts it.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from bitwright import golden
from bitwright.deploy import describe
from bitwright.hls import csim, vectors
from bitwright.kernel import FORMATS, Kernel, load

ROOT = Path(__file__).resolve().parents[2]
MEMORY, SIZE = int(os.environ.get("CARD_MEMORY", "0x40000000"), 0), 1 << 22  # from, bytes
SIZES = "wide_tile"  # of csim.SMALL


def job(name: str, form: str) -> csim.Job:
    """A kernel at a small size."""
    sizes = (("token_tile", 0), ("lanes", 0))
    held = (*sizes, ("context", 0)) if name == "mhsa" else sizes
    return csim.small(csim.Job(ROOT / "ip" / name, form, csim.SMALL[SIZES][0], held), SIZES)


def matmul(card: Card) -> tuple[Kernel, Any]:
    """The matrix engine as golden has it, B as [N][K] and requantised."""
    signature = load(ROOT / "cores/matmul/kernel.yml")

    def run(*given: Any) -> None:
        value = {a.name: v.value or 0 for a, v in zip(signature.arguments, given, strict=False)}
        m, n, k = value["m"], value["n"], value["k"]
        assert value["flags"] == 1

        def rows(name: str, shape: tuple[int, ...], stride: int, kind: str) -> Any:
            at = value[name] - card.memory.ctypes.data
            size = stride * np.dtype(kind).itemsize
            held = card.memory[at : at + (shape[0] * size if len(shape) > 1 else size)].view(kind)
            return held.reshape(-1, stride)[:, : shape[-1]].reshape(shape)

        result = golden.matmul(
            rows("a", (m, k), value["lda"], "i1"),
            rows("b", (n, k), value["ldb"], "i1"),
            rows("bias", (n,), n, "<i4"),
            rows("mult", (n,), n, "<i4"),
            rows("shift", (n,), n, "u1"),
            b_is_nk=True,
        )
        rows("d", (m, n), value["ldd"], "i1")[:] = result
        given[-1]._obj.value = 0

    return signature, run


def library(job: csim.Job, folder: Path) -> Any:
    """The kernel's top function, compiled."""
    folder.mkdir(parents=True)
    csim.render(job, folder)
    shelves = [str(ROOT / "ip" / shelf) for shelf in ("open/include", "common/include")]
    name = job.kernel.name
    make = csim.compiler(f"{name}.cpp", [*shelves, str(job.folder)], ("-O1", "-fPIC"))
    subprocess.run(make, cwd=folder, check=True, capture_output=True)
    share = ["g++", "-shared", f"{name}.o", "-o", f"{name}.so"]
    subprocess.run(share, cwd=folder, check=True)
    return getattr(ctypes.CDLL(str(folder / f"{name}.so")), name)


class Card:
    """Words at addresses, bytes at addresses, and kernels that read both."""

    def __init__(self) -> None:
        held = np.zeros(SIZE + 64, np.uint8)  # a beat is aligned
        skip = -held.ctypes.data % 64
        self.memory = held[skip : skip + SIZE]
        self._kernels: dict[int, tuple[Kernel, Any]] = {}
        self._words: dict[int, int] = {}
        self.log: list[tuple[str, int, int]] = []  # words written, in order

    def add(self, base: int, kernel: Kernel, function: Any) -> dict[str, Any]:
        """Put a kernel behind registers at a base; what accelerator.json says of it."""
        self._kernels[base] = (kernel, function)
        self._words[base] = 0x4  # idle
        return describe.kernel(kernel.name, kernel, base)

    def read(self, address: int) -> int:
        value = self._words.get(address, 0)
        if address in self._kernels:
            self._words[address] &= ~0x2  # done is cleared by reading
        return value

    def write(self, address: int, value: int) -> None:
        assert 0 <= value < 1 << 32 and address % 4 == 0
        self.log.append(("write", address, value))
        if address in self._kernels and value & 1:
            self._run(address)
        else:
            self._words[address] = value

    def bytes(self, address: int, size: int) -> bytes:
        return self.memory[self._at(address, size) :][:size].tobytes()

    def store(self, address: int, data: bytes) -> None:
        self.memory[self._at(address, len(data)) :][: len(data)] = np.frombuffer(data, np.uint8)

    def _at(self, address: int, size: int) -> int:
        assert address >= MEMORY and address + size <= MEMORY + SIZE, hex(address)
        return address - MEMORY

    def _run(self, base: int) -> None:
        kernel, function = self._kernels[base]
        status = ctypes.c_uint32(0xFFFFFFFF)
        function(*(self._value(base, kernel, a) for a in kernel.arguments), ctypes.byref(status))
        self._words[base + kernel.register("status").offset] = status.value
        self._words[base] = 0x6  # done, idle

    def _value(self, base: int, kernel: Kernel, argument: Any) -> Any:
        words = kernel.register(argument.name).words
        raw = sum(self._words.get(base + at, 0) << 32 * n for n, (_, at) in enumerate(words))
        if argument.kind == "memory":
            return ctypes.c_void_p(self.memory.ctypes.data + self._at(raw, 0) if raw else None)
        bits = FORMATS[argument.format]
        signed = not argument.format.startswith("u")
        return getattr(ctypes, f"c_{'' if signed else 'u'}int{bits}")(raw)


def cases(job: csim.Job) -> list[vectors.Case]:
    """The calls of the C simulation whose values a host may give."""
    return list(vectors.cases(job.kernel, job.spec, job.model))
