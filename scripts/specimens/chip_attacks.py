"""Attacks on the chip's data: forged signatures, altered files, data of another card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from scripts.specimens.answers import Expectation, expect, fail_of, normal_forms
from scripts.specimens.front import Changes, photo_of, render_front, texts_of
from scripts.specimens.people import CardData, card_data, card_number, person
from scripts.specimens.specimen import (
    CHIP_PASSES,
    Bench,
    Specimen,
    chip_dump,
    chip_files,
    forged_from,
    genuine_specimen,
    verdicts,
)

__all__ = ["CHIP_FAMILIES"]

Rng = np.random.Generator
Files = dict[str, bytes]

UNTRUSTED = {
    "chip.signature": CHIP_PASSES["chip.signature"],
    "chip.certificate": fail_of("chip.certificate.untrusted_issuer"),
}
MISMATCH = {"chip.signature": fail_of("chip.signature.mismatch")}


def _made(
    rng: Rng,
    bench: Bench,
    seed: int,
    family: str,
    build: Callable[[CardData, Bench, Rng], tuple[Files, Changes]],
    **answer: Any,
) -> Specimen:
    """A card whose face shows ``Changes`` and whose chip holds the files that ``build`` makes."""
    base = genuine_specimen(card_data(rng, child=False), bench, seed)
    files, changes = build(base.card, bench, rng)
    given = forged_from(
        base, family, "chip", ("chip",), has_chip=True,
        fields=normal_forms(texts_of(base.card, changes)), **answer,
    )  # fmt: skip
    front = render_front(base.card, bench.style, changes)
    return Specimen(base.card, front, given, base.request, chip_dump(base.card, files))


def _own_data(card: CardData, bench: Bench, rng: Rng) -> Changes:
    """Name and photo of the forger's customer."""
    other = person(rng)
    look = card_data(rng, child=False)
    return Changes(texts={"name_latin": other.name_latin}, photo=photo_of(look, bench.style))


def self_signed(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """Everything agrees and the signature holds, but the forger's own CA issued the certificate."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        return chip_files(card, bench, key=bench.forger_key), Changes()

    return _made(
        rng, bench, seed, "chip_self_signed", build, checks=UNTRUSTED, verdicts=verdicts("forged"),
    )  # fmt: skip


def resigned(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """Text and face of somebody else in chip and on the card, signed anew by the forger."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        changes = _own_data(card, bench, rng)
        return chip_files(card, bench, changes, photo=changes.photo, key=bench.forger_key), changes

    return _made(rng, bench, seed, "chip_resigned", build, checks=UNTRUSTED, verdicts=verdicts("forged"))


def altered_text(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """The signed picture of the text exchanged to match the forged face; the signature stays."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        changes = Changes(texts={"name_latin": person(rng).name_latin})
        files = chip_files(card, bench)
        files["DF1/EF01"] = chip_files(card, bench, changes)["DF1/EF01"]
        return files, changes

    return _made(
        rng, bench, seed, "chip_altered_text", build, checks=MISMATCH,
        verdicts=verdicts("forged", production=("forged",)),
    )  # fmt: skip


def altered_face(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """The signed face exchanged to match another photograph on the card; the signature stays."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        changes = Changes(photo=_own_data(card, bench, rng).photo)
        files = chip_files(card, bench)
        files["DF1/EF02"] = chip_files(card, bench, photo=changes.photo)["DF1/EF02"]
        return files, changes

    return _made(
        rng, bench, seed, "chip_altered_face", build, checks=MISMATCH,
        verdicts=verdicts("forged", production=("forged",)),
    )  # fmt: skip


def unsigned(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """An adult's chip without signature and certificate."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        return {
            **chip_files(card, bench),
            "DF3/EF01": bytes.fromhex("DA00DB00").ljust(1464, b"\x00"),
        }, Changes()

    absent = {"chip.signature": Expectation(("suspect",), "chip.signature.absent")}
    return _made(
        rng, bench, seed, "chip_unsigned", build, checks=absent, verdicts=verdicts("suspect", "forged"),
    )  # fmt: skip


def wrong_number(rng: Rng, bench: Bench, seed: int) -> Specimen:
    """A chip of another number than the printed one, everything else copied from the chip."""

    def build(card: CardData, bench: Bench, rng: Rng) -> tuple[Files, Changes]:
        return chip_files(card, bench), Changes(texts={"card_number": card_number(rng)})

    checks = {
        "chip.card_number": expect("fail", "suspect"),
        "cross.front_image": Expectation(("fail", "suspect"), "cross.front_image.disagrees"),
    }
    return _made(
        rng, bench, seed, "chip_wrong_number", build, checks=checks,
        verdicts=verdicts("forged", "suspect", production=("forged", "invalid")),
    )  # fmt: skip


CHIP_FAMILIES: dict[str, Callable[[Rng, Bench, int], Specimen]] = {
    "chip_self_signed": self_signed,
    "chip_resigned": resigned,
    "chip_altered_text": altered_text,
    "chip_altered_face": altered_face,
    "chip_unsigned": unsigned,
    "chip_wrong_number": wrong_number,
}
"""Family -> maker; these always bring a dump."""
