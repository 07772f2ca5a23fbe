"""Shapes that hold pictures encoded anew: the libjeid sample apps, flutter_libjeid, a scanner's message
(data sheet §4). An app's own word on validity is not taken over.

Their data can be shown. The bytes that the issuer signed are gone, so no signature can be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.chip.importers.base import (
    Content,
    Importer,
    RawDump,
    card_number,
    decode_base64,
    decode_hex,
    unreadable,
)
from service.chip.model import AddressUpdate, Shape

__all__ = ["FLUTTER", "LIBJEID", "SCAN_RESULT"]

TEXT_LIMIT = 200

RC2_ENTRIES: Mapping[str, tuple[str, ...]] = {
    "C5": ("rc2-card-expire-date", "rc2-valid-until"),
    "C6": ("rc2-birth-date",),
    "C7": ("rc2-sex",),
    "C8": ("rc2-nationality",),
    "C9": ("rc2-status",),
    "CE": ("rc2-stay-period", "rc2-period"),
    "CA": ("rc2-permission-type", "rc2-permit-category"),
    "CB": ("rc2-permission-date",),
    "CC": ("rc2-work-restriction",),
    "CD": ("rc2-stay-period-expire-date",),
}
"""Tag of the entry and the names that versions of the app have given it; ``-name`` behind one is its text."""


def _is_libjeid(content: Content) -> bool:
    return content.body is not None and any(key.startswith(("rc-", "rc2-")) for key in content.body)


def _read_libjeid(content: Content) -> RawDump:
    body: Mapping[str, Any] = content.body or {}
    second = any(key.startswith("rc2-") for key in body)
    decoded = _libjeid_2(body) if second else _libjeid_1(body)
    number, issues = card_number(body.get("rc2-card-number"))
    if second:
        decoded["card_number"] = number
    return _dump(2 if second else 1, decoded, RawDump(Shape.LIBJEID, issues=issues))


def _libjeid_1(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "card_type": _text(body, "rc-card-type"),
        "front_image": _picture(body, "rc-front-image"),
        "face": _picture(body, "rc-photo"),
    }


def _libjeid_2(body: Mapping[str, Any]) -> dict[str, Any]:
    entries = {tag: _text(body, *names) for tag, names in RC2_ENTRIES.items()}
    texts = {tag: _text(body, *(f"{name}-name" for name in names)) for tag, names in RC2_ENTRIES.items()}
    comprehensive, individual = _text(body, "rc2-comprehensive"), _text(body, "rc2-individual")
    return {
        "card_type": _text(body, "rc2-card-type"),
        "entries": {tag: text for tag, text in entries.items() if text is not None},
        "entry_texts": {tag: text for tag, text in texts.items() if text is not None},
        "face": _picture(body, "rc2-face-image", "rc2-photo"),
        "name_image": _picture(body, "rc2-name-image"),
        "address_image": _picture(body, "rc2-address-image"),
        "comprehensive_permission": None if comprehensive == "0" else comprehensive,
        "comprehensive_until": _text(body, "rc2-comprehensive-limit"),
        "individual_permission": None if individual == "0" else individual,
        "application_pending": _flag(body, "rc2-update-status"),
        "commissioner_entry": _flag(body, "rc2-commissioner-entry"),
        "reserved_text": _text(body, "rc2-reserved"),
    }


def _is_flutter(content: Content) -> bool:
    body = content.body or {}
    return body.get("card_type") == "resident_card" or "card_front_photo" in body


def _read_flutter(content: Content) -> RawDump:
    body: Mapping[str, Any] = content.body or {}
    address = _text(body, "address")
    update = address and AddressUpdate(
        _text(body, "address_updated_at") or "", _text(body, "address_code") or "", address
    )
    decoded = {
        "card_type": _text(body, "type"),
        "front_image": _picture(body, "card_front_photo"),
        "face": _picture(body, "photo"),
        "address_update": update or None,
        "comprehensive_permission": _text(body, "comprehensive_permission"),
        "individual_permission": _text(body, "individual_permission"),
        "application_pending": _flag(body, "update_status"),
    }
    return _dump(1, decoded, RawDump(Shape.FLUTTER_LIBJEID))


def _is_scan_result(content: Content) -> bool:
    body = content.body or {}
    return body.get("type") == "scan_result" and isinstance(body.get("data"), dict)


def _read_scan_result(content: Content) -> RawDump:
    body: Mapping[str, Any] = (content.body or {})["data"]
    stored_type = decode_hex(_text(body, "card_type_raw")) or b""
    number, issues = card_number(body.get("card_number_input"))
    decoded = {
        "card_type": stored_type[2:].decode("ascii", "replace") if stored_type[:1] == b"\xc1" else None,
        "front_image": _picture(body, "front_image_base64"),
        "face": _picture(body, "photo_base64"),
    }
    head = RawDump(Shape.SCAN_RESULT, issues=issues, stated_card_number=number)
    return _dump(1, decoded, head)


def _dump(generation: int, decoded: dict[str, Any], head: RawDump) -> RawDump:
    usable = {name: value for name, value in decoded.items() if value is not None and value != {}}
    if not usable:
        raise unreadable("The dump names its parts but holds none that can be read.")
    return replace(head, generation=generation, decoded=usable, reencoded=True)


def _text(body: Mapping[str, Any], *names: str) -> str | None:
    """The first named text that is there, cut to a sane length."""
    for name in names:
        value = body.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if isinstance(value, str) and value:
            return value[:TEXT_LIMIT]
    return None


def _flag(body: Mapping[str, Any], name: str) -> bool | None:
    value = body.get(name)
    if isinstance(value, bool):
        return value
    return {"0": False, "1": True}.get(_text(body, name) or "")


def _picture(body: Mapping[str, Any], *names: str) -> bytes | None:
    """Bytes of a data URL or of plain base64."""
    for name in names:
        value = body.get(name)
        if isinstance(value, str) and value:
            return decode_base64(value.partition(",")[2] if value.startswith("data:") else value)
    return None


SCAN_RESULT = Importer(Shape.SCAN_RESULT, _is_scan_result, _read_scan_result)
FLUTTER = Importer(Shape.FLUTTER_LIBJEID, _is_flutter, _read_flutter)
LIBJEID = Importer(Shape.LIBJEID, _is_libjeid, _read_libjeid)
