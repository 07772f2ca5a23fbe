from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.chip.errors import TlvError
from service.chip.tlv import parse, read_object


@pytest.mark.parametrize(
    ("data", "tag", "value"),
    [
        ("C00430303031", 0xC0, b"0001"),
        ("D08102AABB", 0xD0, b"\xaa\xbb"),
        ("D0820002AABB", 0xD0, b"\xaa\xbb"),
        ("DFD102AABB", 0xDFD1, b"\xaa\xbb"),
        ("DE8200010041", 0xDE, b"\x00"),
        ("DA00", 0xDA, b""),
    ],
)
def test_tags_and_lengths_of_the_data_sheet(data: str, tag: int, value: bytes) -> None:
    item, _ = read_object(bytes.fromhex(data), 0)
    assert (item.tag, item.value, item.truncated) == (tag, value, False)


@pytest.mark.parametrize(
    "data", ["", "D0", "DF", "DFD1", "D080", "D083000001", "D081", "D08201", "D0FF", "00"]
)
def test_what_is_no_object_is_refused(data: str) -> None:
    with pytest.raises(TlvError):
        read_object(bytes.fromhex(data), 0)


def test_two_byte_tag_is_not_split() -> None:
    assert [item.tag for item in parse(bytes.fromhex("DFD10141D10142")).objects] == [0xDFD1, 0xD1]


@pytest.mark.parametrize("tail", ["", "00", "0000000000", "80", "80000000"])
def test_padding_behind_the_objects_is_no_fault(tail: str) -> None:
    parsed = parse(bytes.fromhex("C00430303031" + tail))
    assert len(parsed.objects) == 1
    assert parsed.fault is None


def test_data_behind_nul_padding_is_a_fault_and_keeps_what_came_before() -> None:
    parsed = parse(bytes.fromhex("C0043030303100000041"))
    assert len(parsed.objects) == 1
    assert parsed.fault == "data follows the NUL padding"


def test_a_cut_off_value_is_kept_and_marked() -> None:
    parsed = parse(bytes.fromhex("D0821B58AABB"))
    assert parsed.truncated
    assert (parsed.objects[0].declared, parsed.objects[0].value) == (7000, b"\xaa\xbb")


def test_an_over_long_length_takes_no_more_than_there_is() -> None:
    assert parse(bytes.fromhex("D082FFFF41")).objects[0].value == b"A"


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_parse_never_raises_and_never_invents_data(data: bytes) -> None:
    parsed = parse(data)
    assert sum(len(item.value) for item in parsed.objects) <= len(data)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([0xC0, 0xD0, 0xDA, 0xDFD1]), st.binary(max_size=300)), max_size=5))
def test_what_is_written_is_read_back(items: list[tuple[int, bytes]]) -> None:
    data = b"".join(
        tag.to_bytes(2 if tag > 0xFF else 1, "big") + b"\x82" + len(value).to_bytes(2, "big") + value
        for tag, value in items
    )
    parsed = parse(data + bytes(3))
    assert [(item.tag, item.value) for item in parsed.objects] == items
    assert parsed.fault is None
