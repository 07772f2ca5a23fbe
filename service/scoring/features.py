"""What the fusion model sees of a card: of each check its result and its margin, and nothing else.

No picture, no text and no value that was read from the card can reach the model, since a state is one of
five and a margin is a distance to a limit: nationality, name, sex and age are not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from service.verdict import CheckResult, Effect, Refutes, Result

__all__ = ["State", "evidence", "state_of"]


class State(IntEnum):
    """A check as the model sees it."""

    SILENT = 0
    """Not run, not applicable, crashed, or unable to tell: it weighs nothing."""
    PASS = 1
    DOUBT = 2
    """Inconclusive, yet with a measure: it lies beyond a limit that may not accuse."""
    SUSPECT = 3
    FAIL = 4


_STATES = {Result.PASS: State.PASS, Result.SUSPECT: State.SUSPECT, Result.FAIL: State.FAIL}


def state_of(result: Result, margin: float | None) -> State:
    """The state of a check by its result and whether it measured anything."""
    if result is Result.INCONCLUSIVE and margin is not None:
        return State.DOUBT
    return _STATES.get(result, State.SILENT)


def evidence(
    results: Sequence[CheckResult], checks: Sequence[str], silent: frozenset[str] = frozenset()
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """States (1, n) and margins (1, n) of the ``checks`` in their order; NaN stands for no margin.

    A check that the model does not know is left out, one that did not run is ``SILENT``, and so is one named
    by ``silent``, one that is informative, or one that speaks against the document's being in force alone.
    """
    speaking = {
        r.id: r
        for r in results
        if r.refutes is Refutes.GENUINENESS and r.effect is not Effect.INFORMATIVE and r.id not in silent
    }
    states = np.zeros((1, len(checks)), np.int64)
    margins = np.full((1, len(checks)), np.nan, np.float32)
    for column, id in enumerate(checks):
        result = speaking.get(id)
        if result is None:
            continue
        states[0, column] = state_of(result.result, result.margin)
        if states[0, column] != State.SILENT and result.margin is not None:
            margins[0, column] = result.margin
    return states, margins
