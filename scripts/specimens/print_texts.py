"""What stands in the lines that the small reader is trained on: fixed texts, numbers, dates, and nonsense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Texts"]

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
FULL_WIDTH = str.maketrans(DIGITS, "０１２３４５６７８９")


@dataclass(frozen=True)
class Texts:
    """Draws texts at random; ``labels`` and ``values`` are the fixed texts of the cards."""

    labels: Sequence[str]
    values: Sequence[str]
    signs: Sequence[str]
    """The reader's alphabet."""
    strangers: Sequence[str]
    """Signs outside it, to be told as such."""
    near: Mapping[str, Sequence[str]]
    """For a sign those strangers that look most like it: what a forger's misprint has in its place."""

    def draw(self, rng: np.random.Generator) -> str:
        """Any of them, every fourth misprinted."""
        kinds = (self.label, self.value, self.date, self.number, self.capitals, self.nonsense)
        chosen = rng.choice(len(kinds), p=[0.24, 0.18, 0.2, 0.08, 0.16, 0.14])
        text = kinds[int(chosen)](rng)
        return self.misprinted(text, rng) if rng.random() < 0.25 else text

    def label(self, rng: np.random.Generator) -> str:
        """A fixed label."""
        return str(rng.choice(np.array(self.labels, object)))

    def value(self, rng: np.random.Generator) -> str:
        """A value of a closed set, or a part of a long one."""
        text = str(rng.choice(np.array(self.values, object)))
        if len(text) > 24:
            start = int(rng.integers(0, len(text) - 16))
            text = text[start : start + 22]
        return text

    def date(self, rng: np.random.Generator) -> str:
        """A date as it stands in one of the fields, or a period."""
        year, month, day = int(rng.integers(1930, 2041)), int(rng.integers(1, 13)), int(rng.integers(1, 32))
        text = f"{year}年{month:02d}月{day:02d}日"
        years, months = int(rng.integers(1, 6)), int(rng.integers(1, 12))
        forms = (
            text, text, text, f"{text}まで有効", f"{years}年（{text}）", f"{years}年{months}月（{text}）",
            f"{months}月（{text}）", f"{year}.{month:02d}.{day:02d}", "無期限",
        )  # fmt: skip
        text = str(rng.choice(np.array(forms, object)))
        return text.translate(FULL_WIDTH) if rng.random() < 0.3 else text

    def number(self, rng: np.random.Generator) -> str:
        """A card number."""
        letters = "".join(rng.choice(list(CAPITALS), 4))
        digits = "".join(rng.choice(list(DIGITS), 8))
        return f"{letters[:2]}{digits}{letters[2:]}"

    def capitals(self, rng: np.random.Generator) -> str:
        """Invented names, most of them from syllables, so that letters have their usual neighbours."""
        words = [
            "".join(self._syllable(rng) for _ in range(rng.integers(1, 5))) for _ in range(rng.integers(1, 4))
        ]
        return " ".join(words)

    def _syllable(self, rng: np.random.Generator) -> str:
        if rng.random() < 0.2:
            return "".join(rng.choice(list(CAPITALS), int(rng.integers(1, 4))))
        parts = (
            (
                "",
                "B",
                "C",
                "D",
                "F",
                "G",
                "H",
                "J",
                "K",
                "L",
                "M",
                "N",
                "P",
                "R",
                "S",
                "T",
                "V",
                "W",
                "Y",
                "Z",
                "TH",
                "NG",
                "KH",
            ),
            ("A", "E", "I", "O", "U", "Y", "AI", "EE", "OU"),
            ("", "", "", "N", "R", "S", "NG", "L", "M", "H"),
        )
        return "".join(str(rng.choice(part)) for part in parts)

    def nonsense(self, rng: np.random.Generator) -> str:
        """Signs of the alphabet in any order, now and then with a stranger."""
        length = int(rng.integers(2, 12))
        signs = [str(rng.choice(np.array(self.signs, object))) for _ in range(length)]
        if rng.random() < 0.3:
            signs[int(rng.integers(length))] = str(rng.choice(np.array(self.strangers, object)))
        return "".join(signs).strip() or "在留"

    def misprinted(self, text: str, rng: np.random.Generator) -> str:
        """One sign left out, doubled, exchanged with its neighbour or replaced."""
        signs = list(text)
        at = int(rng.integers(len(signs)))
        way = int(rng.integers(6))
        if way == 0 and len(signs) > 2:
            del signs[at]
        elif way == 1:
            signs.insert(at, signs[at])
        elif way == 2 and at + 1 < len(signs):
            signs[at], signs[at + 1] = signs[at + 1], signs[at]
        elif way == 3:
            alike = CAPITALS if signs[at] in CAPITALS else DIGITS if signs[at] in DIGITS else self.signs
            signs[at] = str(rng.choice(np.array(list(alike), object)))
        else:
            known = [i for i, sign in enumerate(signs) if self.near.get(sign)]
            at = int(rng.choice(known)) if known else at
            alike = self.near.get(signs[at]) or self.strangers
            signs[at] = str(rng.choice(np.array(alike, object)))
        return "".join(signs).strip() or text
