"""``honmono keys``: who may use the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.errors import ConfigurationError
from service.settings import Settings, settings

if TYPE_CHECKING:
    from service.store import Store

__all__ = ["app", "first_key"]

app = typer.Typer(help="Create, list and revoke the keys of the HTTP interface.", no_args_is_help=True)

TABLE_WIDTH = 110
"""Signs per line at least: an id that is cut short cannot be revoked."""

Role = Literal["client", "inspector", "admin"]


@contextmanager
def _store(chosen: Settings) -> Iterator[Store]:
    """The store with its schema in place; ConfigurationError where the database does not answer."""
    from service.store import Store

    store = Store.open(chosen)
    try:
        if not store.database.available():
            raise ConfigurationError("the database does not answer: see HONMONO_DATABASE_URL")
        yield store
    finally:
        store.close()


def first_key(chosen: Settings) -> str | None:
    """The first admin key where this start has made one, else None."""
    with _store(chosen) as store:
        return store.keys.bootstrap()


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key may do; each role includes the one before.")],
    name: Annotated[str, typer.Option(help="Whose key it is, for the list.")],
    expires_days: Annotated[int | None, typer.Option(min=1, help="Days until it ends; else never.")] = None,
) -> None:
    """Make a key and show it, this once."""
    from service.store.keys import KeyRole

    now = datetime.now(UTC)
    ends = now + timedelta(days=expires_days) if expires_days is not None else None
    with _store(settings()) as store:
        key, secret = store.keys.create(KeyRole(role), name, expires_at=ends, now=now)
    typer.echo(f"{key.id} ({role}, {name})", err=True)
    typer.echo(secret)


@app.command(name="list")
def list_keys() -> None:
    """Show every key, but not its text."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("id", "begins with", "role", "name", "created", "ends", "state"):
        table.add_column(column, no_wrap=column != "name", overflow="fold")
    now = datetime.now(UTC)
    with _store(settings()) as store:
        for key in store.keys.all():
            ends = f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never"
            over = key.expires_at is not None and key.expires_at <= now
            state = "revoked" if key.revoked_at else "expired" if over else "in force"
            made = f"{key.created_at:%Y-%m-%d}"
            table.add_row(key.id, key.prefix, key.role.value, escape(key.name), made, ends, state)
    Console(width=max(Console().width, TABLE_WIDTH)).print(table)


@app.command()
def revoke(id: Annotated[str, typer.Argument(help="As `keys list` shows it, key_...")]) -> None:
    """Put a key out of force at once."""
    with _store(settings()) as store:
        key = store.keys.revoke(id)
    typer.echo(f"{key.id} is revoked")
