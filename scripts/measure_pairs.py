"""Measure the printed card against its chip: genuine pairs, one sign changed, another photograph.

    python -m scripts.measure_pairs --rows FILE [--cards 3000] [--seed 31]

Each card is drawn, captured and read once, then laid beside three chips of the sample CA: its own, its own
with one sign of its text picture exchanged (look-alikes apart), and its own with another person's photograph.
Outcomes are appended to FILE, one line each, without what was read; what stands there is not done again, so
that a run may be stopped at any time and several sessions may share one. An answer ``unreadable`` counts as
missed for a changed chip and is told apart for a genuine one.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import cv2
import numpy as np

from scripts.rates import rate
from scripts.specimens.front import Changes, photo_of, texts_of
from scripts.specimens.people import CardData, card_data, person
from scripts.specimens.specimen import Bench, chip_dump, chip_files, genuine_specimen
from scripts.specimens.stream import capture_specimen
from service.cards.layout import layouts
from service.cards.lookalike import fold
from service.checks.base import run_checks
from service.checks.case import Case
from service.checks.cross import CHECKS
from service.chip import load_codes, read_dump
from service.chip_pictures import read_chip_pictures
from service.evidence import Role
from service.faces import Face, read_face
from service.imaging import decode_picture
from service.policies import policy
from service.settings import Settings
from service.stopwatch import Stopwatch

COMPARED = tuple(check for check in CHECKS if check.id in ("cross.front_image", "cross.face"))
CHANGED = (
    "card_number", "name_latin", "date_of_birth", "nationality", "address", "status_of_residence",
    "work_restriction", "stay_until", "permission_date", "issue_date", "card_valid_until",
)  # fmt: skip
KANJI = "東京大阪都府県市区町村北南西中央留学技術人文知識国際業務家族滞在定住者永特活動興行教育研究医療"
POOLS = (
    "0123456789",
    "０１２３４５６７８９",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "アイウエカキクケサスセソタテトナネノマモラレロワン",
    KANJI,
)
CONFIDENT = 0.9
DATE = re.compile(r"(\d{4})年(\d{2})月(\d{2})日")

Rng = np.random.Generator


@dataclass(frozen=True)
class Row:
    """What two checks said of one pair."""

    seed: int
    index: int
    kind: str
    """``genuine``, ``sign`` or ``photo``."""
    style: str
    capture: str
    changed: str
    """Name of the changed field, empty where none was."""
    front_image: str
    face: str
    """Last part of the reasons; ``no_card`` where the card was not found."""
    nats: Mapping[str, float] = field(default_factory=dict)
    """By field that was read differently: how much less likely the other's text is in both pictures."""
    photo: tuple[float, float] | None = None
    """Correlation of the photographs, and the details of one that the other does not explain, levels."""
    number: str = ""
    """How the printed card number was read: ``exact``, ``doubtful`` (wrong, but not with confidence),
    ``wrong`` or ``unread``; empty in rows of before."""


def one_sign(card: CardData, rng: Rng) -> tuple[str, str]:
    """A field and its printed text with one sign exchanged for another of its kind, look-alikes apart.

    A date stays a real one: an impossible date is what the rules about dates are for.
    """
    texts = texts_of(card, Changes())
    while True:
        name = str(rng.choice([name for name in CHANGED if name in texts]))
        text = texts[name]
        dated = DATE.match(text) is not None
        places = [i for i, sign in enumerate(text) if _others(sign) and not (dated and not sign.isdigit())]
        if not places:
            continue
        at = int(rng.choice(places))
        changed = text[:at] + str(rng.choice(_others(text[at]))) + text[at + 1 :]
        if not dated or _real(changed):
            return name, changed


def _real(text: str) -> bool:
    found = DATE.match(text)
    try:
        return found is not None and 1900 < date(*map(int, found.groups())).year < 2100
    except ValueError:
        return False


def _others(sign: str) -> list[str]:
    pool = next(
        (pool for pool in POOLS if sign in pool), KANJI if "CJK" in unicodedata.name(sign, "") else ""
    )
    return [other for other in pool if fold(other) != fold(sign)]


def _chips(card: CardData, bench: Bench, rng: Rng) -> Iterator[tuple[str, str, Mapping[str, bytes]]]:
    """Kind of pair, changed field, files of the chip."""
    yield "genuine", "", chip_files(card, bench)
    name, text = one_sign(card, rng)
    yield "sign", name, chip_files(card, bench, Changes(texts={name: text}))
    other = photo_of(replace(card, person=person(rng, card.person.nationality, card.person.sex)), bench.style)
    yield "photo", "", chip_files(card, bench, photo=other)


