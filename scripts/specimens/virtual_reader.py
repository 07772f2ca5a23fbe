"""Lays a software card on a virtual reader of this machine: the socket protocol of vsmartcard's ``vpcd``.

The reader listens, the card calls: messages of two bytes of length and contents. One byte is a control
(off, on, reset, wish for the ATR), anything longer a command APDU. Only the loopback address is ever called.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Protocol

__all__ = ["ATR", "PORT", "Card", "connect", "play"]

PORT = 35963
"""Where ``vpcd`` listens for the card of its first reader."""
LOOPBACK = "127.0.0.1"

POWER_OFF, POWER_ON, RESET, WISH_ATR = b"\x00", b"\x01", b"\x02", b"\x04"


def _atr() -> bytes:
    """As PC/SC part 3 makes one of a Type B card: application data, protocol info and MBLI as history."""
    body = bytes.fromhex("888001") + bytes(4) + bytes.fromhex("00718100")
    check = 0
    for byte in body:
        check ^= byte
    return b"\x3b" + body + bytes([check])


ATR = _atr()


class Card(Protocol):
    """What may lie on the reader."""

    def reset(self) -> None:
        """Power-up or reset."""

    def transmit(self, raw: bytes) -> bytes:
        """Answer a command; an empty answer takes the card off the reader."""


def connect(port: int = PORT, seconds: float = 10.0) -> socket.socket:
    """A connection to the virtual reader; it may still be starting."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            line = socket.create_connection((LOOPBACK, port))
        except OSError:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.02)
            continue
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line


def play(card: Card, line: socket.socket) -> None:
    """Answer until the reader hangs up or the card is taken off; closes the connection."""
    with line, suppress(ConnectionError):
        while (message := _receive(line)) is not None:
            if message == WISH_ATR:
                answer = ATR
            elif message in (POWER_OFF, POWER_ON, RESET):
                card.reset()
                continue
            else:
                answer = card.transmit(message)
                if not answer:
                    return
            line.sendall(len(answer).to_bytes(2, "big") + answer)


def _receive(line: socket.socket) -> bytes | None:
    head = _exactly(line, 2)
    return None if head is None else _exactly(line, int.from_bytes(head, "big"))


def _exactly(line: socket.socket, size: int) -> bytes | None:
    """That many bytes, None where the line ends before them."""
    received = b""
    while len(received) < size:
        # The reader writes length and contents apart; without this the kernel waits 40 ms to acknowledge.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = line.recv(size - len(received))
        if not piece:
            return None
        received += piece
    return received
