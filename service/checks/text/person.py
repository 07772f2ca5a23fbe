"""Number, name, sex, nationality and address: the form of what is printed about the holder."""

from __future__ import annotations

import re
import unicodedata

from service.cards.lexicon import SEXES, legal
from service.cards.lookalike import fold, near
from service.cards.number import NUMBER_LENGTH, almost_well_formed, compact, well_formed
from service.cards.regions import nationalities, prefectures, undetermined_address
from service.checks.text.question import FIRST_GENERATION, JAPANESE, Answer, Text, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]

_NAME = re.compile(r"[A-Z]+(?: [A-Z]+)*")
_PUNCTUATION = re.compile(r"[.,'’\-]")
"""Small marks that readers add or lose; names are judged by their letters."""
_BETWEEN_PAIR = str.maketrans("", "", ". ")
_NUMBER_SLACK = 2
"""Signs by which a text may be longer or shorter and still be the number: else it stands beside it."""
_LONGEST_NAME = 70
_PREFECTURE_SIGNS = 4


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _card_number(text: Text) -> str:
    number = text.word("card_number")
    if well_formed(number):
        return "well_formed"
    if abs(len(compact(number)) - NUMBER_LENGTH) > _NUMBER_SLACK:
        return "unreadable"
    return "look_alike" if almost_well_formed(number) else "malformed"


def _name(text: Text) -> Answer:
    raw = unicodedata.normalize("NFKC", text.readings["name_latin"].raw)
    name = " ".join(_PUNCTUATION.sub(" ", raw).split())
    if _NAME.fullmatch(name) and len(name) <= _LONGEST_NAME:
        return Answer("basic_latin", ("name_latin",))
    strange = [sign for sign in name if sign.isalpha() and not ("A" <= sign <= "Z")]
    latin = [s for s in strange if not s.isascii() and unicodedata.name(s, "").startswith("LATIN")]
    if len(latin) > 1 and len(latin) == len(strange):
        return Answer("not_basic_latin", ("name_latin",))
    return Answer("unusual", ("name_latin",))


def _sex(text: Text) -> str:
    raw = unicodedata.normalize("NFKC", text.readings["sex"].raw)
    pair = raw.translate(_BETWEEN_PAIR)
    known = {item.translate(_BETWEEN_PAIR) for item in SEXES}
    if pair in known:
        return "pair"
    signs = {item[0] for item in known} | {item[1] for item in known}
    crossed = len(pair) == 2 and set(pair) <= signs
    return "crossed" if crossed else "unknown"


def _nationality(text: Text) -> str:
    name = _plain(text.word("nationality"))
    known = nationalities().get(name)
    if known is not None:
        return "anomaly" if known.anomaly else "known"
    if len(name) > 2 and all("A" <= sign.upper() <= "Z" for sign in name):
        return "not_japanese"
    return "look_alike" if near(name, legal("nationality")) else "unknown"


def _address(text: Text) -> str:
    address = _plain(text.word("address"))
    if address.startswith(prefectures()):
        return "prefecture"
    if near(address, (undetermined_address(),)):
        return "undetermined"
    starts = {fold(address)[: len(fold(name))] for name in prefectures()}
    return "look_alike" if any(near(start, prefectures()) for start in starts) else "no_prefecture"


CHECKS = (
    text_check(
        "card_number",
        "The card number has two letters, eight digits and two letters",
        "Immigration Control Act 19-4(2); card data sheet §1.1",
        Effect.DECISIVE,
        ("card_number",),
        {"well_formed": Result.PASS, "look_alike": Result.INCONCLUSIVE, "malformed": Result.FAIL},
        _card_number,
        layouts=JAPANESE,
    ),
    text_check(
        "name",
        "The Latin name is written in basic capitals",
        "card data sheet §4 (name as in the passport)",
        Effect.SUPPORTING,
        ("name_latin",),
        {
            "basic_latin": Result.PASS,
            "unusual": Result.INCONCLUSIVE,
            "not_basic_latin": Result.SUSPECT,
        },
        _name,
        layouts=JAPANESE,
    ),
    text_check(
        "sex",
        "The sex is one of the two printed pairs",
        "card data sheet §1.2, §4",
        Effect.SUPPORTING,
        ("sex",),
        {"pair": Result.PASS, "unknown": Result.INCONCLUSIVE, "crossed": Result.SUSPECT},
        _sex,
        layouts=FIRST_GENERATION,
    ),
    text_check(
        "nationality",
        "The nationality or region is a name that cards print",
        "card data sheet §4 (short names)",
        Effect.SUPPORTING,
        ("nationality",),
        {
            "known": Result.PASS,
            "anomaly": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "look_alike": Result.INCONCLUSIVE,
            "not_japanese": Result.SUSPECT,
        },
        _nationality,
        layouts=FIRST_GENERATION,
    ),
    text_check(
        "address",
        "The address starts with a prefecture or is noted as undetermined",
        "card data sheet §4 (address)",
        Effect.SUPPORTING,
        ("address",),
        {
            "prefecture": Result.PASS,
            "undetermined": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "no_prefecture": Result.SUSPECT,
        },
        _address,
        layouts=FIRST_GENERATION,
        leading=_PREFECTURE_SIGNS,
    ),
)
