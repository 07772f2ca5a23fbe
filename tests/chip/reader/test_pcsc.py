"""The transport of a real desk: pyscard, PC/SC Lite and a virtual reader with a card in software."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from service.chip.reader import CardRead, ReaderUnavailable, pcsc, read_card
from service.chip.reader.errors import CardRemoved, NoCard, ProtocolFault
from tests.chip.reader.cards import KINDS, files_of
from tests.chip.reader.pcsc import ROOT, SOCKET_VARIABLE, VirtualDesk, missing, virtual_desk
from tests.chip.world import NUMBER

NO_STACK = missing()
needs_stack = pytest.mark.skipif(NO_STACK is not None, reason=f"no PC/SC stack: {NO_STACK}")

ALONE = """
import sys
from service.chip.reader import ReaderError, read_card
from service.chip.reader.pcsc import open_card
try:
    with open_card(wait_s=10, silence_s=0.5) as transport:
        read_card(transport, sys.argv[1])
except ReaderError as fault:
    print(type(fault).__name__, fault)
"""
"""In a process of its own: the library asks the environment once for its socket, and may get stuck."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDesk]:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch, virtual_desk(folder) as running:
        patch.setenv(SOCKET_VARIABLE, running.environment[SOCKET_VARIABLE])
        yield running


def read(reader: str | None = None, *, wait: float = 10) -> CardRead:
    with pcsc.open_card(reader, wait_s=wait, silence_s=10) as transport:
        return read_card(transport, NUMBER)


def read_alone(environment: Mapping[str, str]) -> str:
    command = [sys.executable, "-c", ALONE, NUMBER]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_stack
@pytest.mark.parametrize("card_type", KINDS)
def test_every_kind_of_card_through_a_real_stack(desk: VirtualDesk, card_type: str) -> None:
    desk.lay(files_of(card_type), NUMBER)
    card = read()
    assert (dict(card.files), card.notes) == (files_of(card_type), ())


@needs_stack
@pytest.mark.parametrize("at", [0, 5, 8])
def test_a_card_that_is_taken_off_while_it_is_read(desk: VirtualDesk, at: int) -> None:
    desk.lay(files_of("1"), NUMBER, fault="removed", at=at)
    with pytest.raises(CardRemoved):
        read()


@needs_stack
def test_a_card_that_falls_silent_does_not_hold_the_reader_for_ever(desk: VirtualDesk) -> None:
    desk.lay(files_of("1"), NUMBER, fault="silent", at=3)
    started = time.monotonic()
    assert read_alone(desk.environment).startswith("CardSilent")
    assert time.monotonic() - started < 25, "the process ends although the card still holds its command"
    desk.take_off()


@needs_stack
@pytest.mark.parametrize("garbage", ["1234", "6F00", "00"])
def test_garbage_over_the_line(desk: VirtualDesk, garbage: str) -> None:
    desk.lay(files_of("05"), NUMBER, fault=garbage, at=6)
    with pytest.raises(ProtocolFault):
        read()


@needs_stack
def test_no_card(desk: VirtualDesk) -> None:
    desk.take_off()
    with pytest.raises(NoCard, match=r"within 0\.5 seconds"):
        read(wait=0.5)


@needs_stack
def test_the_reader_is_chosen_by_a_part_of_its_name(desk: VirtualDesk) -> None:
    desk.lay(files_of("1"), NUMBER)
    assert read("virtual pcd 00 00").files
    with pytest.raises(ReaderUnavailable, match="Attached: Virtual PCD"):
        read("no such reader")


@needs_stack
def test_without_a_service_the_text_says_what_to_start(tmp_path: Path) -> None:
    said = read_alone({**os.environ, SOCKET_VARIABLE: str(tmp_path / "nobody")})
    assert said.startswith("ReaderUnavailable The PC/SC service does not run: start pcscd")


def test_without_the_library_the_text_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(ReaderUnavailable, match=r"honmono\[reader\]"), pcsc.open_card(wait_s=0, silence_s=1):
        pytest.fail("opened a card without a library")
