"""``honmono links``: what a re-check linked, held against later cards."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from service.cli.keys import opened_store
from service.errors import ConfigurationError
from service.settings import settings

__all__ = ["app"]

app = typer.Typer(
    help="Cards that a re-check linked: find them again, and hold later cards against them.",
    no_args_is_help=True,
)
_ACTOR = "command line"
_INDEX = "links.index"
_WIDTH = 110

Run = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a re-check, as `recheck --out` made it.")]


@app.command()
def find(run: Run) -> None:
    """Link the cards of a re-check again, and write its `links.*` files anew."""
    from service.archive.links import find_links

    found = find_links(run)
    told = f"{found.linked_cards} of {found.cards} cards in {found.clusters} clusters, {found.links} links"
    typer.echo(told)


@app.command("import")
def import_(
    run: Run,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until the index ends.")] = 365,
) -> None:
    """Hold later cards against what this re-check linked: `registry.workshop` in their reports."""
    try:
        data = (run / _INDEX).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"there is no {_INDEX} in this folder: run `honmono links find`") from error
    now = datetime.now(UTC)
    with opened_store(settings()) as store:
        added = store.workshops.add(data, expires_at=now + timedelta(days=days), actor=_ACTOR, now=now)
    until = f"{added.expires_at:%Y-%m-%d}"
    typer.echo(f"{added.id}: {added.cards} cards of {added.clusters} clusters, until {until}")


@app.command("list")
def list_() -> None:
    """List the imported indexes."""
    table = Table("index", "added", "ends", "cards", "clusters", box=box.SIMPLE_HEAD)
    with opened_store(settings()) as store:
        for index in store.workshops.all():
            days = (f"{day:%Y-%m-%d}" for day in (index.added_at, index.expires_at))
            table.add_row(index.id, *days, str(index.cards), str(index.clusters))
    console = Console()
    console.width = max(console.width, _WIDTH)
    console.print(table)


@app.command()
def remove(id: Annotated[str, typer.Argument(help="`wsi_…`, as `honmono links list` has it.")]) -> None:
    """Erase an imported index."""
    with opened_store(settings()) as store:
        store.workshops.remove(id, actor=_ACTOR, now=datetime.now(UTC))
    typer.echo(f"{id} is erased")


@app.command()
def forget() -> None:
    """Erase one card number from every index; it is read from standard input, so that no shell keeps it."""
    from service.cards.number import compact, well_formed

    number = compact(sys.stdin.readline())
    if not well_formed(number):
        raise ConfigurationError("standard input does not begin with a card number")
    with opened_store(settings()) as store:
        gone = store.workshops.forget(number, actor=_ACTOR, now=datetime.now(UTC))
    typer.echo(f"erased {gone} cards of this number")
