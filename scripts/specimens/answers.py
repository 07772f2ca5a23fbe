"""The truth about a specimen: what is printed, how it was made, and what a verifier should say of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from scripts.specimens.printed import Texts

__all__ = ["ACCUSED", "Answer", "Expectation", "expect", "fail_of", "normal_forms"]

ACCUSED = ("suspect", "forged")
"""Verdicts that a forgery should get where one finding speaks against it."""


@dataclass(frozen=True)
class Expectation:
    """What one check should answer."""

    results: tuple[str, ...]
    """Acceptable results."""
    reason: str | None = None
    """The reason code, where the contract fixes it."""


@dataclass(frozen=True)
class Answer:
    """Everything known of one specimen."""

    id: str
    seed: int
    style: str
    """Renderer: ``a`` or ``b``."""
    capture: str
    """``scan`` or ``phone``."""
    family: str
    """``genuine`` or the attack family."""
    threat: str | None
    """Threat class ``T1`` ... ``T8``, ``chip`` for attacks on its data alone, None: genuine."""
    seen_by: tuple[str, ...]
    """What can tell it: ``rules``, ``chip``, ``registry``, ``image``, ``tilt``; empty if nothing can."""
    broken_rule: str | None
    """In words, for rule-breaking families."""
    fields: Mapping[str, str]
    """What is printed on the front, in the contract's normal forms."""
    verdicts: Mapping[str, tuple[str, ...]]
    """Profile -> acceptable verdicts."""
    checks: Mapping[str, Expectation] = field(default_factory=dict)
    """Only what is certain."""
    entitlement: Mapping[str, str] = field(default_factory=dict)
    """``card`` and ``stay`` state, where it is the point of the specimen."""
    limits: tuple[str, ...] = ()
    reference_date: str = ""
    has_chip: bool = False
    corners: Mapping[str, list[list[float]]] = field(default_factory=dict)
    """Role -> true corners of the card in the picture."""

    @property
    def genuine(self) -> bool:
        """Whether the card itself is as issued (an impostor's and an expired card are)."""
        return self.family in ("genuine", "impostor", "expired", "lapsed")

    def to_json(self) -> dict[str, Any]:
        """Plain data for ``answer.json``."""
        return asdict(self)

    def with_corners(self, role: str, points: list[list[float]]) -> Answer:
        """A copy that knows where the card lies in one picture."""
        return replace(self, corners={**self.corners, role: points})


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _date(text: str) -> str | None:
    found = re.fullmatch(r"(\d{4})年(\d{2})月(\d{2})日", _nfkc(text))
    return "-".join(found.groups()) if found else None


DATES = ("date_of_birth", "stay_until", "permission_date", "issue_date", "card_valid_until")
SEXES = {"男 M.": "M", "女 F.": "F"}


def normal_forms(texts: Texts) -> dict[str, str]:
    """Printed text in the contract's normal forms; a text that has none is left out."""
    out: dict[str, str] = {}
    for name, text in texts.items():
        if name in ("authority", "status_english"):
            continue
        value: str | None
        if name in DATES:
            value = _date(text)
        elif name == "sex":
            value = SEXES.get(text)
        elif name == "name_latin":
            value = " ".join(text.split())
        elif name == "name_kanji":
            value = " ".join(_nfkc(text).split())
        else:
            value = "".join(_nfkc(text).split())
        if value is not None:
            out[name] = value
    return out


def fail_of(reason: str) -> Expectation:
    """A check that must fail with this reason."""
    return Expectation(("fail",), reason)


def expect(*results: str) -> Expectation:
    """A check that must give one of these results, whatever its reason is called."""
    return Expectation(results)
