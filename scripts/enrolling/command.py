"""Enrol genuine cards: estimate the limits of a layout on an operator's own scans, and put them in force.

    scripts/enrol DIR --layout jp.residence_card.gen1 [--truth FILE] [--out DIR] [--dry-run]

DIR holds pictures of the fronts of genuine cards, one for each card, twenty cards at least. Pictures that are
of no use are named with the reason. The limits are signed and stored; a service that is running takes them in
when it is started again. What twenty cards can support and what they cannot: docs/enrolment.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isinf
from pathlib import Path
from typing import Any

from scripts.enrolling.compare import Before, body, cross_fitted, outcome, table
from scripts.enrolling.estimate import FEWEST, Limits, estimate
from scripts.enrolling.scans import Refused, Scan, pictures_in, read_folder, read_truths, usable
from service.cards.enrolled import enrolled
from service.cards.feature_limits import feature_limits
from service.cards.layout import layouts
from service.enrolments import SigningKey, store
from service.errors import ConfigurationError
from service.scoring import LEAST, conformal_threshold, fusion_model
from service.settings import Settings
from service.store.ids import UlidClock
from service.verify import Engine

__all__ = ["Enrolment", "enrol", "main"]

WRONG_USE = 2
MIDDLE_ERROR, HIGH_ERROR = 0.10, 0.01
"""Share of genuine cards whose score may reach the middle and the high band."""


@dataclass(frozen=True)
class Enrolment:
    """What came of a set of scans."""

    document: dict[str, Any]
    held_out: list[Before]
    limits: Limits


def _bands(totals: Sequence[float | None]) -> dict[str, float | None] | None:
    """Where the bands of the score begin: conformal where the cards are enough for the error that is asked.

    Where they are not, the shipped limit stays, raised above the highest of the cards. No band begins where
    the evidence still speaks for the card.
    """
    known = [total for total in totals if total is not None]
    if len(known) < FEWEST:
        return None
    shipped, highest = fusion_model().calibration, max(known)
    limits = []
    asked = ((MIDDLE_ERROR, shipped.middle, "middle"), (HIGH_ERROR, shipped.high, "high"))
    for error, usual, band in asked:
        limit = conformal_threshold(known, error)
        limits.append(max(LEAST[band], max(usual, highest) if isinf(limit) else limit))
    middle, high = min(limits), limits[1]
    return {
        "middle": None if isinf(middle) else round(middle, 4),
        "high": None if isinf(high) else round(high, 4),
    }


def enrol(scans: Sequence[Scan], layout: str, now: datetime) -> Enrolment:
    """Estimate, hold each scan out once, and take the right to accuse from what a held-out scan breaks."""
    held_out = cross_fitted(scans, layout)
    against = {id.partition(".") for _, _, after in held_out for id in after.against}
    broken = frozenset(name for group, _, name in against if group == "security")
    limits = estimate(scans, layout).without(broken)
    document = body(limits, scans, layout, f"enr_{UlidClock().next(now)}", now)
    final = enrolled(document)
    document["bands"] = _bands([outcome(scan.case, final).total for scan in scans])
    return Enrolment(document, held_out, limits)


def _refusal(folder: Path, layout: str) -> str | None:
    """Why nothing can be enrolled, before any picture is read."""
    known = layouts().get(layout)
    if known is None:
        return f"there is no layout {layout}; known are: {', '.join(sorted(layouts()))}"
    if not known.confirmed or not feature_limits(layout):
        return f"{layout} is recognised and read but not judged: an enrolment would have no effect"
    return None if pictures_in(folder) else f"{folder.name} holds no pictures"


def _say_refused(refused: Sequence[Refused]) -> None:
    for item in refused:
        print(f"  not used: {item.file}: {item.why}")


def _say(made: Enrolment, scans: Sequence[Scan]) -> None:
    n = len(scans)
    accusing = sorted(id for id, row in made.document["features"].items() if row["accuses"])
    print(f"\n{n} cards. Each was held out once; its limits were estimated on the others:\n")
    print(table([b for _, b, _ in made.held_out], [a for _, _, a in made.held_out]))
    print(f"\nmay speak against a card now: {', '.join(accusing) or 'nothing'}")
    if made.limits.doubtful:
        print(f"spread too oddly to accuse by, notes only: {', '.join(made.limits.doubtful)}")
    if misread := sum(len(scan.misread) for scan in scans):
        print(f"fields read otherwise than the truth says: {misread}")
    print(f"the highest of {n} values is passed by a further genuine card in {100 / (n + 1):.1f} % of cases;")
    need = round(1 / HIGH_ERROR) - 1
    if n < need:
        print(
            f"an error of {HIGH_ERROR:.0%} by ranks alone needs {need} cards: the rest is a bell curve's word"
        )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/enrol", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="pictures of genuine cards")
    parser.add_argument("--layout", required=True, help="layout that they show")
    parser.add_argument("--truth", type=Path, help="CSV or JSON with the true fields by file name")
    parser.add_argument("--out", type=Path, help="folder of enrolments; default: HONMONO_ENROLMENT_DIR")
    parser.add_argument("--at", help="day for which the cards are judged, YYYY-MM-DD; default: today")
    parser.add_argument("--dry-run", action="store_true", help="print the table, store nothing")
    return parser


def _day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(hour=3, tzinfo=UTC) if text else None


def main(argv: list[str] | None = None) -> int:
    """Command line: 0 enrolled, 2 nothing enrolled, with the reason."""
    args = _parser().parse_args(argv)
    settings = Settings()
    if (why := _refusal(args.folder, args.layout)) is not None:
        print(why, file=sys.stderr)
        return WRONG_USE
    try:
        truths, at = read_truths(args.truth), _day(args.at)
    except (OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return WRONG_USE
    engine = Engine.load(settings)
    scans, refused = usable(read_folder(engine, args.folder, args.layout, truths, at))
    _say_refused(refused)
    if len(scans) < FEWEST:
        print(f"{len(scans)} usable cards; {FEWEST} are needed", file=sys.stderr)
        return WRONG_USE
    made = enrol(scans, args.layout, datetime.now(UTC))
    _say(made, scans)
    if args.dry_run:
        return 0
    folder = args.out or settings.effective_enrolment_dir
    try:
        path = store(folder, made.document, SigningKey.open(settings.data_dir, folder))
    except (ConfigurationError, OSError) as error:
        print(f"{error}", file=sys.stderr)
        return WRONG_USE
    print(f"\nstored: {path}\nstart the service again to put it in force; GET /readyz then says {path.stem}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
