"""Editing of a finished picture: fields typed anew, signs copied, fields and photographs pasted in.

Everything varies: which field, how the old print is removed, fonts near and far, ink, sharpness and noise of
what is put in, how the picture was saved before and after. The seed gives the same picture again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.specimens.answers import ACCUSED
from scripts.specimens.capture import Shot, phone, scan
from scripts.specimens.erase import ERASERS, Mask
from scripts.specimens.front import photo_of, render_front
from scripts.specimens.paint import HEIGHT, WIDTH, ink
from scripts.specimens.people import CardData, card_data, person
from scripts.specimens.printed import printed
from scripts.specimens.sensor import resaved
from scripts.specimens.specimen import Bench, Specimen, forged_from, genuine_specimen, verdicts
from scripts.specimens.style import Style, style_named
from scripts.specimens.values import FIELD_BOXES, VALIDITY_PITCH, value_ink

__all__ = ["EDITS", "region_of"]

Rng = np.random.Generator
Make = Callable[[Rng, Bench, int], Specimen]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the card."""
TYPED = (
    "date_of_birth", "name_latin", "nationality", "status_of_residence", "address", "permission_date",
    "issue_date", "card_valid_until", "card_number",
)  # fmt: skip
FAR = {
    "value": ("gothic_noto", "gothic_ipa", "gothic_biz"),
    "digits": ("sans", "mono_sans", "narrow", "sans_bold"),
}
NEAR = {
    "value": ("mincho_noto", "mincho_ipaex", "mincho_noto_bold"),
    "digits": ("dejavu_serif", "century_bold"),
}
PHOTO: Box = (0.713, 0.309, 0.966, 0.774)
"""The photograph above the 見本 mark, which every specimen keeps."""


def region_of(family: str, field: str) -> Box:
    """Where a family alters the card."""
    return PHOTO if family.startswith("photo") else FIELD_BOXES[field]


def _matrix(shot: Shot) -> NDArray[np.float64]:
    source = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(source, shot.corners), np.float64)


def _laid(layer: NDArray[np.generic], shot: Shot) -> NDArray[np.float32]:
    """A layer over the card (any resolution) as it falls on the picture."""
    size = (shot.pixels.shape[1], shot.pixels.shape[0])
    fine = np.diag([WIDTH / layer.shape[1], HEIGHT / layer.shape[0], 1.0])
    return np.asarray(
        cv2.warpPerspective(layer.astype(np.float32), _matrix(shot) @ fine, size, flags=cv2.INTER_LINEAR),
        np.float32,
    )


def _box_mask(box: Box, shot: Shot) -> Mask:
    layer = np.zeros((HEIGHT, WIDTH), np.float32)
    x0, y0, x1, y1 = box
    layer[round(y0 * HEIGHT) : round(y1 * HEIGHT), round(x0 * WIDTH) : round(x1 * WIDTH)] = 1
    return np.asarray(_laid(layer, shot) > 0.5, np.uint8)


def _sigma(shot: Shot, rng: Rng) -> float:
    """Blur of what is put in: none, or about as much as the picture has, in picture pixels."""
    unit = float(np.linalg.norm(shot.corners[1] - shot.corners[0])) / WIDTH
    return 0.0 if rng.random() < 0.5 else float(rng.uniform(0.4, 0.9)) * unit


def _with_layer(shot: Shot, cover: Mask | NDArray[np.float32], colour: NDArray[Any], noise: float,
                rng: Rng) -> Shot:  # fmt: skip
    """Blend a colour (one, or a picture) in where ``cover`` is set, with noise of its own."""
    alpha = cover.astype(np.float32)[..., None]
    mixed = shot.pixels.astype(np.float32) * (1 - alpha) + colour.astype(np.float32) * alpha
    if noise > 0:
        mixed += rng.standard_normal(mixed.shape, np.float32) * noise * alpha
    return replace(shot, pixels=np.clip(mixed, 0, 255).astype(np.uint8))


