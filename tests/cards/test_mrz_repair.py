"""Corrections that check digits prove, and those that they do not."""

from __future__ import annotations

import pytest

from service.cards.mrz import ALPHABET
from service.cards.mrz_repair import Seen, decode
from tests.cards.test_mrz import ICAO

Grid = list[list[Seen]]


def seen(lines: tuple[str, ...], doubts: dict[tuple[int, int], dict[str, float]] | None = None) -> Grid:
    """What a reader sees that is sure of every character but those in doubt."""
    grid: Grid = [[{sign: 0.99} for sign in line] for line in lines]
    for (line, column), shares in (doubts or {}).items():
        grid[line][column] = shares
    return grid


@pytest.mark.parametrize("name", ICAO)
def test_what_is_read_surely_stands(name: str) -> None:
    decoded = decode(seen(ICAO[name]))
    assert decoded is not None
    assert decoded.format == name
    assert decoded.lines == ICAO[name]
    assert decoded.holds
    assert decoded.corrected == ()


def test_a_doubtful_character_is_settled_by_the_check_digits() -> None:
    wanted = ICAO["TD3"][1][2]
    other = "8" if wanted != "8" else "9"
    doubted = decode(seen(ICAO["TD3"], {(1, 2): {wanted: 0.3, other: 0.6}}))
    assert doubted is not None
    assert doubted.lines == ICAO["TD3"]
    assert doubted.corrected == ((1, 2),)


def test_a_character_that_was_read_surely_is_never_changed() -> None:
    forged = (ICAO["TD3"][0], "L898902C36UTO7508122F1204159ZE184226B<<<<<10")
    decoded = decode(seen(forged))
    assert decoded is not None
    assert decoded.lines == forged
    assert {check.name for check in decoded.checks if not check.holds} == {"birth", "composite"}


def test_two_repairs_alike_prove_nothing() -> None:
    """Where several changes would fit equally well none is made."""
    lines = (ICAO["MRV-B"][0], ICAO["MRV-B"][1])
    text = lines[1]
    shares = dict.fromkeys(ALPHABET[:10], 0.2)
    decoded = decode(seen(lines, {(1, 13): shares | {"9": 0.3}, (1, 14): shares | {"9": 0.3}}))
    assert decoded is not None
    assert decoded.corrected == ()
    assert decoded.lines[1][:13] == text[:13]


def test_only_what_a_place_allows_is_read_there() -> None:
    """A letter in a date and a digit in a name are misread, whatever the reader says."""
    grid = seen(ICAO["TD3"], {(1, 13): {"Z": 0.7, "7": 0.2}, (0, 5): {"8": 0.6, "E": 0.3}})
    decoded = decode(grid)
    assert decoded is not None
    assert decoded.lines == ICAO["TD3"]
    assert decoded.confidences[1][13] == pytest.approx(0.2)


def test_other_shapes_are_refused() -> None:
    assert decode(seen(("ABC", "DEF"))) is None
    assert decode([]) is None


def test_noise_is_decoded_without_end_of_time() -> None:
    flat = dict.fromkeys(ALPHABET, 1 / 37)
    decoded = decode([[flat] * 44, [flat] * 44])
    assert decoded is not None
    assert decoded.likelihood < -3
