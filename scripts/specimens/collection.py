"""The small collection of sample cards that the repository ships: who is in it and how it is written."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from scripts.specimens.answers import Answer
from scripts.specimens.back import render_back
from scripts.specimens.capture import Shot, jpeg, phone, scan
from scripts.specimens.people import CardData, card_data
from scripts.specimens.pki import make_ca
from scripts.specimens.specimen import Bench, Specimen, genuine_specimen
from scripts.specimens.stream import ALL_FAMILIES, forge
from scripts.specimens.tilt import tilt_frames
from scripts.specimens.trust import write_trust

__all__ = ["PEOPLE", "Wish", "write_collection"]

SCAN_QUALITY = 75
PHONE_QUALITY = 74
PHONE_SIZE = (1280, 960)
TILT_AXES = ("vertical", "horizontal")


@dataclass(frozen=True)
class Wish:
    """Whom the collection shall hold."""

    nationality: str
    status: str
    sex: str
    child: bool = False
    chip: bool = True
    tilt: bool = False
    phone: bool = True


PEOPLE: tuple[Wish, ...] = (
    Wish("ベトナム", "留学", "F", tilt=True),
    Wish("ナイジェリア", "技術・人文知識・国際業務", "M", tilt=True),
    Wish("中国", "永住者", "F"),
    Wish("ブラジル", "定住者", "M"),
    Wish("フィリピン", "日本人の配偶者等", "F"),
    Wish("ネパール", "家族滞在", "M"),
    Wish("インドネシア", "特定技能1号", "F"),
    Wish("ドイツ", "教授", "M"),
    Wish("台湾", "企業内転勤", "F"),
    Wish("パレスチナ", "特定活動", "M"),
    Wish("スリランカ", "経営・管理", "F", chip=False),
    Wish("米国", "興行", "M", chip=False),
    Wish("ペルー", "家族滞在", "F", child=True, phone=False),
    Wish("ミャンマー", "技能実習2号ロ", "M", phone=False),
)

FORGERIES: tuple[tuple[str, bool], ...] = (
    ("printed_card", False), ("printed_two_rules", False), ("period_not_allowed", False),
    ("work_not_fitting", False), ("issuer_against_date", False), ("authority_against_date", False),
    ("never_issued_status", False), ("stay_not_from_permission", False), ("validity_not_stay", False),
    ("impossible_date", False), ("issue_before_permission", False), ("misspelled_label", False),
    ("half_width_digits", False), ("edit_validity", False), ("edit_status", False), ("edit_name", True),
    ("photo_replaced", True), ("field_replaced", True), ("impostor", True), ("real_number_own_data", True),
    ("real_number_own_data", False), ("expired", True), ("lapsed", False), ("recapture_screen", False),
    ("recapture_paper", False), ("old_layout_after_end", False), ("chip_self_signed", True),
    ("chip_resigned", True), ("chip_altered_text", True), ("chip_altered_face", True),
    ("chip_unsigned", True), ("chip_wrong_number", True),
)  # fmt: skip
"""Family, and whether a chip dump comes with it."""

README = """\
# Sample cards

Specimens of first-generation Japanese residence cards (在留カード), drawn by `scripts/make_sample_cards`.
Nobody on them exists: names, data and faces are invented, faces are drawn by formulas, every side carries a
red 見本・SAMPLE mark, nothing is finer than 300 dpi, and the background only resembles the real one loosely.
The chip dumps are signed by a certification authority made for this folder; its private key was thrown away.

| path | what |
| --- | --- |
| `index.json` | every case with its folder, files, family and expected verdicts |
| `people/NN-*/` | genuine cards: `front.jpg`, `back.jpg` (scans), `front_phone.jpg`, `chip.json`, `tilt_*/` |
| `forgeries/*/` | one case per attack family and threat class T1-T8, and attacks on the chip |
| `*/request.json` | the `request` part of the submission (reference time, lapse inquiry) |
| `*/answer.json` | truth of every printed field, how it was made, acceptable verdicts, certain checks |
| `trust/` | CA certificates and `anchors.json` for the profile `sample` |

In the profile `sample` the 見本 mark is ignored; in `production` an intact specimen is `invalid`.
In `answer.json`, `verdicts` lists what is acceptable by profile, `checks` what is certain in the profile
`sample`, and `seen_by` what can tell the forgery at all. The pictures depend on the seed alone; keys, and so
the dumps, are new in every run.

    .venv/bin/python scripts/make_sample_cards --out sample_cards --seed 7
"""


@dataclass
class Case:
    """One folder being written."""

    folder: Path
    root: Path
    parts: dict[str, list[str]] = field(default_factory=dict)

    def write(self, part: str, name: str, data: bytes) -> None:
        """Store one file and note it under its part."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.parts.setdefault(part, []).append(path.relative_to(self.root).as_posix())

    def finish(self, answer: Answer, request: dict[str, Any]) -> dict[str, Any]:
        """Write answer and request; the entry for the index."""
        self.write("request", "request.json", _json(request))
        self.write("answer", "answer.json", _json(answer.to_json()))
        return {
            "id": answer.id,
            "folder": self.folder.relative_to(self.root).as_posix(),
            "family": answer.family,
            "threat": answer.threat,
            "style": answer.style,
            "verdicts": answer.verdicts,
            "parts": self.parts,
        }


