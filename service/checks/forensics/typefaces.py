"""Is one text printed in another typeface than the texts that share its face?"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from math import log
from statistics import median

from service.checks.base import Check, Finding
from service.checks.case import Case
from service.checks.forensics.side import enrolled_limit, front_traces, margin
from service.imaging.forensics import Traces
from service.imaging.forensics.typefaces.dates import Typeface
from service.verdict import Basis, Effect, Region, Result

__all__ = ["CHECKS", "LIMITS"]

_APART = 0.055
"""How much less alike the signs of one half-width date may be (docs/measures/forensics.md)."""
_FULL_APART = 0.050
_NUMBER_APART = 0.070
_NAME_APART = 0.055
"""The same of a full-width date, and of number and name, of which fewer signs can be compared."""
_ASTRAY = 0.25
"""So unlike are no two faces of half-width digits: the signs were not found."""
_OTHERS_ALIKE = 0.92
"""The texts that are compared with must agree among themselves, or blur or wear is at fault."""
_SOFTER, _SHARPER = -0.20, 0.30
"""Logarithm of a text's sharpness over that of the dates beyond which blur alone makes signs unlike: a drop,
grease or a lens did so to genuine numbers from -0.27 on, and to the dates from 0.34 on. A text that was typed
in sharper than that is `forensics.field_edges`' to tell."""
Compare = Callable[[Traces], Typeface | None]


def _equally_sharp(traces: Traces, texts: Collection[str]) -> bool:
    """Whether the texts are about as sharp as the dates, so that their faces can be told apart."""
    dates = [traces.edges[name] for name in traces.dates if name in traces.edges]
    if not dates or any(name not in traces.edges for name in texts):
        return False
    away = [0.0, *(log(traces.edges[name] / median(dates)) for name in texts)]
    return min(away) >= _SOFTER and max(away) - min(away) <= _SHARPER


def _differs(name: str, compare: Compare, shipped: float, beside: frozenset[str], case: Case) -> Finding:
    traces = front_traces(case)
    found = compare(traces) if traces else None
    if traces is None or found is None or found.others < _OTHERS_ALIKE or found.apart > _ASTRAY:
        return Finding(f"forensics.{name}.not_assessable")
    limit = enrolled_limit(case, name, shipped)
    reason = "differ" if found.apart >= limit else "alike"
    if reason == "differ" and not _equally_sharp(traces, beside | {found.odd}):
        return Finding(f"forensics.{name}.not_assessable")
    return Finding(
        f"forensics.{name}.{reason}",
        fields=beside | {found.odd} if reason == "differ" else frozenset(),
        measured=round(found.apart, 4),
        threshold=limit,
        margin=margin(limit - found.apart, limit),
        region=Region("front", traces.lines[found.odd]) if reason == "differ" else None,
    )


def _name(traces: Traces) -> Typeface | None:
    """The name beside the number, unless the number itself is unlike the dates."""
    number = traces.number
    return None if number and number.apart >= _NUMBER_APART else traces.name


def _check(
    name: str,
    title: str,
    citation: str,
    compare: Compare,
    limit: float = _APART,
    beside: frozenset[str] = frozenset(),
) -> Check:
    """``beside``: fields of which one may be the replaced one as well as the one that is found odd."""
    return Check(
        id=f"forensics.{name}",
        title=title,
        citation=citation,
        basis=Basis.STATISTICAL,
        effect=Effect.SUPPORTING,
        needs=("front",),
        reasons={
            f"forensics.{name}.alike": Result.PASS,
            f"forensics.{name}.differ": Result.SUSPECT,
            f"forensics.{name}.not_assessable": Result.INCONCLUSIVE,
        },
        run=partial(_differs, name, compare, limit, beside),
    )


CHECKS = (
    _check(
        "date_print",
        "The half-width dates are printed in one typeface",
        "Card data sheet §4 (half-width dates: one serif face), §2.4 T2 and T3: replaced fields",
        lambda traces: traces.typeface,
    ),
    _check(
        "full_width_print",
        "The full-width dates are printed in one typeface, that of the other dates' kanji",
        "Card data sheet §1.2 (full-width dates), §4 (Japanese values: one face), §2.4 T2 and T3",
        lambda traces: traces.full_width,
        _FULL_APART,
    ),
    _check(
        "number_print",
        "The card number is printed in the typeface of the half-width dates",
        "Card data sheet §4 (number and half-width dates: one serif face), §2.4 T2, T3, T5: replaced number",
        lambda traces: traces.number,
        _NUMBER_APART,
    ),
    _check(
        "name_print",
        "The Latin name is printed in the typeface of the card number",
        "Card data sheet §4 (Latin name and number: one serif face), §2.4 T2, T3, T5: replaced name",
        _name,
        _NAME_APART,
        frozenset({"card_number"}),
    ),
)
LIMITS = {
    "forensics.date_print": (_APART,),
    "forensics.full_width_print": (_FULL_APART,),
    "forensics.number_print": (_NUMBER_APART,),
    "forensics.name_print": (_NAME_APART,),
}
