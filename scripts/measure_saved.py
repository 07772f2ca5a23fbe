"""Pictures that were saved, edited or not, and saved again: what ``forensics.compression`` says of them.

    .venv/bin/python -m scripts.measure_saved --styles b c --genuine 40 --edited 40 --seed 9001

Both savings have qualities of their own, drawn at random (50 to 95, then 62 to 98), and the picture keeps its
size in between: this is the case that the check is made for. ``--facts`` keeps a row per picture and goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from scripts.dataset.cards import draw
from scripts.dataset.families import TYPED_OVER
from scripts.dataset.files import captured
from scripts.dataset.recipe import recipe, seeded
from scripts.rates import interval
from scripts.specimens.capture import jpeg
from scripts.specimens.specimen import Bench
from scripts.specimens.trust import write_trust
from service.checks.case import Case
from service.checks.forensics.compression import CHECKS
from service.evidence import Role
from service.settings import Settings
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = ["main"]

EDITED = (
    "field_typed", "field_pasted", "photo_pasted", "edit_birth", "edit_name", "edit_status", "edit_validity",
)  # fmt: skip
FIRST, SECOND = (50, 96), (62, 99)


@dataclass(frozen=True)
class Row:
    """One picture."""

    style: str
    number: int
    family: str
    """Empty for a genuine card."""
    altered: str
    """The place that was altered."""
    kind: str
    first: int
    second: int
    reason: str
    named: tuple[str, ...]
    """Places that the check names."""


def measured(engine: Engine, style: str, seed: int, number: int, edited: bool) -> Row:
    """Draw, capture, save, edit or not, save again, and ask."""
    rng = np.random.default_rng([seed, number, int(edited)])
    first, second = int(rng.integers(*FIRST)), int(rng.integers(*SECOND))
    how = replace(recipe(seed, number, (style,), EDITED), saved_before=first)
    made = draw(how, edited, Bench.fresh(style=how.style))
    shot = captured(made, how, seeded(5 if edited else 4, seed, number))
    cases: list[Case] = []
    submission = Submission(
        pictures={Role.FRONT: jpeg(shot.pixels, second)},
        request=VerifyRequest.model_validate(dict(made.request)),
    )
    engine.verify(submission, now=datetime.now(UTC), verification_id="vrf_" + "0" * 26, seen=cases.append)
    found = CHECKS[0].run(cases[0])
    family = how.family if edited else ""
    altered = TYPED_OVER.get(family, made.answer.broken_rule or "") if edited else ""
    return Row(
        style, number, family, altered, how.kind, first, second, found.reason.rpartition(".")[2],
        tuple(sorted(found.fields)),
    )  # fmt: skip


def rows(args: argparse.Namespace) -> Iterator[Row]:
    """Every picture that is asked for and not yet kept."""
    kept = [json.loads(line) for line in args.facts.read_text().splitlines()] if args.facts else []
    known = {(row["style"], row["number"], bool(row["family"])): row for row in kept}
    with tempfile.TemporaryDirectory() as folder:
        write_trust(Path(folder))
        engine = Engine.load(Settings(trust_dir=Path(folder), trust_profile="sample", onnx_threads=1))
        for style in args.styles:
            for edited, count in ((False, args.genuine), (True, args.edited)):
                for number in range(count):
                    row = known.get((style, number, edited))
                    if row is None:
                        made = measured(engine, style, args.seed, number, edited)
                        if args.facts:
                            with args.facts.open("a", encoding="utf-8") as lines:
                                lines.write(json.dumps(asdict(made)) + "\n")
                        yield made
                    else:
                        yield Row(**{**row, "named": tuple(row["named"])})


def said(found: Sequence[Row], style: str) -> str:
    """A line for one style."""
    mine = [row for row in found if row.style == style]
    genuine, edited = ([row for row in mine if bool(row.family) is kind] for kind in (False, True))
    asked = [row for row in edited if row.reason != "not_assessable"]
    told = [row for row in edited if row.reason == "differ"]
    accused = sum(row.reason == "differ" for row in genuine)
    low, high = interval(accused, len(genuine))
    sure = sum(row.reason == "alike" for row in genuine)
    return (
        f"{style}: genuine accused {accused} of {len(genuine)} ({low:.1%} to {high:.1%}), {sure} cleared; "
        f"edited told {len(told)} of {len(edited)}, of {len(asked)} that could be asked; "
        f"the right place {sum(row.altered in row.named for row in told)} of {len(told)}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--styles", nargs="+", default=["b"])
    words.add_argument("--genuine", type=int, default=40)
    words.add_argument("--edited", type=int, default=40)
    words.add_argument("--seed", type=int, default=9001)
    words.add_argument("--facts", type=Path, help="a row of JSON per picture")
    args = words.parse_args(arguments)
    if args.facts:
        args.facts.touch()
    found = list(rows(args))
    for style in args.styles:
        print(said(found, style))
    for row in found:
        if (row.reason == "differ") != bool(row.family) and row.reason != "not_assessable":
            print(json.dumps(asdict(row)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
