"""From a card's data to the text that is printed, field by field."""

from __future__ import annotations

from datetime import date

from scripts.specimens.people import CardData, full_width

__all__ = ["Texts", "half_date", "printed", "wide_date"]

Texts = dict[str, str]
"""Field name of the contract -> printed text, lines parted by a line feed;
``status_english`` and ``authority`` are parts of their own."""

WORK_LINES = {
    "在留資格に基づく就労活動のみ可": "在留資格に基づく\n就労活動のみ可",
    "指定書記載機関での在留資格に基づく就労活動のみ可": "指定書記載機関での在留資格\nに基づく就労活動のみ可",
    "指定書により指定された就労活動のみ可": "指定書により指定された\n就労活動のみ可",
}


def half_date(day: date) -> str:
    """As dates of birth, permission and issue are printed."""
    return f"{day:%Y年%m月%d日}"


def wide_date(day: date) -> str:
    """As the end of stay and the validity are printed."""
    return full_width(half_date(day))


def _english(text: str) -> str:
    """At most four lines: as narrow as that allows."""
    words = text.replace("/", "/ ").split(" ")
    for limit in range(12, 40):
        lines = [""]
        for word in words:
            gap = "" if not lines[-1] or lines[-1].endswith("/") else " "
            if len(lines[-1] + gap + word) <= limit or not lines[-1]:
                lines[-1] += gap + word
            else:
                lines.append(word)
        if len(lines) <= 4 and max(map(len, lines)) <= limit:
            return "\n".join(lines)
    return text


def printed(card: CardData) -> Texts:
    """Everything variable on the front, as printed on a genuine card."""
    texts = {
        "card_number": card.card_number,
        "name_latin": card.person.name_latin,
        "date_of_birth": half_date(card.date_of_birth),
        "sex": "男 M." if card.person.sex == "M" else "女 F.",
        "nationality": card.person.nationality,
        "address": "\n".join(card.address),
        "status_of_residence": full_width(card.status),
        "status_english": _english(card.status_english),
        "work_restriction": WORK_LINES.get(card.work, card.work),
        "period_of_stay": full_width(card.period),
        "permission_type": card.permission,
        "authority": card.authority,
        "permission_date": half_date(card.permission_date),
        "issue_date": half_date(card.issue_date),
        "card_valid_until": wide_date(card.valid_until),
        "issuer": card.issuer,
    }
    if card.stay_until:
        texts["stay_until"] = wide_date(card.stay_until)
    if card.person.name_kanji:
        texts["name_kanji"] = card.person.name_kanji
    return texts
