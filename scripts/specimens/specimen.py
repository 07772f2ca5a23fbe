"""One specimen before it is captured, and the genuine way to make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.specimens.answers import Answer, Expectation, normal_forms
from scripts.specimens.capture import Shot
from scripts.specimens.chip_images import face_jp2, front_image_d0
from scripts.specimens.dump import dump_json, gen1_files
from scripts.specimens.front import Changes, photo_of, render_front, texts_of
from scripts.specimens.paint import Picture
from scripts.specimens.people import CardData
from scripts.specimens.pki import CardKey, SampleCA, make_ca

__all__ = ["CHIP_PASSES", "Bench", "Specimen", "chip_files", "genuine_specimen", "request_for"]

Rng = np.random.Generator

CHIP_PASSES = {
    "chip.dump": Expectation(("pass",), "chip.dump.complete"),
    "chip.signature": Expectation(("pass",), "chip.signature.verified"),
    "chip.certificate": Expectation(("pass",), "chip.certificate.trusted"),
    "cross.front_image": Expectation(("pass",), "cross.front_image.agrees"),
    "cross.face": Expectation(("pass",), "cross.face.agrees"),
}
"""What an intact chip should give in the profile ``sample`` on a readable picture."""


@dataclass(frozen=True)
class Bench:
    """What specimens are made with: the issuer's CA, a forger's CA, one card key of each."""

    style: str = "a"
    chip: bool = False
    """Whether a dump comes with the pictures."""
    ca: SampleCA | None = None
    key: CardKey | None = None
    forger_key: CardKey | None = None

    @classmethod
    def fresh(cls, ca: SampleCA | None = None, *, style: str = "a", chip: bool = False) -> Bench:
        """New keys; one card key serves all cards, since making RSA keys is slow."""
        issuer, forger = ca or make_ca(1), make_ca(1)
        return cls(style, chip, issuer, issuer.issue(), forger.issue())


@dataclass(frozen=True)
class Specimen:
    """Drawn and answered, not yet captured."""

    card: CardData
    front: Picture
    """With its 見本 mark."""
    answer: Answer
    request: Mapping[str, Any]
    dump: bytes | None = None
    edit: Callable[[Shot], Shot] | None = None
    """What a forger does to the picture after it was taken."""


def request_for(day: date, **more: Any) -> dict[str, Any]:
    """The request part with the reference time at noon in Japan."""
    return {"reference_time": f"{day.isoformat()}T03:00:00Z", **more}


def chip_files(
    card: CardData,
    bench: Bench,
    changes: Changes | None = None,
    *,
    photo: NDArray[np.uint8] | None = None,
    key: CardKey | None = None,
) -> dict[str, bytes]:
    """Elementary files of the card's chip; ``changes`` and ``photo`` are what the chip shows otherwise."""
    if bench.ca is None:
        raise ValueError("a chip needs a bench with keys: Bench.fresh()")
    shown = photo if photo is not None else photo_of(card, bench.style)
    return gen1_files(
        front_image_d0(card, bench.style, changes),
        b"" if shown is None else face_jp2(shown),
        card_number=card.card_number,
        ca=bench.ca,
        card_key=key or bench.key,
        comprehensive=card.back_permission,
        under_16="da00db00" if card.under_16 else None,
    )


def chip_dump(card: CardData, files: Mapping[str, bytes], number: str | None = None) -> bytes:
    """The dump as an app would save it on the reference day."""
    day = card.reference_date
    return dump_json(files, number or card.card_number, datetime(day.year, day.month, day.day, 3, tzinfo=UTC))


def verdicts(*sample: str, production: tuple[str, ...] = ("invalid",)) -> dict[str, tuple[str, ...]]:
    """Acceptable verdicts in both profiles."""
    return {"sample": sample, "production": production}


def genuine_specimen(card: CardData, bench: Bench, seed: int, family: str = "genuine") -> Specimen:
    """A genuine card as it is, with its chip where the bench says so."""
    dump = chip_dump(card, chip_files(card, bench)) if bench.chip else None
    proved = bench.chip and not card.under_16
    checks = dict(CHIP_PASSES) if proved else {}
    answer = Answer(
        id=f"{family}-{bench.style}-{seed}",
        seed=seed,
        style=bench.style,
        capture="",
        family=family,
        threat=None,
        seen_by=(),
        broken_rule=None,
        fields=normal_forms(texts_of(card, Changes())),
        verdicts=verdicts("authentic" if proved else "no_sign_of_forgery"),
        checks=checks,
        entitlement={"card": "valid", "stay": "valid" if card.stay_until else "unlimited"},
        limits=("holder_not_compared",) if family == "impostor" else (),
        reference_date=card.reference_date.isoformat(),
        has_chip=dump is not None,
    )
    front = render_front(card, bench.style)
    return Specimen(card, front, answer, request_for(card.reference_date), dump)


def forged_from(base: Specimen, family: str, threat: str, seen_by: tuple[str, ...], **changes: Any) -> Answer:
    """The answer of a forgery, from that of the genuine card it is made of."""
    answer = base.answer
    return replace(
        answer,
        id=answer.id.replace(answer.family, family, 1),
        family=family,
        threat=threat,
        seen_by=seen_by,
        **{"checks": {}, "entitlement": {}, **changes},
    )
