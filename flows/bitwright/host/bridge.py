"""LiteX's UART bridge: reads and writes of a 32-bit bus as bytes on a wire.

A frame is command (1 write, 2 read), length in words (1 to 255), address of the first word in words
(4 bytes, highest first); a write's data follow, a read's data come back, 4 bytes a word, highest
first. Addresses count up within a frame. A write is not acknowledged, and bytes that come while an
answer is on its way are lost, so a read waits for its answer before anything else is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bitwright.errors import ToolError
from bitwright.host.transport import Transport

WRITE = 0x01
READ = 0x02
FRAME_WORDS = 255
HEADER_BYTES = 6
ADDRESS_BYTES = 1 << 32  # of the bus


@dataclass(frozen=True, slots=True)
class Frame:
    command: int  # WRITE or READ
    address: int  # byte address of the first word
    words: int  # 1 to FRAME_WORDS

    def header(self) -> bytes:
        return bytes((self.command, self.words)) + (self.address >> 2).to_bytes(4, "big")


def frames(command: int, address: int, count: int) -> Iterator[Frame]:
    """The frames that move `count` bytes from `address` on; both multiples of 4."""
    if address % 4 or count % 4:
        raise ValueError(f"{count} bytes at {address:#x}: the bridge moves whole 32-bit words")
    if address < 0 or count < 0 or address + count > ADDRESS_BYTES:
        raise ValueError(f"{count} bytes at {address:#x}: the bus ends at {ADDRESS_BYTES:#x}")
    for start in range(0, count // 4, FRAME_WORDS):
        yield Frame(command, address + 4 * start, min(FRAME_WORDS, count // 4 - start))


def swapped(data: bytes) -> bytes:
    """Each 32-bit word with its bytes in the other order: memory's order to the wire's and back."""
    out = bytearray(len(data))
    for byte in range(4):
        out[byte::4] = data[3 - byte :: 4]
    return bytes(out)


class Bridge:
    """The bus of a board. Data are bytes in the order of memory (lowest address first)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def write(self, address: int, data: bytes) -> None:
        """data: a multiple of 4 bytes. Returns when they are sent; a later read waits for them."""
        wire = swapped(data)
        for frame in frames(WRITE, address, len(data)):
            start = frame.address - address
            self._transport.send(frame.header() + wire[start : start + 4 * frame.words])

    def read(self, address: int, count: int) -> bytes:
        """count: a multiple of 4. Raises ToolError if the board does not answer."""
        data = bytearray()
        for frame in frames(READ, address, count):
            self._transport.send(frame.header())
            data += self._transport.receive(4 * frame.words)
        return swapped(bytes(data))

    def write_word(self, address: int, value: int) -> None:
        self.write(address, value.to_bytes(4, "little"))

    def read_word(self, address: int) -> int:
        return int.from_bytes(self.read(address, 4), "little")

    def synchronise(self, scratch: int, attempts: int = 3) -> None:
        """Be sure that the bridge waits for a frame: it may stand in the middle of another's.

        scratch: address of a register that holds what is written to it. A frame that is cut off is
        forgotten by the bridge after 100 ms, which a missing answer takes longer than.
        """
        for attempt in range(attempts):
            pattern = 0x5A5A_0000 + attempt
            try:
                self._transport.drain()
                self.write_word(scratch, pattern)
                if self.read_word(scratch) == pattern:
                    return
            except ToolError:
                if attempt == attempts - 1:
                    raise
        raise ToolError(
            f"{self._transport.name}: what answers is not this system's bridge\n"
            f"  expected  {pattern:#010x}, just written, at {scratch:#x}\n"
            "  next      check baud rate and bitstream; ./doit program config=NAME loads one"
        )
