"""One kernel: checks the values of a call, lays out its arrays, runs it, brings back the results.

How a kernel is reached is a Port: registers (PYNQ, XDMA) or a runtime's own call (XRT).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

START, DONE, IDLE = 0x1, 0x2, 0x4  # bits of CTRL at offset 0; reading clears DONE
DTYPES = {
    "fp16": "<f2", "bf16": "<u2", "fp32": "<f4", "int4": "i1", "uint4": "u1",
    "int8": "i1", "uint8": "u1", "int16": "<i2", "uint16": "<u2",
    "int32": "<i4", "uint32": "<u4", "int64": "<i8", "uint64": "<u8",
}  # fmt: skip
Array = np.ndarray[Any, Any]
Argument = Mapping[str, Any]  # one of accelerator.json


class KernelError(RuntimeError):
    """A call that cannot be made, or that the hardware did not end well."""


class Buffer:
    """Memory that a kernel can reach; a port makes it."""

    address = 0  # as the kernel sees it
    size = 0  # bytes

    def write(self, data: bytes) -> None:
        """Bring data to the beginning of the buffer."""
        raise NotImplementedError

    def read(self) -> bytes:
        """All of the buffer."""
        raise NotImplementedError

    def free(self) -> None:
        """Give it back; nothing to do where the runtime does so by itself."""


Values = list[tuple[Argument, "int | Buffer | None"]]  # in the signature's order


def buffers(values: Values) -> tuple[Buffer, ...]:
    """The memory among the values of a run."""
    return tuple(value for _, value in values if isinstance(value, Buffer))


class Port:
    """How a kernel is reached.

    held: what a run was given that has not ended; the kernel may still write there
    """

    held: Sequence[Buffer] = ()

    def allocate(self, argument: Argument, size: int) -> Buffer:
        """Memory for an argument. Raises KernelError if there is not enough."""
        raise NotImplementedError

    def run(self, values: Values) -> None:
        """Run once with a value for each argument, in the signature's order; wait for its end."""
        raise NotImplementedError

    def read(self, register: str) -> int | None:
        """A register such as status; None where the port cannot reach it."""
        raise NotImplementedError


