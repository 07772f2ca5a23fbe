from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from service.checks.case import Case
from service.checks.layout import CHECKS
from service.checks.reading_limits import ACCUSING
from service.evidence import LabelReading, Side
from service.verdict import NextAction, NotRunReason, Result
from tests.checks.text_support import LABELS, TODAY, ask, card, layout

BY_ID = {check.id.removeprefix("layout."): check for check in CHECKS}
BOX = (0.1, 0.1, 0.1, 0.05)
REQUIRED = tuple(label for label in LABELS if label.required)


def labels(changes: Mapping[str, LabelReading | None] | None = None) -> Case:
    """The specimen with every label found; single ones replaced or left out."""
    read = {
        label.id: LabelReading(label.id, Side.FRONT, label.text, 0.9, label.text, 0.99, BOX)
        for label in REQUIRED
    }
    changed = {**read, **(changes or {})}
    return replace(card(), labels=tuple(item for item in changed.values() if item is not None))


def label(id: str, **parts: object) -> LabelReading:
    text = next(item.text for item in LABELS if item.id == id)
    base = LabelReading(id, Side.FRONT, text, 0.9, text, 0.99, BOX, apart=20.0)
    return replace(base, **parts)  # type: ignore[arg-type]


def test_all_labels_in_place_pass() -> None:
    result = ask(BY_ID["labels"], labels())
    assert result.reason == "layout.labels.as_expected"


def test_another_text_in_a_labels_place_fails() -> None:
    result = ask(BY_ID["labels"], labels({"title_ja": label("title_ja", similarity=0.1, text="運転免許証")}))
    assert result.reason == "layout.labels.wrong_text"
    assert result.region is not None


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ({"similarity": 0.1, "text": "運転免許証", "confidence": ACCUSING - 0.01}, "unreadable"),
        ({"similarity": 0.5, "text": "運転免許証"}, "unreadable"),
        ({"similarity": 0.1, "text": "在留力ード"}, "as_expected"),
        ({"similarity": 0.1, "text": "在留カト"}, "unreadable"),
        ({"similarity": 0.1, "text": None, "confidence": 0.0}, "unreadable"),
        ({"similarity": 0.9, "text": "運転免許証"}, "as_expected"),
    ],
)
def test_a_label_that_is_not_surely_other_is_not_accused(parts: dict[str, object], reason: str) -> None:
    result = ask(BY_ID["labels"], labels({"title_ja": label("title_ja", **parts)}))
    assert result.reason == f"layout.labels.{reason}"
    assert result.result in (Result.PASS, Result.INCONCLUSIVE)


def test_two_misspelled_labels_fail_and_one_with_a_single_slip_does_not() -> None:
    slips = {
        "government_en": label("government_en", text="GOVERMENT OF JAPAN"),
        "birth_en": label("birth_en", text="DATE OF BRITH"),
    }
    result = ask(BY_ID["labels"], labels(slips))
    assert (result.reason, result.result) == ("layout.labels.misspelled", Result.FAIL)
    assert result.region is not None
    unsure = label("birth_en", text="DATE OF BRITH", confidence=ACCUSING - 0.01)
    assert ask(BY_ID["labels"], labels({**slips, "birth_en": unsure})).result is Result.PASS
    one = ask(BY_ID["labels"], labels({"government_en": slips["government_en"]}))
    assert one.reason == "layout.labels.as_expected"


def test_a_wrong_reading_counts_only_where_the_picture_speaks_against_the_label() -> None:
    slips = {"government_en": "GOVERMENT OF JAPEN", "birth_en": "DAY OF BORN", "title_ja": "運転免許証"}
    for nats in (None, 5.0):
        read = {id: label(id, text=text, similarity=0.3, apart=nats) for id, text in slips.items()}
        assert ask(BY_ID["labels"], labels(read)).result is not Result.FAIL


@pytest.mark.parametrize("seen", ["GOVERNMENT OF", "MENT OF JAPAN", "NMENT OF"])
def test_ends_under_a_reflection_are_no_misspelling(seen: str) -> None:
    read = {
        "government_en": label("government_en", text=seen),
        "birth_en": label("birth_en", text="E OF BIR"),
    }
    assert ask(BY_ID["labels"], labels(read)).result is not Result.FAIL


