"""What the operator knows of this card from before: its number, its photo, his own list, a recorded inquiry.

A number that is misread must accuse nobody: ``service.checks.identity`` asks only about what was read surely.
What other clients sent is told in the same words as the operator's own doubts (``on_record``), so that no
client learns of another. A forger may have used the number of the very holder who stands here: only an
earlier card whose chip proved it speaks against a later one, and a card whose chip proves it is vouched for.
Of two unproven cards that contradict each other neither is accused: a person is asked to look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.registry import Encounter, LinkedLike, RegistryFacts
from service.verdict import Basis, Effect, NextAction, Refutes, Result

__all__ = ["CHECKS"]

ANOTHER_NAME = 0.65
"""Likeness of two names below which they are two: one letter misread in a name of four leaves more."""
SAME_NAME = 0.85
ANOTHER_BIRTH = 0.80
"""Below it at least two of the eight digits differ."""
SAME_BIRTH = 0.95
ANOTHER_PHOTO = 0.30
"""Likeness of two photos below which a person must compare them; docs/measures/records.md."""
SAME_PHOTO = 0.90
"""Likeness from which it is one photograph; docs/measures/records.md."""
LIKE_PHOTO = 0.75
ALIKE_BITS = 30.0
"""Bits from which a photo or a ground is that of linked cards: one chance match in a thousand million."""
OFTEN = 5
"""Other pictures of one number by one key within a day, from which it is said: somebody may be trying what
passes. Nobody is accused of it: people take a picture again, and apply for several jobs."""

_LAPSE = {
    "registry.lapse_inquiry.not_lapsed": Result.PASS,
    "registry.lapse_inquiry.lapsed": Result.FAIL,
    "registry.lapse_inquiry.unknown": Result.INCONCLUSIVE,
}
_NUMBER = frozenset({"card_number"})


def _lapse_inquiry(case: Case) -> Finding:
    answer = case.lapse_inquiry.result if case.lapse_inquiry else "unknown"
    reason = f"registry.lapse_inquiry.{answer}"
    if reason not in _LAPSE:
        reason = "registry.lapse_inquiry.unknown"
    unknown = _LAPSE[reason] is Result.INCONCLUSIVE
    return Finding(reason, next_action=NextAction.MANUAL_REVIEW if unknown else None)


def _facts(case: Case) -> RegistryFacts:
    return case.registry or RegistryFacts(number_read=False, photo_read=False)


def _conflicts(encounters: Iterable[Encounter]) -> Iterable[tuple[str, Encounter]]:
    """Earlier looks at the number that show somebody else, with what differs."""
    for seen in encounters:
        if not seen.same_number:
            continue
        if seen.name is not None and seen.name < ANOTHER_NAME:
            yield "another_name", seen
        elif seen.birth is not None and seen.birth < ANOTHER_BIRTH:
            yield "another_birth_date", seen
        elif seen.photo is not None and seen.photo < ANOTHER_PHOTO:
            yield "another_photo", seen


def _differs_slightly(seen: Encounter) -> bool:
    """Too unlike to be the same reading, too like to be somebody else."""
    return bool(seen.same_number) and (
        (seen.name is not None and ANOTHER_NAME <= seen.name < SAME_NAME)
        or (seen.birth is not None and ANOTHER_BIRTH <= seen.birth < SAME_BIRTH)
    )


def _card_number(case: Case) -> Finding:
    facts = _facts(case)
    if not facts.number_read:
        return Finding("registry.card_number.unreadable")
    found = list(_conflicts(facts.encounters))
    against = [(what, seen) for what, seen in found if seen.proven]
    if found and case.chip_proof is not None and case.chip_proof.trusted:
        return Finding("registry.card_number.vouched")
    if against:
        own = next((what for what, seen in against if seen.own), None)
        return Finding(f"registry.card_number.{own or 'on_record'}", next_action=NextAction.MANUAL_REVIEW)
    if found or any(_differs_slightly(seen) for seen in facts.encounters):
        return Finding("registry.card_number.unclear", next_action=NextAction.MANUAL_REVIEW)
    return Finding("registry.card_number.consistent")


def _is_another_person(seen: Encounter) -> bool:
    """Another number, another name and another birth: a photo may stay when a card is issued anew."""
    return (
        seen.same_number is False
        and seen.name is not None
        and seen.name < ANOTHER_NAME
        and seen.birth is not None
        and seen.birth < ANOTHER_BIRTH
    )


def _photo(case: Case) -> Finding:
    facts = _facts(case)
    if not facts.photo_read or not facts.number_read:
        return Finding("registry.photo.unreadable")
    others = [s for s in facts.encounters if _is_another_person(s) and (s.photo or 0.0) >= LIKE_PHOTO]
    if others and case.chip_proof is not None and case.chip_proof.trusted:
        return Finding("registry.photo.vouched")
    reused = [s for s in others if (s.photo or 0.0) >= SAME_PHOTO and s.proven]
    if reused:
        reason = "reused" if any(s.own for s in reused) else "on_record"
        return Finding(f"registry.photo.{reason}", next_action=NextAction.MANUAL_REVIEW)
    if others:
        return Finding("registry.photo.unclear", next_action=NextAction.MANUAL_REVIEW)
    return Finding("registry.photo.not_reused")


def _deny_list(case: Case) -> Finding:
    facts = _facts(case)
    if not facts.number_read:
        return Finding("registry.deny_list.unreadable")
    if facts.denied:
        return Finding("registry.deny_list.listed", next_action=NextAction.MANUAL_REVIEW)
    return Finding("registry.deny_list.not_listed")


def _lapse_record(case: Case) -> Finding:
    facts = _facts(case)
    if not facts.number_read:
        return Finding("registry.lapse_record.unreadable")
    if facts.lapsed:
        return Finding("registry.lapse_record.lapsed", next_action=NextAction.MANUAL_REVIEW)
    return Finding("registry.lapse_record.nothing_recorded")


def _another_person(like: LinkedLike) -> bool:
    """Whether a linked card of a like photo is surely another's: issued anew, a card keeps its photo."""
    if like.name is None or like.birth is None:
        return False
    return like.name < ANOTHER_NAME and like.birth < ANOTHER_BIRTH


