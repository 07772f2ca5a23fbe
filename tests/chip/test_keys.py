"""The worked examples of both specifications, byte for byte (data sheet §1.6, §2.5)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.chip.errors import SessionError
from service.chip.keys import (
    GENERATION_1,
    GENERATION_2,
    Authentication,
    Suite,
    base_key,
    mutual_authentication,
    pad,
    read_binary,
    session_key,
    unpad,
    unwrap,
    verify_command,
)

NUMBER = "AA12345678BB"
RND_IFD = bytes.fromhex("1122334455667788")
K_IFD = bytes(range(0x40, 0x50))


@dataclass(frozen=True)
class Worked:
    """One worked example."""

    suite: Suite
    rnd_icc: str
    e_ifd: str
    m_ifd: str
    e_icc: str
    m_icc: str
    k_icc: str
    ks_enc: str
    verify: str

    @property
    def authentication(self) -> Authentication:
        return Authentication(self.suite, base_key(NUMBER), bytes.fromhex(self.rnd_icc), RND_IFD, K_IFD)


FIRST = Worked(
    GENERATION_1,
    "5A6E7E385162B7A3",
    "937745C20883A1BAD1E04193722A1592378F81A8F1DC589157AEB0F7544FA1BA",
    "1AD7FB6A3389E017",
    "5860775B4D032CC564BA204B8EA868F694A74E7475A8FEF240588BDA1AF496CE",
    "59388FD6CD45248B",
    "19D049490FFF52EEDBFCB930BC810ED0",
    "CE94938E19E3B97DF96EABCEDC1715CC",
    "1AA82973DB959A811F9711D728F0EEF6",
)
SECOND = Worked(
    GENERATION_2,
    "921CE277323DA057",
    "4AD3C7B6BB484A52771977DED618B41DF841FA0476A05FBE041DEAD6109E773B",
    "AC854617634F5397",
    "289A96B1DA6AE3DA87770419BFD14F0BDAD15F36432B5A946C188C7221759A62",
    "FA942EC51E62FF5F",
    "2CC6AF9B8B607C662FDCAD27B401D08B",
    "C19CF13D3D7FBEE9EA293D834C88952F",
    "EE0B31EF877F68D071C56D58C72E6748",
)
BOTH = pytest.mark.parametrize("worked", [FIRST, SECOND], ids=["generation_1", "generation_2"])


def test_base_key() -> None:
    assert base_key(NUMBER).hex().upper() == "6522B4E171195BB218223A976C040111"


@BOTH
def test_authentication_data(worked: Worked) -> None:
    data = worked.authentication.data
    assert data.hex().upper() == worked.e_ifd + worked.m_ifd
    assert mutual_authentication(data).hex().upper() == f"0082000028{worked.e_ifd}{worked.m_ifd}00"


@BOTH
def test_card_half_and_session_key(worked: Worked) -> None:
    k_icc = worked.authentication.card_half(bytes.fromhex(worked.e_icc + worked.m_icc))
    assert k_icc.hex().upper() == worked.k_icc
    assert session_key(K_IFD, k_icc).hex().upper() == worked.ks_enc


@BOTH
def test_verify_command(worked: Worked) -> None:
    command = verify_command(worked.suite, bytes.fromhex(worked.ks_enc), NUMBER)
    assert command.hex().upper() == "08200086138611 01".replace(" ", "") + worked.verify


@BOTH
@pytest.mark.parametrize("at", [0, 15, 31, 32, 39])
def test_a_changed_reply_is_refused(worked: Worked, at: int) -> None:
    reply = bytearray.fromhex(worked.e_icc + worked.m_icc)
    reply[at] ^= 1
    with pytest.raises(SessionError):
        worked.authentication.card_half(bytes(reply))


@BOTH
def test_a_reply_of_another_run_is_refused(worked: Worked) -> None:
    key = base_key(NUMBER)
    other = Authentication(worked.suite, key, bytes(8), RND_IFD, K_IFD)
    with pytest.raises(SessionError, match="another run"):
        other.card_half(bytes.fromhex(worked.e_icc + worked.m_icc))


@BOTH
def test_a_short_reply_is_refused(worked: Worked) -> None:
    with pytest.raises(SessionError, match="length"):
        worked.authentication.card_half(bytes(39))


def test_read_binary_of_a_whole_file() -> None:
    assert read_binary(5).hex().upper() == "08B085000000049602" + "0000" + "0000"
    with pytest.raises(ValueError, match="identifier"):
        read_binary(31)


@pytest.mark.parametrize(
    ("suite", "size", "head"),
    [
        (GENERATION_1, 7004, "86821B6101"),
        (GENERATION_1, 3004, "86820BC101"),
        (GENERATION_2, 5508, "8682159101"),
    ],
)
def test_reply_lengths_of_the_specification(suite: Suite, size: int, head: str) -> None:
    key, plain = bytes(range(16)), bytes([0xD0]) * size
    cipher = suite.encrypt(key, pad(plain, suite.block))
    reply = b"\x86\x82" + (len(cipher) + 1).to_bytes(2, "big") + b"\x01" + cipher
    assert reply[:5].hex().upper() == head
    assert unwrap(suite, key, reply) == plain


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_hostile_replies_raise_the_typed_error_alone(reply: bytes) -> None:
    with pytest.raises(SessionError):
        unwrap(GENERATION_1, bytes(16), b"\x87" + reply)
    try:
        unwrap(GENERATION_2, bytes(16), b"\x86" + reply)
    except SessionError:
        return
    assert reply[1:2] == b"\x01"


@settings(deadline=None)
@given(st.binary(max_size=40), st.sampled_from([8, 16]))
def test_padding_is_undone(data: bytes, block: int) -> None:
    padded = pad(data, block)
    assert len(padded) % block == 0
    assert unpad(padded) == data
