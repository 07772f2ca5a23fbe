"""The fixed words of the front with their places, measured on the issuer's drawn specimen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.specimens.fonts import font
from scripts.specimens.paint import HEIGHT, WIDTH, Ink
from scripts.specimens.style import Style

__all__ = ["FRONT_LABELS", "LabelSpec", "label_ink"]


@dataclass(frozen=True)
class LabelSpec:
    """A fixed word: its box as fractions of the card."""

    id: str
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    heading: bool = False


FRONT_LABELS: tuple[LabelSpec, ...] = (
    LabelSpec("government_ja", "日本国政府", 0.030, 0.049, 0.188, 0.090, True),
    LabelSpec("government_en", "GOVERNMENT OF JAPAN", 0.030, 0.096, 0.225, 0.120),
    LabelSpec("title_ja", "在留カード", 0.392, 0.043, 0.594, 0.094, True),
    LabelSpec("title_en", "RESIDENCE CARD", 0.416, 0.096, 0.560, 0.120),
    LabelSpec("number_ja", "番号", 0.703, 0.061, 0.750, 0.097, True),
    LabelSpec("number_en", "No.", 0.724, 0.098, 0.748, 0.120),
    LabelSpec("name_ja", "氏名", 0.033, 0.145, 0.071, 0.175),
    LabelSpec("name_en", "NAME", 0.030, 0.199, 0.072, 0.222),
    LabelSpec("birth_ja", "生年月日", 0.031, 0.250, 0.108, 0.281),
    LabelSpec("birth_en", "DATE OF BIRTH", 0.030, 0.299, 0.163, 0.323),
    LabelSpec("sex_ja", "性別", 0.371, 0.250, 0.410, 0.281),
    LabelSpec("sex_en", "SEX", 0.374, 0.300, 0.404, 0.323),
    LabelSpec("nationality_ja", "国籍・地域", 0.490, 0.250, 0.590, 0.281),
    LabelSpec("nationality_en", "NATIONALITY/REGION", 0.488, 0.299, 0.672, 0.323),
    LabelSpec("address_ja", "住居地", 0.030, 0.365, 0.092, 0.397),
    LabelSpec("address_en", "ADDRESS", 0.029, 0.406, 0.100, 0.431),
    LabelSpec("status_ja", "在留資格", 0.028, 0.468, 0.109, 0.499),
    LabelSpec("status_en", "STATUS", 0.028, 0.515, 0.089, 0.539),
    LabelSpec("work_ja", "就労制限の有無", 0.251, 0.559, 0.393, 0.590),
    LabelSpec("period_ja", "在留期間（満了日）", 0.031, 0.634, 0.212, 0.665),
    LabelSpec("period_en", "PERIOD OF STAY", 0.031, 0.676, 0.174, 0.700),
    LabelSpec("expiration_en", "(DATE OF EXPIRATION)", 0.033, 0.711, 0.232, 0.735),
    LabelSpec("permission_ja", "許可の種類", 0.030, 0.765, 0.131, 0.797),
    LabelSpec("permission_date_ja", "許可年月日", 0.030, 0.830, 0.129, 0.860),
    LabelSpec("issue_date_ja", "交付年月日", 0.361, 0.830, 0.460, 0.860),
    LabelSpec("validity_ja", "このカードは", 0.027, 0.902, 0.156, 0.931),
    LabelSpec("validity_end_ja", "です。", 0.661, 0.902, 0.715, 0.931),
    LabelSpec("validity_en", "PERIOD OF VALIDITY OF THIS CARD", 0.241, 0.944, 0.544, 0.968),
)


def _natural(text: str, style: Style, latin: bool, em_px: float) -> float:
    key = style.label_latin if latin else style.label
    return float(font(key, 100).getlength(text)) / 100 * em_px


def label_ink(style: Style, changed: Mapping[str, str]) -> Iterator[Ink]:
    """Every label as a line to write; ``changed`` replaces words in the same place."""
    for spec in FRONT_LABELS:
        text = changed.get(spec.id, spec.text)
        latin = text.isascii()
        height = spec.y1 - spec.y0
        em = height / (0.70 if latin else 0.93)
        base = spec.y1 - (0.0 if latin else 0.10 * em)
        key = style.heading if spec.heading else style.label_latin if latin else style.label
        natural = _natural(text, style, latin, em * HEIGHT) / WIDTH
        yield Ink(
            text,
            spec.x0,
            base,
            em,
            key,
            colour=(24, 24, 26) if spec.heading else style.label_ink,
            bold=style.heading_bold if spec.heading else style.label_bold,
            squeeze=min(1.45, (spec.x1 - spec.x0) / natural),
        )