def _workshop(case: Case) -> Finding:
    facts = _facts(case)
    if facts.linked is None:
        return Finding("registry.workshop.no_index")
    found = {
        "number_linked": any(like.same_number for like in facts.linked),
        "photo_linked": any(like.photo_bits >= ALIKE_BITS and _another_person(like) for like in facts.linked),
        "ground_linked": any(like.ground_bits >= ALIKE_BITS for like in facts.linked),
    }
    linked = next((word for word, holds in found.items() if holds), None)
    if linked is not None and case.chip_proof is not None and case.chip_proof.trusted:
        return Finding("registry.workshop.vouched")
    if linked is not None:
        return Finding(f"registry.workshop.{linked}", next_action=NextAction.MANUAL_REVIEW)
    if not facts.number_read and not facts.photo_read:
        return Finding("registry.workshop.unreadable")
    return Finding("registry.workshop.not_linked")


def _seen(case: Case) -> Finding:
    facts = _facts(case)
    if not facts.number_read:
        return Finding("registry.seen.unreadable")
    times = sum(1 for seen in facts.encounters if seen.own and seen.same_number)
    if facts.looks_today >= OFTEN:
        return Finding("registry.seen.often", measured=float(facts.looks_today), threshold=float(OFTEN))
    return Finding(f"registry.seen.{'again' if times else 'first'}", measured=float(times))


def _check(
    name: str,
    title: str,
    citation: str,
    run: Callable[[Case], Finding],
    reasons: Mapping[str, Result],
    effect: Effect = Effect.SUPPORTING,
) -> Check:
    id = f"registry.{name}"
    return Check(
        id=id,
        title=title,
        citation=citation,
        basis=Basis.CROSS_SOURCE,
        effect=effect,
        needs=("registry",),
        reasons={f"{id}.{word}": result for word, result in reasons.items()},
        run=run,
        fields=_NUMBER,
    )


CHECKS = (
    Check(
        id="registry.lapse_inquiry",
        title="The card number has not lapsed, by the issuer's public inquiry",
        citation="Immigration Control Act 19-14; lapse inquiry of the Immigration Services Agency",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.DECISIVE,
        needs=("lapse_inquiry",),
        reasons=_LAPSE,
        run=_lapse_inquiry,
        refutes=Refutes.FORCE,
        fields=_NUMBER,
    ),
    _check(
        "card_number",
        "The card number was not seen with another person before",
        "Immigration Control Act 19-4: one number stands for one card; BSI TR-03135-1 §5.7",
        _card_number,
        {
            "consistent": Result.PASS,
            "vouched": Result.PASS,
            "another_name": Result.SUSPECT,
            "another_birth_date": Result.SUSPECT,
            "another_photo": Result.INCONCLUSIVE,
            "on_record": Result.SUSPECT,
            "unclear": Result.INCONCLUSIVE,
            "unreadable": Result.INCONCLUSIVE,
        },
    ),
    _check(
        "photo",
        "The photograph was not seen on another person's card before",
        "ICAO Doc 9303-2 Appendix C.27: one photo on several documents",
        _photo,
        {
            "not_reused": Result.PASS,
            "vouched": Result.PASS,
            "reused": Result.SUSPECT,
            "on_record": Result.SUSPECT,
            "unclear": Result.INCONCLUSIVE,
            "unreadable": Result.INCONCLUSIVE,
        },
        # Its limits come from drawn faces alone: a note until an operator has set them on photographs.
        Effect.INFORMATIVE,
    ),
    _check(
        "deny_list",
        "The card number is not on the operator's own list",
        "The operator's list (docs/records.md)",
        _deny_list,
        {"not_listed": Result.PASS, "listed": Result.SUSPECT, "unreadable": Result.INCONCLUSIVE},
    ),
    _check(
        "lapse_record",
        "No inquiry recorded before found the number lapsed",
        "Immigration Control Act 19-14; inquiries recorded by hand (docs/records.md)",
        _lapse_record,
        {"nothing_recorded": Result.PASS, "lapsed": Result.SUSPECT, "unreadable": Result.INCONCLUSIVE},
    ),
    _check(
        "workshop",
        "The card is not like cards that a re-check of the operator's archives linked",
        "Links between forgeries (docs/archive-links.md); informative: a link is a reason to look",
        _workshop,
        {
            "not_linked": Result.PASS,
            "vouched": Result.PASS,
            "number_linked": Result.INCONCLUSIVE,
            "photo_linked": Result.INCONCLUSIVE,
            "ground_linked": Result.INCONCLUSIVE,
            "unreadable": Result.INCONCLUSIVE,
            "no_index": Result.NOT_APPLICABLE,
        },
        Effect.INFORMATIVE,
    ),
    Check(
        id="registry.seen",
        title="How often this key has sent the card number",
        citation="Informative: people apply for several jobs",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.INFORMATIVE,
        needs=("registry",),
        reasons={
            "registry.seen.first": Result.PASS,
            "registry.seen.again": Result.PASS,
            "registry.seen.often": Result.INCONCLUSIVE,
            "registry.seen.unreadable": Result.INCONCLUSIVE,
        },
        run=_seen,
        fields=_NUMBER,
    ),
)
