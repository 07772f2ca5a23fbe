"""Sentences exist for every code, in every language, and say nothing they were not given."""

from __future__ import annotations

import string

import pytest

from service.messages import LANGUAGES, catalogue, has_message, message
from service.report import TermState, WorkState
from service.verdict import NextAction, NotRunReason, Verdict


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_sentence_exists_in_every_language(code: str) -> None:
    sentences = catalogue()[code]
    assert set(sentences) == set(LANGUAGES)
    assert all(text.strip() == text and text for text in sentences.values())


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_languages_use_the_same_places(code: str) -> None:
    places = [
        {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for text in catalogue()[code].values()
    ]
    assert all(names == places[0] for names in places)
    assert all(name.isidentifier() for name in places[0])


@pytest.mark.parametrize("why", list(NotRunReason))
def test_a_check_that_was_not_run_says_why(why: NotRunReason) -> None:
    text = message("text.dates.not_run", {"not_run_reason": why.value})
    assert text == catalogue()[f"not_run.{why.value}"]["en"]
    assert text != message("text.dates.not_run")


def test_a_code_of_its_own_wins_over_the_shared_sentence() -> None:
    assert message("verdict.forged", language="ja") == catalogue()["verdict.forged"]["ja"]


SPOKEN = {"verdict": Verdict, "next_action": NextAction, "term": TermState, "work": WorkState}


@pytest.mark.parametrize("code", [f"{kind}.{word}" for kind, words in SPOKEN.items() for word in words])
def test_every_word_of_a_report_has_a_sentence(code: str) -> None:
    assert has_message(code)


def test_an_unknown_language_reads_as_english_and_an_unknown_code_as_itself() -> None:
    assert message("not_applicable", language="fr") == message("not_applicable")
    assert message("no.such.code") == "no.such.code"
    assert not has_message("no.such.code")
