"""Buffers out of a window of addresses, one after the other, for memory without a runtime."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .kernel import Buffer, KernelError


class Window:
    """Gives out addresses of [base, base + size), lowest first; what is free again is used again.

    read: (address, size) -> bytes; write: (address, bytes)
    """

    def __init__(
        self,
        base: int,
        size: int,
        read: Callable[[int, int], bytes],
        write: Callable[[int, bytes], None],
    ):
        self._base, self._end = base, base + size
        self.read, self.write = read, write
        self._taken: list[tuple[int, int]] = []  # [from, to), sorted

    def allocate(self, size: int, align: int) -> Buffer:
        """The lowest free place of that size. Raises KernelError if there is none."""
        start = self._base
        for low, high in [*self._taken, (self._end, self._end)]:
            start = -(-start // align) * align
            if start + size <= low:
                self._taken = sorted([*self._taken, (start, start + size)])
                return _Placed(self, start, size)
            start = high
        used = sum(high - low for low, high in self._taken)
        room = self._end - self._base
        raise KernelError(f"no room for {size} bytes: {used} of {room} are taken")

    def release(self, start: int) -> None:
        self._taken = [place for place in self._taken if place[0] != start]

    @property
    def taken(self) -> Sequence[tuple[int, int]]:
        return tuple(self._taken)


class _Placed(Buffer):
    def __init__(self, window: Window, address: int, size: int):
        self._window, self.address, self.size = window, address, size

    def write(self, data: bytes) -> None:
        if len(data) > self.size:
            raise KernelError(f"{len(data)} bytes for a buffer of {self.size}")
        self._window.write(self.address, data)

    def read(self) -> bytes:
        return self._window.read(self.address, self.size)

    def free(self) -> None:
        self._window.release(self.address)
