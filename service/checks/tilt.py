"""What follows the angle when the card is tilted: film, mark, letters; and whether the frames can show it.

Three outcomes. ``pass``: the change was seen. ``suspect``: frames that could show it, under light that
provably moved over the card, show that nothing follows the angle, or that it follows otherwise. Everything
else, above all even light, cannot be assessed and speaks against nobody.
"""

from __future__ import annotations

from service.cards.layout import Ovd
from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.see_through import CHECKS as SEE_THROUGH
from service.checks.tilt_colour import FOLLOWS_SCORE, STRONG_SCORE, follows, jumps, still, strays
from service.checks.tilt_letters import (
    ABSENT,
    FLOATS,
    MISSING_FRAMES,
    SEEN_AGAIN,
    floats,
    letter_motion,
    without_letters,
)
from service.checks.tilt_sequence import (
    LEAST_FRAMES,
    LEAST_SPAN_DEG,
    same_card,
    sequence_fault,
    sequences,
    usable,
)
from service.imaging.tilt import Change, Sequence
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS"]

LAYOUTS = frozenset({"jp.residence_card.gen1", "jp.special_permanent_resident.gen1"})
FEATURES = "Features that the issuer tells the public to check, as quoted by several secondary sources"

# Limits were looked at on styles a and b of scripts/specimens; measured elsewhere: docs/measures/tilt.md.
ALIVE_ELSEWHERE = 8.0
MOVING_CELLS = 4
"""Cells, of all sequences together, in which a reflection came and went: one lamp serves every tilt. 5 and
more on genuine cards in a lamp's or a window's light, none in even light."""
FAINT_SINGLE = 0.75
ANSWERS = 1.8
"""Sum of what mark and letters answer, each in parts of what would count: two faint answers are no print."""
INVERTED = -0.30


def _sequence(case: Case) -> Finding:
    found = sequences(case)
    if not found:
        return Finding("tilt.sequence.no_reference", next_action=NextAction.RETAKE_IMAGE)
    for sequence in found:
        fault = sequence_fault(sequence)
        if fault is not None:
            return Finding(
                f"tilt.sequence.{fault}",
                measured=round(sequence.span_deg, 1),
                threshold=LEAST_SPAN_DEG,
                next_action=NextAction.TILT_CARD,
            )
    return Finding("tilt.sequence.usable", measured=round(min(s.span_deg for s in found), 1))


def _film(case: Case, id: str) -> Finding:
    ovd = case.layout.front.ovd(id) if case.layout else None
    sequence = usable(case, "vertical")
    change = sequence.films.get(id) if sequence else None
    if ovd is None or sequence is None or change is None or change.frames < LEAST_FRAMES:
        return Finding(f"tilt.{id}.not_assessable", next_action=NextAction.TILT_CARD)
    name = _film_outcome(case, sequence, id, change)
    doubt = name in ("static", "jumps", "strays")
    reason = f"tilt.{id}.{'unconfirmed' if doubt and not ovd.confirmed else name}"
    return Finding(
        reason,
        measured=round(change.score, 1),
        threshold=FOLLOWS_SCORE,
        margin=round(max(-1.0, min(1.0, (change.score - FOLLOWS_SCORE) / (change.score + FOLLOWS_SCORE))), 3),
        region=Region("front", ovd.box),
        next_action=NextAction.TILT_CARD if name in ("even_light", "unclear") else None,
    )


def _film_outcome(case: Case, sequence: Sequence, id: str, change: Change) -> str:
    others = [other for name, other in sequence.films.items() if name != id]
    if strays(change):
        return "strays"
    if follows(change):
        return "changes"
    if any(follows(other) and not strays(other) for other in others):
        return "unclear"
    if jumps(change):
        return "jumps"
    if not still(change, others):
        return "unclear"
    return _stillness(case, change)


def _stillness(case: Case, change: Change) -> str:
    """A colour that stays: print, if the light moved and nothing on the card answers to the angle."""
    if not _light_moved(case):
        return "even_light"
    letters = letter_motion(case)
    if letters is None or letters.again is None or letters.frames < MISSING_FRAMES or _alive(case):
        return "unclear"
    answers = (change.single / FAINT_SINGLE, letters.evidence / FLOATS, letters.again / SEEN_AGAIN)
    return "static" if sum(max(0.0, answer) for answer in answers) < ANSWERS else "unclear"


def _light_moved(case: Case) -> bool:
    """Whether reflections prove that the light comes from one direction."""
    moved = [s.light.cells for s in sequences(case) if s.light and not sequence_fault(s)]
    return sum(moved) >= MOVING_CELLS


def _alive(case: Case) -> bool:
    """Whether any device of the card was seen to follow the angle in any sequence.

    A colour that does so elsewhere may be a film that stands in another place than the layout says, but not
    on a card whose letters do not float either: then it is a glare.
    """
    for sequence in sequences(case):
        if any(follows(c) for c in sequence.films.values()):
            return True
        if sequence.letters and floats(sequence.letters):
            return True
        if sequence.elsewhere >= ALIVE_ELSEWHERE and not without_letters(case):
            return True
    return False


