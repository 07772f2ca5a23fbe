"""Every reason has its texts for operator and holder, and none of the holder's accuses."""

from __future__ import annotations

import re

import pytest

from scripts.holder_texts import PAGE, lines
from service.checks.base import Check
from service.checks.catalogue import CHECKS
from service.messages import LANGUAGES, PLAIN_LANGUAGES, Audience, catalogue, message
from service.messages.plain_words import table, template_of
from service.verdict import Result, Verdict

ACCUSING = re.compile(
    r"偽|変造|にせ|ニセ|うそ|犯罪|疑|違法|forg|fake|fraud|counterfeit|tamper|manipulat|suspic|crime|illegal",
    re.I,
)
KANJI = re.compile(r"[一-龥]")
VERDICTS = [f"verdict.{verdict.value}" for verdict in Verdict]
CODES = sorted({reason for check in CHECKS for reason in check.all_reasons} | set(VERDICTS))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_reason_speaks_to_everybody_in_every_language(check: Check) -> None:
    for reason in check.all_reasons:
        assert template_of(reason) is not None, f"{reason}: place it in service/messages/plain/reasons.toml"
        for language in PLAIN_LANGUAGES:
            for audience in ("operator", "holder"):
                _sound(message(reason, {}, language, audience), reason)


def _sound(text: str, reason: str) -> None:
    assert text != reason
    assert "{" not in text, reason


@pytest.mark.parametrize("language", PLAIN_LANGUAGES)
def test_nothing_that_the_holder_reads_accuses(language: str) -> None:
    for code in CODES:
        assert not ACCUSING.search(message(code, {}, language, "holder")), code


def test_the_word_would_be_noticed() -> None:
    assert ACCUSING.search("カードが偽造されています。")
    assert ACCUSING.search("The card is forged.")


def test_what_speaks_against_a_card_is_never_told_as_fine() -> None:
    for check in CHECKS:
        for reason, result in check.reasons.items():
            if result in (Result.FAIL, Result.SUSPECT) and check.effect.value != "informative":
                assert template_of(reason) in ("look", "ask_agency"), reason
            elif result is Result.PASS:
                assert template_of(reason) == "ok", reason


def test_the_holder_is_not_told_what_failed() -> None:
    """Two reasons of one check that differ in the measure read the same."""
    told = {
        message(f"text.validity.{last}", {}, "en", "holder") for last in ("not_a_birthday", "does_not_follow")
    }
    assert len(told) == 1


def test_easy_japanese_is_easy() -> None:
    """Parted by spaces; signs only in brackets behind their reading, as on the card itself."""
    for code in CODES:
        for audience in _AUDIENCES:
            text = message(code, {}, "ja-easy", audience)
            assert " " in text, code
            assert not KANJI.search(re.sub(r"（[^）]*）", "", text)), text


_AUDIENCES: tuple[Audience, ...] = ("operator", "holder")


def test_nothing_is_written_for_reasons_that_nobody_gives() -> None:
    lasts = {code.rpartition(".")[2] for code in CODES}
    assert table("reasons")["last"].keys() <= lasts
    assert table("reasons")["whole"].keys() <= {*CODES, *catalogue()}
    ids = {check.id for check in CHECKS}
    groups = {id.partition(".")[0] for id in ids}
    named = table("subjects").keys()
    assert {name for name in named if "." in name} <= ids
    assert groups <= {name for name in named if "." not in name}
    used = {*table("reasons")["last"].values(), *table("reasons")["whole"].values()}
    assert used == table("templates").keys()


def test_the_operators_catalogue_has_both_languages() -> None:
    for code, sentences in catalogue().items():
        assert sentences.keys() == set(LANGUAGES), code
        assert all(sentences.values()), code


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == "\n".join(lines()) + "\n", "run python -m scripts.holder_texts"
