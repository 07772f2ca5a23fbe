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
from service.imaging.tilt import AXES, Change, Sequence
from service.verdict import Basis, Effect, NextAction, Region, Result

__all__ = ["CHECKS", "sequence_fault"]

LAYOUTS = frozenset({"jp.residence_card.gen1", "jp.special_permanent_resident.gen1"})
FEATURES = "Features that the issuer tells the public to check, as quoted by several secondary sources"

LEAST_FRAMES = 8
LEAST_SPAN_DEG = 20.0
LEAST_TURN_DEG = 65.0
"""Of a sequence turned in the card's plane."""
LEAST_TRAVEL = 1.5
"""A sweep travels its span once; there and back twice. Two prints exchanged in a sweep look like a film."""

# Set on style a of scripts/specimens, reported on style b: docs/measures/tilt.md.
FOLLOWS_SCORE = 8.0
FOLLOWS_SINGLE = 0.6
STRONG_SCORE = 10.0
STILL_SCORE = 4.0
STILL_MOTION = 24.0
JUMP_SWING = 14.0
JUMP_STEP = 0.88
JUMP_SINGLE = 0.45
STRAY_SWING = 20.0
STRAY_FIT = 0.45
STRAY_HUES = 240.0
ALIVE_ELSEWHERE = 8.0
MOVING_CELLS = 3
"""Cells, of all sequences together, in which a reflection came and went: one lamp serves every tilt."""
SILENT_CELLS = 2
"""The same on a card that shows no letters: genuine cards in even light have at most one such cell."""
MOVING_TINT = 2.0
"""Film-like change outside the films from which a single such cell is enough."""
FLOATS = 4.0
ABSENT = 2.0
"""Evidence of letters: on 14 genuine cards of style a in a lamp's or a window's light 2.8 and more, in 41
clips without letters up to 2.6, of replaced photographs up to 1.8."""
MISSING_FRAMES = 12
"""Frames from which letters can be missed: evidence grows with them, genuine cards had 2.2 in 8 frames."""
LABELS_ALIKE = 0.60
SAME_PRINT = 0.55
OTHER_PRINT = 0.35
INVERTED = -0.30


def sequence_fault(sequence: Sequence) -> str | None:
    """What keeps a sequence from being judged: the last part of a reason code, or None."""
    turning = sequence.axis == "rotate"
    if sequence.found * 2 < sequence.supplied:
        return "card_not_found"
    if sequence.used < LEAST_FRAMES:
        return "few_frames"
    if sequence.span_deg < (LEAST_TURN_DEG if turning else LEAST_SPAN_DEG):
        return "small_range"
    if sequence.travel < LEAST_TRAVEL and not turning:
        return "one_way"
    return None if sequence.coloured else "no_colour"


def _sequences(case: Case) -> list[Sequence]:
    facts = case.tilt
    return [s for axis in AXES if facts and (s := facts.sequence(axis))]


def _sequence(case: Case) -> Finding:
    found = _sequences(case)
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


def _same_card(case: Case) -> Finding:
    compared = [s.same for s in _sequences(case) if s.same and s.used >= LEAST_FRAMES and s.same.places >= 3]
    clear = [same for same in compared if same.fixed >= LABELS_ALIKE]
    if not clear:
        return Finding("tilt.same_card.unclear", next_action=NextAction.TILT_CARD)
    worst = min(same.own for same in clear)
    reason = "same" if worst >= SAME_PRINT else "differs" if worst < OTHER_PRINT else "unclear"
    return Finding(f"tilt.same_card.{reason}", measured=round(worst, 3), threshold=OTHER_PRINT)


def _usable(case: Case, axis: str) -> Sequence | None:
    """The sequence about an axis, where it can be judged and shows the card of the front."""
    sequence = case.tilt.sequence(axis) if case.tilt else None
    if sequence is None or sequence_fault(sequence) is not None:
        return None
    return sequence if _same_card(case).reason != "tilt.same_card.differs" else None


def follows(change: Change) -> bool:
    """Whether a colour goes between two levels as a function of the angle."""
    return change.score >= FOLLOWS_SCORE and change.single >= FOLLOWS_SINGLE


def jumps(change: Change) -> bool:
    """Whether a colour changes once in time and not with the angle: another print was put in its place."""
    return change.swing >= JUMP_SWING and change.in_time >= JUMP_STEP and change.single <= JUMP_SINGLE


