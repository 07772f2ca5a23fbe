"""One release of the pages: every file that a browser may keep, each known by its digest.

The service worker keeps a release whole or not at all: it fetches every file past the browser's cache, holds
each against its digest, and serves only what it holds. So no page is ever put together of two releases, and
nothing but these files is ever kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from service.web import STATIC
from service.web.packed import packed

__all__ = ["Release", "worker_script"]

_WORKER = "service-worker.js"
"""Served at the root with its release in front; from its own folder it could not serve the pages."""


@dataclass(frozen=True, slots=True)
class Release:
    """Digests (SHA-256, hex) by the path of a URL."""

    files: Mapping[str, str]

    @classmethod
    def of(cls, pages: Mapping[str, str], static: Path = STATIC) -> Release:
        """The release of these pages (HTML by path) and of every static file, as they are sent."""
        made = {path: html.encode() for path, html in pages.items()} | dict(_static_files(static))
        return cls({path: hashlib.sha256(content).hexdigest() for path, content in sorted(made.items())})

    @property
    def version(self) -> str:
        """Digest over all of it: one changed sign anywhere is another release."""
        lines = "".join(f"{digest} {path}\n" for path, digest in self.files.items())
        return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _static_files(static: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(static.rglob("*")):
        if path.is_file() and path.name != _WORKER and path.suffix != ".html":
            yield f"/static/{path.relative_to(static).as_posix()}", packed(path)


def worker_script(release: Release, static: Path = STATIC) -> str:
    """The service worker of a release, as JavaScript."""
    named = json.dumps({"version": release.version, "files": dict(release.files)}, indent=1)
    return f"const RELEASE = {named};\n{packed(static / _WORKER).decode()}"
