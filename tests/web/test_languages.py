"""Words of the interface: every language has every key, every key is used, every place is filled alike."""

from __future__ import annotations

import json
import re
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest

from service.report import FieldName, Source
from service.verdict import Assurance, Effect, NextAction, Result, Verdict
from service.web import STATIC

LANGUAGES = ("ja", "ja-easy", "en")
AREAS = sorted(path.stem for path in (STATIC / "locales" / "ja").glob("*.json"))
CODE = sorted(p for p in STATIC.rglob("*") if p.suffix in (".js", ".html"))
LITERAL = re.compile(r"""["'`]((?:{})\.[\w.-]+)["'`]""".format("|".join(AREAS)))
PREFIX = re.compile(r"`((?:{})\.(?:[\w-]+\.)*)\$\{{".format("|".join(AREAS)))
ASSEMBLED = {
    "choice(": re.compile(r'choice\("[\w.]+", "([\w.]+)"'),
}
EASY_KANJI = re.compile(r"[\u4e00-\u9fff]")


@cache
def words(language: str, area: str) -> dict[str, str]:
    loaded: dict[str, str] = json.loads((STATIC / "locales" / language / f"{area}.json").read_text("utf-8"))
    return loaded


@cache
def source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in CODE)


def places(sentence: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", sentence))


@pytest.mark.parametrize("area", AREAS)
def test_every_language_has_the_same_keys_and_places(area: str) -> None:
    japanese = words("ja", area)
    assert all(key.startswith(f"{area}.") for key in japanese)
    for language in LANGUAGES:
        other = words(language, area)
        assert other.keys() == japanese.keys(), language
        assert all(text.strip() for text in other.values())
        different = {key for key in japanese if places(other[key]) != places(japanese[key])}
        assert different == set(), language


@pytest.mark.parametrize("area", ["common", "console"])
def test_no_key_is_unused_and_none_is_missing(area: str) -> None:
    literal = {key for key in LITERAL.findall(source()) if key.startswith(f"{area}.")} - {f"{area}.json"}
    prefixes = {prefix for prefix in PREFIX.findall(source()) if prefix != f"{area}."}
    prefixes |= {f"{prefix}." for pattern in ASSEMBLED.values() for prefix in pattern.findall(source())}
    known = words("ja", area).keys()
    unused = {key for key in known - literal if not key.startswith(tuple(prefixes))}
    assert unused == set()
    starts = {key for key in literal if not any(other.startswith(f"{key}.") for other in known)}
    assert starts - known == set(), "asked for and not there"


@pytest.mark.parametrize(
    ("prefix", "values"),
    [
        ("common.verdict", Verdict),
        ("console.result", Result),
        ("console.next", NextAction),
        ("console.assurance", Assurance),
        ("console.effect", Effect),
        ("console.field", FieldName),
        ("console.source", Source),
    ],
)
def test_every_word_of_the_report_has_its_words(prefix: str, values: type[StrEnum]) -> None:
    known = words("ja", prefix.split(".")[0])
    assert {f"{prefix}.{value}" for value in values} <= known.keys()


def test_easy_japanese_is_easy() -> None:
    """Words of the 2020 guideline: spaces between them, hardly a kanji, and short sentences."""
    for area in ("common", "console"):
        for key, text in words("ja-easy", area).items():
            assert len(EASY_KANJI.findall(text)) <= 4, key
            assert all(len(sentence) <= 60 for sentence in re.split(r"[。？！（]", text)), key


def test_pages_name_no_other_host() -> None:
    for path in CODE:
        found = re.findall(r"https?://[^\s\"'`)]+", path.read_text(encoding="utf-8"))
        assert [one for one in found if "www.w3.org" not in one] == [], Path(path).name
