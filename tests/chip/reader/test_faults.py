"""What can go wrong between a card and its reader: each fault ends in a sentence of its own."""

from __future__ import annotations

import pytest

from scripts.specimens.software_card import SoftwareCard
from service.chip import read_dump
from service.chip.reader import ReaderError, dump_json, read_card
from service.chip.reader.errors import (
    CardBlocked,
    CardRemoved,
    CardSilent,
    ProtocolFault,
    SpecifiedCard,
    WrongCard,
    WrongNumber,
)
from tests.chip.reader.cards import (
    KINDS,
    OTHER_NUMBER,
    Recorder,
    RemovedAfter,
    Twisted,
    card_of,
    files_of,
    flipped,
    on,
)
from tests.chip.reader.test_read import AT
from tests.chip.world import LIMITS, NUMBER

MUTUAL = "0082"
DONE = b"\x90\x00"


def exchanges(card_type: str) -> int:
    record = Recorder(card_of(card_type))
    read_card(record, NUMBER)
    return len(record.commands)


@pytest.mark.parametrize("card_type", KINDS)
def test_a_wrong_number_is_told_and_tried_once(card_type: str) -> None:
    record = Recorder(card_of(card_type))
    with pytest.raises(WrongNumber, match=r"\(6300\)") as told:
        read_card(record, OTHER_NUMBER)
    assert record.answers[-1] == b"\x63\x00"
    assert record.instructions.count(0x82) == 1, "no second try, and no other generation's cipher"
    assert OTHER_NUMBER not in str(told.value)


@pytest.mark.parametrize("status", ["6300", "63C2"])
def test_a_number_refused_at_verify_is_wrong_too(status: str) -> None:
    card = Twisted(card_of("1"), on("0820", lambda _: bytes.fromhex(status)))
    with pytest.raises(WrongNumber):
        read_card(card, NUMBER)


@pytest.mark.parametrize("card_type", ["1", "05"])
def test_removed_at_any_moment(card_type: str) -> None:
    for answers in range(exchanges(card_type)):
        with pytest.raises(CardRemoved):
            read_card(RemovedAfter(card_of(card_type), answers), NUMBER)


@pytest.mark.parametrize("garbage", [b"", b"\x90", b"\x12\x34", b"\xff\xff", b"\x00\x00"])
def test_an_answer_without_a_status_word(garbage: bytes) -> None:
    for start in ("00B08B", "0084", MUTUAL, "0820", "00A4040C", "08B0", "00B082"):
        with pytest.raises(ProtocolFault):
            read_card(Twisted(card_of("1"), on(start, lambda _: garbage)), NUMBER)


@pytest.mark.parametrize("card_type", ["1", "05"])
@pytest.mark.parametrize("at", [0, 31, 32, 39])
def test_a_wrong_mac(card_type: str, at: int) -> None:
    with pytest.raises(ProtocolFault, match="MAC"):
        read_card(Twisted(card_of(card_type), on(MUTUAL, flipped(at))), NUMBER)


@pytest.mark.parametrize("card_type", ["1", "05"])
def test_a_replayed_authentication(card_type: str) -> None:
    """The reply of an earlier session is well-formed, with a MAC that holds; its random numbers are old."""
    earlier = Recorder(card_of(card_type))
    read_card(earlier, NUMBER)
    old = earlier.answers[earlier.instructions.index(0x82)]
    with pytest.raises(ProtocolFault, match="another run"):
        read_card(Twisted(card_of(card_type), on(MUTUAL, lambda _: old)), NUMBER)


def test_a_replayed_challenge_does_not_help() -> None:
    """A whole recorded session, challenge included: our own random number differs."""
    earlier = Recorder(card_of("05"))
    read_card(earlier, NUMBER)
    tape = iter(earlier.answers)

    class Tape:
        def transmit(self, command: bytes) -> bytes:
            return next(tape)

    with pytest.raises(ProtocolFault, match="another run"):
        read_card(Tape(), NUMBER)


@pytest.mark.parametrize(("card_type", "secure"), [("1", "08B086"), ("05", "08B084")])
def test_a_replayed_file_of_another_session(card_type: str, secure: str) -> None:
    earlier = Recorder(card_of(card_type))
    read_card(earlier, NUMBER)
    commands = [command.hex().upper() for command in earlier.commands]
    old = earlier.answers[next(i for i, c in enumerate(commands) if c.startswith(secure))]
    with pytest.raises(ProtocolFault):
        read_card(Twisted(card_of(card_type), on(secure, lambda _: old)), NUMBER)


def test_another_file_of_the_same_session_is_not_taken_for_the_right_one() -> None:
    kept: list[bytes] = []

    def twist(command: bytes, honest: bytes) -> bytes:
        if command.startswith(bytes.fromhex("08B085")):
            kept.append(honest)
        return kept[0] if command.startswith(bytes.fromhex("08B086")) else honest

    with pytest.raises(ProtocolFault, match="DF1/EF02 is not that file"):
        read_card(Twisted(card_of("1"), twist), NUMBER)


@pytest.mark.parametrize("cut", [3, 10, 1000, 7008])
def test_a_cut_reply_of_secure_messaging(cut: int) -> None:
    card = Twisted(card_of("1"), on("08B085", lambda answer: answer[:cut] + DONE))
    with pytest.raises(ProtocolFault):
        read_card(card, NUMBER)


