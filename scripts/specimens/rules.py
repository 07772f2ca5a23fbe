"""Cards that break one rule of the data sheet, each saying which check should notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from scripts.specimens import tables
from scripts.specimens.front import Changes
from scripts.specimens.people import CardData, add_period, card_data, pick
from scripts.specimens.printed import WORK_LINES, half_date, wide_date

__all__ = ["RULE_FAMILIES", "Broken"]

Rng = np.random.Generator


@dataclass(frozen=True)
class Broken:
    """A card with one broken rule."""

    card: CardData
    """Everything that is not broken, consistent."""
    changes: Changes
    rule: str
    checks: tuple[str, ...]
    """Ids of the checks that should not pass."""
    strong: bool = True
    """Whether the rule is confirmed in the data sheet, so that a check may fail on it."""


WORKERS = ("技術・人文知識・国際業務", "企業内転勤", "教授", "研究", "教育", "日本人の配偶者等")


def _adult(rng: Rng, *statuses: str, kinds: tuple[str, ...] = ()) -> CardData:
    """An adult's genuine card of one of the statuses, issued on the day of permission."""
    for _ in range(500):
        card = card_data(rng, status=pick(rng, statuses) if statuses else None, child=False)
        plain = card.issue_date == card.permission_date and card.stay_until is not None
        if plain and (not kinds or card.permission in kinds):
            return card
    raise ValueError(f"no card for {statuses} {kinds}")


def _moved(card: CardData, stay: date) -> CardData:
    return replace(
        card, stay_until=stay, valid_until=stay, reference_date=card.issue_date + timedelta(days=20)
    )


def _texts(**texts: str) -> Changes:
    return Changes(texts=texts)


def period_not_allowed(rng: Rng) -> Broken:
    card = _adult(rng, *WORKERS, kinds=("在留資格変更許可",))
    period = pick(rng, ("2年", "4年", "2年6月"))
    card = _moved(replace(card, period=period), add_period(card.permission_date, period))
    return Broken(card, Changes(), f"period {period} is never granted with {card.status}", ("text.period",))


def work_not_fitting(rng: Rng) -> Broken:
    card = _adult(rng, "留学", "家族滞在", "技術・人文知識・国際業務", "技能", "介護")
    key = next(k for k, text in tables.WORK_TEXTS.items() if text == card.work)
    other = tables.WORK_TEXTS[tables.OTHER_WORK_TEXTS[key]]
    changes = _texts(work_restriction=WORK_LINES.get(other, other))
    return Broken(card, changes, f"{other} does not fit {card.status}", ("text.work_restriction",))


def issuer_against_date(rng: Rng) -> Broken:
    card = _adult(rng)
    wrong = tables.ISSUERS[card.issue_date < tables.AUTHORITY_CHANGE]
    return Broken(card, _texts(issuer=wrong), f"{wrong} did not issue cards then", ("text.issuer",))


def authority_against_date(rng: Rng) -> Broken:
    card = _adult(rng, kinds=("在留期間更新許可", "在留資格変更許可"))
    other = date(2018, 1, 1) if card.permission_date >= tables.AUTHORITY_CHANGE else tables.AUTHORITY_CHANGE
    wrong = tables.authority(card.permission, pick(rng, tables.BUREAUS), other)
    return Broken(card, _texts(authority=wrong), f"{wrong} did not exist then", ("text.authority",))


def never_issued_status(rng: Rng) -> Broken:
    card = _adult(rng, "文化活動", "研修", "家族滞在", kinds=("在留資格変更許可", "上陸許可"))
    card = _moved(card, add_period(card.permission_date, "3月"))
    name, english = tables.NEVER_ISSUED[0]
    changes = _texts(
        status_of_residence=name, status_english=english.replace(" ", "\n"), period_of_stay="３月"
    )
    return Broken(card, changes, "no card is issued for 短期滞在", ("text.status",))


def stay_not_from_permission(rng: Rng) -> Broken:
    card = _adult(rng, kinds=("在留資格変更許可", "上陸許可"))
    days = int(rng.integers(200, 500))
    wrong = add_period(card.permission_date, card.period) + timedelta(days=days)
    return Broken(
        _moved(card, wrong), Changes(), "end of stay is not permission plus period", ("text.stay_until",)
    )


def validity_not_stay(rng: Rng) -> Broken:
    card = _adult(rng)
    wrong = card.valid_until + timedelta(days=int(rng.integers(100, 700)))
    changes = _texts(card_valid_until=wide_date(wrong))
    return Broken(card, changes, "validity is not the end of stay", ("text.validity",))


def impossible_date(rng: Rng) -> Broken:
    card = _adult(rng)
    year = card.permission_date.year
    wrong = pick(rng, (f"{year}年02月30日", f"{year}年13月11日", f"{year}年06月31日", f"{year}年00月15日"))
    name = pick(rng, ("permission_date", "issue_date", "date_of_birth"))
    return Broken(card, _texts(**{name: wrong}), f"{wrong} does not exist", ("text.dates",))


def issue_before_permission(rng: Rng) -> Broken:
    card = _adult(rng)
    wrong = card.permission_date - timedelta(days=int(rng.integers(10, 200)))
    return Broken(card, _texts(issue_date=half_date(wrong)), "issued before permission", ("text.dates",))


