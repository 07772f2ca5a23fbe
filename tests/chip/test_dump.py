from __future__ import annotations

import base64
import io
import json
import time
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.specimens.dump import AddressUpdate, dump_hex, dump_json, dump_zip
from service.chip import ChipReading, decode_face, decode_text_image, read_dump
from service.chip.model import AddressUpdate as StoredAddress
from service.chip.model import IssueKind, Shape
from service.errors import DumpUnreadable, PayloadTooLarge, Problem
from tests.chip.world import AT, LIMITS, NUMBER, face, first, second, text_image


def read(files: dict[str, bytes]) -> ChipReading:
    return read_dump(dump_json(files, NUMBER, AT), LIMITS)


def reading_of(body: Mapping[str, object]) -> ChipReading:
    return read_dump(json.dumps(body).encode(), LIMITS)


def without(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name not in names}


def data_url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


# Generation 1


def test_json_of_whole_files() -> None:
    files = first(
        address_update=AddressUpdate("20260401", "131016", "東京都見本区見本1-2-3"),
        comprehensive="許可（原則週28時間以内）",
        pending=True,
    )
    reading = read(files)
    assert (reading.shape, reading.generation, reading.card_type) == (Shape.JSON, 1, "1")
    assert (reading.spec_version, reading.stated_card_number, reading.read_at) == ("0001", NUMBER, AT)
    assert reading.front_image == text_image().ljust(7000, b"\x00")
    assert reading.face == face().ljust(3000, b"\x00")
    assert reading.address_update == StoredAddress("20260401", "131016", "東京都見本区見本1-2-3")
    assert reading.comprehensive_permission == "許可（原則週28時間以内）"
    assert reading.individual_permission is None
    assert reading.application_pending is True
    assert len(reading.signed_message) == 10_000
    assert reading.complete
    assert reading.issues == ()


def test_zip_of_whole_files_in_a_folder() -> None:
    reading = read_dump(dump_zip({f"card/{name}": data for name, data in first().items()}), LIMITS)
    assert (reading.shape, reading.generation, reading.complete) == (Shape.ZIP, 1, True)


def test_zip_of_files_under_names_of_an_app() -> None:
    files = first()
    named = {"front_image_1": files["DF1/EF01"], "face_1": files["DF1/EF02"], "check": files["DF3/EF01"]}
    reading = read_dump(dump_zip(named), LIMITS)
    assert reading.signed_parts_full
    assert len(reading.signature or b"") == 256


def test_three_hex_strings() -> None:
    reading = read_dump(dump_hex(first()), LIMITS)
    assert (reading.shape, reading.generation, reading.complete) == (Shape.HEX, 1, True)
    assert reading.signed_message == read(first()).signed_message


def test_hex_strings_of_whole_objects_are_left_alone() -> None:
    files = first()
    body = {"signature": files["DF3/EF01"].hex(), "front_image": files["DF1/EF01"].hex(" ")}
    reading = reading_of({**body, "face": files["DF1/EF02"].hex()})
    assert reading.signed_message == read(files).signed_message


def test_value_only_pictures_and_messaging_padding() -> None:
    files = first()
    bare = files | {"DF1/EF01": files["DF1/EF01"][4:], "DF1/EF02": files["DF1/EF02"][4:]}
    tail = files | {
        "DF1/EF01": files["DF1/EF01"] + b"\x80\x00\x00\x00",
        "MF/EF01": files["MF/EF01"] + b"\x80\x00",
    }
    bare_tail = bare | {"DF1/EF01": bare["DF1/EF01"] + b"\x80" + bytes(7)}
    for variant in (bare, tail, bare_tail):
        reading = read(variant)
        assert reading.complete
        assert reading.signed_message == read(files).signed_message


def test_shortened_picture_is_partial_and_filled_up() -> None:
    files = first()
    reading = read(files | {"DF1/EF01": files["DF1/EF01"].rstrip(b"\x00")})
    assert reading.has_issue(IssueKind.PARTIAL)
    assert not reading.signed_parts_full
    assert reading.signed_message == read(files).signed_message


@pytest.mark.parametrize("form", ["da00db00", "da00"])
def test_under_16_forms(form: str) -> None:
    reading = read(first(under_16=form))
    assert reading.signature_absent
    assert reading.face is None
    assert reading.complete


