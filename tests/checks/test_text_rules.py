"""Every rule with its window edges. Each broken card has an intact twin and a badly read one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from service.cards.lexicon import isolated
from service.checks.base import Check
from service.checks.case import Case
from service.checks.reading_limits import ACCUSING, READABLE
from service.checks.text import CHECKS
from service.verdict import Effect, NextAction, NotRunReason, Refutes, Result
from tests.checks.text_support import SPECIMEN, TODAY, ask, card, layout

BY_ID = {check.id.removeprefix("text."): check for check in CHECKS}
AGAINST = {Result.FAIL, Result.SUSPECT}


@dataclass(frozen=True)
class Row:
    check: str
    changes: Mapping[str, str | None]
    outcome: str
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def case(self, sure: float = 0.99) -> Case:
        return card(self.changes, sure=sure, extra=self.extra, now=TODAY)

    def __str__(self) -> str:
        return f"{self.check}-{self.outcome}-{'-'.join(str(v) for v in self.changes.values())}"


def authority(name: str) -> Mapping[str, Mapping[str, str]]:
    return {"permission_type": {"authority": name}}


def english(text: str) -> Mapping[str, Mapping[str, str]]:
    return {"status_of_residence": {"status_english": text}}


def grant(status: str, work: str, period: str, permitted: str, until: str, kind: str) -> Mapping[str, str]:
    return {
        "status_of_residence": status,
        "work_restriction": work,
        "period_of_stay": period,
        "permission_date": permitted,
        "issue_date": permitted,
        "stay_until": until,
        "card_valid_until": until,
        "permission_type": kind,
    }


ONLY_STATUS = "在留資格に基づく就労活動のみ可"
INSTITUTION = "指定書記載機関での在留資格に基づく就労活動のみ可"
DESIGNATED = "指定書により指定された就労活動のみ可"
CHANGE, RENEWAL, LANDING = "在留資格変更許可", "在留期間更新許可", "上陸許可"
SSW, CARE = "特定技能1号", "介護"

ROWS = (
    Row("card_number", {"card_number": "AB1234567OCD"}, "look_alike"),
    Row("card_number", {"card_number": "AB1234567CD"}, "look_alike"),
    Row("card_number", {"card_number": "AB123456CD"}, "malformed"),
    Row("card_number", {"card_number": "123456789012"}, "malformed"),
    Row("name", {"name_latin": "O'BRIEN-SMITH  ANN"}, "basic_latin"),
    Row("name", {"name_latin": "Turner Elizabeth"}, "unusual"),
    Row("name", {"name_latin": "MÜLLER JÖRG"}, "not_basic_latin"),
    Row("name", {"name_latin": "MÜLLER ANNA"}, "unusual"),
    Row("name", {"name_latin": "TURNERエリザ"}, "unusual"),
    Row("sex", {"sex": "男 M."}, "pair"),
    Row("sex", {"sex": "男 F."}, "crossed"),
    Row("sex", {"sex": "X"}, "unknown"),
    Row("nationality", {"nationality": "ベトナム"}, "known"),
    Row("nationality", {"nationality": "香港"}, "anomaly"),
    Row("nationality", {"nationality": "米圏"}, "look_alike"),
    Row("nationality", {"nationality": "アトランティス"}, "unknown"),
    Row("nationality", {"nationality": "VIETNAM"}, "not_japanese"),
    Row("address", {"address": "未定（届出後裏面に記載）"}, "undetermined"),
    Row("address", {"address": "束京都港区"}, "look_alike"),
    Row("address", {"address": "ハノイ市ホアンキエム区"}, "no_prefecture"),
    Row("dates", {"date_of_birth": "1985年02月30日"}, "impossible"),
    Row("dates", {"issue_date": "2014年13月01日"}, "impossible"),
    Row("dates", {"issue_date": "平成26年"}, "unreadable"),
    Row("dates", {"date_of_birth": "2014-06-10"}, "out_of_order"),
    Row("dates", {"date_of_birth": "2014-06-09"}, "in_order"),
    Row("dates", {"issue_date": "2014-06-09"}, "out_of_order"),
    Row("dates", {"issue_date": "2014-06-11"}, "in_order"),
    Row("dates", {"permission_date": "2012-07-01", "issue_date": "2012-07-08"}, "before_first_issue"),
    Row("dates", {"permission_date": "2012-07-01", "issue_date": "2012-07-09"}, "in_order"),
    Row("dates", {"stay_until": "2014-06-10"}, "out_of_order"),
    Row("dates", {"issue_date": "2018-10-20"}, "issued_after_end"),
    Row("dates", {"issue_date": "2018-10-19"}, "in_order"),
    Row("status", {"status_of_residence": "短期滞在"}, "never_issued"),
    Row("status", {"status_of_residence": "外交"}, "never_issued"),
    Row("status", {"status_of_residence": "留学生"}, "look_alike"),
    Row("status", {"status_of_residence": "自由労働"}, "unknown"),
    Row("status", {"status_of_residence": CARE, "permission_date": "2017-08-31"}, "not_in_force"),
    Row("status", {"status_of_residence": CARE, "permission_date": "2017-09-01"}, "in_force"),
    Row("status", {"status_of_residence": SSW, "permission_date": "2019-03-31"}, "unconfirmed"),
    Row("status", {"status_of_residence": SSW, "permission_date": "2019-04-01"}, "in_force"),
    Row("status", {"status_of_residence": "技術", "permission_date": "2015-03-31"}, "in_force"),
    Row("status", {"status_of_residence": "技術", "permission_date": "2015-04-01"}, "unconfirmed"),
    Row("status_english", {}, "agrees", english("STUDENT")),
    Row("status_english", {}, "agrees", english("Colle ge\nStudent")),
    Row("status_english", {}, "look_alike", english("Co1lege Studant")),
    Row("status_english", {}, "disagrees", english("Permanent Resident")),
    Row("work_restriction", {"work_restriction": "就労制限なし"}, "does_not_fit"),
    Row("work_restriction", {"work_restriction": "就労可"}, "look_alike"),
    Row("work_restriction", {"work_restriction": "自由"}, "unknown"),
    Row("work_restriction", {"status_of_residence": "自由労働"}, "status_unknown"),
    Row("work_restriction", {"status_of_residence": "外交"}, "status_unknown"),
    Row("work_restriction", {"status_of_residence": "研究"}, "look_alike"),
    Row("work_restriction", {"status_of_residence": "永住者"}, "does_not_fit"),
    Row("work_restriction", {"status_of_residence": "高度専門職2号"}, "unconfirmed"),
    Row("work_restriction", {"status_of_residence": "教授", "work_restriction": DESIGNATED}, "does_not_fit"),
    Row("work_restriction", {"status_of_residence": "特定活動", "work_restriction": DESIGNATED}, "fits"),
    Row("work_restriction", {"status_of_residence": "特定活動"}, "fits"),
    Row(
        "work_restriction", {"status_of_residence": "技能実習2号ロ", "work_restriction": INSTITUTION}, "fits"
    ),
    Row(
        "work_restriction", {"status_of_residence": "技能実習2号ロ", "work_restriction": ONLY_STATUS}, "fits"
    ),
    Row("period", grant("留学", "就労不可", "4年4月", "2014-06-10", "2018-10-10", CHANGE), "not_allowed"),
    Row("period", grant("留学", "就労不可", "5年", "2014-06-10", "2019-06-10", CHANGE), "not_allowed"),
    Row("period", grant("留学", "就労不可", "4年4月", "2014-06-10", "2018-09-10", CHANGE), "look_alike"),
    Row(
        "period", grant("留学", "就労不可", "3月", "2014-06-10", "2014-09-10", CHANGE), "too_short_for_a_card"
    ),
    Row("period", grant("留学", "就労不可", "3月", "2014-06-10", "2015-06-10", CHANGE), "look_alike"),
    Row("period", grant("教授", ONLY_STATUS, "4年", "2020-06-10", "2024-06-10", CHANGE), "not_allowed"),
    Row("period", grant("教授", ONLY_STATUS, "4年", "2020-06-10", "2025-06-10", CHANGE), "look_alike"),
    Row("period", grant(SSW, ONLY_STATUS, "3年", "2025-09-29", "2028-09-29", CHANGE), "not_allowed"),
    Row("period", grant(SSW, ONLY_STATUS, "3年", "2025-09-30", "2028-09-30", CHANGE), "allowed"),
    Row("period", grant("留学", "就労不可", "1年", "2012-07-08", "2013-07-08", CHANGE), "unconfirmed"),
    Row("period", grant("永住者", "就労制限なし", "5年", "2020-06-10", "2025-06-10", CHANGE), "suspicious"),
    Row("period", {"status_of_residence": "永住者", "period_of_stay": "＊＊＊"}, "unconfirmed"),
    Row("period", {"period_of_stay": "四年"}, "unreadable"),
    Row("period", {"status_of_residence": "自由労働"}, "status_unknown"),
    Row("stay_until", {"stay_until": "2028-10-20"}, "does_not_fit"),
    Row("stay_until", {"stay_until": "2018-07-09"}, "fits"),
    Row("stay_until", {"stay_until": "2018-07-08"}, "does_not_fit"),
    Row("stay_until", {"stay_until": "2018-12-10"}, "fits"),
    Row("stay_until", {"stay_until": "2018-12-11"}, "does_not_fit"),
    Row("stay_until", {"permission_type": CHANGE, "stay_until": "2018-09-10"}, "fits"),
    Row("stay_until", {"permission_type": CHANGE, "stay_until": "2018-09-11"}, "does_not_fit"),
    Row("stay_until", {"permission_type": LANDING, "stay_until": "2018-09-09"}, "does_not_fit"),
    Row("stay_until", {"permission_type": "特別許可", "stay_until": "2028-09-10"}, "unconfirmed"),
    Row("stay_until", {"permission_type": None}, "unconfirmed"),
    Row("stay_until", {"period_of_stay": "無期限"}, "unconfirmed"),
    Row("stay_until", {"period_of_stay": "無期限", "stay_until": None}, "not_applicable"),
    Row("stay_until", {"stay_until": None}, "missing"),
    Row("stay_until", {"stay_until": "2018年02月30日"}, "unreadable"),
    Row("permission", {"permission_type": LANDING}, "known"),
    Row("permission", {"permission_type": "在留期問更新許可"}, "look_alike"),
    Row("permission", {"permission_type": "特別許可"}, "unknown"),
    Row("permission", {"status_of_residence": "永住者"}, "renewal_without_end"),
    Row("permission", {"status_of_residence": "永住者", "permission_type": "永住許可"}, "known"),
    Row("authority", {"permission_date": "2019-03-31"}, "in_office"),
    Row("authority", {"permission_date": "2019-04-01"}, "not_in_office"),
    Row("authority", {"permission_date": "2019-03-31"}, "not_in_office", authority("東京出入国在留管理局長")),
    Row("authority", {"permission_date": "2019-04-01"}, "in_office", authority("東京出入国在留管理局長")),
    Row("authority", {}, "look_alike", authority("東京入園管理局長")),
    Row("authority", {}, "unknown", authority("市長")),
    Row("authority", {}, "in_office", authority("入国審査官")),
    Row("authority", {}, "unconfirmed", authority("出入国在留管理庁長官")),
    Row("issuer", {"issue_date": "2019-03-31"}, "in_office"),
    Row("issuer", {"issue_date": "2019-04-01"}, "near_change"),
    Row("issuer", {"issue_date": "2019-05-02"}, "near_change"),
    Row("issuer", {"issue_date": "2019-05-03"}, "not_in_office"),
    Row("issuer", {"issuer": "出入国在留管理庁長官"}, "not_in_office"),
    Row("issuer", {"issuer": "出入国在留管理庁長官", "issue_date": "2019-03-31"}, "near_change"),
    Row("issuer", {"issuer": "出入国在留管理庁長官", "issue_date": "2019-04-01"}, "in_office"),
    Row("issuer", {"issuer": "法務大巨"}, "look_alike"),
    Row("issuer", {"issuer": "市役所"}, "unknown"),
    Row("issuer", {"issue_date": "2014年02月30日"}, "unreadable"),
    Row("validity", {"card_valid_until": "2018-10-21"}, "does_not_follow"),
    Row("validity", {"card_valid_until": "2028-10-20"}, "does_not_follow"),
    Row("validity", {"status_of_residence": "自由労働"}, "status_unknown"),
    Row("validity", {"stay_until": None}, "missing"),
    Row("validity", {"issue_date": None}, "missing"),
    Row("validity", {"card_valid_until": "2018年02月30日"}, "unreadable"),
    Row(
        "validity",
        {"status_of_residence": "永住者", "stay_until": None, "card_valid_until": "2021-06-10"},
        "follows",
    ),
    Row(
        "validity",
        {"status_of_residence": "永住者", "stay_until": None, "card_valid_until": "2021-06-09"},
        "follows",
    ),
    Row(
        "validity",
        {"status_of_residence": "永住者", "stay_until": None, "card_valid_until": "2021-06-11"},
        "does_not_follow",
    ),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_specimen_passes(check: Check) -> None:
    result = ask(check, card())
    assert result.result is Result.PASS, result.reason
    assert result.refutes is Refutes.GENUINENESS


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_rule(row: Row) -> None:
    result = ask(BY_ID[row.check], row.case())
    assert result.reason == f"text.{row.check}.{row.outcome}"


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_badly_read_twin_is_never_accused(row: Row) -> None:
    assert ask(BY_ID[row.check], row.case(READABLE - 0.01)).result not in AGAINST
    doubted = row.case(ACCUSING - 0.01)
    result = ask(BY_ID[row.check], doubted)
    if not all(borne_out(doubted, name) for name in result.fields):
        assert result.result not in AGAINST


def borne_out(case: Case, name: str) -> bool:
    """Whether the closed set itself bears out the reading: legal, and unlike every other legal text."""
    reading = case.printed(name)
    return reading is not None and isolated(name, reading.value or "")


def test_a_legal_text_unlike_all_others_speaks_at_a_lower_confidence() -> None:
    row = next(r for r in ROWS if r.outcome == "never_issued")
    assert ask(BY_ID["status"], row.case(READABLE + 0.01)).result is Result.FAIL
    assert ask(BY_ID["status"], row.case(READABLE - 0.01)).result is Result.INCONCLUSIVE


def test_every_accusation_has_a_row_here() -> None:
    seen = {f"text.{row.check}.{row.outcome}" for row in ROWS}
    wanted = {reason for check in CHECKS for reason, result in check.reasons.items() if result is Result.FAIL}
    assert wanted <= seen


@pytest.mark.parametrize("row", [r for r in ROWS if r.outcome == "does_not_fit"], ids=str)
def test_one_unsure_field_is_enough_to_hold_back(row: Row) -> None:
    check = BY_ID[row.check]
    for name in check.fields & {name for name, value in SPECIMEN.items() if value}:
        shaky = card(row.changes, sure={name: ACCUSING - 0.01}, extra=row.extra, now=TODAY)
        if shaky.printed(name) is not None and not borne_out(shaky, name):
            assert ask(check, shaky).reason == f"{check.id}.unreadable"


@pytest.mark.parametrize("row", [r for r in ROWS if r.outcome == "does_not_follow"], ids=str)
def test_a_face_that_is_not_confirmed_is_not_accused(row: Row) -> None:
    case = replace(row.case(), layout=layout(confirmed=False))
    result = ask(BY_ID[row.check], case)
    assert result.reason == f"text.{row.check}.unconfirmed_layout"
    assert result.next_action is NextAction.MANUAL_REVIEW


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_nothing_read_is_missing(check: Check) -> None:
    result = ask(check, replace(card(), fields=()))
    assert result.reason == f"{check.id}.missing"
    assert result.next_action is NextAction.RETAKE_IMAGE


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_badly_read_is_unreadable(check: Check) -> None:
    result = ask(check, card(sure=READABLE - 0.01))
    assert result.reason == f"{check.id}.unreadable"


def test_dates_beside_the_unreadable_ones_are_still_judged() -> None:
    case = card({"date_of_birth": "2014-06-10"}, sure={"issue_date": 0.5})
    assert ask(BY_ID["dates"], case).reason == "text.dates.out_of_order"


def test_a_failure_names_its_fields_place_and_distance() -> None:
    result = ask(BY_ID["validity"], card({"card_valid_until": "2018-10-21"}))
    assert "card_valid_until" in result.fields
    assert result.region is not None
    assert result.region.side == "front"
    assert result.measured == 1.0
    assert result.margin is not None
    assert -1 <= result.margin < 0


def test_failures_of_single_fields_do_not_overlap() -> None:
    changes: Mapping[str, str | None] = {"card_number": "123456789012", "status_of_residence": "短期滞在"}
    number, status = (ask(BY_ID[name], card(changes)) for name in ("card_number", "status"))
    assert number.decisive_failure
    assert status.decisive_failure
    assert not number.fields & status.fields


def test_a_card_issued_after_the_reference_time_is_left_undecided() -> None:
    case = card({"issue_date": "2014-07-02"})
    assert ask(BY_ID["dates"], case).reason == "text.dates.after_reference_time"
    assert ask(BY_ID["dates"], card({"issue_date": "2014-07-01"})).result is Result.PASS


@pytest.mark.parametrize(
    ("name", "extra"),
    [("authority", {"permission_type": {}}), ("status_english", {"status_of_residence": {}})],
)
def test_parts_that_were_not_read_are_not_judged(name: str, extra: Mapping[str, Mapping[str, str]]) -> None:
    result = ask(BY_ID[name], card(extra=extra))
    assert result.result is Result.NOT_RUN
    assert result.not_run_reason is NotRunReason.PREREQUISITE_FAILED


def test_inferred_rules_never_decide() -> None:
    for check in CHECKS:
        if check.effect is Effect.DECISIVE:
            assert Result.FAIL in check.reasons.values()
        else:
            assert Result.FAIL not in check.reasons.values()


@pytest.mark.parametrize(
    ("birth", "until", "outcome"),
    [
        ("1980-05-20", "2030-05-20", "follows"),
        ("1980-05-20", "2030-05-21", "not_a_birthday"),
        ("2010-05-20", "2026-05-19", "follows"),
    ],
)
def test_special_permanent_residents_certificates(birth: str, until: str, outcome: str) -> None:
    profile = layout("jp.special_permanent_resident.gen1")
    case = card({"date_of_birth": birth, "card_valid_until": until}, profile=profile, now=TODAY)
    assert ask(BY_ID["validity"], case).reason == f"text.validity.{outcome}"
    assert ask(BY_ID["period"], case).result is Result.NOT_APPLICABLE


@pytest.mark.parametrize(("unsure_at", "reason"), [(10, "prefecture"), (1, "unreadable")])
def test_only_the_start_of_the_address_must_be_legible(unsure_at: int, reason: str) -> None:
    case = card()
    signs = [0.99] * len(SPECIMEN["address"][0])
    signs[unsure_at] = 0.3
    shaky = tuple(
        replace(f, confidence=0.3, char_confidence=tuple(signs)) if f.name == "address" else f
        for f in case.fields
    )
    assert ask(BY_ID["address"], replace(case, fields=shaky)).reason == f"text.address.{reason}"
