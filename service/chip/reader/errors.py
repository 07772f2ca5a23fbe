"""What can go wrong while a card is read. Unlike the other faults of the chip room, these are for people.

ReaderError
├── ReaderUnavailable       no library, no PC/SC service, no reader, or the card is in use elsewhere
├── WrongNumber             the chip does not open with this card number (``6300``)
└── CardUnreadable          there is a card, or should be, but no dump of it
    ├── NoCard              none was laid on the reader in time
    ├── CardRemoved         it was taken away while it was read
    ├── CardSilent          it stopped answering
    ├── CardBlocked         it refuses for good (``6283``, ``6983``, ``6984``)
    ├── WrongCard           it is no residence card
    ├── SpecifiedCard       a 特定在留カード, whose protocol is not spoken here
    └── ProtocolFault       it answers what no residence card answers

Texts say what happened and what to do; they never hold anything that was read or typed.
"""

from __future__ import annotations

from service.errors import HonmonoError

__all__ = [
    "CardBlocked",
    "CardRemoved",
    "CardSilent",
    "CardUnreadable",
    "NoCard",
    "ProtocolFault",
    "ReaderError",
    "ReaderUnavailable",
    "SpecifiedCard",
    "WrongCard",
    "WrongNumber",
]


class ReaderError(HonmonoError):
    """Root of the faults of reading a card."""


class ReaderUnavailable(ReaderError):
    """Nothing to read with; the text says what to install, start, attach or choose."""


class WrongNumber(ReaderError):
    """The chip does not open with the number that was given."""


class CardUnreadable(ReaderError):
    """No dump could be had of this card."""


class NoCard(CardUnreadable):
    """No card was laid on the reader within the time."""


class CardRemoved(CardUnreadable):
    """The card left the field while it was read."""


class CardSilent(CardUnreadable):
    """The card did not answer a command within the time."""


class CardBlocked(CardUnreadable):
    """The card, or the part of it that holds the files, is blocked."""


class WrongCard(CardUnreadable):
    """The card is no residence card."""


class SpecifiedCard(CardUnreadable):
    """A 特定在留カード or 特定特別永住者証明書 (data sheet §2.6): another protocol, not spoken here."""


class ProtocolFault(CardUnreadable):
    """An answer that the specification does not allow: garbage, a wrong MAC, another run's reply."""