MISSPELLED = (
    ("title_en", "RESIDENT CERD"), ("nationality_en", "NATIONALTY/REGOIN"),
    ("government_en", "GOVERMENT OF JAPEN"),
    ("validity_en", "PERIOD OF VALIDTY OF THE CARD"), ("birth_en", "DAY OF BORN"),
    ("work_ja", "就労制眼の有無"),
    ("permission_ja", "許可の種別"), ("period_ja", "在留期限（満期日）"), ("address_ja", "居住地"),
)  # fmt: skip


def misspelled_label(rng: Rng) -> Broken:
    """Two labels wrong, one at least in its English words."""
    card = _adult(rng)
    chosen = [MISSPELLED[int(i)] for i in rng.permutation(len(MISSPELLED))[:3]]
    rule = "misspelled: " + ", ".join(text for _, text in chosen)
    return Broken(card, Changes(labels=dict(chosen)), rule, ("layout.labels",))


def half_width_digits(rng: Rng) -> Broken:
    card = _adult(rng)
    if card.stay_until is None:
        raise ValueError("card without end of stay")
    changes = _texts(stay_until=half_date(card.stay_until), card_valid_until=half_date(card.valid_until))
    return Broken(card, changes, "half-width digits where full-width ones are printed", ("text.digit_width",))


def old_layout_after_end(rng: Rng) -> Broken:
    """T8: a first-generation face issued when only the new format was."""
    card = _adult(rng, *WORKERS, kinds=("在留資格変更許可",))
    issued = date(2026, 6, 15) + timedelta(days=int(rng.integers(0, 140)))
    card = replace(card, permission_date=issued, issue_date=issued, issuer=tables.issuer(issued))
    card = replace(card, authority=tables.authority(card.permission, "東京", issued))
    card = _moved(card, add_period(issued, card.period))
    return Broken(card, Changes(), "first-generation card issued after 2026-06-13", ("layout.generation",))


def malformed_number(rng: Rng) -> Broken:
    card = _adult(rng)
    n = card.card_number
    wrong = pick(rng, (n[0] + n[2:10] + "7" + n[10:], n[:2] + n[2:10] + "42", n[:2] + n[2:9] + "Q" + n[10:]))
    return Broken(card, _texts(card_number=wrong), "card number of the wrong form", ("text.card_number",))


def status_before_start(rng: Rng) -> Broken:
    card = _adult(rng, "特定技能1号", kinds=("在留資格変更許可",))
    day = date(2017, 1, 10) + timedelta(days=int(rng.integers(0, 500)))
    card = replace(card, permission_date=day, issue_date=day, issuer=tables.issuer(day))
    card = replace(card, authority=tables.authority(card.permission, "大阪", day))
    card = _moved(card, add_period(day, card.period))
    return Broken(card, Changes(), "the status did not exist then", ("text.status",), strong=False)


def sex_pair_wrong(rng: Rng) -> Broken:
    card = _adult(rng)
    return Broken(card, _texts(sex=pick(rng, ("男 F.", "女 M."))), "sign and letter disagree", ("text.sex",))


def nationality_not_a_form(rng: Rng) -> Broken:
    card = _adult(rng)
    wrong = pick(rng, ("香港", "ベトナム国", "アメリカ人"))
    return Broken(
        card,
        _texts(nationality=wrong),
        f"{wrong} is not printed on cards",
        ("text.nationality",),
        strong=False,
    )


def permanent_with_period(rng: Rng) -> Broken:
    """A work card whose status was made 永住者 with its period and limit left."""
    card = _adult(rng, "技術・人文知識・国際業務", "技能", "介護")
    changes = _texts(status_of_residence="永住者", status_english="Permanent\nResident")
    return Broken(
        card, changes, "永住者 with a period and a work limit", ("text.period", "text.work_restriction")
    )


def _double(
    first: Callable[[Rng], Broken], extra: Callable[[CardData], tuple[dict[str, str], str]]
) -> Callable[[Rng], Broken]:
    def make(rng: Rng) -> Broken:
        broken = first(rng)
        texts, check = extra(broken.card)
        changes = replace(broken.changes, texts={**broken.changes.texts, **texts})
        return replace(
            broken, changes=changes, rule=f"{broken.rule}; validity moved", checks=(*broken.checks, check)
        )

    return make


def _late_validity(card: CardData) -> tuple[dict[str, str], str]:
    return {"card_valid_until": wide_date(card.valid_until + timedelta(days=400))}, "text.validity"


RULE_FAMILIES: dict[str, Callable[[Rng], Broken]] = {
    "period_not_allowed": period_not_allowed,
    "work_not_fitting": work_not_fitting,
    "issuer_against_date": issuer_against_date,
    "authority_against_date": authority_against_date,
    "never_issued_status": never_issued_status,
    "stay_not_from_permission": stay_not_from_permission,
    "validity_not_stay": validity_not_stay,
    "impossible_date": impossible_date,
    "issue_before_permission": issue_before_permission,
    "misspelled_label": misspelled_label,
    "half_width_digits": half_width_digits,
    "old_layout_after_end": old_layout_after_end,
    "malformed_number": malformed_number,
    "status_before_start": status_before_start,
    "sex_pair_wrong": sex_pair_wrong,
    "nationality_not_a_form": nationality_not_a_form,
    "permanent_with_period": permanent_with_period,
    "two_rules": _double(work_not_fitting, _late_validity),
}
"""Family -> maker. Every one is drawn like a genuine card: only the words betray it."""
