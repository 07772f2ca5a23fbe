"""The kind of permission, the authority behind it, and who issues the card, as data with dates in force."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from service.cards.periods import Period
from service.cards.tables import Certainty, Provenance, Window, provenance, table, window

__all__ = [
    "Authority",
    "ExpiryRule",
    "Issuer",
    "PermissionType",
    "authorities",
    "end_of_stay",
    "issuer_change",
    "issuers",
    "permission_types",
]


class ExpiryRule(StrEnum):
    """From when the granted period is counted."""

    FROM_PERMISSION = "from_permission"
    FROM_OLD_EXPIRY = "from_old_expiry"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PermissionType:
    """A kind of permission (許可の種類)."""

    name: str
    expiry: ExpiryRule
    expiry_certainty: Certainty
    """How sure the rule about the end of stay is; the printed name may be less sure."""
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority in brackets behind the kind of permission."""

    name: str
    window: Window
    """Permission dates on which it existed under this name."""
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues the card."""

    name: str
    window: Window
    """Issue dates on which it was the issuer."""
    provenance: Provenance


@lru_cache(maxsize=1)
def permission_types() -> Mapping[str, PermissionType]:
    """Every kind of permission that is known, by its name."""
    rows = table("permissions")["kind"]
    return {row["name"]: _kind(row) for row in rows}


def _kind(row: Mapping[str, Any]) -> PermissionType:
    origin = provenance(row)
    sure = Certainty.CONFIRMED if row.get("expiry_confirmed", False) else origin.certainty
    return PermissionType(row["name"], ExpiryRule(row["expiry"]), sure, origin)


def _offices(style: Mapping[str, Any], offices: Mapping[str, Any]) -> Iterator[str]:
    for bureau in offices["bureaus"]:
        yield style["bureau"].format(bureau=bureau)
    for branch in offices["branches"]:
        yield style["branch"].format(bureau=branch["bureau"], branch=branch["name"])


@lru_cache(maxsize=1)
def authorities() -> Mapping[str, Authority]:
    """Every authority that is known, by its name."""
    data = table("permissions")
    known = [Authority(row["name"], window(row), provenance(row)) for row in data["authority"]]
    for style in data["style"]:
        known += [
            Authority(name, window(style), provenance(style)) for name in _offices(style, data["offices"])
        ]
    return {item.name: item for item in known}


@lru_cache(maxsize=1)
def issuers() -> Mapping[str, Issuer]:
    """Every issuer, by its name in normal form."""
    rows = table("issuers")["issuer"]
    known = (Issuer(unicodedata.normalize("NFKC", row["name"]), window(row), provenance(row)) for row in rows)
    return {item.name: item for item in known}


def issuer_change() -> tuple[Window, Certainty]:
    """Days around the change of issuer on which a wrong name stays undecided, and the rule's certainty."""
    change = table("issuers")["change"]
    slack = timedelta(days=change["undecided_days"])
    day: date = change["day"]
    return Window(day - slack, day + slack), provenance(change).certainty


def end_of_stay(kind: PermissionType, permitted: date, period: Period) -> Window | None:
    """First and last day on which the stay can end; None where it has no end or the kind gives no rule.

    A renewal is counted from the old end of stay, which lies inside the renewal window around the permission.
    """
    if period.indefinite or kind.expiry is ExpiryRule.NONE:
        return None
    if kind.expiry is ExpiryRule.FROM_PERMISSION:
        day = period.end(permitted)
        return Window(day, day)
    renewal = table("permissions")["renewal_window"]
    first = permitted - timedelta(days=renewal["days_before"])
    last = permitted + timedelta(days=renewal["days_after"])
    return Window(period.end(first), period.end(last))
