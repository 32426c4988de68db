"""The bridge's frames, against a model of the hardware that takes them byte by byte."""

from __future__ import annotations

import pytest
from bitwright.errors import ToolError
from bitwright.host import bridge
from bitwright.host.bridge import Bridge, frames, swapped
from hypothesis import given, settings
from hypothesis import strategies as st


class Hardware:
    """LiteX's UARTBone as its source has it: one byte in at a time, a memory of words behind it."""

    name = "model"

    def __init__(self) -> None:
        self.words: dict[int, int] = {}  # word address -> value
        self.answer = bytearray()
        self.lost = 0  # bytes that came while an answer was on its way
        self._bytes = bytearray()

    def send(self, data: bytes) -> None:
        for byte in data:
            if self.answer:
                self.lost += 1
            self._bytes.append(byte)
            self._step()

    def _step(self) -> None:
        if len(self._bytes) < 6:
            return
        command, length = self._bytes[0], self._bytes[1]
        address = int.from_bytes(self._bytes[2:6], "big")
        if command == 2:
            for word in range(length):
                self.answer += self.words.get(address + word, 0).to_bytes(4, "big")
            self._bytes.clear()
        elif command == 1 and len(self._bytes) == 6 + 4 * length:
            for word in range(length):
                at = 6 + 4 * word
                self.words[address + word] = int.from_bytes(self._bytes[at : at + 4], "big")
            self._bytes.clear()
        elif command not in (1, 2):
            self._bytes.clear()

    def receive(self, count: int) -> bytes:
        if len(self.answer) < count:
            raise ToolError("silent")
        data = bytes(self.answer[:count])
        del self.answer[:count]
        return data

    def drain(self) -> None:
        self.answer.clear()

    def close(self) -> None:
        pass

    def half_a_frame(self) -> bool:
        return bool(self._bytes)


word_addresses = st.integers(0, (1 << 30) - 2000).map(lambda word: 4 * word)
whole_words = st.binary(max_size=8000).map(lambda data: data[: len(data) // 4 * 4])


@given(word_addresses, whole_words)
def test_what_is_written_is_read_back_and_stands_in_memory_lowest_byte_first(
    address: int, data: bytes
) -> None:
    hardware = Hardware()
    host = Bridge(hardware)
    host.write(address, data)
    assert hardware.words == {
        address // 4 + i: int.from_bytes(data[4 * i : 4 * i + 4], "little")
        for i in range(len(data) // 4)
    }
    assert host.read(address, len(data)) == data
    assert not hardware.half_a_frame() and not hardware.lost


@given(st.integers(0, 1 << 32), st.integers(0, 10_000))
def test_frames_cover_a_range_once_in_order_or_refuse_it(address: int, count: int) -> None:
    whole = address % 4 == 0 and count % 4 == 0 and address + count <= 1 << 32
    if not whole:
        with pytest.raises(ValueError, match=r"bridge moves whole|bus ends"):
            list(frames(bridge.READ, address, count))
        return
    at = address
    for frame in frames(bridge.READ, address, count):
        assert frame.address == at and 1 <= frame.words <= 255
        assert frame.header() == bytes((2, frame.words)) + (at // 4).to_bytes(4, "big")
        at += 4 * frame.words
    assert at == address + count


@given(whole_words)
def test_swapping_twice_changes_nothing(data: bytes) -> None:
    assert swapped(swapped(data)) == data
    assert [swapped(data)[i : i + 4] for i in range(0, len(data), 4)] == [
        data[i : i + 4][::-1] for i in range(0, len(data), 4)
    ]


@settings(max_examples=30)
@given(st.binary(max_size=5))
def test_synchronising_survives_an_answer_left_over(left_over: bytes) -> None:
    hardware = Hardware()
    hardware.answer += left_over
    Bridge(hardware).synchronise(scratch=4)
    assert hardware.words[1] >> 16 == 0x5A5A


def test_a_bridge_that_answers_something_else_is_named() -> None:
    class Deaf(Hardware):
        def receive(self, count: int) -> bytes:
            return bytes(count)

    with pytest.raises(ToolError, match="not this system's bridge"):
        Bridge(Deaf()).synchronise(scratch=4)
