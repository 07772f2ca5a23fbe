"""An operator's own labelled pictures as rows of the data set, beside those that are drawn.

    .venv/bin/python -m scripts.dataset.own DIR|FILE.ndjson --out DATA

DIR/genuine holds pictures of genuine cards, DIR/forged/FAMILY those of forgeries; FAMILY is one of
``scripts/dataset/families.py`` where it fits, or any other word. A card is one file, or a folder with
``front.*``, ``back.*`` and ``chip.json``. The same card twice counts once. Of the holder nothing is written
but what the checks measured, and patches that show neither face nor name.

FILE.ndjson is what ``GET /v1/reviews/labelled-cases`` gives: cases that people decided, without pictures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2

from scripts.dataset.cards import Judged, judged_row
from scripts.dataset.families import MAKERS, group_of
from scripts.dataset.shards import CHECK, write_shard
from service.evidence import Role
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = ["OWN", "Labelled", "labelled", "own_cards", "reviewed_cards", "write_own"]

OWN = "own"
"""Renderer and style of a card that nobody drew."""
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic"})
WHOLE_CARD = ((0.0, 0.0, 1.0, 1.0),)
RESURFACED_GROUPS = frozenset({"print", "recapture"})
"""Groups of families whose whole surface is forged; where others were altered nobody has said."""
CARDS_A_SHARD = 20
REVIEWED = "reviewed"
"""Family of what people have found forged: they do not say how."""
CHECK_COLUMNS = tuple(field.name for field in CHECK)


@dataclass(frozen=True)
class Labelled:
    """One card with its label."""

    name: str
    family: str
    """``genuine`` or what was done to it."""
    parts: tuple[tuple[str, Path], ...]
    """``front``, ``back``, ``chip`` with their files."""

    @property
    def forged(self) -> bool:
        """Whether it is labelled a forgery."""
        return self.family != "genuine"

    @property
    def group(self) -> str:
        """Group of a family that is known by name; of another, the family's own name.

        Genuine cards are a group of their own: every group has the same weight in the fitting, however small.
        """
        if not self.forged:
            return OWN
        return group_of(self.family) if self.family in MAKERS else self.family


def _parts(path: Path) -> tuple[tuple[str, Path], ...]:
    if path.is_file():
        return (("front", path),) if path.suffix.lower() in SUFFIXES else ()
    files = sorted(p for p in path.iterdir() if p.is_file())
    pictures = [(p.stem, p) for p in files if p.stem in ("front", "back") and p.suffix.lower() in SUFFIXES]
    chips = [("chip", p) for p in files if p.stem == "chip"]
    return tuple(pictures + chips)


def labelled(folder: Path) -> list[Labelled]:
    """The cards of a folder in order. ValueError where it has neither ``genuine`` nor ``forged``."""
    families = [("genuine", folder / "genuine")]
    if (folder / "forged").is_dir():
        families += [(p.name, p) for p in sorted((folder / "forged").iterdir()) if p.is_dir()]
    found = [
        Labelled(f"{family}/{path.name}", family, parts)
        for family, place in families
        if place.is_dir()
        for path in sorted(place.iterdir())
        if (parts := _parts(path))
    ]
    if not found:
        raise ValueError(f"{folder.name} holds neither genuine/ nor forged/FAMILY/ with pictures")
    return found


def _submission(card: Labelled) -> Submission:
    files = {part: path.read_bytes() for part, path in card.parts}
    return Submission(
        pictures={Role(part): data for part, data in files.items() if part != "chip"},
        chip=files.get("chip"),
        request=VerifyRequest(store="none"),
    )


def _digest(card: Labelled) -> str:
    data = b"".join(hashlib.sha256(path.read_bytes()).digest() for _, path in card.parts)
    return hashlib.sha256(data).hexdigest()


def _truth(card: Labelled, number: int, digest: str) -> dict[str, Any]:
    """What is known of a card that nobody drew; everything else of the schema stays empty."""
    whole = card.forged and card.group in RESURFACED_GROUPS
    chip = any(part == "chip" for part, _ in card.parts)
    return {
        "id": f"{OWN}-{digest[:16]}", "seed": 0, "pair": number, "forged": card.forged,
        "family": card.family, "group": card.group, "renderer": OWN, "style": OWN,
        "altered": [list(box) for box in WHOLE_CARD] if whole else [], "device": OWN, "has_chip": chip,
    }  # fmt: skip


def _judged(card: Labelled, number: int, engine: Engine) -> tuple[Judged, str | None]:
    """The row of one card, and a digest of its number, None where it was not read."""
    made, case = judged_row(engine, _submission(card), _truth(card, number, _digest(card)))
    view = case.view("front") if case else None
    if case is not None and view is not None:
        height, width = case.captures["front"].picture.pixels.shape[:2]
        made.row.update(kind=view.kind.value, width=width, height=height)
    if card.forged and not made.row["altered"]:  # a patch whose label nobody knows must teach nothing
        made = replace(made, row={**made.row, "has_patches": False}, patches=None, shown=None)
    printed = case.printed("card_number") if case else None
    known = printed.value if printed else None
    return made, hashlib.sha256(known.encode()).hexdigest() if known else None


def own_cards(folder: Path, engine: Engine) -> Iterator[Judged]:
    """The rows of a labelled folder; a picture of no use, or of a card seen before, is named and left out."""
    seen: set[tuple[bool, str]] = set()
    for number, card in enumerate(labelled(folder)):
        made, same = _judged(card, number, engine)
        key = (card.forged, same or made.row["id"])
        if made.row["verdict"] == "problem":
            print(f"  not used: {card.name}: {made.row['verdict_reason']}", file=sys.stderr)
        elif key in seen:
            print(f"  not used: {card.name}: this card was there before", file=sys.stderr)
        else:
            seen.add(key)
            yield made


def _front_quality(line: Mapping[str, Any]) -> Mapping[str, Any]:
    front: Mapping[str, Any] = next((part for part in line["inputs"] if part["role"] == "front"), {})
    return {"width": front.get("width"), "height": front.get("height"), **(front.get("quality") or {})}


def reviewed_cards(path: Path) -> Iterator[Judged]:
    """The rows of an export of decided cases. ValueError for a line that is no such case."""
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines()):
        try:
            line = json.loads(text)
            forged, seen = {"genuine": False, "forged": True}[line["label"]], _front_quality(line)
            row = {
                "id": f"{OWN}-{line['id']}", "seed": 0, "pair": number, "forged": forged,
                "family": REVIEWED if forged else "genuine", "group": REVIEWED if forged else OWN,
                "renderer": OWN, "style": OWN, "altered": [], "device": OWN,
                "width": seen["width"], "height": seen["height"], "sharpness": seen.get("sharpness"),
                "px_per_mm": seen.get("px_per_mm"), "verdict": line["verdict"], "layout": line["layout"],
                "has_chip": any(part["role"] == "chip" for part in line["inputs"]), "has_patches": False,
                "checks": [{name: check[name] for name in CHECK_COLUMNS} for check in line["checks"]],
            }  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}, line {number + 1}: no decided case") from error
        yield Judged(row, None, None)


def write_own(source: Path, out: Path, engine: Engine | None = None) -> int:
    """Write a labelled folder, judged anew, or an export as shards; how many cards were written."""
    cv2.setNumThreads(1)
    if source.is_file():
        cards = list(reviewed_cards(source))
    else:
        cards = list(own_cards(source, engine or Engine.load(Settings(onnx_threads=1))))
    for number, start in enumerate(range(0, len(cards), CARDS_A_SHARD)):
        write_shard(out, number, cards[start : start + CARDS_A_SHARD])
    return len(cards)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, metavar="DIR|FILE", help="labelled folder, or an export")
    parser.add_argument("--out", type=Path, required=True, help="folder that the shards are written to")
    args = parser.parse_args(argv)
    try:
        print(f"{write_own(args.source, args.out)} cards")
    except (OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
