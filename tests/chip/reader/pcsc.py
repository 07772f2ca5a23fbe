"""A real PC/SC stack for tests: pcscd with the virtual reader of vsmartcard, apart from the machine's own."""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["VirtualDesk", "missing", "virtual_desk"]

ROOT = Path(__file__).resolve().parents[3]
DRIVERS = (Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"), Path("/etc/reader.conf.d/vpcd"))
APART = ("unshare", "--net", "--mount")
"""A network and a file system of its own; both need root."""
OWN_SOCKET = 'mount -t tmpfs tmpfs /run && mkdir /run/pcscd && mount --bind "$0" /run/pcscd && exec "$@"'
SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"


@cache
def missing() -> str | None:
    """Why there can be no PC/SC stack here, None where there can."""
    if shutil.which("pcscd") is None:
        return "pcscd is not installed (scripts/setup test installs it where it can)"
    if not all(driver.exists() for driver in DRIVERS):
        return "vsmartcard-vpcd is not installed (scripts/setup test installs it where it can)"
    if importlib.util.find_spec("smartcard") is None:
        return "pyscard is not installed: the extra `reader`"
    trial = [*APART, "sh", "-c", "mount -t tmpfs tmpfs /run"]
    if subprocess.run(trial, capture_output=True, check=False).returncode != 0:
        return "no network of its own can be made here (unshare needs root): vpcd listens on every interface"
    return None


class VirtualDesk:
    """Orders to the process behind the virtual reader."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process = process
        self.own = {SOCKET_VARIABLE: str(folder / "pcscd.comm")}
        """The variable that makes a process find this reader instead of the machine's."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that is to find this reader."""
        return {**os.environ, **self.own}

    def _order(self, order: Mapping[str, Any]) -> None:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the desk has no pipes")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        if self._process.stdout.readline() != "done\n":
            raise RuntimeError("the desk has fallen")

    def lay(self, files: Mapping[str, bytes], number: str, *, fault: str | None = None, at: int = 0) -> None:
        """Lay a card down. ``fault``: ``removed``, ``silent`` or hex, in place of answer ``at``."""
        named = {name: base64.b64encode(data).decode() for name, data in files.items()}
        self._order({"files": named, "number": number, "fault": fault, "at": at})

    def play(self, *arguments: str) -> None:
        """Have `scripts/emulate_card` lay a card down."""
        self._order({"play": arguments})

    def take_off(self) -> None:
        """Take the card off."""
        self._order({})


@contextmanager
def virtual_desk(folder: Path) -> Iterator[VirtualDesk]:
    """A desk while the block lasts."""
    command = [*APART, "sh", "-c", OWN_SOCKET, str(folder)]
    desk = [sys.executable, "-m", "tests.chip.reader.desk", str(folder)]
    with subprocess.Popen(
        [*command, *desk], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "ready\n":
                log = folder / "pcscd.log"
                raise RuntimeError(log.read_text() if log.exists() else "the desk did not start")
            yield VirtualDesk(process, folder)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(timeout=30)
