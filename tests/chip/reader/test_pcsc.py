"""The transport of a real desk: pyscard, PC/SC Lite and a virtual reader with a card in software."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from service.chip.reader import ReaderUnavailable, pcsc
from tests.chip.reader.cards import KINDS, files_of
from tests.chip.reader.pcsc import ROOT, VirtualDesk, missing, virtual_desk
from tests.chip.world import NUMBER

NO_STACK = missing()
needs_stack = pytest.mark.skipif(NO_STACK is not None, reason=f"no PC/SC stack: {NO_STACK}")

READ = """
import base64, json, sys
from service.chip.reader import ReaderError, read_card
from service.chip.reader.pcsc import open_card
wanted, number, wait, silence = sys.argv[1:]
try:
    with open_card(wanted or None, wait_s=float(wait), silence_s=float(silence)) as transport:
        card = read_card(transport, number)
    print(json.dumps({name: base64.b64encode(data).decode() for name, data in card.files.items()}))
except ReaderError as fault:
    print(json.dumps([type(fault).__name__, str(fault)]))
"""
"""In a process of its own, as the command is: the library asks the environment once for its socket."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDesk]:
    with virtual_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


def read(desk: VirtualDesk, reader: str = "", *, wait: float = 10, silence: float = 10) -> Any:
    command = [sys.executable, "-c", READ, reader, NUMBER, str(wait), str(silence)]
    done = subprocess.run(
        command, cwd=ROOT, env=desk.environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_stack
@pytest.mark.parametrize("card_type", KINDS)
def test_every_kind_of_card_through_a_real_stack(desk: VirtualDesk, card_type: str) -> None:
    import base64

    desk.lay(files_of(card_type), NUMBER)
    assert {name: base64.b64decode(text) for name, text in read(desk).items()} == files_of(card_type)


@needs_stack
@pytest.mark.parametrize("at", [0, 5, 8])
def test_a_card_that_is_taken_off_while_it_is_read(desk: VirtualDesk, at: int) -> None:
    desk.lay(files_of("1"), NUMBER, fault="removed", at=at)
    assert read(desk)[0] == "CardRemoved"


@needs_stack
def test_a_card_that_falls_silent_does_not_hold_the_reader_for_ever(desk: VirtualDesk) -> None:
    desk.lay(files_of("1"), NUMBER, fault="silent", at=3)
    started = time.monotonic()
    assert read(desk, silence=0.5)[0] == "CardSilent"
    assert time.monotonic() - started < 25, "the process ends although the card still holds its command"
    desk.take_off()


@needs_stack
@pytest.mark.parametrize("garbage", ["1234", "6F00", "00"])
def test_garbage_over_the_line(desk: VirtualDesk, garbage: str) -> None:
    desk.lay(files_of("05"), NUMBER, fault=garbage, at=6)
    assert read(desk)[0] == "ProtocolFault"


@needs_stack
def test_no_card(desk: VirtualDesk) -> None:
    desk.take_off()
    assert read(desk, wait=0.5) == ["NoCard", "No card was laid on the reader within 0.5 seconds."]


@needs_stack
def test_the_reader_is_chosen_by_a_part_of_its_name(desk: VirtualDesk) -> None:
    desk.lay(files_of("1"), NUMBER)
    assert "DF1/EF01" in read(desk, "virtual pcd 00 00")
    kind, text = read(desk, "no such reader")
    assert kind == "ReaderUnavailable"
    assert "Virtual PCD" in text


@needs_stack
def test_without_a_service_the_text_says_what_to_start(tmp_path: Path) -> None:
    desk = VirtualDesk.__new__(VirtualDesk)
    desk.environment = {"PCSCLITE_CSOCK_NAME": str(tmp_path / "nobody"), "PYTHONPATH": str(ROOT)}
    kind, text = read(desk)
    assert (kind, "start pcscd" in text) == ("ReaderUnavailable", True)


def test_without_the_library_the_text_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(ReaderUnavailable, match=r"honmono\[reader\]"), pcsc.open_card(wait_s=0, silence_s=1):
        pytest.fail("opened a card without a library")