@pytest.mark.parametrize("face_file", [bytes(3004), bytes.fromhex("D1820BB8") + bytes(3000), b"\xd1\x00"])
def test_forms_of_a_missing_face(face_file: bytes) -> None:
    reading = read(first(under_16="da00") | {"DF1/EF02": face_file})
    assert reading.face is None
    assert reading.complete


def test_all_zero_permission_file_is_no_permission() -> None:
    files = first(comprehensive=None)
    assert not any(files["DF2/EF02"])
    reading = read(files)
    assert reading.comprehensive_permission is None
    assert reading.complete


def test_text_in_another_encoding_is_read_and_noted() -> None:
    text = "許可".encode("cp932").ljust(120, b"\x00")
    reading = read(first() | {"DF2/EF02": b"\xd5\x78" + text})
    assert reading.comprehensive_permission == "許可"
    assert reading.has_issue(IssueKind.NOTE)
    assert reading.complete


def test_card_type_is_told_by_tags_where_its_file_is_missing() -> None:
    assert read(without(first(), "MF/EF02")).generation == 1
    assert read(without(second(), "MF/EF02")).generation == 2


def test_unknown_card_type_is_not_judged() -> None:
    reading = read(first() | {"MF/EF02": bytes.fromhex("C1023033")})
    assert (reading.supported, reading.generation) == (False, None)


# Faults


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("DF1/EF01", b"\xd0\x82\x1b", IssueKind.MALFORMED),
        ("DF1/EF01", b"\xd0\x82\xff\xff" + bytes(7000), IssueKind.MALFORMED),
        ("DF1/EF01", b"\xd9\x82\x1b\x58" + bytes(7000), IssueKind.MALFORMED),
        ("DF1/EF01", b"\xd0\x82\x1b\x58" + b"II*\x00", IssueKind.PARTIAL),
        ("DF1/EF01", b"", IssueKind.PARTIAL),
        ("DF1/EF01", bytes(7004), IssueKind.PARTIAL),
        ("DF3/EF01", b"\xda\x82\x01\x00" + b"\x01" * 100, IssueKind.PARTIAL),
        ("DF2/EF04", b"\xd7\x01\x30\xd7\x01\x31", IssueKind.MALFORMED),
    ],
)
def test_faulty_files_are_recorded_and_the_rest_is_read(name: str, data: bytes, kind: IssueKind) -> None:
    reading = read(first() | {name: data})
    assert any(issue.kind is kind and issue.file == name for issue in reading.issues)
    assert not reading.complete
    assert reading.face is not None


def test_a_missing_signed_file_is_partial() -> None:
    reading = read(without(first(), "DF1/EF02"))
    assert reading.has_issue(IssueKind.PARTIAL)
    assert not reading.signature_absent


def test_a_damaged_check_code_file_is_not_an_absent_one() -> None:
    for data in (b"\xff\xff\xff", b"\xda\x82\x01\x00", b""):
        assert not read(first() | {"DF3/EF01": data}).signature_absent


def test_wrong_base64_names_its_file() -> None:
    body = json.loads(dump_json(first(), NUMBER, AT))
    body["files"]["DF1/EF02"] = "%%%"
    reading = reading_of(body)
    assert [issue.file for issue in reading.issues if issue.kind is IssueKind.MALFORMED] == ["DF1/EF02"]
    with pytest.raises(DumpUnreadable) as caught:
        reading_of({"format": "residence-card-dump/1", "files": {"DF1/EF02": "%%%"}})
    assert [fault.pointer for fault in caught.value.faults] == ["/chip/files/DF1~1EF02"]