def test_short_labels_are_never_misspelled() -> None:
    read = {"number_en": label("number_en", text="号"), "sex_en": label("sex_en", text="SAX")}
    assert ask(BY_ID["labels"], labels(read)).reason == "layout.labels.as_expected"


@pytest.mark.parametrize(("shift", "reason"), [(1.9, "as_expected"), (2.1, "displaced")])
def test_a_label_beside_its_place(shift: float, reason: str) -> None:
    moved = label("status_ja", offset_mm=(shift, 0.0))
    result = ask(BY_ID["labels"], labels({"status_ja": moved}))
    assert result.reason == f"layout.labels.{reason}"


def test_a_label_whose_beginning_was_not_seen_is_not_displaced() -> None:
    hidden = label("government_en", text="VERNMENT OF JAPAN", offset_mm=(3.1, 0.0))
    assert ask(BY_ID["labels"], labels({"government_en": hidden})).result is not Result.SUSPECT


def test_a_shift_of_the_whole_card_is_no_displacement() -> None:
    moved = {item.id: label(item.id, offset_mm=(3.0, -3.0)) for item in REQUIRED}
    assert ask(BY_ID["labels"], labels(moved)).result is Result.PASS


def test_too_few_labels_tell_no_displacement() -> None:
    few: dict[str, LabelReading | None] = {
        item.id: None for item in REQUIRED if item.id not in ("status_ja", "birth_ja")
    }
    few["status_ja"] = label("status_ja", offset_mm=(9.0, 0.0))
    assert ask(BY_ID["labels"], labels(few)).reason == "layout.labels.missing"


def test_a_label_that_was_not_found_leaves_it_open() -> None:
    result = ask(BY_ID["labels"], labels({"birth_ja": None}))
    assert result.reason == "layout.labels.missing"
    assert result.next_action is NextAction.RETAKE_IMAGE


@pytest.mark.parametrize(
    "broken",
    [
        label("title_ja", similarity=0.1, text="運転免許証"),
        label("title_ja", offset_mm=(9.0, 0.0)),
    ],
)
def test_a_face_that_is_not_confirmed_is_not_accused(broken: LabelReading) -> None:
    case = replace(labels({"title_ja": broken}), layout=layout(confirmed=False))
    assert ask(BY_ID["labels"], case).reason == "layout.labels.unconfirmed"


def test_labels_of_an_unknown_document_are_not_judged() -> None:
    result = ask(BY_ID["labels"], replace(labels(), layout=None))
    assert result.not_run_reason is NotRunReason.UNSUPPORTED_DOCUMENT


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (card(), "known"),
        (replace(card(), layout=None), "unknown"),
        (replace(card(), layout_confidence=0.49), "doubtful"),
        (replace(card(), layout=layout(confirmed=False)), "unconfirmed"),
    ],
)
def test_document(case: Case, reason: str) -> None:
    result = ask(BY_ID["document"], case)
    assert result.reason == f"layout.document.{reason}"
    assert (result.next_action is None) is (reason == "known")


@pytest.mark.parametrize(
    ("generation", "issued", "reason"),
    [
        (1, "2026-06-13", "fits"),
        (1, "2026-06-14", "ended"),
        (1, "2012-07-08", "unconfirmed"),
        (1, "2012-07-09", "fits"),
        (1, "平成26年", "unreadable"),
        (1, None, "unreadable"),
        (2, None, "not_applicable"),
        (2, "2026-06-13", "unconfirmed"),
        (2, "2026-06-14", "fits"),
        (9, "2026-06-14", "not_applicable"),
    ],
)
def test_generation(generation: int, issued: str | None, reason: str) -> None:
    profile = layout(generation=generation)
    result = ask(BY_ID["generation"], card({"issue_date": issued}, profile=profile, now=TODAY))
    assert result.reason == f"layout.generation.{reason}"


def test_an_unsure_issue_date_accuses_nobody() -> None:
    case = card({"issue_date": "2026-06-14"}, sure=ACCUSING - 0.01)
    assert ask(BY_ID["generation"], case).reason == "layout.generation.unreadable"
