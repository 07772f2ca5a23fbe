"""Golden inputs: every shape that people hand in, with exactly what must be read from it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from scripts.specimens.dump import dump_hex, dump_json, dump_zip
from service.chip import read_dump
from service.chip.importers import IMPORTERS
from service.chip.model import AddressUpdate, Shape
from tests.chip.world import AT, LIMITS, NUMBER, first, second

PNG, JPEG = b"\x89PNG sample", b"\xff\xd8\xff sample"


def url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def body(**members: object) -> bytes:
    return json.dumps({name.replace("_", "-"): value for name, value in members.items()}).encode()


Golden = tuple[bytes, Mapping[str, Any]]
GOLDEN: dict[str, Callable[[], Golden]] = {}


def golden(make: Callable[[], Golden]) -> Callable[[], Golden]:
    GOLDEN[make.__name__] = make
    return make


@golden
def own_json() -> Golden:
    return dump_json(first(), NUMBER, AT), {
        "shape": Shape.JSON,
        "generation": 1,
        "card_type": "1",
        "stated_card_number": NUMBER,
        "read_at": AT,
        "complete": True,
    }


@golden
def archive() -> Golden:
    return dump_zip(second()), {"shape": Shape.ZIP, "generation": 2, "card_type": "05", "complete": True}


@golden
def archive_under_other_names() -> Golden:
    """Every file of a card of 2026 as an app shares it: ``share_0.jpg`` ..., told by its first bytes."""
    named = {f"share_{number}.jpg": data for number, data in enumerate(second(comprehensive="1").values())}
    return dump_zip(named), {
        "shape": Shape.ZIP,
        "generation": 2,
        "complete": True,
        "card_number": NUMBER,
        "comprehensive_permission": "1",
    }


@golden
def archive_of_a_special_permanent_resident_under_other_names() -> Golden:
    files = second(card_type="06", commissioner=True)
    named = {f"x{number}": data for number, data in enumerate(files.values())}
    return dump_zip(named), {"card_type": "06", "complete": True, "commissioner_entry": True}


@golden
def bare_pictures_in_an_archive() -> Golden:
    files = first()
    named = {"front_image_1.jpg": files["DF1/EF01"][4:], "face_image_1.jpg": files["DF1/EF02"][4:]}
    return dump_zip(named), {
        "generation": 1,
        "signed_parts_full": True,
        "front_image": files["DF1/EF01"][4:],
        "complete": False,
    }


@golden
def hex_strings() -> Golden:
    return dump_hex(first()), {"shape": Shape.HEX, "generation": 1, "complete": True}


@golden
def a_single_picture_file() -> Golden:
    data = first()["DF1/EF01"]
    return data, {"shape": Shape.FILE, "generation": 1, "front_image": data[4:], "complete": False}


@golden
def a_single_picture_without_its_tag() -> Golden:
    data = first()["DF1/EF02"]
    return data[4:], {"shape": Shape.FILE, "generation": 1, "face": data[4:], "complete": False}


@golden
def a_single_file_of_generation_2() -> Golden:
    return second()["DF1/EF02"], {"shape": Shape.FILE, "generation": 2, "complete": False}


@golden
def libjeid_generation_1() -> Golden:
    dump = body(rc_card_type="2", rc_front_image=url(PNG, "png"), rc_photo=url(JPEG, "jpeg"), rc_valid=True)
    return dump, {
        "shape": Shape.LIBJEID,
        "generation": 1,
        "card_type": "2",
        "front_image": PNG,
        "face": JPEG,
        "reencoded": True,
        "complete": False,
    }


@golden
def libjeid_generation_2() -> Golden:
    dump = body(
        rc2_card_type="05",
        rc2_card_number=NUMBER,
        rc2_card_expire_date="20290701",
        rc2_birth_date="19900102",
        rc2_sex="2",
        rc2_sex_name="女",
        rc2_nationality="VNM",
        rc2_nationality_name="ベトナム",
        rc2_status="S1",
        rc2_status_name="留学",
        rc2_stay_period="0300",
        rc2_stay_period_name="3年",
        rc2_permission_type="01",
        rc2_permission_type_name="在留期間更新許可",
        rc2_permission_date="20260701",
        rc2_work_restriction="9",
        rc2_work_restriction_name="就労不可",
        rc2_stay_period_expire_date="20290701",
        rc2_name_image=url(PNG, "png"),
        rc2_face_image=url(JPEG, "jpeg"),
        rc2_address_image=url(PNG, "png"),
        rc2_comprehensive="1",
        rc2_comprehensive_name="許可",
        rc2_comprehensive_limit="20290701",
        rc2_individual="1",
        rc2_individual_name="許可",
        rc2_update_status="0",
        rc2_update_status_name="なし",
        rc2_commissioner_entry="1",
        rc2_commissioner_entry_name="あり",
        rc2_reserved="予備",
        rc2_valid=True,
        rc2_validation_result="VALID",
    )
    return dump, {
        "shape": Shape.LIBJEID,
        "generation": 2,
        "card_type": "05",
        "card_number": NUMBER,
        "entries": {
            "C5": "20290701", "C6": "19900102", "C7": "2", "C8": "VNM", "C9": "S1", "CE": "0300", "CA": "01",
            "CB": "20260701", "CC": "9", "CD": "20290701",
        },
        "entry_texts": {
            "C7": "女", "C8": "ベトナム", "C9": "留学", "CE": "3年", "CA": "在留期間更新許可",
            "CC": "就労不可",
        },
        "name_image": PNG,
        "face": JPEG,
        "address_image": PNG,
        "comprehensive_permission": "1",
        "comprehensive_until": "20290701",
        "individual_permission": "1",
        "application_pending": False,
        "commissioner_entry": True,
        "reserved_text": "予備",
        "reencoded": True,
        "complete": False,
    }  # fmt: skip


@golden
def libjeid_generation_2_of_older_versions() -> Golden:
    dump = body(
        rc2_card_type="05",
        rc2_valid_until="20290701",
        rc2_period="0300",
        rc2_permit_category="01",
        rc2_photo=url(JPEG, "jpeg"),
    )
    return dump, {"entries": {"C5": "20290701", "CE": "0300", "CA": "01"}, "face": JPEG, "reencoded": True}


@golden
def flutter_libjeid() -> Golden:
    dump = json.dumps(
        {
            "card_type": "resident_card",
            "type": "1",
            "photo": text(JPEG),
            "card_front_photo": text(PNG),
            "address": "東京都見本区見本1-2-3",
            "address_code": "131016",
            "address_updated_at": "20260401",
            "update_status": "1",
            "individual_permission": "個別の許可",
            "comprehensive_permission": "包括の許可",
        }
    ).encode()
    return dump, {
        "shape": Shape.FLUTTER_LIBJEID,
        "generation": 1,
        "card_type": "1",
        "face": JPEG,
        "front_image": PNG,
        "address_update": AddressUpdate("20260401", "131016", "東京都見本区見本1-2-3"),
        "application_pending": True,
        "individual_permission": "個別の許可",
        "comprehensive_permission": "包括の許可",
        "reencoded": True,
        "complete": False,
    }


@golden
def scan_result() -> Golden:
    data = {
        "card_number_input": NUMBER,
        "card_type_raw": "C1 01 31",
        "mutual_auth": True,
        "front_image_base64": text(JPEG),
        "photo_base64": text(JPEG),
        "front_image_size_original": 7004,
    }
    return json.dumps({"type": "scan_result", "success": True, "data": data}).encode(), {
        "shape": Shape.SCAN_RESULT,
        "generation": 1,
        "card_type": "1",
        "stated_card_number": NUMBER,
        "front_image": JPEG,
        "face": JPEG,
        "reencoded": True,
        "complete": False,
    }


@pytest.mark.parametrize("make", GOLDEN.values(), ids=list(GOLDEN))
def test_golden(make: Callable[[], Golden]) -> None:
    dump, expected = make()
    reading = read_dump(dump, LIMITS)
    assert {name: getattr(reading, name) for name in expected} == expected


def test_every_importer_has_a_golden_input() -> None:
    met = {read_dump(make()[0], LIMITS).shape for make in GOLDEN.values()}
    # EMRTD has its own tests, in tests/chip/emrtd.
    assert {importer.shape for importer in IMPORTERS} - met == {Shape.EMRTD}
