"""One drawn card of a pair, judged by the service: the row of the table and the patches of its picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scripts.dataset.families import MAKERS, altered_boxes, group_of
from scripts.dataset.files import captured, stored
from scripts.dataset.recipe import Recipe, seeded
from scripts.specimens.capture import Shot
from scripts.specimens.people import card_data
from scripts.specimens.specimen import Bench, Specimen, genuine_specimen
from scripts.specimens.style import renderer_of
from scripts.specimens.tilt import tilt_frames
from service.checks.case import Case
from service.errors import Problem
from service.evidence import Role
from service.report import Report
from service.scoring.plan import cut, patch_plans, showing
from service.submission import Submission, VerifyRequest
from service.verify import Engine

__all__ = ["MARGIN", "Judged", "draw", "judge", "judged_row", "make_card", "sent", "truth"]

MARGIN = 8
"""Raster pixels around each patch that training may shift and scale in."""
TILT_ATTACK = {"print": "print", "recapture": "glare", "replaced": "print"}
"""How a forged card's film behaves when tilted; other families have the genuine card's film."""
NOBODY = "vrf_" + "0" * 26


@dataclass(frozen=True)
class Judged:
    """A row of the table, and the patches where the card was found and its layout has a plan."""

    row: dict[str, Any]
    patches: NDArray[np.uint8] | None
    """(places, 80, 80, 3) YCrCb."""
    shown: NDArray[np.bool_] | None
    """(places,): False where a 見本 mark covers the patch."""


def draw(how: Recipe, forged: bool, bench: Bench) -> Specimen:
    """The specimen before it is captured. The genuine one of a pair is another person's."""
    bench = replace(bench, style=how.style, chip=how.chip)
    if forged:
        return MAKERS[how.family](seeded(2, how.seed, how.pair), bench, how.pair)
    card = card_data(seeded(3, how.seed, how.pair), child=None if how.pair % 4 == 0 else False)
    return genuine_specimen(card, bench, how.pair)


def sent(how: Recipe, forged: bool, bench: Bench) -> tuple[Specimen, bytes, Shot]:
    """The specimen, the file that is sent of it, and the truth about the picture in the file."""
    made = draw(how, forged, bench)
    rng = seeded(5 if forged else 4, how.seed, how.pair)
    data, shot = stored(captured(made, how, rng), how.sending)
    return made, data, shot


def _tilt(made: Specimen, how: Recipe, forged: bool) -> dict[str, tuple[bytes, ...]]:
    if how.tilt is None:
        return {}
    attack = TILT_ATTACK.get(group_of(how.family)) if forged else None
    frames = tilt_frames(made.card, how.tilt, seeded(6, how.seed, how.pair), attack, style=how.style)
    return {how.tilt: tuple(frame.encode() for frame in frames)}


def _checks(report: Report) -> list[dict[str, Any]]:
    wanted = ("id", "reason", "measured", "threshold", "margin")
    rows = []
    for check in report.checks:
        row = {name: getattr(check, name) for name in wanted}
        values = {"group": check.group, "result": check.result, "effect": check.effect}
        row |= {name: getattr(value, "value", value) for name, value in values.items()}
        reason = check.not_run_reason
        rows.append({**row, "not_run_reason": getattr(reason, "value", reason)})
    return rows


def truth(how: Recipe, made: Specimen, forged: bool, shot: Shot) -> dict[str, Any]:
    """The columns of a row that are known without asking the service."""
    card, person = made.card, made.card.person
    family = how.family if forged else "genuine"
    sending = how.sending
    return {
        "id": f"{how.seed}-{how.pair}-{int(forged)}", "seed": how.seed, "pair": how.pair, "forged": forged,
        "family": family, "group": group_of(family), "renderer": renderer_of(how.style), "style": how.style,
        "altered": [list(box) for box in altered_boxes(made.answer)] if forged else [],
        "kind": how.kind, "device": how.device.name, "dpi": shot.dpi, "hardness": how.hardness,
        "width": shot.pixels.shape[1], "height": shot.pixels.shape[0], "wear": how.wear,
        "jpeg_quality": sending.quality, "subsampling": sending.subsampling,
        "saved_before": how.saved_before, "nationality": person.nationality,
        "name_script": "kanji" if person.name_kanji else "latin", "sex": person.sex,
        "skin_tone": person.tone, "age": card.age, "photo": not card.under_16,
        "status": card.status, "has_chip": made.dump is not None, "tilt": how.tilt,
    }  # fmt: skip


def judge(engine: Engine, submission: Submission) -> tuple[dict[str, Any], Case | None]:
    """What the service says of a card, and the case that its checks were shown."""
    cases: list[Case] = []
    try:
        report = engine.verify(submission, now=datetime.now(UTC), verification_id=NOBODY, seen=cases.append)
    except Problem as problem:
        return {"verdict": "problem", "verdict_reason": problem.name, "checks": [], "layout": None}, None
    view = cases[0].view("front")
    said = {
        "verdict": report.verdict.value, "verdict_reason": report.verdict_reason, "checks": _checks(report),
        "layout": report.document.layout, "layout_confidence": report.document.confidence,
        "px_per_mm": view.quality.px_per_mm if view else None,
        "sharpness": view.quality.sharpness if view else None,
    }  # fmt: skip
    return said, cases[0]


def _patches(case: Case | None) -> tuple[NDArray[np.uint8] | None, NDArray[np.bool_] | None]:
    view = case.view("front") if case else None
    plan = patch_plans().get(view.layout or "") if view else None
    if case is None or view is None or plan is None or view.side.value != "front":
        return None, None
    marks = [mark.box for mark in case.specimen_marks if mark.side.value == "front"]
    return cut(view.raster, plan, MARGIN), showing(plan, marks)


def judged_row(
    engine: Engine, submission: Submission, truth: Mapping[str, Any]
) -> tuple[Judged, Case | None]:
    """The row of one card, from the truth about it and what the service says, and the case behind it."""
    said, case = judge(engine, submission)
    patches, shown = _patches(case)
    return Judged({**truth, **said, "has_patches": patches is not None}, patches, shown), case


def make_card(how: Recipe, forged: bool, bench: Bench, engine: Engine) -> Judged:
    """Draw, capture, store and judge one card of a pair."""
    made, data, shot = sent(how, forged, bench)
    submission = Submission(
        pictures={Role.FRONT: data},
        tilt=_tilt(made, how, forged),
        chip=made.dump,
        request=VerifyRequest.model_validate(dict(made.request)),
    )
    return judged_row(engine, submission, truth(how, made, forged, shot))[0]
