"""``honmono recheck``: an archive of card copies checked again; ``recheck-diff``: two runs compared."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from service.cli.environment import use_profile
from service.errors import ConfigurationError, RequestInvalid
from service.settings import TrustProfile
from service.submission import VerifyRequest

__all__ = ["recheck", "recheck_diff"]


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return VerifyRequest.model_validate({"reference_time": text}).reference_time
    except ValueError as error:
        raise RequestInvalid(
            "--reference-time takes an RFC 3339 time like 2026-11-22T12:00:00+09:00"
        ) from error


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def recheck(
    archive: Annotated[
        str, typer.Argument(help="Folder, .zip, manifest (.csv, .parquet, .ndjson), or a URL of one.")
    ],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder of the results; the same goes on.")],
    engine: Annotated[
        Literal["local", "ray"], typer.Option(help="Processes of this machine, or Ray.")
    ] = "local",
    policy: Annotated[str, typer.Option(help="Policy to judge by.")] = "default",
    reference_time: Annotated[
        str | None, typer.Option(help="Judge every card at this time instead of the day of its copy.")
    ] = None,
    since_version: Annotated[
        str | None, typer.Option(help="Redo what an older version or other models judged.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=256, help="Processes; default: one per core.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="Write file names, numbers and names too.")] = False,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Keep small pictures of cards that something speaks against.")
    ] = False,
    profile: Annotated[TrustProfile | None, typer.Option(help="Whose anchors count as real.")] = None,
) -> None:
    """Check an archive of card copies again. The same command goes on where it was stopped.

    Each card is judged at the day of its copy. Exit code 0 when it finished, whatever it found.
    """
    from service.archive.progress import progress_on
    from service.archive.run import Asked
    from service.archive.run import recheck as run

    console = Console(stderr=True)
    asked = Asked(
        archive,
        out,
        policy,
        _time(reference_time),
        since_version,
        engine,
        os.environ.get("RAY_ADDRESS"),
        workers or _cores(),
        names,
        pictures,
    )
    try:
        outcome = run(asked, use_profile(profile), lambda total: progress_on(console, total))
    except KeyboardInterrupt:
        console.print("Stopped. The same command goes on from here.")
        raise typer.Exit(130) from None
    table = Table("", "cards", title=f"{outcome.cards} cards of {outcome.items} files or pairs")
    for verdict, count in sorted(outcome.verdicts.items(), key=lambda pair: -pair[1]):
        table.add_row(verdict, str(count))
    shown = Console()
    shown.print(table)
    shown.print(f"{outcome.skipped} were done before; {outcome.renewed} rows were made now.")
    shown.print(f"Report: {out / 'report.html'}", soft_wrap=True)


def recheck_diff(
    before: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of the earlier run.")],
    after: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of the later run.")],
    as_csv: Annotated[Path | None, typer.Option("--csv", help="Write every change to this file.")] = None,
) -> None:
    """List cards whose verdict differs between two runs, with the checks that differ."""
    from service.archive.diff import changes, write_changes

    found = changes(before, after)
    if as_csv is not None:
        try:
            write_changes(found, as_csv)
        except OSError as error:
            raise ConfigurationError(f"--csv cannot be written: {type(error).__name__}") from error
    moves = Table("from", "to", "cards", title="Verdicts that changed")
    for (old, new), count in sorted(found.moves.items(), key=lambda pair: -pair[1]):
        moves.add_row(old, new, str(count))
    console = Console()
    console.print(
        f"{found.both} cards in both, {found.only_before} only before, {found.only_after} only after."
    )
    if not found.changed:
        console.print("No verdict differs.")
        return
    console.print(moves)
    cards = Table("card", "from", "to", "checks that differ")
    for change in found.changed[:_SHOWN]:
        cards.add_row(change.card_id, change.before, change.after, "\n".join(change.checks) or "–")
    console.print(cards)
    if len(found.changed) > _SHOWN:
        console.print(f"... and {len(found.changed) - _SHOWN} more; --csv writes all.")


_SHOWN = 50
