"""The card in software: strict where a careless reader would go wrong, and a player of specimens alone."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography import x509

from scripts.specimens.dump import dump_json
from scripts.specimens.pki import CardKey, make_ca
from scripts.specimens.playable import NotPlayable, open_dump, sample_anchors
from scripts.specimens.software_card import SoftwareCard
from scripts.specimens.trust import write_trust
from scripts.specimens.virtual_reader import ATR, play
from tests.chip.reader.cards import card_of
from tests.chip.world import NUMBER, ca, changed, first, forger, second

ROOT = Path(__file__).resolve().parents[3]
SELECT_DF1 = "00A4040C10D392F0004F0200000000000000000000"
SELECT_DF2 = "00A4040C10D392F0004F0300000000000000000000"


def ask(card: SoftwareCard, *commands: str) -> list[str]:
    return [card.transmit(bytes.fromhex(command))[-2:].hex().upper() for command in commands]


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        (["00B08B00000000"], "9000"),
        (["00B08C00000000"], "6A82"),
        ([SELECT_DF1, "00B08500000000"], "6982"),
        ([SELECT_DF1, "08B085000000049602" + "00000000"], "6982"),
        ([SELECT_DF2, "00B08100000000"], "6982"),
        (["0082000028" + "00" * 40 + "00"], "6985"),
        (["0084000008", "00B08B00000000", "0082000028" + "00" * 40 + "00"], "6985"),
        (["0084000008", "0082000028" + "00" * 40 + "00"], "6300"),
        (["0820008613861101" + "00" * 16], "6985"),
        (["00A4040C10" + "00" * 16], "6A82"),
        (["00D6000001FF"], "6D00"),
        (["80AE000000"], "6E00"),
        (["00A4"], "6700"),
        (["00A404"], "6700"),
        (["00A4040C10D392"], "6700"),
    ],
)
def test_what_it_refuses(commands: list[str], status: str) -> None:
    assert ask(card_of("1"), *commands)[-1] == status


def test_a_reset_ends_the_session() -> None:
    from service.chip.reader import read_card

    card = card_of("05")
    read_card(card, NUMBER)
    assert ask(card, SELECT_DF2, "00B08100000000")[-1] == "9000"
    card.reset()
    assert ask(card, SELECT_DF2, "00B08100000000")[-1] == "6982"


def anchors(generation: int) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(ca(generation).certificate)]


@pytest.mark.parametrize("generation", [1, 2])
def test_a_dump_of_the_sample_ca_is_played(generation: int) -> None:
    files = first() if generation == 1 else second()
    assert open_dump(dump_json(files, NUMBER), anchors(generation)).files == files


@pytest.mark.parametrize("signed", [{"signature_form": "der"}, {"card_type": "06"}])
def test_both_ways_to_write_a_signature_and_both_documents_are_played(signed: dict[str, str]) -> None:
    assert open_dump(dump_json(second(**signed), NUMBER), anchors(2))


def unplayable() -> dict[str, tuple[dict[str, bytes], int]]:
    alone = make_ca(1)
    own = CardKey(alone.key, alone.certificate)
    return {
        "of a forger": (first(ca=forger(1), card_key=forger(1).issue()), 1),
        "of a forger, 2": (second(ca=forger(2), card_key=forger(2).issue()), 2),
        "signed for himself": (first(card_key=own), 1),
        "changed face": (changed(first(), "DF1/EF02", 500), 1),
        "changed entry": (changed(second(), "DF1/EF02", 3), 2),
        "without signature": (first(under_16="da00db00"), 1),
        "cut off": (first() | {"DF3/EF01": b"\xda\x82\x01\x00"}, 1),
    }


@pytest.mark.parametrize("name", unplayable())
def test_any_other_dump_is_not(name: str) -> None:
    files, generation = unplayable()[name]
    with pytest.raises(NotPlayable):
        open_dump(dump_json(files, NUMBER), anchors(generation))


def test_an_authority_that_is_no_sample_makes_nothing_playable(tmp_path: Path) -> None:
    """The issuer's own certificate listed as an anchor must not make a real card's dump playable."""
    write_trust(tmp_path, ca())
    listed = json.loads((tmp_path / "anchors.json").read_text())
    assert len(sample_anchors(tmp_path)) == 1
    (tmp_path / "anchors.json").write_text(json.dumps([listed[0] | {"profile": "production"}]))
    with pytest.raises(NotPlayable, match="no sample CA"):
        sample_anchors(tmp_path)
    (tmp_path / "anchors.json").write_text(json.dumps([listed[0] | {"sha256": "0" * 64}]))
    with pytest.raises(NotPlayable, match="not the file"):
        sample_anchors(tmp_path)


def test_the_command_refuses_a_dump_that_no_sample_ca_signed(tmp_path: Path) -> None:
    write_trust(tmp_path, ca())
    dump = tmp_path / "dump.json"
    dump.write_bytes(dump_json(first(ca=forger(1), card_key=forger(1).issue()), NUMBER))
    command = [sys.executable, "-m", "scripts.emulate_card", str(dump), "--trust", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "only specimens are played" in done.stderr


def test_the_line_to_a_virtual_reader() -> None:
    """Controls, the ATR, a command, and the end when the reader hangs up."""
    ours, theirs = socket.socketpair()
    card = card_of("1")
    thread = threading.Thread(target=play, args=(card, _Tcp(theirs)), daemon=True)
    thread.start()
    for message in (b"\x01", b"\x04", bytes.fromhex("00A40000023F00")):
        ours.sendall(len(message).to_bytes(2, "big") + message)
    expected = len(ATR).to_bytes(2, "big") + ATR + b"\x00\x02\x90\x00"
    received = b""
    while len(received) < len(expected):
        received += ours.recv(100)
    assert received == expected
    ours.close()
    thread.join(5)
    assert not thread.is_alive()


class _Tcp:
    """A socket pair has no TCP options to set."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self.recv, self.sendall = line.recv, line.sendall

    def setsockopt(self, *_: int) -> None:
        return None

    def __enter__(self) -> _Tcp:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()