def _fonts(style: Style, rng: Rng, far: bool) -> Style:
    pool = FAR if far else NEAR
    value, digits = (str(rng.choice(pool[key])) for key in ("value", "digits"))
    return replace(style, value=value, digits=digits, value_bold=float(rng.uniform(0, 2.2)), digits_bold=0.0)


def _new_text(card: CardData, field: str, rng: Rng) -> CardData:
    """Another plausible content of one field."""
    other = card_data(rng, child=False)
    if field in ("name_latin", "nationality"):
        return replace(card, person=person(rng))
    if field == "date_of_birth":
        return replace(
            card, person=replace(card.person), date_of_birth=card.date_of_birth - timedelta(days=577)
        )
    if field == "status_of_residence":
        return replace(card, status=other.status, status_english=card.status_english)
    if field == "address":
        return replace(card, address=other.address)
    if field == "permission_date":
        return replace(card, permission_date=card.permission_date - timedelta(days=200))
    if field == "issue_date":
        return replace(card, issue_date=card.issue_date + timedelta(days=40))
    if field == "card_valid_until":
        return replace(card, valid_until=card.valid_until + timedelta(days=730))
    return replace(card, card_number=other.card_number)


def _retyped(shot: Shot, card: CardData, style: Style, field: str, rng: Rng) -> Shot:
    """Remove the old print of a field and type another text in its place."""
    if rng.random() < 0.5:
        shot = resaved(shot, rng, 80, 97)
    box = FIELD_BOXES[field]
    eraser = ERASERS[str(rng.choice(list(ERASERS)))]
    bare = replace(shot, pixels=eraser(shot.pixels, _box_mask(box, shot), rng))
    look = _fonts(style, rng, far=rng.random() < 0.6)
    dx, dy = rng.normal(0, 0.0025), rng.normal(0, 0.0035)
    scale = float(rng.uniform(0.92, 1.08))
    layer = np.full((2 * HEIGHT, 2 * WIDTH), 255, np.uint8)
    for name, run in value_ink(look, printed(_new_text(card, field, rng))):
        if name == field:
            ink(layer, replace(run, x=run.x + dx, base=run.base + dy, em=run.em * scale))
    cover = np.asarray(1 - _laid(layer, shot) / 255, np.float32)
    cover[_box_mask((0, 0, 1, 1), shot) == 0] = 0
    sigma = _sigma(shot, rng)
    soft = cv2.GaussianBlur(cover, (0, 0), sigma) if sigma > 0.2 else cover
    tone = float(rng.choice([0.0, rng.uniform(10, 40)]))
    typed = _with_layer(bare, soft.astype(np.float32), np.full(3, tone, np.float32), 0.0, rng)
    if rng.random() < 0.4:
        typed = _with_layer(typed, _box_mask(box, shot), typed.pixels, float(rng.uniform(0.8, 2.5)), rng)
    return typed


def _photo_pasted(shot: Shot, card: CardData, style: str, rng: Rng) -> Shot:
    """Another photograph laid over the one in the picture."""
    if rng.random() < 0.5:
        shot = resaved(shot, rng, 80, 97)
    face = photo_of(replace(card, person=person(rng)), style)
    if face is None:
        raise ValueError("a card without a photograph")
    x0, y0, x1, y1 = PHOTO
    size = (round((x1 - x0) * 2 * WIDTH), round((y1 - y0) * 2 * HEIGHT))
    portrait = face[: round(face.shape[0] * 0.86)]
    fine = cv2.resize(portrait, size, interpolation=cv2.INTER_CUBIC)
    if rng.random() < 0.4:
        fine = cv2.GaussianBlur(fine, (0, 0), float(rng.uniform(0.8, 3.0)))
    layer = np.zeros((2 * HEIGHT, 2 * WIDTH, 3), np.float32)
    cover = np.zeros((2 * HEIGHT, 2 * WIDTH), np.float32)
    top, left = round(y0 * 2 * HEIGHT), round(x0 * 2 * WIDTH)
    layer[top : top + size[1], left : left + size[0]] = np.clip(fine * rng.uniform(0.85, 1.1, 3), 0, 255)
    cover[top : top + size[1], left : left + size[0]] = 1
    if rng.random() < 0.5:
        cover = cv2.GaussianBlur(cover, (0, 0), float(rng.uniform(0.8, 2.0)))
    noise = float(rng.choice([0.0, rng.uniform(0.8, 3.0)]))
    return _with_layer(shot, _laid(cover, shot), _laid(layer, shot), noise, rng)


