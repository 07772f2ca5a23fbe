"""One card read, on one page.

1. Which card is it? Its type is free to read; a card without one is no residence card, or a specified one.
2. Prove that the number is known: mutual authentication, VERIFY.
3. Read every file of that type, in the order of the dedicated files.
4. Note what is missing or cut off; the dump carries the rest, and the checks judge it.

Only what the specification gives to every reader is sent: SELECT, GET CHALLENGE, MUTUAL AUTHENTICATE, VERIFY,
READ BINARY. Nothing is written to a card, and no application of another purpose is selected.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from service.chip.files import FileSpec, read_file, specs_for
from service.chip.keys import GENERATION_1, GENERATION_2
from service.chip.model import IssueKind, Shape
from service.chip.reader.commands import (
    BLOCKED,
    MISSING,
    RESIDENCE_APPLICATION,
    SELECT_MF,
    refusal,
    select_df,
)
from service.chip.reader.errors import ProtocolFault, SpecifiedCard, WrongCard
from service.chip.reader.files import CARD_TYPE, DIRECTORIES, SPEC_VERSION, Place, generation_of, places_of
from service.chip.reader.session import CardSession
from service.chip.reader.transport import Transport
from service.chip.tlv import parse

__all__ = ["CardRead", "dump_json", "read_card"]

SPECIFIED_TYPES = frozenset({"07", "08"})
SUITES = {1: GENERATION_1, 2: GENERATION_2}

_SPECIFIED = (
    "This is a 特定在留カード (or 特定特別永住者証明書), combined with a My Number card. Its chip "
    "speaks another protocol, which is not spoken here, so nothing was read. That is no sign against it. "
    "Look at it with the issuer's own reading application (在留カード等読取アプリケーション)."
)
_NO_RESIDENCE_CARD = (
    "This is no residence card: its chip has no card type. Take other cards out of the field and "
    "lay down the residence card alone."
)


@dataclass(frozen=True, slots=True)
class CardRead:
    """What was read of one card."""

    card_number: str
    """The number that opened the chip."""
    card_type: str
    """C1: ``1``, ``2``, ``05`` or ``06``."""
    files: Mapping[str, bytes]
    """Whole elementary files by name, as the card gave them (decrypted)."""
    notes: tuple[str, ...] = ()
    """What is missing or cut off; holds nothing that was read."""

    @property
    def generation(self) -> int:
        """1 or 2."""
        return generation_of(self.card_type) or 0


def read_card(
    transport: Transport,
    card_number: str,
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
    progress: Callable[[str], None] = lambda _: None,
) -> CardRead:
    """Read every file of the card in the field.

    Args:
        transport: what carries the commands.
        card_number: as printed, twelve ASCII characters.
        random: source of our random numbers; the worked examples of the specification bring their own.
        progress: told the name of each file before it is read.

    Raises:
        ReaderError: see ``service.chip.reader.errors``.
    """
    session = CardSession(transport, random)
    reading = _Reading(session, progress)
    # 1. which card
    card_type = reading.card_type()
    generation = generation_of(card_type)
    if generation is None:
        raise SpecifiedCard(_SPECIFIED) if card_type in SPECIFIED_TYPES else _unknown_type()
    reading.specs = specs_for(generation, card_type)
    reading.take(SPEC_VERSION)
    # 2. the number
    session.authenticate(SUITES[generation], card_number)
    # 3. the files
    for directory, places in groupby(places_of(card_type), attrgetter("directory")):
        session.select(DIRECTORIES[directory])
        for place in places:
            reading.take(place)
    # 4. what is missing has been noted on the way
    return CardRead(card_number, card_type, reading.files, tuple(reading.notes))


def _unknown_type() -> WrongCard:
    return WrongCard("This card gives a type that no residence card has; it is not read.")


class _Reading:
    """The files of one card as they come."""

    def __init__(self, session: CardSession, progress: Callable[[str], None]) -> None:
        self._session = session
        self._progress = progress
        self.files: dict[str, bytes] = {}
        self.notes: list[str] = []
        self.specs: Mapping[str, FileSpec] = {}

    def card_type(self) -> str:
        """C1 of the master file; SpecifiedCard or WrongCard where there is none."""
        self._progress(CARD_TYPE.file)
        selected = self._session.send(SELECT_MF)
        if selected.status in BLOCKED:
            raise refusal("SELECT", selected.status)
        response = self._session.read(CARD_TYPE) if selected.ok else selected
        objects = parse(response.data).objects if response.ok else ()
        if not objects or objects[0].tag != 0xC1:
            raise self._other_card()
        self.files[CARD_TYPE.file] = response.data
        return objects[0].value.rstrip(b"\x00").decode("ascii", "replace")

    def _other_card(self) -> SpecifiedCard | WrongCard:
        if self._session.send(select_df(RESIDENCE_APPLICATION)).ok:
            return SpecifiedCard(_SPECIFIED)
        return WrongCard(_NO_RESIDENCE_CARD)

    def take(self, place: Place) -> None:
        """Read one file and keep it, with a note where something of it is missing."""
        self._progress(place.file)
        data, faults = self._judged(place)
        if data and faults:  # a glitch of the field mends itself; a file that is so stays so
            data, faults = self._judged(place)
        if data is None:
            self.notes.append(f"{place.file} is not on the card.")
            return
        self.files[place.file] = data
        self.notes += [f"{place.file}: {fault}." for fault in faults]

    def _judged(self, place: Place) -> tuple[bytes | None, tuple[str, ...]]:
        """A file with what is wrong with it; None where the card has none."""
        response = self._session.read(place)
        if response.status in MISSING:
            return None, ()
        if not response.ok:
            raise refusal(f"READ BINARY of {place.file}", response.status)
        values, issues = read_file(place.file, response.data, self.specs[place.file])
        if not values and any(response.data):
            raise ProtocolFault(
                f"The answer to READ BINARY of {place.file} is not that file. Lay the card down again."
            )
        return response.data, tuple(i.detail for i in issues if i.kind is not IssueKind.NOTE)


def dump_json(card: CardRead, read_at: datetime) -> bytes:
    """The card as ``residence-card-dump/1`` (contract §4); ``read_at`` is an aware time."""
    body = {
        "format": Shape.JSON.value,
        "card_number": card.card_number,
        "read_at": read_at.isoformat(),
        "files": {name: base64.b64encode(data).decode("ascii") for name, data in card.files.items()},
    }
    return json.dumps(body, indent=1).encode()
