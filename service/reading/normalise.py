"""From what is printed to the normal form of the contract (section 2, ``fields[].value``).

Every function gives None where the text is not that kind of value; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date

__all__ = [
    "card_number",
    "compact",
    "latin_name",
    "normal_form",
    "parse_date",
    "period",
    "permission",
    "sex",
    "validity",
]

_DATE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
_NAME = re.compile(r"[A-Z][A-Z '.,-]*")
_PERIOD = re.compile(r"(?:(?P<years>[0-9]{1,2})年)?(?:(?P<months>[0-9]{1,2})月)?(?:(?P<days>[0-9]{1,3})日)?")
_PERMISSION = re.compile(r"(?P<kind>[^(]+)(?:\((?P<authority>[^)]*)\)?)?")
_OLDEST, _LATEST = 1870, 2199


def compact(text: str) -> str:
    """NFKC without any space; the two middle dots that recognisers mix up become one."""
    return "".join(unicodedata.normalize("NFKC", text).split()).replace("·", "・")


def parse_date(text: str) -> str | None:
    """``2014年06月10日`` in half- or full-width digits as ``2014-06-10``; None for no real date."""
    match = _DATE.fullmatch(compact(text))
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    if not _OLDEST <= year <= _LATEST:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def validity(text: str) -> str | None:
    """The date before ``まで有効``, of which a sign or two may be misread; None where either is missing."""
    bare = compact(text)
    day = bare.rfind("日") + 1
    rest = bare[day:]
    if not ("まで" in rest or "有効" in rest) or len(rest) > len("まで有効"):
        return None
    return parse_date(bare[:day])


def card_number(text: str) -> str | None:
    """``AB12345678CD``; None for any other form."""
    bare = compact(text)
    return bare if _NUMBER.fullmatch(bare) else None


def latin_name(text: str) -> str | None:
    """Capitals with single spaces; None for signs that no Latin name on a card holds."""
    name = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    return name if _NAME.fullmatch(name) else None


def kanji_name(text: str) -> str | None:
    """The name in kanji, single spaces kept; None where empty."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    return name or None


def sex(text: str) -> str | None:
    """``M``, ``F`` or ``X``; None where the kanji and the letter disagree."""
    bare = compact(text).rstrip(".")
    pairs = {"男M": "M", "女F": "F", "男": "M", "女": "F", "不詳": "X", "未指定": "X", "X": "X"}
    return pairs.get(bare)


def period(text: str) -> str | None:
    """``4年3月``, ``90日`` or ``無期限`` without leading zeros; None for anything else."""
    bare = compact(text)
    if bare == "無期限":
        return bare
    match = _PERIOD.fullmatch(bare)
    if match is None or not bare:
        return None
    units = zip(("years", "months", "days"), "年月日", strict=True)
    parts = [(int(match[name]), unit) for name, unit in units if match[name] is not None]
    if any(count == 0 for count, _ in parts):
        return None
    return "".join(f"{count}{unit}" for count, unit in parts)


def permission(text: str) -> tuple[str, str] | None:
    """Kind of permission and the authority in brackets (empty where none); None where empty."""
    match = _PERMISSION.fullmatch(compact(text))
    if match is None:
        return None
    return match["kind"], match["authority"] or ""


def _permission_kind(text: str) -> str | None:
    parts = permission(text)
    return parts[0] if parts else None


def _plain(text: str) -> str | None:
    return compact(text) or None


_FORMS: Mapping[str, Callable[[str], str | None]] = {
    "card_number": card_number,
    "name_latin": latin_name,
    "name_kanji": kanji_name,
    "date_of_birth": parse_date,
    "sex": sex,
    "period_of_stay": period,
    "stay_until": parse_date,
    "permission_type": _permission_kind,
    "permission_date": parse_date,
    "issue_date": parse_date,
    "card_valid_until": validity,
}


def normal_form(field: str, text: str) -> str | None:
    """The normal form of a field's printed text; open texts lose their spaces."""
    return _FORMS.get(field, _plain)(text)
