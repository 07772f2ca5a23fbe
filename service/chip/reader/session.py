"""A session with one card: commands out, answers judged, keys kept as long as the session."""

from __future__ import annotations

from collections.abc import Callable

from service.chip.errors import SessionError
from service.chip.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    Authentication,
    Suite,
    base_key,
    mutual_authentication,
    read_binary,
    session_key,
    unwrap,
    verify_command,
)
from service.chip.reader.commands import (
    GET_CHALLENGE,
    Response,
    is_mismatch,
    read_binary_plain,
    refusal,
    select_df,
)
from service.chip.reader.errors import CardUnreadable, ProtocolFault, WrongNumber
from service.chip.reader.files import Place
from service.chip.reader.transport import Transport

__all__ = ["CardSession"]

_WRONG_NUMBER = (
    "The chip does not open with this card number (6300). Compare every letter and digit with the top right "
    "of the front; the chip does not count attempts. If it is typed exactly as printed and the chip still "
    "refuses, chip and printed face may not belong together: have a person look at the card."
)
_LAY_DOWN_AGAIN = "Lay the card down again and leave it there until the reading has ended."


class CardSession:
    """One card from selection to the last file."""

    def __init__(self, transport: Transport, random: Callable[[int], bytes]) -> None:
        self._transport = transport
        self._random = random
        self._keys: tuple[Suite, bytes] | None = None

    def send(self, command: bytes) -> Response:
        """One command, whatever its status."""
        return Response.parse(self._transport.transmit(command))

    def _demand(self, what: str, command: bytes) -> bytes:
        response = self.send(command)
        if not response.ok:
            raise refusal(what, response.status)
        return response.data

    def select(self, name: bytes) -> None:
        """Make a dedicated file the current one."""
        self._demand("SELECT", select_df(name))

    def authenticate(self, suite: Suite, card_number: str) -> None:
        """Mutual authentication and VERIFY with the card number (data sheet §1.4, §2.5).

        Raises:
            WrongNumber: the card does not accept the number.
            ProtocolFault: an answer with a wrong MAC, or of another run.
        """
        challenge = self._demand("GET CHALLENGE", GET_CHALLENGE)
        if len(challenge) != NONCE_BYTES:
            raise ProtocolFault(f"The card's challenge has another length. {_LAY_DOWN_AGAIN}")
        mine = self._random(NONCE_BYTES), self._random(KEY_BYTES)
        run = Authentication(suite, base_key(card_number), challenge, *mine)
        reply = self._under_number("MUTUAL AUTHENTICATE", mutual_authentication(run.data))
        try:
            card_half = run.card_half(reply)
        except SessionError as fault:
            raise _session_fault(fault) from fault
        key = session_key(run.k_ifd, card_half)
        self._under_number("VERIFY", verify_command(suite, key, card_number))
        self._keys = suite, key

    def _under_number(self, what: str, command: bytes) -> bytes:
        response = self.send(command)
        if is_mismatch(response.status):
            raise WrongNumber(_WRONG_NUMBER)
        if not response.ok:
            raise refusal(what, response.status)
        return response.data

    def read(self, place: Place) -> Response:
        """The whole file at a place, decrypted; any status but success is given back with no data."""
        if not place.secure:
            return self.send(read_binary_plain(place.short_id))
        if self._keys is None:
            raise ValueError("a secure file is read after authentication")
        response = self.send(read_binary(place.short_id))
        if not response.ok:
            return response
        try:
            return Response(unwrap(*self._keys, response.data), response.status)
        except SessionError as fault:
            raise _session_fault(fault) from fault


def _session_fault(fault: SessionError) -> CardUnreadable:
    return ProtocolFault(f"An answer of the card does not hold: {fault}. {_LAY_DOWN_AGAIN}")