def strays(change: Change) -> bool:
    """Whether a colour runs through more than the two of the film."""
    unlike = abs(change.follows) * change.step < STRAY_FIT
    return change.swing >= STRAY_SWING and change.hues >= STRAY_HUES and (unlike or change.hues >= 400)


def still(change: Change) -> bool:
    """Whether a colour does not go with the angle at all."""
    return change.score < STILL_SCORE and change.motion < STILL_MOTION


def _film(case: Case, id: str) -> Finding:
    ovd = case.layout.front.ovd(id) if case.layout else None
    sequence = _usable(case, "vertical")
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
    if not still(change):
        return "unclear"
    return _stillness(case)


def _stillness(case: Case) -> str:
    """A colour that stays: print, if the light moved and nothing on the card answers to the angle."""
    if not _light_moved(case):
        return "even_light"
    return "unclear" if _alive(case) else "static"


def _light_moved(case: Case) -> bool:
    """Whether reflections prove that the light comes from one direction."""
    moved = [(s.light.cells, s.elsewhere) for s in _sequences(case) if s.light and not sequence_fault(s)]
    tinted = any(cells and elsewhere >= MOVING_TINT for cells, elsewhere in moved)
    enough = SILENT_CELLS if _without_letters(case) else MOVING_CELLS
    return tinted or sum(cells for cells, _ in moved) >= enough


def _alive(case: Case) -> bool:
    """Whether any device of the card was seen to follow the angle in any sequence.

    A colour that does so elsewhere may be a film that stands in another place than the layout says, but not
    on a card whose letters do not float either: then it is a glare.
    """
    for sequence in _sequences(case):
        if any(follows(c) for c in sequence.films.values()):
            return True
        if sequence.letters and sequence.letters.evidence >= FLOATS:
            return True
        if sequence.elsewhere >= ALIVE_ELSEWHERE and not _without_letters(case):
            return True
    return False


def _without_letters(case: Case) -> bool:
    """Whether the frames show no letters where the card would have them, whatever the reason."""
    ovd = case.layout.front.ovd("letters") if case.layout else None
    sequence = _usable(case, "horizontal")
    letters = sequence.letters if sequence else None
    silent = letters is not None and letters.frames >= MISSING_FRAMES and letters.evidence < ABSENT
    return silent and ovd is not None and ovd.confirmed


def _letters(case: Case) -> Finding:
    ovd = case.layout.front.ovd("letters") if case.layout else None
    sequence = _usable(case, "horizontal")
    letters = sequence.letters if sequence else None
    if ovd is None or sequence is None or letters is None or letters.frames < LEAST_FRAMES:
        return Finding("tilt.letters.not_assessable", next_action=NextAction.TILT_CARD)
    region = Region("front", ovd.box)
    measured = round(letters.evidence, 2)
    if letters.evidence >= FLOATS:
        return Finding("tilt.letters.float", measured=measured, threshold=FLOATS, region=region)
    missing = _without_letters(case) and _must_show(case, sequence, ovd)
    if not missing:
        return Finding("tilt.letters.not_seen", measured=measured, threshold=FLOATS, region=region)
    return Finding("tilt.letters.absent", measured=measured, threshold=ABSENT, region=region)


def _must_show(case: Case, sequence: Sequence, ovd: Ovd) -> bool:
    """Whether letters would have been seen: the card's film answers to the light, and that ran over the
    photo, or over another part of the card while every film answers, or the mark strongly."""
    x, y, w, h = ovd.box
    upright = _usable(case, "vertical")
    films = list(upright.films.values()) if upright is not None else []
    living = [follows(change) and not strays(change) for change in films]
    if sequence.light is None or not any(living):
        return False
    lit = sequence.light.touches(x - 0.1, y - 0.1, x + w + 0.1, y + h + 0.1)
    mark = upright.films.get("moj_mark") if upright is not None else None
    strong = mark is not None and mark.score >= STRONG_SCORE and follows(mark) and not strays(mark)
    if strong and any(s.light and s.light.cells for s in _sequences(case)):
        return True  # one lamp serves every tilt
    return lit or (len(living) > 1 and all(living) and sequence.light.cells > 0)


def _rotation(case: Case) -> Finding:
    sequence = _usable(case, "rotate")
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
        run=_same_card,
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
