"""Bytes to and from a board: a serial port, or a TCP socket to a simulated one."""

from __future__ import annotations

import contextlib
import socket
from typing import Any, Protocol

from bitwright.errors import ToolError

ANSWER_S = 2.0  # until a missing answer is given up; USB adds up to 16 ms to each
SIMULATED_ANSWER_S = 600.0  # a simulation ends by itself when an answer does not come


class Transport(Protocol):
    name: str  # for messages

    def send(self, data: bytes) -> None: ...

    def receive(self, count: int) -> bytes:
        """Exactly `count` bytes. Raises ToolError if they do not come in time."""

    def drain(self) -> None:
        """Forget what has arrived and was not read."""

    def close(self) -> None: ...


class SerialTransport:
    """A serial port, as the FTDI chip of the board gives it."""

    def __init__(self, port: str, baud: int, answer_s: float = ANSWER_S) -> None:
        import serial

        self.name = port
        try:
            self._port: Any = serial.Serial(
                port, baud, timeout=answer_s, write_timeout=30.0, exclusive=True
            )
        except (serial.SerialException, ValueError) as error:
            raise ToolError(
                f"{port}: cannot be opened as a serial port at {baud} baud: {error}\n"
                "  next      name the board's port (ls /dev/serial/by-id), close other programs "
                "that use it, and be in its group (often dialout)"
            ) from error
        with contextlib.suppress(Exception):  # only Linux drivers of some chips can do this
            self._port.set_low_latency_mode(True)

    def send(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except OSError as error:
            raise ToolError(f"{self.name}: writing failed: {error}") from error

    def receive(self, count: int) -> bytes:
        try:
            data = bytes(self._port.read(count))
        except OSError as error:
            raise ToolError(f"{self.name}: reading failed: {error}") from error
        if len(data) < count:
            raise silent(self.name, count, len(data))
        return data

    def drain(self) -> None:
        self._port.reset_input_buffer()

    def close(self) -> None:
        self._port.close()


class SocketTransport:
    """A TCP connection to the bench of a simulated board."""

    def __init__(self, host: str, port: int, answer_s: float = SIMULATED_ANSWER_S) -> None:
        self.name = f"tcp:{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), timeout=10.0)
        except OSError as error:
            raise ToolError(
                f"{self.name}: no simulated board answers: {error}\n"
                "  next      start one: python -m bitwright.host.simulate --help"
            ) from error
        self._socket.settimeout(answer_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise ToolError(f"{self.name}: the simulated board is gone: {error}") from error

    def receive(self, count: int) -> bytes:
        data = bytearray()
        while len(data) < count:
            try:
                part = self._socket.recv(count - len(data))
            except TimeoutError as error:
                raise silent(self.name, count, len(data)) from error
            except OSError as error:
                raise ToolError(f"{self.name}: the simulated board is gone: {error}") from error
            if not part:
                raise ToolError(
                    f"{self.name}: the simulated board has stopped\n"
                    f"  expected  {count} bytes of an answer\n"
                    f"  found     {len(data)}, then the end of the connection\n"
                    "  next      read the end of its output: an assertion or its patience ended it"
                )
            data += part
        return bytes(data)

    def drain(self) -> None:
        """Nothing to forget: the bench sends answers alone."""

    def close(self) -> None:
        self._socket.close()


def silent(name: str, expected: int, found: int) -> ToolError:
    """The error of an answer that does not come."""
    return ToolError(
        f"{name}: the board does not answer\n"
        f"  expected  {expected} bytes\n"
        f"  found     {found}\n"
        "  likely    another bitstream is loaded, or it runs at another baud rate\n"
        "  next      ./doit program config=NAME loads the one of a config"
    )


def connect(where: str, baud: int) -> Transport:
    """A transport to `tcp:HOST:PORT` or to a serial port's device file."""
    if not where.startswith("tcp:"):
        return SerialTransport(where, baud)
    host, _, port = where.removeprefix("tcp:").rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise ToolError(f"{where}: expected tcp:HOST:PORT, or a serial port's device file")
    return SocketTransport(host, int(port))
