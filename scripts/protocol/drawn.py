"""Cards drawn for the protocol: pairs that differ in one thing, pictures that something was done to."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scripts.dataset.cards import judge, sent
from scripts.dataset.files import captured, stored
from scripts.dataset.recipe import Recipe, recipe, seeded
from scripts.specimens.people import CardData, card_data, person
from scripts.specimens.specimen import Bench, Specimen, genuine_specimen
from service.evidence import Role
from service.scoring import SCORE_CHECK
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = ["CHANGES", "HARMS", "Answered", "counterfactual", "harmed", "thumbnail"]

RENDERERS = ("a", "b", "c")
FAMILIES = ("printed_card", "recapture_paper", "field_typed", "copy_grey")
"""Forgeries that pictures show, to be told still after something was done to the picture."""


@dataclass(frozen=True)
class Answered:
    """What the service said of one drawn card."""

    card: int
    forged: bool
    variant: str
    verdict: str
    total: float | None
    """Weight of evidence in bits."""


def _other_name(card: CardData, rng: np.random.Generator) -> CardData:
    other = person(rng, card.person.nationality, card.person.sex)
    return replace(
        card, person=replace(card.person, name_latin=other.name_latin, name_kanji=other.name_kanji)
    )


def _other_nationality(card: CardData, rng: np.random.Generator) -> CardData:
    other = next(p for p in iter(lambda: person(rng), None) if p.nationality != card.person.nationality)
    return replace(card, person=replace(card.person, naming=other.naming))


def _other_photo(card: CardData, rng: np.random.Generator) -> CardData:
    other = person(rng, None, card.person.sex)
    return replace(card, person=replace(card.person, face=other.face, tone=other.tone))


CHANGES: Mapping[str, Callable[[CardData, np.random.Generator], CardData]] = {
    "name": _other_name,
    "nationality": _other_nationality,
    "photo": _other_photo,
}
"""What alone differs between the two cards of a pair."""


@lru_cache(maxsize=1)
def _engine() -> Engine:
    cv2.setNumThreads(1)
    return Engine.load(Settings(trust_profile="sample", onnx_threads=1))


def _said(card: int, forged: bool, variant: str, made: Specimen, data: bytes) -> Answered:
    request = VerifyRequest.model_validate(dict(made.request))
    said, _ = judge(_engine(), Submission(pictures={Role.FRONT: data}, request=request))
    total = next((c["measured"] for c in said["checks"] if c["id"] == SCORE_CHECK), None)
    return Answered(card, forged, variant, said["verdict"], total)


def _plain(seed: int, number: int) -> Recipe:
    """A recipe without chip and tilt, whose phone or scan everybody has."""
    return replace(recipe(seed, number, RENDERERS), chip=False, tilt=None)


def _pairs_of(task: tuple[int, int]) -> list[Answered]:
    seed, number = task
    how = _plain(seed, number)
    card = card_data(seeded(3, seed, number), child=False)
    variants = {"base": card} | {
        name: change(card, seeded(20, seed, number)) for name, change in CHANGES.items()
    }
    found = []
    for name, drawn in variants.items():
        made = genuine_specimen(drawn, Bench(how.style), number)
        data, _ = stored(captured(made, how, seeded(4, seed, number)), how.sending)
        found.append(_said(number, False, name, made, data))
    return found


def _jpeg(picture: NDArray[np.uint8], quality: int = 95) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture[..., ::-1])).save(
        out, "JPEG", quality=quality, subsampling=0
    )
    return out.getvalue()


def _scaled(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=way), np.uint8)


def _gamma(picture: NDArray[np.uint8], power: float) -> NDArray[np.uint8]:
    table = (255 * (np.arange(256) / 255) ** power).round().astype(np.uint8)
    return np.asarray(table[picture], np.uint8)


def _noisy(picture: NDArray[np.uint8], level: float) -> NDArray[np.uint8]:
    """Signs at random of one level: the frame of an attack that knows no gradient."""
    signs = np.random.default_rng(99).choice([-level, level], picture.shape)
    return np.asarray(np.clip(picture + signs, 0, 255), np.uint8)


HARMS: Mapping[str, Callable[[NDArray[np.uint8]], bytes]] = {
    "as captured": lambda p: _jpeg(p),
    "JPEG 85": lambda p: _jpeg(p, 85),
    "JPEG 70": lambda p: _jpeg(p, 70),
    "half size": lambda p: _jpeg(_scaled(p, 0.5)),
    "0.75 size": lambda p: _jpeg(_scaled(p, 0.75)),
    "double size": lambda p: _jpeg(_scaled(p, 2.0)),
    "blur 0.8 px": lambda p: _jpeg(np.asarray(cv2.GaussianBlur(p, (0, 0), 0.8), np.uint8)),
    "blur 1.6 px": lambda p: _jpeg(np.asarray(cv2.GaussianBlur(p, (0, 0), 1.6), np.uint8)),
    "gamma 0.7": lambda p: _jpeg(_gamma(p, 0.7)),
    "gamma 1.4": lambda p: _jpeg(_gamma(p, 1.4)),
    "noise of 3 levels": lambda p: _jpeg(_noisy(p, 3.0)),
}
"""What is done to a captured picture. All of them leave no metadata of the capture behind."""


def _harmed_of(task: tuple[int, int]) -> list[Answered]:
    seed, number = task
    how = _plain(seed, number)
    forged = bool(number % 2)
    how = replace(how, family=FAMILIES[number // 2 % len(FAMILIES)])
    made, data, _ = sent(how, forged, Bench.fresh(style=how.style))
    picture = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    found = [_said(number, forged, "the file itself", made, data)]
    return found + [_said(number, forged, name, made, harm(picture)) for name, harm in HARMS.items()]


def _asked(
    task: Callable[[tuple[int, int]], list[Answered]], seed: int, cards: int, workers: int
) -> Iterator[Any]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(task, [(seed, number) for number in range(cards)])


def counterfactual(seed: int, cards: int, workers: int) -> list[Answered]:
    """Genuine cards, each with a twin for every one of ``CHANGES``, captured alike."""
    return [answer for card in _asked(_pairs_of, seed, cards, workers) for answer in card]


def harmed(seed: int, cards: int, workers: int) -> list[Answered]:
    """Genuine and forged cards in turn, each with every one of ``HARMS``."""
    return [answer for card in _asked(_harmed_of, seed, cards, workers) for answer in card]


def thumbnail(row: Mapping[str, Any], renderers: Sequence[str], width: int = 240) -> bytes:
    """The picture of a card of a data set, drawn anew from its seed, as a small JPEG. 見本 is on it."""
    how = recipe(int(row["seed"]), int(row["pair"]), tuple(renderers))
    _, data, shot = sent(how, bool(row["forged"]), Bench.fresh(style=how.style, chip=how.chip))
    return _jpeg(_scaled(_card_of(data, shot.corners), width / 640), 75)


def _card_of(data: bytes, corners: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The card cut out of its picture."""
    picture = np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)
    place = np.array([[0, 0], [640, 0], [640, 404], [0, 404]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), place)
    return np.asarray(cv2.warpPerspective(picture, matrix, (640, 404), flags=cv2.INTER_AREA), np.uint8)
