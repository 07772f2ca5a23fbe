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
    from service.store.keys import KeyScope

__all__ = ["app", "first_key", "opened_store"]

app = typer.Typer(
    help="Create, list, rotate and revoke the keys of the HTTP interface.", no_args_is_help=True
)

TABLE_WIDTH = 110
"""Signs per line at least: an id that is cut short cannot be revoked."""

Role = Literal["client", "inspector", "admin"]


@contextmanager
def opened_store(chosen: Settings) -> Iterator[Store]:
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
    with opened_store(chosen) as store:
        return store.keys.bootstrap()


def _scopes(words: list[str] | None) -> frozenset[KeyScope] | None:
    from service.store.keys import KeyScope

    known = {scope.value for scope in KeyScope}
    if words and not set(words) <= known:
        raise typer.BadParameter(f"a scope is one of {', '.join(sorted(known))}", param_hint="--scope")
    return frozenset(map(KeyScope, words)) if words else None


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key may do; each role includes the one before.")],
    name: Annotated[str, typer.Option(help="Whose key it is, for the list.")],
    expires_days: Annotated[int | None, typer.Option(min=1, help="Days until it ends; else never.")] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(help="submit, read or erase: less than the role allows; may be given several times."),
    ] = None,
    per_minute: Annotated[
        int | None, typer.Option(min=1, help="Requests per minute, where not the service's.")
    ] = None,
) -> None:
    """Make a key and show it, this once."""
    from service.store.keys import KeyRole

    now = datetime.now(UTC)
    ends = now + timedelta(days=expires_days) if expires_days is not None else None
    with opened_store(settings()) as store:
        key, secret = store.keys.create(
            KeyRole(role),
            name,
            expires_at=ends,
            scopes=_scopes(scope),
            requests_per_minute=per_minute,
            now=now,
        )
    typer.echo(f"{key.id} ({role}, {name})", err=True)
    typer.echo(secret)


@app.command(name="list")
def list_keys() -> None:
    """Show every key, but not its text."""
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("id", "begins with", "role", "name", "created", "ends", "state"):
        table.add_column(column, no_wrap=column != "name", overflow="fold")
    now = datetime.now(UTC)
    with opened_store(settings()) as store:
        for key in store.keys.all():
            ends = f"{key.expires_at:%Y-%m-%d}" if key.expires_at else "never"
            over = key.expires_at is not None and key.expires_at <= now
            state = "revoked" if key.revoked_at else "expired" if over else "in force"
            made = f"{key.created_at:%Y-%m-%d}"
            table.add_row(key.id, key.prefix, key.role.value, escape(key.name), made, ends, state)
    Console(width=max(Console().width, TABLE_WIDTH)).print(table)


@app.command()
def rotate(id: Annotated[str, typer.Argument(help="As `keys list` shows it, key_...")]) -> None:
    """Give a key a new text and show it, this once; the old one works for a day more."""
    chosen = settings()
    with opened_store(chosen) as store:
        key, secret = store.keys.rotate(id, overlap=timedelta(hours=chosen.key_overlap_hours))
    typer.echo(f"{key.id} has a new text", err=True)
    typer.echo(secret)


@app.command()
def rotate_storage() -> None:
    """Seal everything that is kept under a new storage key. The service may run meanwhile."""
    with opened_store(settings()) as store:
        count = store.rotate_storage_key()
    typer.echo(f"{count} values were sealed again under the new key")


@app.command()
def revoke(id: Annotated[str, typer.Argument(help="As `keys list` shows it, key_...")]) -> None:
    """Put a key out of force at once."""
    with opened_store(settings()) as store:
        key = store.keys.revoke(id)
    typer.echo(f"{key.id} is revoked")
