"""``honmono enrolments``: what was enrolled, whether its signature holds, and how to put it out of force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Column, Table

from service.cli.exits import Exit
from service.enrolments import Stored, stored_in
from service.enrolments import retire as retire_stored
from service.settings import settings

__all__ = ["app"]

app = typer.Typer(help="Limits estimated on your own genuine cards (scripts/enrol).", no_args_is_help=True)

Folder = Annotated[Path | None, typer.Option("--dir", help="Folder of enrolments instead of the one in use.")]


def _folder(given: Path | None) -> Path:
    return given or settings().effective_enrolment_dir


def _state(item: Stored, in_force: set[str]) -> str:
    if item.fault is not None:
        return f"refused: {item.fault}"
    if item.retired:
        return "retired"
    return "in force" if item.name in in_force else "superseded"


def _in_force(items: list[Stored]) -> set[str]:
    """The newest file of each layout that is neither retired nor refused."""
    known = [item for item in items if item.enrolled is not None and not item.retired]
    known.sort(key=lambda item: (item.enrolled.created_at, item.enrolled.id) if item.enrolled else ())
    return set({item.path.parent.name: item.name for item in known}.values())


@app.command("list")
def list_() -> None:
    """List every enrolment with its cards, what may accuse, and its state."""
    items = list(stored_in(_folder(None)))
    force = _in_force(items)
    table = Table(
        Column("enrolment", no_wrap=True),
        "layout",
        "made",
        "cards",
        "captures",
        "may accuse",
        "state",
        box=box.SIMPLE_HEAD,
    )
    for item in items:
        found = item.enrolled
        if found is None:
            table.add_row(item.path.stem, item.path.parent.name, "", "", "", "", _state(item, force))
            continue
        accusing = sorted(id for id, limit in found.features.items() if limit.accuses)
        made = found.created_at.strftime("%Y-%m-%d %H:%M")
        low, high = found.scope.px_per_mm
        kinds = f"{', '.join(sorted(found.scope.kinds))}, {low:g} to {high:g} px/mm"
        table.add_row(
            found.id, found.layout, made, str(found.cards), kinds, "\n".join(accusing), _state(item, force)
        )
    Console().print(
        table if items else "Nothing is enrolled: the shipped limits, set on specimens, are in force."
    )


@app.command()
def verify(folder: Folder = None) -> None:
    """Check the signature of every enrolment; leaves with 2 where one is refused."""
    items = list(stored_in(_folder(folder)))
    for item in items:
        typer.echo(f"{item.name}: {item.fault or 'the signature holds'}")
    if any(item.fault is not None for item in items):
        raise typer.Exit(Exit.WRONG_USE)


@app.command()
def retire(id: str, folder: Folder = None) -> None:
    """Put an enrolment out of force at the next start; its file stays."""
    typer.echo(f"retired: {retire_stored(_folder(folder), id).name}; start the service again")
