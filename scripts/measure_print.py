"""What the small reader accepts on fonts unseen in training: ``python -m scripts.measure_print [--lines N]``.

Two errors count: a line read wrong that it is sure of, and a misprinted label that it takes for the label.
Lines that it leaves to the general recogniser cost time, nothing else.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np

from scripts.specimens.print_lines import draw_line, fonts_named, look_alikes
from scripts.specimens.print_texts import Texts
from scripts.train_print import alphabet, canonical, fixed_texts
from service.reading.charsets import KANJI, KATAKANA
from service.reading.fields import SURE_SMALL as SURE_FIELD
from service.reading.labels import SURE_SMALL as SURE_LABEL
from service.reading.print_reader import STRANGER, print_reader

JAPANESE_FONTS = (
    "BIZUDMincho-Regular.ttf", "BIZUDGothic-Regular.ttf", "BIZUDGothic-Bold.ttf", "NotoSansCJK-Regular.ttc",
    "NotoSansCJK-Bold.ttc",
)  # fmt: skip
LATIN_FONTS = ("LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf", "LiberationSansNarrow-Regular.ttf")
"""None of them was seen in training."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/measure_print", description="Try the small reader.")
    parser.add_argument("--lines", type=int, default=2000, help="lines of each kind (default 2000)")
    parser.add_argument("--seed", type=int, default=77)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    japanese = fonts_named([(name, 0, True) for name in JAPANESE_FONTS])
    latin = fonts_named([(name, 0, False) for name in LATIN_FONTS])
    labels, values = fixed_texts()
    signs = alphabet(labels, values)
    strangers = sorted((KANJI | KATAKANA) - set(signs))
    near = look_alikes(signs, strangers, fonts_named([("ipag.ttf", 0, True)])[0])
    texts = Texts([canonical(t) for t in labels], [canonical(t) for t in values], signs[:-1], strangers, near)
    kinds: dict[str, Callable[[np.random.Generator], str]] = {
        "label": texts.label,
        "misprinted label": lambda r: texts.misprinted(texts.label(r), r),
        "date": texts.date,
        "number": texts.number,
        "value": texts.value,
        "name": texts.capitals,
    }
    right = {_plain(text, True) for text in labels}
    for kind, draw in kinds.items():
        words = "label" in kind
        sure = SURE_LABEL if words else SURE_FIELD
        counts: Counter[str] = Counter()
        for _ in range(asked.lines):
            text = draw(rng)
            font = japanese[int(rng.integers(len(japanese)))]
            other = latin[int(rng.integers(len(latin)))] if rng.random() < 0.6 else None
            grey = draw_line(text, font, rng, other)
            (line,) = print_reader().read([cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)], words=words)
            accepted = line.confidence >= sure and STRANGER not in line.text
            printed, read = _plain(text, words), _plain(line.text, words)
            counts[_outcome(printed, read, accepted)] += 1
            if words and accepted and read in right and printed not in right:
                counts["taken for a label"] += 1
        shares = ", ".join(
            f"{name} {count} ({count / asked.lines:.2%})" for name, count in sorted(counts.items())
        )
        print(f"{kind:<18} {asked.lines} lines: {shares}")


def _plain(text: str, words: bool) -> str:
    folded = canonical(text)
    return folded.replace(" ", "").replace("0", "O") if words else folded


def _outcome(text: str, read: str, accepted: bool) -> str:
    if not accepted:
        return "left to the other reader"
    return "right" if text == read else "sure and wrong"


if __name__ == "__main__":
    main()
