from __future__ import annotations

from pathlib import Path

import pytest

from scripts.specimens.dump import PrintedEntries, dump_json
from scripts.specimens.emrtd import emrtd_dump, emrtd_files, make_country_signer, td1
from service.chip import CodeTables, chip_fields, load_codes, read_dump
from service.chip.model import ChipReading
from service.errors import ConfigurationError
from service.evidence import FieldReading
from tests.chip.world import ENTRIES, LIMITS, NUMBER, first, second

CODES = load_codes()


def fields(
    reading: ChipReading, codes: CodeTables = CODES, *, trusted: bool = True
) -> dict[str, FieldReading]:
    return {field.name: field for field in chip_fields(reading, codes, trusted=trusted)}


def card(**options: object) -> ChipReading:
    return read_dump(dump_json(second(**options)), LIMITS)


def test_every_code_that_is_public_has_its_meaning() -> None:
    found = fields(card())
    assert {name: field.value for name, field in found.items()} == {
        "card_valid_until": "2029-07-01",
        "date_of_birth": "1990-01-02",
        "permission_date": "2026-07-01",
        "stay_until": "2029-07-01",
        "sex": "F",
        "nationality": "ベトナム",
        "period_of_stay": "3年",
        "status_of_residence": None,
        "permission_type": None,
        "work_restriction": "在留資格に基づく就労活動のみ可",
        "card_number": NUMBER,
    }
    assert found["card_valid_until"].raw == "2029年07月01日"


def test_an_unknown_code_is_shown_as_it_is() -> None:
    found = fields(card())
    assert (found["status_of_residence"].raw, found["permission_type"].raw) == ("SAMPLE", "01")
    odd = PrintedEntries("2029XX01", "19901301", "7", "QQQ", "S", "12A", work="5", stay_until="00000000")
    strange = fields(card(entries=odd))
    assert {name: field.raw for name, field in strange.items() if field.value is None} == {
        "card_valid_until": "2029XX01",
        "date_of_birth": "19901301",
        "stay_until": "00000000",
        "sex": "7",
        "nationality": "QQQ",
        "period_of_stay": "12A",
        "status_of_residence": "S",
        "permission_type": "01",
        "work_restriction": "5",
    }


@pytest.mark.parametrize(
    ("code", "text"),
    [("0000", "無期限"), ("0006", "6月"), ("0103", "1年3月"), ("090", "90日"), ("0500", "5年")],
)
def test_periods(code: str, text: str) -> None:
    entries = PrintedEntries("20290701", "19900102", "2", "VNM", "S", code)
    assert fields(card(entries=entries))["period_of_stay"].value == text


def test_what_the_signature_does_not_cover_is_never_signed() -> None:
    trusted, plain = fields(card()), fields(card(), trusted=False)
    assert {name for name, field in trusted.items() if field.evidence != "signed"} == {"card_number"}
    assert {field.evidence for field in plain.values()} == {"unsigned_chip"}


def test_a_name_that_is_not_confirmed_may_agree_but_never_disagree() -> None:
    entries = PrintedEntries("20290701", "19900102", "2", "CHN", "S", "0300")
    several = fields(card(entries=entries))["nationality"]
    assert several.confidence < 0.9
    assert fields(card())["nationality"].confidence == 1.0


def test_special_permanent_residents_have_fewer_entries() -> None:
    assert "stay_until" not in fields(card(card_type="06"))


def test_generation_1_holds_no_text() -> None:
    assert fields(read_dump(dump_json(first()), LIMITS)) == {}


def test_the_zone_of_a_travel_document() -> None:
    files = emrtd_files(make_country_signer().issue(), td1(birth="400102", expiry="310703"))
    found = fields(read_dump(emrtd_dump(files), LIMITS))
    assert {name: field.value for name, field in found.items()} == {
        "document_number": "SPEC00001",
        "name_latin": "SPECIMEN AN MAU",
        "sex": "F",
        "nationality": "ベトナム",
        "card_valid_until": "2031-07-03",
        "date_of_birth": "1940-01-02",
    }


def test_a_zone_with_a_wrong_check_digit_is_not_read() -> None:
    broken = td1().replace("SPEC00001", "SPEC00002")
    files = emrtd_files(make_country_signer().issue(), broken)
    assert fields(read_dump(emrtd_dump(files), LIMITS)) == {}


# Tables


def test_the_operators_table_lies_over_the_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "codes.toml"
    path.write_text('version = "own-1"\n[status_of_residence]\nSAMPLE = "留学"\n', encoding="utf-8")
    codes = load_codes(path)
    assert codes.versions == ("2026-06-14", "own-1")
    assert fields(card(), codes)["status_of_residence"].value == "留学"
    assert fields(card(), codes)["sex"].value == "F"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 1",
        'version = "1"\n[other]',
        'version = "1"\nsex = 1',
        'version = "1"\n[sex]\n1 = 2',
        "[",
    ],
)
def test_a_wrong_table_is_a_configuration_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"codes\.toml"):
        load_codes(path)


def test_a_missing_table_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        load_codes(tmp_path / "absent.toml")


def test_texts_of_an_app_stand_in_for_unknown_codes() -> None:
    body = b'{"rc2-card-type": "05", "rc2-status": "X1", "rc2-status-name": "\xe7\x95\x99\xe5\xad\xa6"}'
    found = fields(read_dump(body, LIMITS), trusted=False)
    assert (found["status_of_residence"].value, found["status_of_residence"].evidence) == (
        "留学",
        "unsigned_chip",
    )


def test_the_entries_of_the_samples_are_those_that_are_read() -> None:
    assert card().entries["C9"] == ENTRIES.status_code
