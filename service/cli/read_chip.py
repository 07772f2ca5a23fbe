"""``honmono read-chip``: one card on a reader, one dump."""

from __future__ import annotations

import os
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.delivery import deliver, destination
from service.cli.exits import Exit
from service.errors import ConfigurationError
from service.settings import Settings, settings

if TYPE_CHECKING:
    from service.chip.reader import CardRead

__all__ = ["read_chip"]

CARD_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}", re.ASCII)


def _number(text: str) -> str:
    """The number in its normal form; BadParameter where it has not the form of one (data sheet §5)."""
    number = unicodedata.normalize("NFKC", text).replace(" ", "").upper()
    if not CARD_NUMBER.fullmatch(number):
        raise typer.BadParameter(
            "a card number is two letters, eight digits, two letters: AB12345678CD", param_hint="--number"
        )
    return number


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _read(number: str, reader: str | None, limits: Settings, wait_s: float) -> CardRead:
    """The card on the reader; exit 5 where there is none to be had."""
    from service.chip.reader import CardUnreadable, read_card
    from service.chip.reader.pcsc import open_card

    _say(f"Lay the card on the reader and leave it there (waiting at most {wait_s:g} seconds).")
    try:
        with open_card(reader, wait_s=wait_s, silence_s=limits.reader_silence_s) as transport:
            _say("Reading.")
            return read_card(transport, number)
    except CardUnreadable as fault:
        _say(f"honmono: {fault}")
        raise typer.Exit(Exit.NOTHING_DECODABLE) from fault


def _write(path: Path, dump: bytes) -> None:
    """Write for the owner's eyes only; a file of that name is replaced as a whole."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(dump)
        draft.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written: {error.strerror}") from error


def read_chip(
    number: Annotated[str, typer.Option(help="Card number as printed on the front: it opens the chip.")],
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File for the dump; else standard output.")
    ] = None,
    reader: Annotated[
        str | None, typer.Option(help="Part of the reader's name, where there are several.")
    ] = None,
    send: Annotated[str | None, typer.Option(metavar="URL", help="Service that waits for the dump.")] = None,
    code: Annotated[str | None, typer.Option(help="One-time code that the service's page shows.")] = None,
    wait: Annotated[float | None, typer.Option(min=0, max=600, help="Seconds to wait for a card.")] = None,
    allow_plain_http: Annotated[
        bool, typer.Option("--allow-plain-http", help="Send unencrypted: anyone on the way can read it.")
    ] = False,
) -> None:
    """Read the chip of a residence card on a PC/SC reader. Nothing is written to the card.

    Exit codes: 0 read (and delivered), 2 wrong use, wrong number, no reader or not delivered, 5 no card, or
    none that can be read, 70 a fault of ours.
    """
    from service.chip.reader import dump_json

    limits = settings()
    printed = _number(number)
    if (send is None) != (code is None):
        raise typer.BadParameter("--send and --code belong together")
    to = None if send is None else destination(send, allow_plain_http=allow_plain_http)
    card = _read(printed, reader, limits, limits.reader_wait_s if wait is None else wait)
    dump = dump_json(card, datetime.now(UTC).replace(microsecond=0))
    for note in card.notes:
        _say(f"note: {note}")
    if out is not None:
        _write(out, dump)
        _say(f"The dump of {len(card.files)} files is in {out}. It holds personal data.")
    if to is not None and code is not None:
        deliver(to, code.strip(), dump)
        _say(f"The dump of {len(card.files)} files has been delivered.")
    elif out is None:
        typer.echo(dump)
