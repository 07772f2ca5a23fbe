"""Attack families as code: each makes one forged specimen from a seed, with the answer that it deserves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cv2
import numpy as np

from scripts.specimens import surfaces
from scripts.specimens.answers import ACCUSED, Expectation, expect, normal_forms
from scripts.specimens.capture import Shot
from scripts.specimens.front import Changes, photo_of, render_face, render_front, stamp, texts_of
from scripts.specimens.paint import HEIGHT, WIDTH
from scripts.specimens.people import CardData, card_data, person
from scripts.specimens.printed import half_date, wide_date
from scripts.specimens.rules import RULE_FAMILIES
from scripts.specimens.specimen import (
    Bench,
    Specimen,
    chip_dump,
    chip_files,
    forged_from,
    genuine_specimen,
    request_for,
    verdicts,
)
from scripts.specimens.values import FIELD_BOXES

__all__ = ["FAMILIES"]

Rng = np.random.Generator
Make = Callable[[Rng, Bench, int], Specimen]

BOTH = ("forged", "invalid")
"""In production a forgery may be refuted, or stopped by its 見本 mark."""
FACE_DISAGREES = Expectation(("suspect",), "cross.face.disagrees")
WORDS_BEHIND_VALIDITY = "まで有効"
TEXT_DISAGREES = Expectation(("fail", "suspect"), "cross.front_image.disagrees")


def _adult(rng: Rng, **wanted: Any) -> CardData:
    return card_data(rng, child=False, **wanted)


def _rule(name: str, *, printed_badly: bool = False) -> Make:
    """A drawn-like-genuine card with broken rules; ``printed_badly``: also from a forger's printer."""

    def make(rng: Rng, bench: Bench, seed: int) -> Specimen:
        broken = RULE_FAMILIES[name](rng)
        changes = broken.changes
        if printed_badly:
            changes = replace(changes, ovd=False, style=surfaces.forger_style(bench.style, rng))
        base = genuine_specimen(broken.card, replace(bench, chip=False), seed)
        face = render_face(broken.card, bench.style, changes)
        front = stamp(surfaces.halftone(face, rng) if printed_badly else face)
        sample = ACCUSED if broken.strong else (*ACCUSED, "inconclusive")
        threat = "T8" if name == "old_layout_after_end" else "T1"
        results = ("fail", "suspect") if broken.strong else ("fail", "suspect", "inconclusive")
        answer = forged_from(
            base, f"printed_{name}" if printed_badly else name, threat,
            ("rules", "image") if printed_badly else ("rules",),
            broken_rule=broken.rule,
            fields=normal_forms(texts_of(broken.card, changes)),
            checks={id: expect(*results) for id in broken.checks},
            verdicts=verdicts(*sample, production=BOTH),
        )  # fmt: skip
        return Specimen(broken.card, front, answer, base.request)

    return make


