"""``honmono trust``: whose signatures count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.exits import Exit
from service.errors import ConfigurationError
from service.settings import TrustProfile, settings

if TYPE_CHECKING:
    from service.chip.anchors import AnchorEntry
    from service.chip.certificate import Certificate

__all__ = ["app"]

app = typer.Typer(help="List, add and check the anchors that chips are held against.", no_args_is_help=True)

TABLE_WIDTH = 130
Row = dict[str, str]


def _state(folder: Path, entry: AnchorEntry) -> tuple[str, Certificate | None]:
    from service.chip.anchors import Unavailable, load_anchor

    loaded = load_anchor(folder, entry)
    return (loaded.fault.value, None) if isinstance(loaded, Unavailable) else ("loaded", loaded[0])


def _rows() -> list[Row]:
    from service.chip.anchors import read_entries

    folder = settings().trust_dir
    rows = []
    for entry in read_entries(folder):
        state, certificate = _state(folder, entry)
        dates = certificate.validity if certificate else None
        rows.append(
            {
                "file": entry.file,
                "state": state,
                "profile": entry.profile,
                "purpose": entry.purpose.value,
                "generation": str(entry.generation or ""),
                "valid": f"{dates.not_before:%Y-%m-%d} to {dates.not_after:%Y-%m-%d}" if dates else "",
                "sha256": entry.sha256,
            }
        )
    return rows


@app.command(name="list")
def list_anchors(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on standard output.")] = False,
) -> None:
    """Show every listed anchor and whether its file is there and holds the pinned bytes."""
    rows = _rows()
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("file", "state", "profile", "purpose", "generation", "valid", "sha256"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(text) for text in (*list(row.values())[:-1], row["sha256"][:16])))
    Console(width=max(Console().width, TABLE_WIDTH)).print(table)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="Certificate (DER, PEM), the issuer's ZIP, or a master list.")],
    profile: Annotated[TrustProfile, typer.Option(help="For whom it counts.")] = "production",
    purpose: Annotated[
        Literal["jp.residence_card", "icao.csca"], typer.Option(help="What it may certify.")
    ] = "jp.residence_card",
    sha256: Annotated[
        str | None, typer.Option(help="Digest that you have compared, for what the list does not pin yet.")
    ] = None,
) -> None:
    """Put an anchor into the trust folder; without --sha256 only one that the list already pins."""
    from service.chip.anchor_files import add_anchors
    from service.chip.anchors import Purpose

    try:
        data = file.read_bytes()
    except OSError as fault:
        raise ConfigurationError(f"{file.name} cannot be read") from fault
    stated = sha256.replace(":", "").replace(" ", "").lower() if sha256 else None
    folder = settings().trust_dir
    for added in add_anchors(folder, data, profile=profile, purpose=Purpose(purpose), stated_sha256=stated):
        typer.echo(
            f"{added.file}: {'pinned before' if added.listed_before else 'pinned now'}, {added.sha256}"
        )


@app.command()
def check() -> None:
    """Say whether every anchor of the profile in force is there. Exit code 2 where one is not."""
    from service.chip import TrustStore

    chosen = settings()
    store = TrustStore.load(chosen.trust_dir, chosen.trust_profile)
    status = store.status()
    typer.echo(f"profile {chosen.trust_profile}: {status['trust_store']}, digest {store.digest}")
    for name in ("loaded_anchors", "missing_anchors", "refused_anchors"):
        files = status[name]
        if isinstance(files, list) and files:
            typer.echo(f"{name.split('_')[0]}: {', '.join(files)}")
    for generation in (1, 2):
        complete = (
            "complete" if store.complete_for(generation) else "incomplete: an unknown issuer says nothing"
        )
        typer.echo(f"generation {generation}: {complete}")
    ready = status["trust_store"] == "ready" and not status["refused_anchors"]
    raise typer.Exit(Exit.NOTHING_AGAINST if ready else Exit.WRONG_USE)
