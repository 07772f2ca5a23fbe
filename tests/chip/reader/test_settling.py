"""A card that was just laid on the reader: a stack that answers late, by a stand-in for its library."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from service.chip.reader import pcsc
from service.chip.reader.errors import CardRemoved, NoCard, ReaderUnavailable

UNRESPONSIVE, SHARED, REMOVED, EMPTY = 0x66, 0x0B, 0x69, 0x0C


class Late(ModuleType):
    """Constants of the library, and a connection that fails in these ways first."""

    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_SHARE_EXCLUSIVE = 1, 2, 1
    SCARD_E_SHARING_VIOLATION, SCARD_W_REMOVED_CARD, SCARD_E_NO_SMARTCARD = SHARED, REMOVED, EMPTY

    def __init__(self, *results: int) -> None:
        super().__init__("late")
        self.results = list(results)

    def SCardConnect(self, context: Any, name: str, mode: int, protocols: int) -> tuple[int, str, int]:  # noqa: N802
        return (self.results.pop(0) if len(self.results) > 1 else self.results[0]), "card", 2


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcsc, "POLL_MS", 5)
    monkeypatch.setattr(pcsc, "SETTLING_S", 0.1)


def test_a_card_that_answers_late_is_opened() -> None:
    assert pcsc._connect(Late(UNRESPONSIVE, UNRESPONSIVE, pcsc.SUCCESS), None, "reader") == ("card", 2)


def test_a_card_that_never_answers_is_told() -> None:
    with pytest.raises(NoCard, match="does not answer"):
        pcsc._connect(Late(UNRESPONSIVE), None, "reader")


@pytest.mark.parametrize(("result", "error"), [(SHARED, ReaderUnavailable), (REMOVED, CardRemoved)])
def test_what_waiting_does_not_mend_is_told_at_once(result: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        pcsc._connect(Late(result, pcsc.SUCCESS), None, "reader")
