"""Serial ports (a pseudo-terminal stands for one) and sockets: what comes, what does not."""

from __future__ import annotations

import os
import pty
import socket
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from bitwright.errors import ToolError
from bitwright.host.transport import SerialTransport, SocketTransport, connect


@contextmanager
def serial_port() -> Iterator[tuple[int, str]]:
    """The far end of a serial port, and the device file of the near one."""
    far, near = pty.openpty()
    tty.setraw(near)
    try:
        yield far, os.ttyname(near)
    finally:
        os.close(far)
        os.close(near)


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            serve(connection)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def test_a_serial_port_carries_every_byte_value_both_ways() -> None:
    data = bytes(range(256))
    with serial_port() as (far, name):
        transport = connect(name, 3_000_000)
        transport.send(data)
        arrived = b""
        while len(arrived) < len(data):
            arrived += os.read(far, 256)
        os.write(far, data)
        assert arrived == data
        assert transport.receive(256) == data
        transport.close()


def test_a_silent_serial_port_is_an_error_that_says_what_came() -> None:
    with serial_port() as (far, name):
        transport = SerialTransport(name, 115_200, answer_s=0.05)
        os.write(far, b"ab")
        with pytest.raises(ToolError, match=r"expected  4 bytes\n  found     2"):
            transport.receive(4)
        transport.close()


def test_a_missing_serial_port_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ToolError, match=r"(?s)/dev/no-such-port.*next.*dialout"):
        connect("/dev/no-such-port", 3_000_000)


def test_a_socket_gathers_an_answer_that_comes_in_parts() -> None:
    def serve(connection: socket.socket) -> None:
        asked = connection.recv(3)
        for byte in asked * 2:
            connection.sendall(bytes((byte,)))

    with server(serve) as port:
        transport = connect(f"tcp:127.0.0.1:{port}", 0)
        transport.send(b"xyz")
        assert transport.receive(6) == b"xyzxyz"
        transport.close()


def test_a_simulation_that_ends_in_the_middle_of_an_answer_is_an_error() -> None:
    with server(lambda connection: connection.sendall(b"abc")) as port:
        transport = SocketTransport("127.0.0.1", port)
        with pytest.raises(ToolError, match=r"(?s)has stopped.*found     3"):
            transport.receive(4)
        transport.close()


@pytest.mark.parametrize("where", ["tcp:", "tcp:localhost", "tcp:localhost:", "tcp:h:99999"])
def test_a_malformed_socket_name_is_refused(where: str) -> None:
    with pytest.raises(ToolError, match="expected tcp:HOST:PORT"):
        connect(where, 0)