def test_encrypted_replies_are_refused_with_a_clear_message() -> None:
    blob = b"\x86\x82\x1b\x61\x01" + bytes(range(256)) * 27 + bytes(96)
    with pytest.raises(DumpUnreadable, match="secure messaging") as caught:
        read(first() | {"DF1/EF01": blob})
    assert caught.value.faults[0].pointer == "/chip/files/DF1~1EF01"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"\xff\xd8\xff\xe0",
        b'{"format": "residence-card-dump/2", "files": {}}',
        b'{"format": "residence-card-dump/1"}',
        b'{"format": "residence-card-dump/1", "files": {}}',
        b'{"format": "residence-card-dump/1", "files": {"MF/EF01": 7}}',
        b'{"format": "residence-card-dump/1", "files": {"MF/EF01": "AAAA"}}',
        b'{"format": "emrtd-dump/1", "files": {}}',
        b'{"a": 1, "a": 2}',
        b'{"signature": "zz", "front_image": "", "face": 3}',
        b'{"rc-card-type": ""}',
        b"PK\x03\x04 not a zip",
        b'{"a": "\xff"}',
    ],
)
def test_nothing_to_parse(data: bytes) -> None:
    with pytest.raises(DumpUnreadable):
        read_dump(data, LIMITS)


def test_deep_json_is_refused_quickly() -> None:
    for body in (b'{"a":' * 50_000 + b"1", b'{"a":' + b"[" * 200_000, b'{"' + b'\\"' * 300_000):
        began = time.monotonic()
        with pytest.raises(DumpUnreadable):
            read_dump(body, LIMITS)
        assert time.monotonic() - began < 2


def test_brackets_inside_text_do_not_count() -> None:
    body = json.loads(dump_json(first(), NUMBER, AT)) | {"note": '[[[[[[[[[[[[[[[[[[[[\\"{{{{'}
    assert reading_of(body).complete


def test_too_many_bytes() -> None:
    with pytest.raises(PayloadTooLarge):
        read_dump(b"{" + bytes(LIMITS.max_dump_bytes), LIMITS)


@pytest.mark.parametrize(
    "name", ["../MF/EF01", "/MF/EF01", "a/../../MF/EF01", "C:/MF/EF01", "a\\..\\MF/EF01"]
)
def test_zip_names_that_leave_the_folder(name: str) -> None:
    with pytest.raises(DumpUnreadable, match="folder"):
        read_dump(dump_zip(first() | {name: b"\xc0\x040001"}), LIMITS)


def test_zip_bomb_and_too_many_files() -> None:
    with pytest.raises(DumpUnreadable, match="unpacks"):
        read_dump(dump_zip(first() | {"zeros": bytes(2_000_000)}), LIMITS)
    with pytest.raises(DumpUnreadable, match="more than 64 files"):
        read_dump(dump_zip({f"f{n}": b"x" for n in range(65)}), LIMITS)


