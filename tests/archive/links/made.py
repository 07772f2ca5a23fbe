"""Archives of fingerprints without pictures: the linking step tried on what is known to be linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from service.archive.links.archive_prints import ArchivePrints, read_prints
from service.archive.links.fingerprints import FIELDS
from service.archive.links.serials import serial_prints
from service.imaging.ground_print import GROUND_NUMBERS, REGIONS
from service.store.cipher import Cipher
from service.store.prints import Prints
from service.workshops import PHOTO_NUMBERS

Plane = NDArray[np.float64]

CIPHER = Cipher((b"a key for tests, 32 bytes long..",))
PRINTS = Prints(CIPHER)
SCHEMA = pa.schema(
    [
        ("card_id", pa.string()),
        ("reference", pa.string()),
        ("layout", pa.string()),
        ("fingerprints", pa.struct(list(FIELDS.items()))),
    ]
)
SYLLABLES = [
    "TA",
    "NO",
    "RI",
    "KE",
    "MU",
    "SHA",
    "GI",
    "VO",
    "LE",
    "PU",
    "HAN",
    "ZE",
    "DOR",
    "WI",
    "BEN",
    "XU",
]


@dataclass
class Made:
    """An archive in the making; every card is a dict of fingerprints."""

    seed: int = 1
    cards: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.design = self.rng.normal(0, 40, GROUND_NUMBERS)
        self.slips = self.rng.normal(0, 8, (6, GROUND_NUMBERS))
        self.likeness = self.rng.normal(0, 20, (5, PHOTO_NUMBERS))

    def text(self) -> str:
        """A name that nobody else has."""
        return " ".join("".join(self.rng.choice(SYLLABLES, 3)) for _ in range(2))

    def birth(self) -> str:
        """A date of birth at random."""
        year, month, day = (int(self.rng.integers(*span)) for span in ((1950, 2008), (1, 13), (1, 29)))
        return f"{year}-{month:02d}-{day:02d}"

    def number(self) -> str:
        """A card number at random."""
        letters = "".join(chr(65 + int(v)) for v in self.rng.integers(26, size=4))
        return f"{letters[:2]}{int(self.rng.integers(10**8)):08d}{letters[2:]}"

    def ground(self, template: Plane | None = None, noise: float = 10.0) -> bytes:
        """The design, a finder's slips, the card's own noise, and what it was made from."""
        rows = self.design + self.rng.normal(0, 1, 6) @ self.slips
        rows = rows + self.rng.normal(0, noise, GROUND_NUMBERS)
        return _bytes(rows if template is None else rows + template)

    def template(self, strength: float = 12.0, regions: Sequence[int] = range(REGIONS)) -> Plane:
        """What a workshop adds to the ground, in some of its regions."""
        template = self.rng.normal(0, strength, (REGIONS, GROUND_NUMBERS // REGIONS))
        template[[r for r in range(REGIONS) if r not in regions]] = 0
        return np.asarray(template.reshape(-1), np.float64)

    def face(self) -> Plane:
        """A photograph."""
        own = self.rng.normal(0, 20, PHOTO_NUMBERS)
        return np.asarray(own + self.rng.normal(0, 1, 5) @ self.likeness, np.float64)

    def photo(self, face: Plane | None = None) -> bytes:
        """The print of a photograph, a new one or one that is there."""
        return _bytes((self.face() if face is None else face) + self.rng.normal(0, 6, PHOTO_NUMBERS))

    def add(self, **given: Any) -> int:
        """A card; what is not given is drawn. Names and numbers are given as text, and hashed here."""
        rng = self.rng
        number = given.get("number", self.number())
        birth = given.get("birth", self.birth())
        series, serial = serial_prints(number, CIPHER) if number else (None, None)
        name = given.get("name", self.text())
        corners = rng.uniform(0, 700, 2)[None] + [[0, 0], [1012, 0], [1012, 638], [0, 638]]
        self.cards.append(
            {
                "number": CIPHER.fingerprint("registry number", number.encode()) if number else None,
                "series": series,
                "serial": serial,
                "name": PRINTS.name(name) if name else None,
                "birth": PRINTS.birth(birth) if birth else None,
                "issued_day": float(given.get("issued_day", rng.integers(5000, 9500))),
                "photo": given["photo"] if "photo" in given else self.photo(),
                "ground": given["ground"] if "ground" in given else self.ground(),
                "device": given.get("device", str(rng.integers(20))),
                "coding": given.get("coding", str(rng.integers(9))),
                "place": np.array([1800, 1400, *given.get("corners", corners).reshape(-1)], "<f4").tobytes(),
            }
        )
        return len(self.cards) - 1

    def write(self, path: Path) -> Path:
        """The ``cards`` file of a run."""
        head = {"layout": "jp.residence_card.gen1"}
        rows = [
            {**head, "card_id": f"{i:06d}", "reference": f"ref-{i}", "fingerprints": card}
            for i, card in enumerate(self.cards)
        ]
        pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
        return path

    def prints(self, folder: Path) -> ArchivePrints:
        """As the linking step reads them."""
        return read_prints([self.write(folder / "cards.parquet")])


def _bytes(values: Plane) -> bytes:
    return np.clip(np.round(values), -127, 127).astype(np.int8).tobytes()