def _pasted(shot: Shot, card: CardData, style: str, field: str, rng: Rng) -> Shot:
    """A field cut out of another picture of another card of the same make."""
    other = render_front(_new_text(card, field, rng), style)
    taken = scan(other, rng, 300) if rng.random() < 0.5 else phone(other, rng, 0.2)
    if rng.random() < 0.7:
        taken = resaved(taken, rng, 70, 95)
    back = _matrix(shot) @ np.linalg.inv(_matrix(taken))
    size = (shot.pixels.shape[1], shot.pixels.shape[0])
    moved = cv2.warpPerspective(taken.pixels, back, size, flags=cv2.INTER_CUBIC)
    if rng.random() < 0.5:
        shot = resaved(shot, rng, 80, 97)
    return _with_layer(shot, _box_mask(FIELD_BOXES[field], shot), moved, 0.0, rng)


def _signs_copied(shot: Shot, card: CardData, rng: Rng) -> Shot:
    """Digits of the validity made of copies of its other digits, as whole pixels of the picture."""
    if rng.random() < 0.5:
        shot = resaved(shot, rng, 85, 98)
    text = printed(card)["card_valid_until"]
    digits = [i for i, sign in enumerate(text) if sign.isdigit()]
    pixels = shot.pixels.copy()
    matrix = _matrix(shot)
    for _ in range(int(rng.integers(2, 4))):
        source = int(rng.choice(digits))
        target = int(rng.choice([i for i in digits if text[i] != text[source]] or digits))
        mask = _box_mask(_cell(target), shot)
        places = np.array([[[_cell(i)[0] * WIDTH, _cell(i)[1] * HEIGHT] for i in (source, target)]])
        start, end = cv2.perspectiveTransform(places, matrix)[0]
        dx, dy = (int(v) for v in np.round(end - start))
        shifted = np.roll(shot.pixels, (dy, dx), axis=(0, 1))
        pixels[mask > 0] = shifted[mask > 0]
    return replace(shot, pixels=pixels)


def _cell(index: int) -> Box:
    left = 0.187 + VALIDITY_PITCH * index
    return (left, 0.889, left + VALIDITY_PITCH, 0.9385)


def _family(
    name: str, fields: tuple[str, ...], change: Callable[[Shot, CardData, str, str, Rng], Shot]
) -> Make:
    def make(rng: Rng, bench: Bench, seed: int) -> Specimen:
        base = genuine_specimen(card_data(rng, child=False), replace(bench, chip=False), seed)
        field = str(rng.choice(fields))
        answer = forged_from(
            base, name, "T2", ("image",), broken_rule=field,
            verdicts=verdicts(*ACCUSED, production=("forged", "invalid")),
        )  # fmt: skip
        later = np.random.default_rng([seed, int(rng.integers(2**31))])
        return Specimen(
            base.card, base.front, answer, base.request,
            edit=lambda shot: replace(
                change(shot, base.card, bench.style, field, later), quality=int(later.integers(75, 99))
            ),
        )  # fmt: skip

    return make


EDITS: dict[str, Make] = {
    "field_typed": _family(
        "field_typed", TYPED, lambda s, c, st, f, r: _retyped(s, c, style_named(st), f, r)
    ),
    "field_pasted": _family("field_pasted", TYPED, _pasted),
    "signs_copied": _family(
        "signs_copied", ("card_valid_until",), lambda s, c, st, f, r: _signs_copied(s, c, r)
    ),
    "photo_pasted": _family("photo_pasted", ("photo",), lambda s, c, st, f, r: _photo_pasted(s, c, st, r)),
}
"""Family -> maker; ``broken_rule`` of the answer names the field."""
