"""``honmono audit``: prove the log, write down its end, hand records over."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from service.cli.exits import Exit
from service.cli.keys import opened_store
from service.exports import LogProfile, exported
from service.settings import settings

__all__ = ["app"]

app = typer.Typer(help="Prove the audit log, and export records.", no_args_is_help=True)


@app.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(help="An end of the log that `audit head` printed before; may be given several times."),
    ] = None,
) -> None:
    """Find any line that was changed, removed or cut off; exit code 1 where there is one."""
    from service.store.audit import AuditHead

    also = [AuditHead.parse(text) for text in head or ()]
    with opened_store(settings()) as store:
        broken = store.audit.first_broken(also)
        end = store.audit.head()
    if broken is not None:
        typer.echo(f"the audit log is broken at line {broken}", err=True)
        raise typer.Exit(Exit.AGAINST)
    typer.echo(f"the audit log is whole: {end.seq} lines")


@app.command()
def head() -> None:
    """Print the end of the log, to be kept in a safe place elsewhere."""
    with opened_store(settings()) as store:
        typer.echo(str(store.audit.head()))


@app.command()
def export(
    profile: Annotated[
        LogProfile, typer.Option(help="basic holds no personal data, full is all that is kept.")
    ] = "basic",
) -> None:
    """Write every kept report, one JSON object per line."""
    now = datetime.now(UTC)
    with opened_store(settings()) as store:
        store.audit.note(at=now, action="reports.exported", actor="service", facts={"profile": profile})
        for report in store.records.every(now=now):
            sys.stdout.write(json.dumps(exported(report, profile), ensure_ascii=False) + "\n")
