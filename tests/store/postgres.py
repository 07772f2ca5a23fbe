"""A real PostgreSQL for the tests: Debian's server, in a folder of its own, gone afterwards.

``HONMONO_TEST_POSTGRES_URL`` names another empty server instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

GIVEN = os.environ.get("HONMONO_TEST_POSTGRES_URL")
MISSING = "no PostgreSQL server here (apt-get install postgresql): SQLite alone is tested"


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return found[-1].parent if found else None


AVAILABLE = GIVEN is not None or _programs() is not None


def _command(*words: str | Path) -> None:
    """Run a program of the server, which refuses to run as root, as the user ``postgres`` then."""
    words = (
        ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *words) if _root() else words
    )
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=60)


def _root() -> bool:
    return os.geteuid() == 0


@dataclass(frozen=True)
class Server:
    """A server on a socket in a folder; it listens on no network."""

    programs: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off"
        log = self.folder / "log"
        _command(
            self.programs / "pg_ctl", "-D", self.folder / "db", "-l", log, "-w", "-s", "-o", options, "start"
        )

    def stop(self) -> None:
        _command(self.programs / "pg_ctl", "-D", self.folder / "db", "-m", "immediate", "-w", "-s", "stop")


@contextmanager
def running_server() -> Iterator[Server]:
    """A fresh server, stopped and removed at the end."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="honmono-pg-"))
    try:
        if _root():
            shutil.chown(folder, "postgres", "postgres")
        server = Server(programs, folder)
        _command(
            programs / "initdb",
            "-D",
            folder / "db",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
            "--locale=C",
        )
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)
