"""The mark that says that a document is a specimen."""

from __future__ import annotations

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.verdict import Basis, Effect, Refutes, Region, Result

__all__ = ["CHECKS"]

_CONFIDENT = 0.80
"""Confidence of the recogniser above which a mark counts as read; see docs/measures.md."""


def _specimen_mark(case: Case) -> Finding:
    # The samples of this project and of the issuer's test CA all carry the mark: it says nothing there.
    if case.trust_profile == "sample":
        return Finding("security.specimen_mark.not_applicable")
    best = max(case.specimen_marks, key=lambda mark: mark.confidence, default=None)
    if best is None:
        return Finding("security.specimen_mark.absent")
    region = Region(best.side.value, best.box)
    reason = "present" if best.confidence >= _CONFIDENT else "unclear"
    return Finding(f"security.specimen_mark.{reason}", measured=best.confidence, region=region)


CHECKS = (
    Check(
        id="security.specimen_mark",
        title="The card carries no specimen mark (見本)",
        citation="Specimens are marked 見本 by the issuer; ICAO Doc 9303-2 Appendix C.14",
        basis=Basis.RULE,
        effect=Effect.DECISIVE,
        needs=("front|back",),
        reasons={
            "security.specimen_mark.absent": Result.PASS,
            "security.specimen_mark.present": Result.FAIL,
            "security.specimen_mark.unclear": Result.INCONCLUSIVE,
        },
        run=_specimen_mark,
        refutes=Refutes.FORCE,
    ),
)
