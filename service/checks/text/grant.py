"""The kind of permission with its authority, and who issued the card."""

from __future__ import annotations

from service.cards.lexicon import legal
from service.cards.lookalike import edits, near
from service.cards.permissions import ExpiryRule, authorities, issuer_change, issuers, permission_types
from service.cards.validity import has_no_end
from service.checks.text.question import Answer, Text, by_certainty, text_check
from service.verdict import Effect, Result

__all__ = ["CHECKS"]


def _permission(text: Text) -> Answer:
    here = ("permission_type",)
    kind = permission_types().get(text.word("permission_type"))
    if kind is None:
        slip = near(text.word("permission_type"), legal("permission_type"))
        return Answer("look_alike" if slip else "unknown", here)
    endless = "status_of_residence" in text and has_no_end(text.word("status_of_residence"))
    if endless and kind.expiry is ExpiryRule.FROM_OLD_EXPIRY:
        return Answer("renewal_without_end", ("permission_type", "status_of_residence"))
    return Answer("known", here)


def _authority(text: Text) -> Answer:
    name = text.readings["permission_type"].extra.get("authority", "")
    permitted = text.day("permission_date")
    if not name or permitted is None:
        return Answer("not_run")
    known = authorities().get(name)
    if known is None:
        return Answer("look_alike" if near(name, legal("authority")) else "unknown")
    if permitted in known.window:
        return Answer("in_office")
    if _one_slip(name, permitted_names=_in_office(text)):
        return Answer("look_alike")
    return Answer(by_certainty(known.provenance.certainty, ("unconfirmed", "not_in_office", "not_in_office")))


def _in_office(text: Text) -> tuple[str, ...]:
    permitted = text.day("permission_date")
    known = authorities().values()
    return tuple(item.name for item in known if permitted is not None and permitted in item.window)


def _one_slip(name: str, permitted_names: tuple[str, ...]) -> bool:
    return any(edits(name, other) <= 1 for other in permitted_names)


def _issuer(text: Text) -> Answer:
    issued = text.day("issue_date")
    if issued is None:
        return Answer("unreadable", ("issue_date",))
    known = issuers().get(text.word("issuer"))
    if known is None:
        slip = near(text.word("issuer"), legal("issuer"))
        return Answer("look_alike" if slip else "unknown", ("issuer",))
    if issued in known.window:
        return Answer("in_office")
    undecided, certainty = issuer_change()
    if issued in undecided:
        return Answer("near_change")
    return Answer(by_certainty(certainty, ("unconfirmed", "unconfirmed", "not_in_office")))


CHECKS = (
    text_check(
        "permission",
        "The kind of permission is known and can be given for the status",
        "Immigration Control Act 21, 22; card data sheet §3.3",
        Effect.SUPPORTING,
        ("permission_type",),
        {
            "known": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "renewal_without_end": Result.SUSPECT,
        },
        _permission,
        optional=("status_of_residence",),
    ),
    text_check(
        "authority",
        "The authority bore that name at the permission date",
        "card data sheet §3.3",
        Effect.SUPPORTING,
        ("permission_type", "permission_date"),
        {
            "in_office": Result.PASS,
            "look_alike": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "not_in_office": Result.SUSPECT,
        },
        _authority,
    ),
    text_check(
        "issuer",
        "The issuer was in office at the issue date",
        "Immigration Control Act 19-4; card data sheet §4",
        Effect.DECISIVE,
        ("issuer", "issue_date"),
        {
            "in_office": Result.PASS,
            "near_change": Result.INCONCLUSIVE,
            "look_alike": Result.INCONCLUSIVE,
            "unknown": Result.INCONCLUSIVE,
            "unconfirmed": Result.INCONCLUSIVE,
            "not_in_office": Result.FAIL,
        },
        _issuer,
    ),
)