class RegisterPort(Port):
    """A kernel behind its ap_ctrl_hs registers.

    registers: has read(offset) and write(offset, value) of 32-bit words
    memory: has allocate(size, align) -> Buffer
    limit_s: how long a run may take
    """

    def __init__(self, spec: Mapping[str, Any], registers: Any, memory: Any, limit_s: float = 60.0):
        self._spec, self._registers, self._memory = spec, registers, memory
        self._limit_s = limit_s

    def allocate(self, argument: Argument, size: int) -> Buffer:
        buffer: Buffer = self._memory.allocate(size, max(argument["align"], 64))
        return buffer

    def run(self, values: Values) -> None:
        control = self._registers.read(0)
        if not control & IDLE:
            raise KernelError(
                f"{self._spec['name']}: busy with an earlier start (CTRL {control:#x})"
            )
        self.held = ()  # idle: a run that took too long has ended after all
        for argument, value in values:
            number = value.address if isinstance(value, Buffer) else value or 0
            register = self._spec["registers"][argument["name"]]
            for word in range(register["width"] // 32):
                part = number >> 32 * word & 0xFFFFFFFF
                self._registers.write(register["offset"] + 4 * word, part)
        self.held = buffers(values)
        self._registers.write(0, START)
        end = time.monotonic() + self._limit_s
        while not self._registers.read(0) & DONE:
            if time.monotonic() > end:
                raise KernelError(
                    f"{self._spec['name']}: not done after {self._limit_s:g} s;"
                    f" CTRL is {self._registers.read(0):#x}. Load the bitstream again"
                )
        self.held = ()

    def read(self, register: str) -> int | None:
        found = self._spec["registers"].get(register)
        if found is None:
            return None
        words = range(found["width"] // 32)
        return sum(int(self._registers.read(found["offset"] + 4 * w)) << 32 * w for w in words)


class Resident:
    """An array that stays in the board's memory: weights, caches. Made by Kernel.put."""

    def __init__(self, name: str, shape: tuple[int, ...], buffer: Buffer, kernel: Kernel):
        self.name, self.shape, self.buffer = name, shape, buffer
        self._kernel = kernel

    def get(self, **scalars: int) -> Array:
        """What the memory holds now; scalars: those whose bits say how (flags=...)."""
        layout = self._kernel._layout(self.name, self.shape, scalars)
        return layout.unpack(self.buffer.read())


class _Layout:
    """How one array lies in memory: rows of elements, each row at a multiple of `align` bytes where
    the kernel takes a stride."""

    def __init__(self, argument: Argument, form: str, shape: tuple[int, ...]):
        self.shape, self.dtype = tuple(shape), np.dtype(DTYPES[form])
        self._half = form in ("int4", "uint4")  # two elements a byte, the even one in the low half
        self._signed = form == "int4"
        columns = self.shape[-1] if self.shape else 1
        bits = 4 if self._half else 8 * self.dtype.itemsize
        if columns * bits % 8:
            raise KernelError(f"{argument['name']}: a row of {columns} {form} is no whole bytes")
        self._row_bytes = columns * bits // 8
        self._rows = int(np.prod(self.shape[:-1], dtype=np.int64))
        step = argument["align"] if argument["stride"] else 1
        self._step_bytes = -(-self._row_bytes // step) * step
        self.stride = self._step_bytes * 8 // bits  # elements from row to row
        beat = argument["beat_bytes"]
        self.size = max(-(-self._rows * self._step_bytes // beat) * beat, beat)

    def pack(self, array: Array) -> bytes:
        if self._half:
            low, high = (
                array[..., 0::2].astype(np.uint8) & 15,
                array[..., 1::2].astype(np.uint8) & 15,
            )
            flat = low | high << 4
        else:
            flat = np.ascontiguousarray(array, self.dtype).view(np.uint8)
        rows = np.zeros((self._rows, self._step_bytes), np.uint8)
        rows[:, : self._row_bytes] = flat.reshape(self._rows, self._row_bytes)
        return rows.tobytes().ljust(self.size, b"\0")

    def unpack(self, data: bytes) -> Array:
        used = np.frombuffer(data, np.uint8, self._rows * self._step_bytes)
        rows = np.ascontiguousarray(
            used.reshape(self._rows, self._step_bytes)[:, : self._row_bytes]
        )
        if not self._half:
            return rows.view(self.dtype).reshape(self.shape).copy()
        halves = np.stack([rows & 15, rows >> 4], axis=-1).astype(np.int16)
        if self._signed:
            halves = np.where(halves > 7, halves - 16, halves)
        return halves.reshape(self.shape).astype(self.dtype)


class Kernel:
    """A kernel of the board, called by the names of its signature.

    Sizes that follow from the arrays' shapes (m, tokens, ...) and strides need not be given. An
    array that the kernel writes is made and returned: one alone as it is, several as a dict. A
    memory argument may be None (address 0) where the kernel does not touch it.
    """

    def __init__(self, spec: Mapping[str, Any], port: Port):
        self.spec, self._port = spec, port
        self._arguments: dict[str, Argument] = {a["name"]: a for a in spec["arguments"]}
        self._left: list[Buffer] = []  # of a call that did not end, until the kernel is idle

    def __repr__(self) -> str:
        return f"<{self.spec['vlnv']}: {', '.join(self._arguments)}>"

    def put(self, name: str, array: Any, **scalars: int) -> Resident:
        """Bring an array into the board's memory, to stay; any number of calls may take it."""
        values = self._checked(name, array, scalars)
        layout = self._layout(name, values.shape, scalars)
        buffer = self._port.allocate(self._arguments[name], layout.size)
        buffer.write(layout.pack(values))
        return Resident(name, values.shape, buffer, self)

    def __call__(self, **given: Any) -> Any:
        self._check_names(given)
        scalars = self._scalars(given)
        made: dict[str, Resident] = {}
        lent: list[Buffer] = []
        try:
            values: Values = []
            for name, argument in self._arguments.items():
                if argument["kind"] != "memory":
                    values.append((argument, scalars[name]))
                    continue
                resident = self._resident(name, given, scalars)
                if resident is not None and resident is not given.get(name):
                    lent.append(resident.buffer)
                    if argument["direction"] != "read":
                        made[name] = resident
                values.append((argument, resident.buffer if resident else None))
            self._port.run(values)
            self._check_status()
            results = {name: resident.get(**scalars) for name, resident in made.items()}
        finally:
            self._give_back([*self._left, *lent])
        return next(iter(results.values())) if len(results) == 1 else results

    def _give_back(self, lent: Sequence[Buffer]) -> None:
        """Free memory, but none that the kernel may still write: it could be another's by then."""
        held = self._port.held
        self._left = [buffer for buffer in lent if buffer in held]
        for buffer in lent:
            if buffer not in held:
                buffer.free()

    # --- values -----------------------------------------------------------------------------------

    def _check_names(self, given: Iterable[str]) -> None:
        unknown = [name for name in given if name not in self._arguments]
        if unknown:
            known = ", ".join(self._arguments)
            raise KernelError(
                f"{self.spec['name']} takes no {', '.join(unknown)} (it takes: {known})"
            )

    def _scalars(self, given: Mapping[str, Any]) -> dict[str, int]:
        """Every scalar: as given, or as the arrays' shapes and layouts say."""
        found: dict[str, int] = {}
        for name, argument in self._arguments.items():
            if argument["kind"] != "memory" and name in given:
                found[name] = self._scalar(argument, given[name])
        for name, argument in self._arguments.items():
            if argument["kind"] == "memory" and given.get(name) is not None:
                self._measure(name, np.shape(given[name]), found)
        for name, argument in self._arguments.items():
            if argument["stride"] and argument["stride"] not in found:
                shape = self._shape(name, found)
                found[argument["stride"]] = self._layout(name, shape, found).stride
        missing = [
            name
            for name, argument in self._arguments.items()
            if argument["kind"] != "memory" and name not in found
        ]
        if missing:
            raise KernelError(f"{self.spec['name']}: missing {', '.join(missing)}")
        return found

    def _scalar(self, argument: Argument, value: Any) -> int:
        form, number = argument["format"], int(value)
        limits = np.iinfo(DTYPES[form])
        if number != value or not limits.min <= number <= limits.max:
            raise KernelError(f"{argument['name']} = {value!r}; expected {form}")
        return number & (1 << 8 * np.dtype(DTYPES[form]).itemsize) - 1

    def _measure(self, name: str, shape: tuple[int, ...], found: dict[str, int]) -> None:
        """Take sizes from an array's shape, or compare them with those that are known."""
        expected = self._form(name, found)[1]
        if len(shape) != len(expected):
            raise KernelError(f"{name}: shape {shape}; expected [{', '.join(map(str, expected))}]")
        for size, wanted in zip(shape, expected, strict=True):
            known = found.setdefault(wanted, size) if isinstance(wanted, str) else wanted
            if size != known:
                raise KernelError(f"{name}: shape {shape}; expected {wanted} = {known}")

    def _shape(self, name: str, found: Mapping[str, int]) -> tuple[int, ...]:
        sizes = self._form(name, found)[1]
        missing = [size for size in sizes if isinstance(size, str) and size not in found]
        if missing:
            raise KernelError(
                f"{self.spec['name']}: missing {', '.join(missing)}, a size of {name}"
            )
        return tuple(found[size] if isinstance(size, str) else size for size in sizes)

    # --- arrays -----------------------------------------------------------------------------------

    def _form(self, name: str, scalars: Mapping[str, int]) -> tuple[str, Sequence[str | int]]:
        """Element format and shape of an argument, as the bits of scalars have it."""
        argument = self._arguments[name]
        form, shape = argument["format"], argument["shape"]
        for variant in argument["variants"]:
            if scalars.get(variant["scalar"], 0) >> variant["bit"] & 1:
                form, shape = variant["format"], variant["shape"]
        return form, shape

    def _layout(self, name: str, shape: tuple[int, ...], scalars: Mapping[str, int]) -> _Layout:
        return _Layout(self._arguments[name], self._form(name, scalars)[0], shape)

    def _checked(self, name: str, array: Any, scalars: Mapping[str, int]) -> Array:
        form = self._form(name, scalars)[0]
        values, dtype = np.asarray(array), np.dtype(DTYPES[form])
        if values.dtype != dtype:
            raise KernelError(f"{name} is {values.dtype}; expected {dtype.name} ({form})")
        if form in ("int4", "uint4") and values.size:
            low, high = (-8, 7) if form == "int4" else (0, 15)
            if values.min() < low or values.max() > high:
                raise KernelError(f"{name}: values beyond {form}, {low} to {high}")
        return values

    def _resident(
        self, name: str, given: Mapping[str, Any], scalars: Mapping[str, int]
    ) -> Resident | None:
        value = given.get(name)
        if isinstance(value, Resident):
            return value
        if value is not None:
            return self.put(name, value, **scalars)
        if name in given or self._arguments[name]["direction"] == "read":
            return None
        shape = self._shape(name, scalars)
        layout = self._layout(name, shape, scalars)
        buffer = self._port.allocate(self._arguments[name], layout.size)
        if self._arguments[name]["direction"] == "read_write":
            buffer.write(bytes(layout.size))
        return Resident(name, shape, buffer, self)

    def _check_status(self) -> None:
        """Raise KernelError naming the bits of status that the run has set."""
        value = self._port.read("status")
        bits = self.spec["registers"].get("status", {}).get("bits", {})
        faults = [name for name, bit in bits.items() if value and value >> bit & 1]
        if faults:
            raise KernelError(f"{self.spec['name']}: the run ended with {', '.join(faults)}")
