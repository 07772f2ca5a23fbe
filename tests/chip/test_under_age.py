from __future__ import annotations

import pytest

from service.checks.case import Case
from service.checks.under_age import AgeAtIssue, age_at_issue
from service.evidence import FieldReading
from tests.chip.world import AT


def case(*, born: str | None = None, issued: str | None = None, confidence: float = 0.99) -> Case:
    fields = [
        FieldReading(name, "front", value, value, confidence)
        for name, value in (("date_of_birth", born), ("issue_date", issued))
        if value is not None
    ]
    return Case(AT, "production", fields=tuple(fields))


@pytest.mark.parametrize(
    ("born", "issued", "age"),
    [
        ("2010-05-10", "2026-05-10", AgeAtIssue.ADULT),
        ("2010-05-10", "2026-05-09", AgeAtIssue.UNCLEAR),
        ("2010-05-10", "2025-11-10", AgeAtIssue.UNCLEAR),
        ("2010-05-10", "2025-11-01", AgeAtIssue.UNDER_16),
        ("2008-02-29", "2024-02-29", AgeAtIssue.ADULT),
        ("2009-02-28", "2024-07-01", AgeAtIssue.UNDER_16),
        ("2012-01-01", None, AgeAtIssue.UNDER_16),
        ("2010-09-01", None, AgeAtIssue.UNCLEAR),
        ("2005-01-01", None, AgeAtIssue.UNCLEAR),
        ("1990-01-01", None, AgeAtIssue.ADULT),
        (None, "2024-07-01", AgeAtIssue.UNCLEAR),
        ("1990-13-01", "2024-07-01", AgeAtIssue.UNCLEAR),
    ],
)
def test_age_at_issue(born: str | None, issued: str | None, age: AgeAtIssue) -> None:
    assert age_at_issue(case(born=born, issued=issued)) is age


def test_unsure_readings_accuse_nobody() -> None:
    assert age_at_issue(case(born="1990-01-01", issued="2024-07-01", confidence=0.5)) is AgeAtIssue.UNCLEAR


def test_born_on_a_leap_day() -> None:
    assert age_at_issue(case(born="2004-02-29", issued="2020-02-29")) is AgeAtIssue.ADULT
