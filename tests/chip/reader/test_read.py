"""The reader against cards in software, through a transport of this process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens.software_card import SoftwareCard
from service.chip import read_dump
from service.chip.reader import ReaderError, dump_json, read_card
from tests.chip.reader.cards import KINDS, Recorder, card_of, files_of
from tests.chip.test_keys import FIRST, K_IFD, RND_IFD, SECOND, Worked
from tests.chip.test_keys import NUMBER as WORKED_NUMBER
from tests.chip.world import LIMITS, NUMBER

AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
READ_INSTRUCTIONS = {0xA4, 0x84, 0x82, 0x20, 0xB0}
"""SELECT, GET CHALLENGE, MUTUAL AUTHENTICATE, VERIFY, READ BINARY."""


@pytest.mark.parametrize("card_type", KINDS)
def test_every_file_comes_as_it_is_on_the_card(card_type: str) -> None:
    asked: list[str] = []
    card = read_card(card_of(card_type), NUMBER, progress=asked.append)
    assert dict(card.files) == files_of(card_type)
    assert (card.card_type, card.generation, card.notes) == (card_type, 1 if len(card_type) == 1 else 2, ())
    assert set(asked) == set(card.files)


@pytest.mark.parametrize("card_type", KINDS)
def test_the_dump_is_one_that_the_service_takes_whole(card_type: str) -> None:
    dump = read_dump(dump_json(read_card(card_of(card_type), NUMBER), AT), LIMITS)
    assert dump.complete
    assert (dump.card_type, dump.stated_card_number, dump.read_at) == (card_type, NUMBER, AT)


@pytest.mark.parametrize("card_type", KINDS)
def test_nothing_is_sent_that_could_change_a_card(card_type: str) -> None:
    record = Recorder(card_of(card_type))
    read_card(record, NUMBER)
    assert set(record.instructions) == READ_INSTRUCTIONS
    assert record.instructions.count(0x82) == 1


@pytest.mark.parametrize(("worked", "card_type"), [(FIRST, "1"), (SECOND, "05")])
def test_the_worked_examples_go_over_the_line_byte_for_byte(worked: Worked, card_type: str) -> None:
    """Both sides take the random numbers of data sheet §1.6 and §2.5; each makes its own half of the rest."""
    theirs = iter([bytes.fromhex(worked.rnd_icc), bytes.fromhex(worked.k_icc)])
    mine = iter([RND_IFD, K_IFD])
    card = SoftwareCard(files_of(card_type), WORKED_NUMBER, random=lambda _: next(theirs))
    record = Recorder(card)
    read_card(record, WORKED_NUMBER, random=lambda _: next(mine))
    line = list(zip((c.hex().upper() for c in record.commands), record.answers, strict=True))
    at = next(index for index, (command, _) in enumerate(line) if command == "0084000008")
    assert line[at][1].hex().upper() == worked.rnd_icc + "9000"
    assert line[at + 1][0] == f"0082000028{worked.e_ifd}{worked.m_ifd}00"
    assert line[at + 1][1].hex().upper() == f"{worked.e_icc}{worked.m_icc}9000"
    assert line[at + 2] == (f"08200086138611 01{worked.verify}".replace(" ", ""), b"\x90\x00")


@pytest.mark.parametrize(
    ("card_type", "command", "head"),
    [
        ("1", "08B0850000000496020000" + "0000", "86821B6101"),
        ("1", "08B0860000000496020000" + "0000", "86820BC101"),
        ("05", "08B0840000000496020000" + "0000", "8682159101"),
        ("1", "00B08200000000", "DA820100"),
        ("05", "00B08200000000", "DC60"),
    ],
)
def test_reads_look_as_in_the_specification(card_type: str, command: str, head: str) -> None:
    record = Recorder(card_of(card_type))
    read_card(record, NUMBER)
    answers = dict(zip((c.hex().upper() for c in record.commands), record.answers, strict=True))
    assert answers[command].hex().upper().startswith(head)


def test_certificates_of_special_permanent_residents_are_not_asked_for_permissions() -> None:
    for card_type, absent in (("2", {"DF2/EF02", "DF2/EF03", "DF2/EF04"}), ("06", {"DF2/EF02", "DF2/EF03"})):
        asked: list[str] = []
        read_card(card_of(card_type), NUMBER, progress=asked.append)
        assert not absent & set(asked)


def test_a_card_under_sixteen_is_read_with_its_empty_files() -> None:
    from tests.chip.world import first

    files = first(under_16="da00db00")
    card = read_card(SoftwareCard(files, NUMBER), NUMBER)
    assert (dict(card.files), card.notes) == (files, ())


@given(st.lists(st.one_of(st.binary(max_size=60), st.binary(max_size=60).map(lambda b: b + b"\x90\x00"))))
@settings(max_examples=150, deadline=None)
def test_whatever_a_card_answers_a_typed_fault_is_all_that_comes(answers: list[bytes]) -> None:
    class Hostile:
        def __init__(self) -> None:
            self.left = [b"\x90\x00", b"\xc1\x011\x90\x00", *answers]

        def transmit(self, command: bytes) -> bytes:
            return self.left.pop(0) if self.left else b"\x6f\x00"

    with pytest.raises(ReaderError):
        read_card(Hostile(), NUMBER)


@given(st.integers(0, 40), st.binary(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_a_genuine_session_with_one_answer_replaced(at: int, answer: bytes) -> None:
    honest = card_of("05")

    class Once:
        count = -1

        def transmit(self, command: bytes) -> bytes:
            self.count += 1
            given = honest.transmit(command)
            return answer if self.count == at else given

    try:
        card = read_card(Once(), NUMBER)
    except ReaderError:
        return
    assert set(card.files) <= set(files_of("05"))