def test_zip_that_lies_about_its_size() -> None:
    data = bytearray(dump_zip({"MF/EF01": bytes(500_000), "MF/EF02": b"\xc1\x01\x31"}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(signature) + offset
        data[at : at + 4] = (6).to_bytes(4, "little")
    with pytest.raises(DumpUnreadable):
        read_dump(bytes(data), LIMITS)


def test_zip_with_a_link_or_a_repeated_file() -> None:
    link = zipfile.ZipInfo("MF/EF01.bin")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(DumpUnreadable, match="link"):
        read_dump(buffer.getvalue(), LIMITS)
    with pytest.raises(DumpUnreadable, match="twice"):
        read_dump(dump_zip({"MF/EF01": b"\xc0\x040001", "a/MF/EF01": b"\xc0\x040002"}), LIMITS)


# Other shapes


def test_libjeid_app_generation_1() -> None:
    body = {
        "rc-card-type": "1",
        "rc-front-image": data_url(b"\x89PNG...", "png"),
        "rc-photo": data_url(b"\xff\xd8\xff...", "jpeg"),
        "rc-valid": True,
    }
    reading = reading_of(body)
    assert (reading.shape, reading.generation, reading.reencoded) == (Shape.LIBJEID, 1, True)
    assert reading.front_image == b"\x89PNG..."
    assert not reading.complete


def test_libjeid_app_generation_2() -> None:
    body = {"rc2-card-type": "05", "rc2-card-number": NUMBER, "rc2-birth-date": "19900102", "rc2-sex": 2}
    reading = reading_of({**body, "rc2-comprehensive": "1", "rc2-individual": "0", "rc2-update-status": "1"})
    assert (reading.generation, reading.card_number, reading.reencoded) == (2, NUMBER, True)
    assert reading.entries == {"C6": "19900102", "C7": "2"}
    assert (reading.comprehensive_permission, reading.individual_permission) == ("1", None)
    assert reading.application_pending is True


def test_flutter_libjeid() -> None:
    body = {
        "card_type": "resident_card",
        "type": "1",
        "address": "東京都",
        "photo": "/9j/",
        "update_status": "0",
    }
    reading = reading_of(body)
    assert (reading.shape, reading.reencoded) == (Shape.FLUTTER_LIBJEID, True)
    assert reading.address_update is not None
    assert reading.application_pending is False


# Generation 2


@pytest.mark.parametrize("card_type", ["05", "06", "07", "08"])
def test_generation_2(card_type: str) -> None:
    files = second(card_type=card_type, pending=True, comprehensive="1", commissioner=True)
    reading = read(files)
    assert (reading.generation, reading.card_type, reading.complete) == (2, card_type, True)
    assert reading.card_number == NUMBER
    assert reading.entries["C6"] == "19900102"
    assert len(reading.signed_message) == 5553
    assert reading.signed_parts_full
    assert reading.commissioner_entry is True
    assert reading.application_pending is (True if card_type in ("05", "07") else None)
    assert reading.comprehensive_permission == ("1" if card_type in ("05", "07") else None)
    assert decode_text_image(reading.name_image or b"").shape == (40, 300)
    assert decode_text_image(reading.address_image or b"").shape == (60, 300)
    assert decode_face(reading.face or b"").shape == (150, 120, 3)


# Properties


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_hostile_bytes_raise_problems_alone(data: bytes) -> None:
    for head in (b"{", b"PK\x03\x04"):
        with pytest.raises(Problem):
            read_dump(head + data, LIMITS)


@settings(deadline=None)
@given(
    st.sampled_from([b"", b"\xd0\x82\x1b\x58", b"\xdc\x60", b"\x77\x20\x30\x1e", b"II*\x00"]),
    st.binary(max_size=300),
)
def test_hostile_single_files_never_crash_and_are_never_complete(head: bytes, data: bytes) -> None:
    try:
        assert not read_dump(head + data, LIMITS).complete
    except Problem:
        return


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mutated_files_never_crash(data: st.DataObject) -> None:
    files = data.draw(st.sampled_from([first(), second(), first(under_16="da00")]))
    name = data.draw(st.sampled_from(sorted(files)))
    body = bytearray(files[name])
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, min(len(body) - 1, 20)))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(body)))
    try:
        reading = read(files | {name: bytes(body[:cut])})
    except DumpUnreadable:
        return
    assert reading.generation in (None, 1, 2)
    assert isinstance(reading.signed_message, bytes)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_mutated_archives_raise_problems_alone(data: st.DataObject) -> None:
    archive = bytearray(dump_zip({"MF/EF01": b"\xc0\x040001", "DF3/EF01": b"\xda\x00"}))
    for _ in range(data.draw(st.integers(1, 6))):
        archive[data.draw(st.integers(4, len(archive) - 1))] = data.draw(st.integers(0, 255))
    try:
        read_dump(bytes(archive), LIMITS)
    except Problem:
        return


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    "format files card_number read_at signature front_image face rc-photo rc2-sex card_type photo "
    "card_front_photo rc2-card-number rc-card-type"
)
keys = st.sampled_from(KEYS.split())
formats = st.sampled_from(["residence-card-dump/1", "emrtd-dump/1", "resident_card"])


@settings(deadline=None)
@given(st.dictionaries(keys, json_values | formats, max_size=6))
def test_any_json_object_is_a_reading_or_a_problem(body: dict[str, object]) -> None:
    try:
        reading = reading_of(body)
    except Problem:
        return
    assert reading.reencoded or not reading.supported or reading.files


def test_naive_and_wrong_times_are_noted() -> None:
    for moment in ("2026-11-22T00:00:00", "yesterday", 7):
        body = json.loads(dump_json(first())) | {"read_at": moment}
        reading = reading_of(body)
        assert reading.read_at is None
        assert reading.has_issue(IssueKind.NOTE)
    body = json.loads(dump_json(first())) | {"read_at": "2026-11-22T00:00:00Z", "card_number": "nonsense"}
    reading = reading_of(body)
    assert reading.read_at == datetime(2026, 11, 22, tzinfo=UTC)
    assert reading.stated_card_number is None
