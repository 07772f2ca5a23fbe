"""A desk with a virtual reader, in a network of its own: ``python -m tests.chip.reader.desk FOLDER``.

Started inside ``unshare --net --mount`` by ``tests.chip.reader.pcsc``: Debian's ``vpcd`` listens on every
interface, and this network has none but loopback. Runs ``pcscd`` with its socket in FOLDER, then takes
orders on standard input, one JSON object a line: lay a card down (with what is to go wrong), take it off.
"""

from __future__ import annotations

import base64
import fcntl
import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from scripts.specimens.software_card import SoftwareCard
from scripts.specimens.virtual_reader import connect, play

SIOCSIFFLAGS, IFF_UP_RUNNING = 0x8914, 0x41
NOTICED_S = 0.5
"""pcscd looks whether a card is there some times a second."""


def raise_loopback() -> None:
    """What ``ip link set lo up`` does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, SIOCSIFFLAGS, struct.pack("16sh14s", b"lo", IFF_UP_RUNNING, b""))


class Faulty:
    """A card of which the answer with a given number is replaced: by bytes, by silence, by its removal."""

    def __init__(self, card: SoftwareCard, order: Mapping[str, Any]) -> None:
        self._card = card
        self._fault = order.get("fault")
        self._at = order.get("at", 0)
        self._count = -1

    def reset(self) -> None:
        self._card.reset()

    def transmit(self, raw: bytes) -> bytes:
        self._count += 1
        answer = self._card.transmit(raw)
        if self._fault is None or self._count != self._at:
            return answer
        if self._fault == "removed":
            return b""
        if self._fault == "silent":
            time.sleep(30)
            return answer
        return bytes.fromhex(self._fault)


class Desk:
    """The reader and what lies on it."""

    def __init__(self) -> None:
        self._line: socket.socket | None = None
        self._player: subprocess.Popen[bytes] | None = None

    def order(self, order: Mapping[str, Any]) -> None:
        """Lay a card down, or have `scripts/emulate_card` do it; what lay there before is taken off."""
        if self._line is not None:
            with suppress(OSError):  # the card has left by itself
                self._line.shutdown(socket.SHUT_RDWR)
            self._line = None
            time.sleep(NOTICED_S)
        if self._player is not None:
            self._player.kill()
            self._player.wait()
            self._player = None
            time.sleep(NOTICED_S)
        if "play" in order:
            self._player = subprocess.Popen(
                ["scripts/emulate_card", *order["play"]], stdout=subprocess.DEVNULL
            )
        if "files" not in order:
            return
        files = {name: base64.b64decode(data) for name, data in order["files"].items()}
        card = Faulty(SoftwareCard(files, order["number"]), order)
        self._line = connect()
        threading.Thread(target=play, args=(card, self._line), daemon=True).start()


def main(folder: Path) -> None:
    """Serve until standard input ends."""
    raise_loopback()
    log = (folder / "pcscd.log").open("wb")
    service = subprocess.Popen(["pcscd", "--foreground"], stdout=log, stderr=subprocess.STDOUT)
    desk = Desk()
    try:
        connect().close()  # the reader listens
        print("ready", flush=True)
        for line in sys.stdin:
            desk.order(json.loads(line))
            print("done", flush=True)
    finally:
        desk.order({})
        service.kill()
        service.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
