"""Exit codes of the command line (contract §5)."""

from __future__ import annotations

from enum import IntEnum

from service.errors import (
    DumpUnreadable,
    HonmonoError,
    ImageUndecodable,
    MediaTypeUnsupported,
    PayloadTooLarge,
    TooManyPixels,
)
from service.verdict import Verdict

__all__ = ["Exit", "of_error", "of_verdict"]


class Exit(IntEnum):
    """What the shell is told."""

    NOTHING_AGAINST = 0
    """``authentic`` or ``no_sign_of_forgery``."""
    AGAINST = 1
    """``forged`` or ``invalid``."""
    WRONG_USE = 2
    """Wrong arguments, settings or files of ours that the operator must mend."""
    SUSPECT = 3
    INCONCLUSIVE = 4
    NOTHING_DECODABLE = 5
    FAULT_OF_OURS = 70


_VERDICTS = {
    Verdict.AUTHENTIC: Exit.NOTHING_AGAINST,
    Verdict.NO_SIGN_OF_FORGERY: Exit.NOTHING_AGAINST,
    Verdict.FORGED: Exit.AGAINST,
    Verdict.INVALID: Exit.AGAINST,
    Verdict.SUSPECT: Exit.SUSPECT,
    Verdict.INCONCLUSIVE: Exit.INCONCLUSIVE,
}

_UNDECODABLE = (ImageUndecodable, DumpUnreadable, MediaTypeUnsupported, PayloadTooLarge, TooManyPixels)


def of_verdict(verdict: Verdict) -> Exit:
    """The exit code of a verdict."""
    return _VERDICTS[verdict]


def of_error(error: Exception) -> Exit:
    """The exit code of an exception: undecodable evidence, wrong use, or a fault of ours."""
    if isinstance(error, _UNDECODABLE):
        return Exit.NOTHING_DECODABLE
    return Exit.WRONG_USE if isinstance(error, HonmonoError) else Exit.FAULT_OF_OURS
