"""What an ECP5 bitstream says about itself: its commands, read one after the other.

Source: "Bitstream format" of Project Trellis and Lattice FPGA-TN-02039. A bitstream is a comment,
a preamble and commands: a byte, three bytes of flags, operands, a CRC where the first flag says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bitwright.reports.read.document import refuse

PREAMBLE = b"\xff\xff\xbd\xb3"
PADDING = 0xFF
DONE = 0x5E
RESET_CRC = 0x3B
IDENTIFY = 0xE2
USERCODE = 0xC2
FRAMES = 0x82
FRAMES_COMPRESSED = 0xB8
RAM_WRITE = 0xB2
RAM_FRAME = 9  # bytes

# Operand bytes of the commands that carry no frames.
OPERANDS = {
    RESET_CRC: 0,
    IDENTIFY: 4,
    0x02: 8,  # LSC_WRITE_COMP_DIC
    0x22: 4,  # LSC_PROG_CNTRL0
    0x46: 0,  # LSC_INIT_ADDRESS
    0xB4: 4,  # LSC_WRITE_ADDRESS
    0xCE: 0,  # ISC_PROGRAM_SECURITY
    0xA2: 4,  # LSC_PROG_SED_CRC
    0xF6: 4,  # LSC_EBR_ADDRESS
    0x79: 0,  # SPI_MODE
    0x7E: 4,  # JUMP
    0x56: 0,  # LSC_POWER_CTRL
    USERCODE: 4,
    DONE: 0,
}
FRAME_BYTES = {  # of configuration, by device code without its variant; dummy bits included
    0x1111: 592 // 8,  # LFE5U-12F, -25F
    0x1112: 848 // 8,  # LFE5U-45F
    0x1113: 1136 // 8,  # LFE5U-85F
}


@dataclass(frozen=True, slots=True)
class Bitstream:
    comments: tuple[str, ...]
    idcode: int  # JTAG
    usercode: int | None


def parse_bitstream(data: bytes, *, origin: Path) -> Bitstream:
    """Read an ECP5 bitstream up to its ISC_PROGRAM_DONE, frames skipped.

    data: a .bit of ecppack or Lattice Diamond, compressed or not, unencrypted
    Raises ReportError for anything else, a truncated file and a USERCODE whose CRC is wrong.
    """
    start = data.find(PREAMBLE)
    if start < 0:
        refuse(
            origin,
            "this is no ECP5 bitstream",
            expected="the preamble FF FF BD B3",
            found=f"{len(data)} bytes without it",
            next="give a .bit file",
        )
    reader = _Reader(data, start + len(PREAMBLE), origin)
    idcode: int | None = None
    usercode: int | None = None
    while (code := reader.take(1)[0]) != DONE:
        if code == PADDING:
            continue
        flags = reader.take(3)
        if code in (FRAMES, FRAMES_COMPRESSED):
            reader.skip_frames(code, flags, idcode)
            continue
        operand = reader.operand(code, flags)
        if code == IDENTIFY:
            idcode = int.from_bytes(operand, "big")
        elif code == USERCODE:
            usercode = int.from_bytes(operand, "big")
    if idcode is None:
        reader.refuse("a device identification before the end")
    return Bitstream(_comments(data[:start]), idcode, usercode)


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int
    origin: Path
    crc: int = 0  # running, over everything since the last one that stood in the file

    def refuse(self, expected: str) -> NoReturn:
        refuse(
            self.origin,
            "this bitstream cannot be read",
            expected=expected,
            found=f"byte {self.at} of {len(self.data)}",
            next="build it again; encrypted bitstreams are not read",
        )

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            self.refuse(f"{count} more bytes, ISC_PROGRAM_DONE among them")
        taken = self.data[self.at : self.at + count]
        self.at += count
        return taken

    def operand(self, code: int, flags: bytes) -> bytes:
        """The bytes after a command that carries no frames, its CRC checked."""
        if code == RAM_WRITE:
            size = RAM_FRAME * int.from_bytes(flags[1:], "big")
        elif code in OPERANDS:
            size = OPERANDS[code]
        else:
            self.refuse(f"a command of the ECP5, not 0x{code:02x}")
        operand = self.take(size)
        self.crc = 0 if code == RESET_CRC else _crc16(self.crc, bytes([code]) + flags + operand)
        if flags[0] & 0x80:
            if self.take(2) != self.crc.to_bytes(2, "big"):
                self.refuse(f"the right CRC after command 0x{code:02x}")
            self.crc = 0
        return operand

    def skip_frames(self, code: int, flags: bytes, idcode: int | None) -> None:
        """Pass over configuration frames. Compressed ones end where 8-byte words are complete."""
        size = FRAME_BYTES.get((idcode or 0) >> 12 & 0xFFFF)
        if size is None:
            self.refuse("the identification of a known ECP5 before its frames")
        count = int.from_bytes(flags[1:], "big")
        check_each = not flags[0] & 0x40
        dummies = flags[0] & 0x0F
        symbols = -(-size // 8) * 8
        for frame in range(count):
            if code == FRAMES:
                self.take(size)
            else:
                self._skip_compressed(symbols)
            last = frame == count - 1
            self.take((2 if check_each or last else 0) + dummies)
        self.crc = _crc16(0, bytes([PADDING]) * dummies)  # those after the last frame count

    def _skip_compressed(self, symbols: int) -> None:
        """Pass over one frame of `symbols` bytes in the prefix code, to the next whole byte."""
        state, data, at = 0, self.data, self.at
        try:
            while symbols > 0:
                done, state = _STEPS[state][data[at]]
                symbols -= done
                at += 1
        except IndexError:
            self.take(len(data))
        self.at = at


def _prefix_steps() -> list[list[tuple[int, int]]]:
    """Table [state][byte] -> (symbols completed, next state) of the compressed frames' code.

    Codes: 0 (one bit), 10 + 4 bits, 11 + 8 bits. States: 0 between codes; 1 after a leading 1;
    1 + n with n bits of a code still to come.
    """

    def walk(state: int, byte: int) -> tuple[int, int]:
        done = 0
        for bit in range(7, -1, -1):
            one = byte >> bit & 1
            if state == 0:
                state, done = (1, done) if one else (0, done + 1)
            elif state == 1:
                state = 1 + (8 if one else 4)
            else:
                state -= 1
                if state == 1:
                    state, done = 0, done + 1
        return done, state

    return [[walk(state, byte) for byte in range(256)] for state in range(10)]


_STEPS = _prefix_steps()


def _crc16(crc: int, data: bytes) -> int:
    """CRC-16 with polynomial 0x8005, unreflected, carried on from `crc` (Project Trellis)."""
    for byte in data:
        crc = (crc << 8 & 0xFFFF) ^ _CRC[crc >> 8 ^ byte]
    return crc


def _crc_table() -> list[int]:
    def row(value: int) -> int:
        crc = value << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
        return crc

    return [row(value) for value in range(256)]


_CRC = _crc_table()


def _comments(head: bytes) -> tuple[str, ...]:
    """The texts of the comment section, between FF 00 and 00 FF."""
    begin, end = head.find(b"\xff\x00"), head.rfind(b"\x00\xff")
    if begin < 0 or end < begin:
        return ()
    texts = head[begin + 2 : end].split(b"\0")
    return tuple(text.decode("latin-1") for text in texts if text)