def pairs(seed: int, index: int, bench: Bench, settings: Settings, styles: str = "ab") -> Iterator[Row]:
    """Every pair of one card: style and capture go by its place."""
    rng = np.random.default_rng([seed, index])
    style, capture = styles[index % len(styles)], ("scan", "phone")[index // len(styles) % 2]
    bench = replace(bench, style=style)
    card = card_data(rng, child=False)
    pictures, _, request, _ = capture_specimen(
        genuine_specimen(card, replace(bench, chip=False), index), rng, capture
    )
    face = read_face(decode_picture(pictures["front"], Role.FRONT, settings), Stopwatch())
    at = datetime.fromisoformat(request["reference_time"])
    for kind, changed, files in _chips(card, bench, rng):
        row = Row(
            seed, index, kind, style, capture, changed, "no_card", "no_card", number=_number(card, face)
        )
        yield _compared(row, face, chip_dump(card, files), at, settings)


def _number(card: CardData, face: Face) -> str:
    read = next((f for f in face.reading.fields if f.name == "card_number"), None) if face.reading else None
    if read is None or not read.raw:
        return "unread"
    if read.value == card.card_number:
        return "exact"
    return "wrong" if read.value is not None and read.confidence > CONFIDENT else "doubtful"


def _compared(row: Row, face: Face, dump: bytes, at: datetime, settings: Settings) -> Row:
    view = face.capture.view
    if face.reading is None or view is None or view.layout is None:
        return row
    layout, chip, printed = layouts()[view.layout], read_dump(dump, settings), face.reading.fields
    pictured = read_chip_pictures(chip, view, printed, layout, codes=load_codes(None), trusted=True)
    case = Case(
        reference_time=at,
        trust_profile="sample",
        captures={"front": face.capture},
        layout=layout,
        fields=(*printed, *pictured.fields),
        labels=face.reading.labels,
        chip=chip,
        photograph=pictured.photograph,
        same_print=pictured.same_print,
        apart=pictured.apart,
    )
    said = {r.id: r.reason.rsplit(".", 1)[1] for r in run_checks(COMPARED, case, policy("default"))}
    match = pictured.photograph
    return replace(
        row,
        front_image=said["cross.front_image"],
        face=said["cross.face"],
        nats={name: round(apart.most, 2) for name, apart in pictured.apart.items()},
        photo=(round(match.score, 4), round(match.unlike, 3)) if match else None,
    )


def measure(rows: Path, cards: int, seed: int, minutes: float, styles: str = "ab") -> None:
    """Append the outcomes of cards that are not there yet, until all are or the time is over."""
    cv2.setNumThreads(1)
    known = {(row.seed, row.index) for row in read_rows(rows)}
    bench, settings = Bench.fresh(chip=True), Settings(onnx_threads=1)
    end = time.monotonic() + minutes * 60
    with rows.open("a", encoding="utf-8") as file:
        for index in range(cards):
            if (seed, index) in known:
                continue
            if time.monotonic() > end:
                return
            file.write(
                "".join(json.dumps(asdict(row)) + "\n" for row in pairs(seed, index, bench, settings, styles))
            )
            file.flush()


def read_rows(path: Path) -> list[Row]:
    """What stands in a file of rows; nothing where there is none."""
    if not path.exists():
        return []
    return [Row(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def report(rows: list[Row]) -> None:
    """Rates over all, by capture and style, and what was missed."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for part in ("all", row.capture, f"style {row.style}"):
            groups[part].append(row)
    for name in ("all", "scan", "phone", *sorted(name for name in groups if name.startswith("style"))):
        found = groups[name]
        genuine = [row for row in found if row.kind == "genuine"]
        print(f"\n{name}")
        for check in ("front_image", "face"):
            said = Counter(str(getattr(row, check)) for row in genuine)
            print(f"  genuine, {check:<12} disagrees {rate(said['disagrees'], len(genuine))}  {dict(said)}")
        numbers = Counter(row.number for row in genuine if row.number)
        if numbers:
            count = sum(numbers.values())
            print(f"  card number exact                {rate(numbers['exact'], count)}  {dict(numbers)}")
            print(f"  card number wrong with confidence {rate(numbers['wrong'], count)}")
        for kind, check in (("sign", "front_image"), ("photo", "face")):
            changed = [row for row in found if row.kind == kind]
            caught = sum(getattr(row, check) == "disagrees" for row in changed)
            print(f"  {kind:<5} changed         caught    {rate(caught, len(changed))}")
    missed = Counter(
        f"{r.changed}: {r.front_image}" for r in rows if r.kind == "sign" and r.front_image != "disagrees"
    )
    print("\nmissed signs by field and answer", dict(missed.most_common()))
    figures(rows)


def figures(rows: list[Row]) -> None:
    """Percentiles of what the two comparisons measured."""
    genuine = [row for row in rows if row.kind == "genuine"]
    signs = [row.nats[row.changed] for row in rows if row.kind == "sign" and row.changed in row.nats]
    _percentiles("nats, own text read differently", [v for row in genuine for v in row.nats.values()])
    _percentiles("nats, one changed sign", signs)
    for place, name in enumerate(("correlation", "unlike details")):
        for kind, whose in (("genuine", "own"), ("photo", "another")):
            found = [row.photo[place] for row in rows if row.kind == kind and row.photo]
            _percentiles(f"photo, {name}, {whose}", found)


def _percentiles(title: str, values: list[float]) -> None:
    if values:
        shares = (0, 1, 5, 10, 50, 90, 95, 99, 100)
        found = "  ".join(
            f"{q}%: {v:.3f}" for q, v in zip(shares, np.percentile(values, shares), strict=True)
        )
        print(f"{title} ({len(values)}):  {found}")


def main(argv: list[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=Path, required=True, help="file that the outcomes are appended to")
    parser.add_argument("--cards", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=31)
    parser.add_argument("--styles", default="ab", help="renderers in turn; c is one that nothing was set on")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after this time")
    asked = parser.parse_args(argv)
    measure(asked.rows, asked.cards, asked.seed, asked.minutes, asked.styles)
    report(read_rows(asked.rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