def _letters(case: Case) -> Finding:
    ovd = case.layout.front.ovd("letters") if case.layout else None
    sequence = usable(case, "horizontal")
    letters = sequence.letters if sequence else None
    if ovd is None or sequence is None or letters is None or letters.frames < LEAST_FRAMES:
        return Finding("tilt.letters.not_assessable", next_action=NextAction.TILT_CARD)
    region = Region("front", ovd.box)
    measured = round(letters.evidence, 2)
    if floats(letters):
        return Finding("tilt.letters.float", measured=measured, threshold=FLOATS, region=region)
    missing = without_letters(case) and _must_show(case, sequence, ovd)
    if not missing:
        return Finding("tilt.letters.not_seen", measured=measured, threshold=FLOATS, region=region)
    return Finding("tilt.letters.absent", measured=measured, threshold=ABSENT, region=region)


def _must_show(case: Case, sequence: Sequence, ovd: Ovd) -> bool:
    """Whether letters would have been seen: the card's film answers to the light, and that ran over the
    photo, or over another part of the card while every film answers, or the mark strongly."""
    x, y, w, h = ovd.box
    upright = usable(case, "vertical")
    films = list(upright.films.values()) if upright is not None else []
    living = [follows(change) and not strays(change) for change in films]
    if sequence.light is None or not any(living):
        return False
    lit = sequence.light.touches(x - 0.1, y - 0.1, x + w + 0.1, y + h + 0.1)
    mark = upright.films.get("moj_mark") if upright is not None else None
    strong = mark is not None and mark.score >= STRONG_SCORE and follows(mark) and not strays(mark)
    if strong and any(s.light and s.light.cells for s in sequences(case)):
        return True  # one lamp serves every tilt
    return lit or (len(living) > 1 and all(living) and sequence.light.cells > 0)


def _rotation(case: Case) -> Finding:
    sequence = usable(case, "rotate")
    if sequence is None or sequence.inversion is None or not sequence.inversion.frames:
        return Finding("tilt.rotation.not_assessable", next_action=NextAction.TILT_CARD)
    found = sequence.inversion.correlation
    reason = "inverts" if found <= INVERTED else "not_seen"
    return Finding(f"tilt.rotation.{reason}", measured=round(found, 3), threshold=INVERTED)


def _film_check(id: str, title: str) -> Check:
    outcomes = {
        "changes": Result.PASS,
        "static": Result.SUSPECT,
        "jumps": Result.SUSPECT,
        "strays": Result.SUSPECT,
        "unconfirmed": Result.INCONCLUSIVE,
        "unclear": Result.INCONCLUSIVE,
        "even_light": Result.INCONCLUSIVE,
        "not_assessable": Result.INCONCLUSIVE,
    }
    return Check(
        id=f"tilt.{id}",
        title=title,
        citation=FEATURES,
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("tilt_vertical",),
        reasons={f"tilt.{id}.{name}": result for name, result in outcomes.items()},
        run=lambda case: _film(case, id),
        layouts=LAYOUTS,
    )


CHECKS = (
    Check(
        id="tilt.sequence",
        title="The frames show the card tilted there and back, far enough to judge",
        citation="Capture protocol: 16 to 20 frames there and back, 8 at least, 20 degrees at least",
        basis=Basis.PHYSICAL,
        effect=Effect.INFORMATIVE,
        needs=("tilt",),
        reasons={
            "tilt.sequence.usable": Result.PASS,
            "tilt.sequence.no_reference": Result.INCONCLUSIVE,
            "tilt.sequence.card_not_found": Result.INCONCLUSIVE,
            "tilt.sequence.few_frames": Result.INCONCLUSIVE,
            "tilt.sequence.small_range": Result.INCONCLUSIVE,
            "tilt.sequence.one_way": Result.INCONCLUSIVE,
            "tilt.sequence.no_colour": Result.INCONCLUSIVE,
        },
        run=_sequence,
        layouts=LAYOUTS,
    ),
    Check(
        id="tilt.same_card",
        title="The tilted card is the one in the picture of the front",
        citation="Variable print of the frames against that of the still, the labels of both as control",
        basis=Basis.CROSS_SOURCE,
        effect=Effect.SUPPORTING,
        needs=("front", "tilt"),
        reasons={
            "tilt.same_card.same": Result.PASS,
            "tilt.same_card.differs": Result.SUSPECT,
            "tilt.same_card.unclear": Result.INCONCLUSIVE,
        },
        run=same_card,
        layouts=LAYOUTS,
        fields=frozenset({"card_number", "date_of_birth", "name_latin"}),
    ),
    _film_check("strip", "The strip at the left edge goes between green and pink with the tilt"),
    _film_check("moj_mark", "The MOJ mark goes between pink and green with the tilt"),
    Check(
        id="tilt.letters",
        title="Letters float over the photo when the card is tilted sideways",
        citation=FEATURES,
        basis=Basis.PHYSICAL,
        effect=Effect.SUPPORTING,
        needs=("tilt_horizontal",),
        reasons={
            "tilt.letters.float": Result.PASS,
            "tilt.letters.absent": Result.SUSPECT,
            "tilt.letters.not_seen": Result.INCONCLUSIVE,
            "tilt.letters.not_assessable": Result.INCONCLUSIVE,
        },
        run=_letters,
        layouts=LAYOUTS,
    ),
    Check(
        id="tilt.rotation",
        title="Silver letters turn from dark to light with a quarter turn",
        citation=FEATURES,
        basis=Basis.PHYSICAL,
        effect=Effect.INFORMATIVE,
        needs=("tilt_rotate",),
        reasons={
            "tilt.rotation.inverts": Result.PASS,
            "tilt.rotation.not_seen": Result.INCONCLUSIVE,
            "tilt.rotation.not_assessable": Result.INCONCLUSIVE,
        },
        run=_rotation,
        layouts=LAYOUTS,
    ),
    *SEE_THROUGH,
)