def printed_card(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T1: a blank card from a printer, other fonts, dots, nothing that shifts; the data is well chosen."""
    base = genuine_specimen(_adult(rng), replace(bench, chip=False), seed)
    changes = Changes(ovd=False, style=surfaces.forger_style(bench.style, rng))
    front = stamp(surfaces.halftone(render_face(base.card, bench.style, changes), rng))
    answer = forged_from(
        base, "printed_card", "T1", ("image", "tilt"), verdicts=verdicts(*ACCUSED, production=BOTH)
    )
    return Specimen(base.card, front, answer, base.request)


def _retyping(shot: Shot, field: str, text: str, seed: int) -> Shot:
    """Type over one field of the finished picture."""
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, shot.corners)
    flat = cv2.warpPerspective(shot.pixels, np.linalg.inv(matrix), (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    x0, y0, x1, y1 = FIELD_BOXES[field]
    typed = surfaces.retype(np.asarray(flat, np.uint8), (x0, y0, x1, y1), text, np.random.default_rng(seed))
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    mask[round(y0 * HEIGHT) : round(y1 * HEIGHT), round(x0 * WIDTH) : round(x1 * WIDTH)] = 1
    size = (shot.pixels.shape[1], shot.pixels.shape[0])
    laid, where = cv2.warpPerspective(typed, matrix, size), cv2.warpPerspective(mask, matrix, size)
    pixels = cv2.blendLinear(laid, shot.pixels, where, np.asarray(1 - where, np.float32))
    return replace(shot, pixels=np.asarray(pixels, np.uint8))


def _edit(
    name: str, field: str, new: Callable[[CardData, Rng], str], checks: tuple[str, ...], **wanted: Any
) -> Make:
    """T2: one field of a genuine card's picture typed over; the chip still tells the truth."""

    def make(rng: Rng, bench: Bench, seed: int) -> Specimen:
        base = genuine_specimen(_adult(rng, **wanted), bench, seed)
        text = new(base.card, rng)
        shown = text.removesuffix(WORDS_BEHIND_VALIDITY)
        fields = normal_forms({**texts_of(base.card, Changes()), field: shown})
        certain = {id: expect("fail", "suspect") for id in checks}
        if bench.chip:
            certain["cross.front_image"] = TEXT_DISAGREES
        seen = ("image", *(("rules",) if checks else ()), *(("chip",) if bench.chip else ()))
        answer = forged_from(
            base, name, "T2", seen, fields=fields, checks=certain,
            verdicts=verdicts(*ACCUSED, production=BOTH),
            broken_rule=f"{field} typed over" if checks else None,
        )  # fmt: skip
        return Specimen(
            base.card, base.front, answer, base.request, base.dump,
            edit=lambda shot: _retyping(shot, field, text, seed),
        )  # fmt: skip

    return make


def _later(card: CardData, rng: Rng) -> str:
    return wide_date(card.valid_until + timedelta(days=int(rng.integers(300, 800)))) + WORDS_BEHIND_VALIDITY


def _other_birth(card: CardData, rng: Rng) -> str:
    return half_date(card.date_of_birth - timedelta(days=int(rng.integers(400, 1500))))


def _other_name(card: CardData, rng: Rng) -> str:
    return person(rng, card.person.nationality, card.person.sex).name_latin + "  " + "KIM"


def _photo_replaced(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T3: another photograph on a genuine card; the genuine chip keeps the holder's."""
    base = genuine_specimen(_adult(rng), bench, seed)
    other = replace(base.card, person=person(rng))
    changes = Changes(photo=photo_of(other, bench.style))
    checks = {k: v for k, v in base.answer.checks.items() if k != "cross.face"}
    if bench.chip:
        checks["cross.face"] = FACE_DISAGREES
    answer = forged_from(
        base, "photo_replaced", "T3", ("chip",) if bench.chip else ("image", "tilt"), checks=checks,
        verdicts=verdicts(*ACCUSED, production=BOTH),
    )  # fmt: skip
    return Specimen(base.card, render_front(base.card, bench.style, changes), answer, base.request, base.dump)


def _field_replaced(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T3: one field reprinted in the card's own fonts; the genuine chip keeps the truth."""
    base = genuine_specimen(_adult(rng), bench, seed)
    card = base.card
    field = str(rng.choice(["name_latin", "date_of_birth", "card_number"]))
    texts = {
        "name_latin": {"name_latin": _other_name(card, rng)},
        "date_of_birth": {"date_of_birth": _other_birth(card, rng)},
        "card_number": {"card_number": card_data(rng).card_number},
    }[field]
    changes = Changes(texts=texts)
    checks = {k: v for k, v in base.answer.checks.items() if k != "cross.front_image"}
    if bench.chip:
        checks["cross.front_image"] = TEXT_DISAGREES
    answer = forged_from(
        base, "field_replaced", "T3", ("chip",) if bench.chip else (),
        broken_rule=f"{field} replaced", fields=normal_forms(texts_of(card, changes)), checks=checks,
        verdicts=verdicts(*(ACCUSED if bench.chip else ("no_sign_of_forgery",)), production=BOTH),
    )  # fmt: skip
    return Specimen(card, render_front(card, bench.style, changes), answer, base.request, base.dump)


def impostor(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T4: a genuine card in the wrong hands. No check can see it; the report must say so."""
    made = genuine_specimen(_adult(rng), bench, seed, "impostor")
    return replace(made, answer=replace(made.answer, threat="T4"))


def real_number_own_data(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T5: somebody else's valid number, own name and photo; with a chip: the number owner's genuine one."""
    owner = _adult(rng)
    own = replace(_adult(rng), card_number=owner.card_number)
    base = genuine_specimen(own, replace(bench, chip=False), seed)
    changes = Changes(ovd=False, style=surfaces.forger_style(bench.style, rng))
    front = stamp(surfaces.halftone(render_face(own, bench.style, changes), rng))
    dump = chip_dump(own, chip_files(owner, bench)) if bench.chip else None
    checks = {"cross.front_image": TEXT_DISAGREES, "cross.face": FACE_DISAGREES} if bench.chip else {}
    answer = forged_from(
        base, "real_number_own_data", "T5", ("chip", "image", "tilt") if bench.chip else ("image", "tilt"),
        checks=checks, has_chip=bench.chip,
        verdicts=verdicts(*ACCUSED, production=BOTH),
    )  # fmt: skip
    return Specimen(own, front, answer, base.request, dump)


def expired(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T6: a genuine card shown long after its end: the verdict stays, the entitlement goes."""
    made = genuine_specimen(_adult(rng, status="技能"), bench, seed, "expired")
    late = made.card.valid_until + timedelta(days=int(rng.integers(90, 900)))
    answer = replace(
        made.answer, threat="T6", entitlement={"card": "expired", "stay": "expired"},
        reference_date=late.isoformat(),
    )  # fmt: skip
    return replace(made, answer=answer, request=request_for(late))


def lapsed(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """T6: the issuer's inquiry says that the number has lapsed."""
    made = genuine_specimen(_adult(rng), bench, seed, "lapsed")
    day = made.card.reference_date
    inquiry = {"result": "lapsed", "at": f"{day.isoformat()}T02:00:00Z", "by": "sample"}
    answer = replace(
        made.answer, threat="T6", seen_by=("registry",), verdicts=verdicts("invalid"), entitlement={},
        checks={**made.answer.checks, "registry.lapse_inquiry": expect("fail")},
    )  # fmt: skip
    return replace(made, answer=answer, request=request_for(day, lapse_inquiry=inquiry))


def _recapture(name: str, surface: Callable[[Any, Rng], Any]) -> Make:
    """T7: a picture of a picture."""

    def make(rng: Rng, bench: Bench, seed: int) -> Specimen:
        base = genuine_specimen(_adult(rng), replace(bench, chip=False), seed)
        front = stamp(surface(render_face(base.card, bench.style), rng))
        answer = forged_from(
            base, name, "T7", ("image", "tilt"), verdicts=verdicts(*ACCUSED, production=BOTH)
        )
        return Specimen(base.card, front, answer, base.request)

    return make


FAMILIES: dict[str, Make] = {
    **{name: _rule(name) for name in RULE_FAMILIES},
    "printed_card": printed_card,
    "printed_two_rules": _rule("two_rules", printed_badly=True),
    "edit_validity": _edit("edit_validity", "card_valid_until", _later, ("text.validity",)),
    "edit_birth": _edit("edit_birth", "date_of_birth", _other_birth, ()),
    "edit_name": _edit("edit_name", "name_latin", _other_name, ()),
    "edit_status": _edit(
        "edit_status", "status_of_residence", lambda c, r: "永住者", ("text.period", "text.work_restriction"),
        status="留学",
    ),
    "edit_work": _edit(
        "edit_work", "work_restriction", lambda c, r: "就労制限なし", ("text.work_restriction",),
        status="留学",
    ),
    "photo_replaced": _photo_replaced,
    "field_replaced": _field_replaced,
    "impostor": impostor,
    "real_number_own_data": real_number_own_data,
    "expired": expired,
    "lapsed": lapsed,
    "recapture_screen": _recapture("recapture_screen", surfaces.on_screen),
    "recapture_paper": _recapture("recapture_paper", surfaces.on_paper),
}  # fmt: skip
"""Family -> maker, chip attacks aside."""