def test_a_file_that_is_cut_off_on_the_card_is_kept_and_noted() -> None:
    """What a card really holds is evidence; the service calls such a dump incomplete."""
    short = files_of("1")["DF3/EF01"][:200]
    card = read_card(card_of("1", DF3_EF01=short), NUMBER)
    assert card.files["DF3/EF01"] == short
    assert any(note.startswith("DF3/EF01: object DA is cut off") for note in card.notes)
    reading = read_dump(dump_json(card, AT), LIMITS)
    assert not reading.complete


def test_a_plain_file_that_was_cut_off_on_its_way_is_read_again() -> None:
    cuts: list[int] = []

    def twist(command: bytes, honest: bytes) -> bytes:
        if honest[:1] != b"\xda" or cuts:
            return honest
        cuts.append(100)
        return honest[:100] + DONE

    read = read_card(Twisted(card_of("1"), twist), NUMBER)
    assert cuts
    assert read.files == files_of("1")
    assert read.notes == ()


def test_a_file_that_is_not_there_is_noted() -> None:
    files = {name: data for name, data in files_of("1").items() if name != "DF2/EF04"}
    card = read_card(SoftwareCard(files, NUMBER), NUMBER)
    assert card.notes == ("DF2/EF04 is not on the card.",)
    assert dict(card.files) == files


@pytest.mark.parametrize("status", ["6283", "6983", "6984"])
@pytest.mark.parametrize("start", ["00A40000", "00A4040C", MUTUAL, "0820", "08B0"])
def test_a_blocked_card(status: str, start: str) -> None:
    card = Twisted(card_of("1"), on(start, lambda _: bytes.fromhex(status)))
    with pytest.raises(CardBlocked, match=status):
        read_card(card, NUMBER)


@pytest.mark.parametrize("status", ["6982", "6F00", "6A88", "9100", "6283"[:2] + "00"])
def test_any_other_refusal_is_named(status: str) -> None:
    with pytest.raises(ProtocolFault, match=rf"READ BINARY of DF1/EF01: {status}"):
        read_card(Twisted(card_of("1"), on("08B085", lambda _: bytes.fromhex(status))), NUMBER)


class MyNumberCard:
    """As a specified card shows itself: nothing to read in the master file, but the 在留AP is there."""

    def __init__(self, *, with_application: bool, master_file: str = "9000") -> None:
        self.application = with_application
        self.master_file = bytes.fromhex(master_file)
        self.commands: list[bytes] = []

    def transmit(self, command: bytes) -> bytes:
        self.commands.append(command)
        if command[1] == 0xA4 and command[2] == 0x00:
            return self.master_file
        residence = bytes.fromhex("00A4040C10D392F0004F0100000000000000000000")
        return DONE if self.application and command == residence else bytes.fromhex("6A82")


@pytest.mark.parametrize("master_file", ["9000", "6A82"])
def test_a_specified_card_is_refused_politely_and_left_alone(master_file: str) -> None:
    card = MyNumberCard(with_application=True, master_file=master_file)
    with pytest.raises(SpecifiedCard, match="特定在留カード"):
        read_card(card, NUMBER)
    selected = [command for command in card.commands if command[1] == 0xA4 and command[2] == 0x04]
    assert len(selected) == 1, "no application but the 在留AP is touched"


@pytest.mark.parametrize("card_type", ["07", "08"])
def test_a_specified_card_that_gives_its_type_is_refused_before_any_key(card_type: str) -> None:
    record = Recorder(card_of("05", MF_EF02=b"\xc1\x02" + card_type.encode()))
    with pytest.raises(SpecifiedCard):
        read_card(record, NUMBER)
    assert not {0x82, 0x84, 0x20} & set(record.instructions)


def test_another_card_is_no_residence_card() -> None:
    with pytest.raises(WrongCard, match="no residence card"):
        read_card(MyNumberCard(with_application=False), NUMBER)


@pytest.mark.parametrize(
    "stored", [b"\xc1\x013", b"\xc1\x0203", b"\xc1\x0299", b"\xc1\x00", b"\xc1\x02\xff\xfe"]
)
def test_a_type_that_no_residence_card_has(stored: bytes) -> None:
    with pytest.raises(WrongCard):
        read_card(card_of("05", MF_EF02=stored), NUMBER)


def test_a_card_that_falls_silent_is_told_as_the_transport_says() -> None:
    class Silent:
        def transmit(self, command: bytes) -> bytes:
            raise CardSilent("silent")

    with pytest.raises(CardSilent):
        read_card(Silent(), NUMBER)


def test_no_text_of_a_fault_holds_what_was_typed_or_read() -> None:
    files = files_of("05")
    texts: list[str] = []
    for start in ("00A4", "00B0", "0084", MUTUAL, "0820", "08B0"):
        for answer in (b"", b"\x6f\x00", b"\x63\x00", b"\x62\x83", files["DF1/EF02"] + DONE):
            try:
                read_card(Twisted(card_of("05"), on(start, lambda _, a=answer: a)), NUMBER)  # type: ignore[misc]
            except ReaderError as fault:
                texts.append(str(fault))
    assert len(texts) > 20
    assert not [text for text in texts if NUMBER in text or "19900102" in text or "VNM" in text]