def _json(data: Any) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _points(shot: Shot) -> list[list[float]]:
    return [[round(float(v), 1) for v in point] for point in shot.corners]


def _rng(word: str, seed: int, index: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(word.encode()), seed, index])


def _scan(case: Case, part: str, picture: Any, rng: np.random.Generator) -> Shot:
    shot = scan(picture, rng, 300, rotation=float(rng.uniform(-3, 3)), quality=SCAN_QUALITY)
    case.write(part, f"{part}.jpg", shot.encode())
    return shot


def _tilts(case: Case, card: CardData, style: str, rng: np.random.Generator, attack: str | None) -> None:
    for axis in TILT_AXES:
        for i, shot in enumerate(tilt_frames(card, axis, rng, attack, style=style)):
            case.write(f"tilt_{axis}", f"tilt_{axis}/{i:02d}.jpg", jpeg(shot.pixels, shot.quality))


def _wanted(wish: Wish, seed: int, index: int) -> CardData:
    return card_data(
        _rng("person", seed, index),
        status=wish.status, nationality=wish.nationality, sex=wish.sex, child=wish.child,
    )  # fmt: skip


def _person(root: Path, bench: Bench, wish: Wish, seed: int, index: int) -> dict[str, Any]:
    style = "ab"[index % 2]
    card = _wanted(wish, seed, index)
    made = genuine_specimen(card, replace(bench, style=style, chip=wish.chip), index)
    case = Case(root / "people" / f"{index + 1:02d}-{card.card_number}", root)
    rng = _rng("capture", seed, index)
    shot = _scan(case, "front", made.front, rng)
    answer = replace(made.answer, capture="scan").with_corners("front", _points(shot))
    reverse = _scan(case, "back", render_back(card, style), rng)
    answer = answer.with_corners("back", _points(reverse))
    if wish.phone:
        photo = phone(made.front, rng, 0.25, size=PHONE_SIZE, upright=True, quality=PHONE_QUALITY)
        case.write("front_phone", "front_phone.jpg", photo.encode())
        answer = answer.with_corners("front_phone", _points(photo))
    if made.dump:
        case.write("chip", "chip.json", made.dump)
    if wish.tilt:
        _tilts(case, card, style, rng, None)
    return case.finish(answer, dict(made.request))


def _forgery(root: Path, bench: Bench, family: str, chip: bool, seed: int, index: int) -> dict[str, Any]:
    made = forge(family, seed, index, replace(bench, style="ab"[index % 2], chip=chip))
    rng = _rng("forgery", seed, index)
    threat = made.answer.threat or "T0"
    name = f"{threat}-{family}" + ("-with-chip" if chip and threat != "chip" else "")
    case = Case(root / "forgeries" / name, root)
    how, shot = _forged_shot(made, rng, index)
    case.write("front", "front.jpg", shot.encode())
    if made.dump:
        case.write("chip", "chip.json", made.dump)
    if family == "printed_card":
        _tilts(case, made.card, made.answer.style, rng, "print")
    answer = replace(made.answer, capture=how).with_corners("front", _points(shot))
    return case.finish(answer, dict(made.request))


def _forged_shot(made: Specimen, rng: np.random.Generator, index: int) -> tuple[str, Shot]:
    """Every third one is photographed; recaptures of a display always are."""
    if index % 3 == 2 or made.answer.family == "recapture_screen":
        shot = phone(made.front, rng, 0.25, size=PHONE_SIZE, upright=True, quality=PHONE_QUALITY)
        return "phone", made.edit(shot) if made.edit else shot
    shot = scan(made.front, rng, 300, rotation=float(rng.uniform(-3, 3)), quality=SCAN_QUALITY)
    return "scan", made.edit(shot) if made.edit else shot


def _check_families(families: Iterable[str]) -> None:
    unknown = set(families) - set(ALL_FAMILIES)
    if unknown:
        raise ValueError(f"no such family: {sorted(unknown)}")


def write_collection(root: Path, seed: int) -> list[dict[str, Any]]:
    """Write everything under ``root``; the entries of ``index.json``. No private key is written."""
    _check_families(family for family, _ in FORGERIES)
    ca = make_ca(1)
    bench = Bench.fresh(ca, chip=True)
    root.mkdir(parents=True, exist_ok=True)
    write_trust(root / "trust", ca)
    entries = [_person(root, bench, wish, seed, i) for i, wish in enumerate(PEOPLE)]
    entries += [_forgery(root, bench, family, chip, seed, i) for i, (family, chip) in enumerate(FORGERIES)]
    (root / "index.json").write_bytes(
        _json({"seed": seed, "layout": "jp.residence_card.gen1", "cases": entries})
    )
    (root / "README.md").write_text(README, encoding="utf-8")
    return entries
