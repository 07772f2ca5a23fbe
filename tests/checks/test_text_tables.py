"""Every status with every period that it may have passes; widths of digits; messages for every reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cards.periods import Period
from service.cards.statuses import Status, statuses, work_restrictions
from service.checks import layout, registry, text
from service.checks.base import Check
from service.checks.case import Case
from service.messages import catalogue
from service.verdict import Result
from tests.checks.text_support import TODAY, ask, card

BY_ID = {check.id.removeprefix("text."): check for check in text.CHECKS}
EVERY = (*text.CHECKS, *layout.CHECKS, *registry.CHECKS)
LAST_GRANT = date(2026, 5, 31)


def grants() -> Iterator[tuple[Status, Period, date]]:
    """Every status with every period, on the first and last day of each scheme."""
    for status in statuses().values():
        for scheme in status.schemes if status.card else ():
            since = max(d for d in (status.window.since, scheme.window.since, date(2012, 7, 9)) if d)
            until = min(d for d in (status.window.until, scheme.window.until, LAST_GRANT) if d)
            designated = {scheme.up_to} if scheme.up_to else set()
            for period in scheme.values | designated:
                if since <= until and not period.too_short_for_a_card:
                    yield from ((status, period, day) for day in {since, until})


@pytest.mark.parametrize(
    ("status", "period", "day"), list(grants()), ids=lambda part: getattr(part, "name", str(part))
)
def test_every_legal_grant_passes(status: Status, period: Period, day: date) -> None:
    until = None if period.indefinite else period.end(day).isoformat()
    valid = until or date(day.year + 7, day.month, min(day.day, 28)).isoformat()
    work = work_restrictions()[status.work[0]].text
    case = card(
        {
            "status_of_residence": status.name,
            "work_restriction": work,
            "period_of_stay": str(period),
            "permission_date": day.isoformat(),
            "issue_date": day.isoformat(),
            "stay_until": until,
            "card_valid_until": valid,
            "permission_type": "永住許可" if period.indefinite else "在留資格変更許可",
        },
        extra={"status_of_residence": {"status_english": status.english[0]}},
        now=TODAY,
    )
    names = ["status", "status_english", "work_restriction", "period", "permission", "dates"]
    if not period.indefinite:
        names += ["stay_until", "validity"]
    results = [ask(BY_ID[name], case) for name in names]
    assert [r.reason for r in results if r.result is not Result.PASS] == []


@given(st.integers(-62, 92), st.integers(1, 60))
def test_a_renewal_inside_its_window_always_passes(shift: int, months: int) -> None:
    permitted = date(2020, 3, 15)
    period = Period(months // 12, months % 12)
    until = period.end(permitted + timedelta(days=shift)).isoformat()
    case = card(
        {"permission_date": permitted.isoformat(), "period_of_stay": str(period), "stay_until": until},
        now=TODAY,
    )
    assert ask(BY_ID["stay_until"], case).result is Result.PASS


@given(st.text(max_size=12), st.sampled_from(sorted(card().fields, key=lambda f: f.name)))
def test_no_text_breaks_a_check(strange: str, field: object) -> None:
    case = card({getattr(field, "name", ""): strange})
    for check in text.CHECKS:
        assert ask(check, case).result is not Result.ERROR, check.id


HALF_BOX = (0.1, 0.2, 0.198, 0.04)
FULL_BOX = (0.1, 0.2, 0.285, 0.042)
Box = tuple[float, float, float, float]


PAIRS = {"issue_date": "permission_date", "stay_until": "card_valid_until"}


def measured(field: str, width: str | None, box: Box | None, *, both: bool = True) -> Case:
    """The specimen with a pair of dates of one kind, or the first of them alone, measured otherwise."""
    names = {field, PAIRS[field]} if both else {field}
    extra = {"digit_width": width} if width else {}
    case = card(dict.fromkeys(names, "2014年06月10日"), extra=dict.fromkeys(names, extra))
    fields = tuple(replace(f, box=box) if f.name in names else f for f in case.fields)
    return replace(case, fields=fields)


def test_one_line_alone_is_no_wrong_width() -> None:
    alone = measured("stay_until", "half", HALF_BOX, both=False)
    assert ask(BY_ID["digit_width"], alone).reason == "text.digit_width.not_measurable"


@pytest.mark.parametrize(
    ("field", "width", "box", "outcome"),
    [
        ("issue_date", "half", HALF_BOX, "as_printed"),
        ("issue_date", "full", FULL_BOX, "wrong_width"),
        ("issue_date", "full", HALF_BOX, "not_measurable"),
        ("issue_date", "full", None, "not_measurable"),
        ("issue_date", None, FULL_BOX, "as_printed"),
        ("stay_until", "full", FULL_BOX, "as_printed"),
        ("stay_until", "half", HALF_BOX, "wrong_width"),
        ("stay_until", "half", FULL_BOX, "not_measurable"),
    ],
)
def test_digit_width(field: str, width: str | None, box: Box | None, outcome: str) -> None:
    result = ask(BY_ID["digit_width"], measured(field, width, box))
    assert result.reason == f"text.digit_width.{outcome}"


def test_a_badly_read_date_is_not_measured() -> None:
    case = measured("issue_date", "full", FULL_BOX)
    shaky = tuple(replace(f, confidence=0.85) for f in case.fields)
    assert ask(BY_ID["digit_width"], replace(case, fields=shaky)).reason == "text.digit_width.unreadable"


def test_a_reader_that_sees_one_width_only_accuses_nobody() -> None:
    case = card()
    full = {"digit_width": "full"}
    dates = tuple(replace(f, extra=full, box=FULL_BOX) for f in case.fields if f.name.endswith("_date"))
    assert ask(BY_ID["digit_width"], replace(case, fields=dates)).result is Result.INCONCLUSIVE


@pytest.mark.parametrize("check", EVERY, ids=lambda check: check.id)
def test_every_reason_has_a_polite_sentence(check: Check) -> None:
    for reason in check.reasons:
        sentences = catalogue()[reason]
        assert sentences["en"].endswith(".")
        assert sentences["ja"].endswith("。")
        assert "偽造" not in sentences["ja"]
        assert not any(sign.isdigit() for sign in sentences["en"] + sentences["ja"])


def test_no_sentence_is_left_over() -> None:
    wanted = {reason for check in EVERY for reason in check.reasons}
    mine = {code for code in catalogue() if code.split(".")[0] in ("text", "layout", "registry")}
    assert mine == wanted


def test_ids_are_distinct_and_carry_a_citation() -> None:
    assert len({check.id for check in EVERY}) == len(EVERY)
    assert all(check.citation and check.title for check in EVERY)
