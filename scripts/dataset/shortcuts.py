"""What could be learned without looking at a card: a classifier on the files alone, which must fail.

Facts of a file are its size, its markers, tables, sampling, resolution and picture size. Two learners are
asked, a logistic regression and boosted stumps, by cross-validation in which the cards of a pair never part.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["LEARNERS", "auc", "auc_interval", "file_facts", "held_out_scores"]

Values = NDArray[np.float64]
Learner = Callable[[Values, Values, Values], Values]
"""Facts and labels to learn from, facts to score -> scores."""


def _markers(data: bytes) -> list[int]:
    """Second bytes of the JPEG's markers up to the picture itself."""
    found, at = [], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        found.append(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return found


def file_facts(data: bytes, name: str) -> Values:
    """Everything that a JPEG file says without its picture being looked at."""
    markers = _markers(data)
    with Image.open(io.BytesIO(data)) as image:
        tables = [sum(table) / 64 for _, table in sorted(image.quantization.items())]  # type: ignore[attr-defined]
        dpi = image.info.get("dpi", (0, 0))[0]
        layers = [float(v) for layer in image.layer for v in layer[1:3]]  # type: ignore[attr-defined]
        exif, width, height = len(image.getexif()), image.width, image.height
    shape = [width, height, width * height / 1e6, width / height, float(dpi)]
    kept = [len(data), len(markers), float(0xE1 in markers), exif, len(name), sum(name.encode()) % 97]
    return np.array([*kept, *shape, *tables, *layers], np.float64)


def auc(scores: Values, labels: Values) -> float:
    """Chance that a forged card scores above a genuine one, ties counting half."""
    forged, genuine = scores[labels == 1], scores[labels == 0]
    above = (forged[:, None] > genuine[None]).mean()
    return float(above + 0.5 * (forged[:, None] == genuine[None]).mean())


def auc_interval(
    scores: Values, labels: Values, pairs: NDArray[np.int64], rounds: int = 1000
) -> tuple[float, float]:
    """95 % interval of the AUC; whole pairs are drawn anew (bootstrap, seeded)."""
    rng = np.random.default_rng(0)
    known = np.unique(pairs)
    members = {pair: np.flatnonzero(pairs == pair) for pair in known}
    found = []
    for _ in range(rounds):
        rows = np.concatenate([members[pair] for pair in rng.choice(known, len(known))])
        if 0 < labels[rows].sum() < len(rows):
            found.append(auc(scores[rows], labels[rows]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _standard(train: Values, test: Values) -> tuple[Values, Values]:
    mean, spread = train.mean(0), train.std(0)
    spread[spread < 1e-9] = 1.0
    return (train - mean) / spread, (test - mean) / spread


def logistic(train: Values, labels: Values, test: Values) -> Values:
    """Ridge logistic regression on the facts and their squares."""
    a, b = _standard(train, test)
    a, b = (np.column_stack([np.ones(len(v)), v, v**2]) for v in (a, b))
    weights = np.zeros(a.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-a @ weights))
        bend = a.T @ (a * (chance * (1 - chance))[:, None]) + np.eye(a.shape[1])
        weights += np.linalg.solve(bend, a.T @ (labels - chance) - weights)
    return np.asarray(b @ weights)


def _stump(x: Values, residue: Values) -> tuple[int, float, float, float]:
    """The best single split: fact, limit, value below, value above."""
    best, found = -1.0, (0, 0.0, 0.0, 0.0)
    for fact in range(x.shape[1]):
        for limit in np.unique(np.quantile(x[:, fact], np.linspace(0.1, 0.9, 9))):
            below = x[:, fact] <= limit
            if 2 < below.sum() < len(x) - 2:
                left, right = residue[below].mean(), residue[~below].mean()
                gain = below.sum() * left**2 + (~below).sum() * right**2
                if gain > best:
                    best, found = gain, (fact, float(limit), float(left), float(right))
    return found


def boosted(train: Values, labels: Values, test: Values) -> Values:
    """Forty boosted stumps."""
    inside, outside = np.zeros(len(train)), np.zeros(len(test))
    for _ in range(40):
        residue = labels - 1 / (1 + np.exp(-inside))
        fact, limit, left, right = _stump(train, residue)
        inside += np.where(train[:, fact] <= limit, left, right)
        outside += np.where(test[:, fact] <= limit, left, right)
    return outside


LEARNERS: dict[str, Learner] = {"logistic": logistic, "boosted": boosted}


def held_out_scores(
    learner: Learner, facts: Values, labels: Values, pairs: Sequence[int] | NDArray[np.int64], folds: int = 5
) -> Values:
    """Scores of each card from a learner that saw neither it nor the other card of its pair.

    Scores are ranks within their fold: the level of one fold's scores says nothing about another's.
    """
    fold = np.asarray(pairs) % folds
    scores = np.zeros(len(labels))
    for k in range(folds):
        test = fold == k
        raw = learner(facts[~test], labels[~test], facts[test])
        scores[test] = (raw[:, None] > raw[None]).mean(1) + 0.5 * (raw[:, None] == raw[None]).mean(1)
    return scores
