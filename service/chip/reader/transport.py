"""What carries commands to a card and answers back."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Transport"]


class Transport(Protocol):
    """One card in the field, from power-up to removal."""

    def transmit(self, command: bytes) -> bytes:
        """Send one command APDU and give the response APDU: data and two bytes of status.

        Raises:
            CardRemoved: the card has left the field.
            CardSilent: no answer within the time of the transport.
            ReaderUnavailable: the reader itself is gone.
        """
