"""The small reader on fonts that it was not trained on: right where it is sure, silent where it is not."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.specimens.print_lines import LINE_HEIGHT, PrintFont, draw_line, fonts_named
from service.cards.layout import layout
from service.reading.labels import LabelRequest
from service.reading.print_reader import STRANGER, print_reader

LABELS = layout("jp.residence_card.gen1").front.labels
FONTS = ("BIZUDMincho-Regular.ttf", "BIZUDGothic-Regular.ttf", "NotoSansCJK-Regular.ttc")


@pytest.fixture(scope="module")
def fonts() -> list[PrintFont]:
    found = fonts_named([(name, 0, True) for name in FONTS])
    assert len(found) == len(FONTS), "the set-up installs these fonts"
    return found


def _plain(text: str, font: PrintFont) -> NDArray[np.uint8]:
    """A clean line of print, BGR."""
    face = font.at(28)
    mask = face.getmask(text)
    ink = np.asarray(mask, np.uint8).reshape(mask.size[::-1])
    paper = cv2.copyMakeBorder(255 - ink, 4, 4, 8, 8, cv2.BORDER_CONSTANT, value=255)
    return np.asarray(cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR), np.uint8)


def test_labels_of_unseen_fonts_are_read(fonts: list[PrintFont]) -> None:
    settled = [
        LabelRequest(label).settled_by(print_reader().read([_plain(label.text, font)], words=True)[0])
        for label in LABELS
        for font in fonts
    ]
    assert sum(settled) >= 0.9 * len(settled)


@pytest.mark.parametrize(
    ("label", "printed"),
    [
        ("title_en", "RESIDENCE CRAD"),
        ("title_en", "RESIDENSE CARD"),
        ("title_ja", "在留力一ド証"),
        ("birth_ja", "生年日月"),
        ("nationality_ja", "国籍・地城"),
        ("address_ja", "住所地"),
    ],
)
def test_no_misprint_is_taken_for_the_label(label: str, printed: str, fonts: list[PrintFont]) -> None:
    (expected,) = (known for known in LABELS if known.id == label)
    lines = print_reader().read([_plain(printed, font) for font in fonts], words=True)
    assert not any(LabelRequest(expected).settled_by(line) for line in lines)


def test_a_sign_outside_the_alphabet_is_a_stranger_or_in_doubt(fonts: list[PrintFont]) -> None:
    for font in fonts:
        for line in print_reader().read([_plain(text, font) for text in ("鬱蒼", "薔薇の園", "麒麟")]):
            assert STRANGER in line.text or line.confidence < 0.9


def test_numbers_that_it_is_sure_of_are_right(fonts: list[PrintFont]) -> None:
    rng = np.random.default_rng(5)
    sure = wrong = 0
    for _ in range(150):
        letters, digits = rng.choice(list("ABCEFGHJKLMNPRSTUVWXYZ"), 4), rng.choice(list("0123456789"), 8)
        text = "".join([*letters[:2], *digits, *letters[2:]])
        grey = draw_line(text, fonts[int(rng.integers(len(fonts)))], rng)
        (line,) = print_reader().read([cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)])
        if line.confidence >= 0.9 and re.fullmatch("[A-Z]{2}[0-9]{8}[A-Z]{2}", line.text):
            sure += 1
            wrong += line.text != text
    assert sure >= 50
    assert wrong <= 2


def test_two_equal_signs_are_two_only_with_a_gap_between(fonts: list[PrintFont]) -> None:
    lines = print_reader().read([_plain(text, fonts[0]) for text in ("2011年11月11日", "ADDRESS", "ADRES")])
    assert [line.text for line in lines] == ["2011年11月11日", "ADDRESS", "ADRES"]


def test_positions_run_from_left_to_right_and_ranked_signs_begin_with_the_one_read(
    fonts: list[PrintFont],
) -> None:
    (line,) = print_reader().read([_plain("AB12345678CD", fonts[1])])
    assert list(line.positions) == sorted(line.positions)
    assert 0 < line.positions[0] < line.positions[-1] < 1
    assert [ranked[0][0] for ranked in line.alternatives] == list(line.text)


def test_nothing_gives_nothing() -> None:
    empty, blank = print_reader().read(
        [np.zeros((0, 0, 3), np.uint8), np.full((LINE_HEIGHT, 80, 3), 240, np.uint8)]
    )
    assert (empty.text, empty.confidence) == ("", 0.0)
    assert blank.text == "" or blank.confidence < 0.9
