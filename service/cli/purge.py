"""``honmono purge``: remove what has come to its end, now instead of at the server's next sweep."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from service.cli.keys import opened_store
from service.settings import settings

__all__ = ["purge"]


def purge() -> None:
    """Remove reports, pictures, registry entries and kept answers whose time has ended."""
    with opened_store(settings()) as store:
        purged = store.purge(datetime.now(UTC))
    typer.echo(f"removed {purged.reports} reports, {purged.evidence} files, {purged.answers} answers")
