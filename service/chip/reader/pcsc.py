"""PC/SC as a transport: a reader on the desk, through pyscard's plain wrapper of the PC/SC calls.

The calls are used directly, without pyscard's own layers: they start threads that watch readers, and hide
which of the causes that a person can mend has occurred. Written for PC/SC Lite and for Windows alike.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import Any

from service.chip.reader.errors import (
    CardRemoved,
    CardSilent,
    NoCard,
    ReaderUnavailable,
)
from service.chip.reader.transport import Transport

__all__ = ["open_card"]

SUCCESS = 0
POLL_MS = 250
"""Longest single wait for a change of state: so that Ctrl-C is answered."""
SETTLING_S = 2.0
"""Seconds that a card which was just laid on the reader may take until it answers."""

_NO_LIBRARY = (
    "Reading a card needs pyscard, which is not installed: pip install 'honmono[reader]' "
    "(docs/reading-a-card.md says what it is built with)."
)
_NO_SERVICE = "The PC/SC service does not run: start pcscd (Linux) or the Smart Card service (Windows)."
_NO_READER = "No card reader is attached. It must read contactless cards of ISO/IEC 14443 Type B."
_NO_ANSWER = (
    "The card on the reader does not answer. Lay it flat in the middle, alone, out of its cover; not every "
    "contactless reader can read cards of Type B."
)
_REMOVED = (
    "The card was removed, or lost by the reader. Lay it down again and leave it until the reading ends."
)


def _scard() -> ModuleType:
    try:
        from smartcard import scard
    except ImportError as error:
        raise ReaderUnavailable(_NO_LIBRARY) from error
    module: ModuleType = scard
    return module


def _establish(scard: ModuleType) -> Any:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != SUCCESS:
        raise ReaderUnavailable(_NO_SERVICE)
    return context


def _names(scard: ModuleType, context: Any) -> list[str]:
    result, names = scard.SCardListReaders(context, [])
    if result in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED):
        raise ReaderUnavailable(_NO_SERVICE)
    return list(names) if result == SUCCESS else []


def _chosen(names: Sequence[str], wanted: str | None) -> list[str]:
    """The readers that may hold the card: all, or those whose name contains ``wanted``."""
    if not names:
        raise ReaderUnavailable(_NO_READER)
    chosen = [name for name in names if wanted is None or wanted.casefold() in name.casefold()]
    if not chosen:
        raise ReaderUnavailable(f"No reader has this in its name. Attached: {', '.join(names)}.")
    return chosen


def _wait(scard: ModuleType, context: Any, names: Sequence[str], seconds: float) -> str:
    """The one reader that holds a card; NoCard where none does in time."""
    deadline = time.monotonic() + seconds
    known = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
    while True:
        result, states = scard.SCardGetStatusChange(context, POLL_MS, known)
        if result not in (SUCCESS, scard.SCARD_E_TIMEOUT):
            raise ReaderUnavailable("The reader has been detached.")
        holding: list[str] = [name for name, state, _ in states if state & scard.SCARD_STATE_PRESENT]
        if len(holding) > 1:
            raise ReaderUnavailable(f"Cards lie on several readers; choose one: {', '.join(holding)}.")
        if holding:
            return holding[0]
        if time.monotonic() >= deadline:
            raise NoCard(f"No card was laid on the reader within {seconds:g} seconds.")
        known = [(name, state) for name, state, _ in states]


def _connect(scard: ModuleType, context: Any, name: str) -> tuple[Any, int]:
    """The card and its protocol; one that was just laid down may not answer at once and is asked again."""
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    deadline = time.monotonic() + SETTLING_S
    while True:
        result, card, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        if result == SUCCESS:
            return card, protocol
        if result == scard.SCARD_E_SHARING_VIOLATION:
            raise ReaderUnavailable("Another program is using the card; close it and try again.")
        if result in (scard.SCARD_W_REMOVED_CARD, scard.SCARD_E_NO_SMARTCARD):
            raise CardRemoved(_REMOVED)
        if time.monotonic() >= deadline:
            raise NoCard(_NO_ANSWER)
        time.sleep(POLL_MS / 1000)


@contextmanager
def open_card(reader: str | None = None, *, wait_s: float, silence_s: float) -> Iterator[Transport]:
    """The card on a reader, opened for this process alone and reset at the end.

    Args:
        reader: part of the reader's name; None takes the one that holds a card.
        wait_s: seconds to wait for a card.
        silence_s: seconds that a card may take for one answer.

    Raises:
        ReaderUnavailable: nothing to read with, or not clear which reader.
        NoCard: no card in time, or one that does not answer.
    """
    scard = _scard()
    context = _establish(scard)
    transport = None
    try:
        name = _wait(scard, context, _chosen(_names(scard, context), reader), wait_s)
        transport = _PcscTransport(scard, *_connect(scard, context, name), silence_s)
        yield transport
    finally:
        # A card that hangs would hold us in either call until it answers: it is left to the process's end.
        if transport is None or not transport.stuck:
            if transport is not None:
                transport.close()
            scard.SCardReleaseContext(context)


class _PcscTransport:
    """One connected card."""

    def __init__(self, scard: ModuleType, card: Any, protocol: int, silence_s: float) -> None:
        self._scard = scard
        self._card = card
        self._protocol = protocol
        self._silence_s = silence_s
        self.stuck = False
        """Whether a command still waits for its answer."""

    def transmit(self, command: bytes) -> bytes:
        """As in ``Transport``. PC/SC has no time limit of its own: a thread waits, and is left behind."""
        answers: SimpleQueue[tuple[int, list[int]]] = SimpleQueue()
        threading.Thread(target=self._exchange, args=(command, answers), daemon=True).start()
        try:
            result, answer = answers.get(timeout=self._silence_s)
        except Empty:
            self.stuck = True
            raise CardSilent(
                f"The card has not answered for {self._silence_s:g} seconds. Take it off, lay it down again."
            ) from None
        if result == SUCCESS and answer:  # some drivers call it success that nothing came back
            return bytes(answer)
        raise self._lost(result)

    def _exchange(self, command: bytes, answers: SimpleQueue[tuple[int, list[int]]]) -> None:
        answers.put(self._scard.SCardTransmit(self._card, self._protocol, list(command)))

    def _lost(self, result: int) -> CardRemoved | ReaderUnavailable:
        scard = self._scard
        if result in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED):
            return ReaderUnavailable(_NO_SERVICE)
        if result in (scard.SCARD_E_READER_UNAVAILABLE, scard.SCARD_E_UNKNOWN_READER):
            return ReaderUnavailable("The reader has been detached.")
        if result == scard.SCARD_E_INSUFFICIENT_BUFFER:
            return ReaderUnavailable("This reader cannot carry commands of extended length; use another.")
        return CardRemoved(_REMOVED)

    def close(self) -> None:
        """Reset the card, which ends its session."""
        self._scard.SCardDisconnect(self._card, self._scard.SCARD_RESET_CARD)
