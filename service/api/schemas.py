"""What the routes answer beside reports."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from service.cards.layout import Layout
from service.messages import PLAIN_LANGUAGES, message
from service.report import Report
from service.verdict import Basis, Effect, Group, Refutes, Result

if TYPE_CHECKING:  # the catalogue loads OpenCV; the door does without until it is asked for it
    from service.checks.base import Check

__all__ = [
    "CheckModel",
    "ChecksModel",
    "LayoutModel",
    "LayoutsModel",
    "ReasonModel",
    "VerificationsModel",
    "check_model",
    "layout_model",
]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VerificationsModel(_Answer):
    """A page of reports, newest first."""

    object: Literal["list"] = "list"
    data: list[Report]
    has_more: bool
    next_cursor: str | None
    """Give it as ``cursor`` for the next page."""


class ReasonModel(_Answer):
    """One code that a check may give."""

    code: str
    result: Result
    message: dict[str, str]
    """The sentence by language (`en`, `ja`, `ja-easy`); places that a result fills are shown as ``…``."""


class CheckModel(_Answer):
    """One check of the catalogue."""

    id: str
    group: Group
    title: str
    citation: str
    basis: Basis
    effect: Effect
    refutes: Refutes
    inputs: list[str]
    """Each must be there; alternatives are written ``front|back``."""
    layouts: list[str] | None
    """Null for every document."""
    fields: list[str]
    reasons: list[ReasonModel]


class ChecksModel(_Answer):
    """The catalogue."""

    object: Literal["list"] = "list"
    data: list[CheckModel]


class LayoutModel(_Answer):
    """One layout."""

    id: str
    title: str
    document: str
    generation: int | None
    source: str
    confirmed: bool
    """Whether the face is known well enough to judge it."""
    issued_from: date | None
    issued_until: date | None
    fields: dict[str, list[str]]
    """Names of the fields on each side."""
    required_checks: list[str]


class LayoutsModel(_Answer):
    """Every layout."""

    object: Literal["list"] = "list"
    data: list[LayoutModel]


def check_model(check: Check) -> CheckModel:
    """A check as the catalogue shows it."""
    return CheckModel(
        id=check.id,
        group=check.group,
        title=check.title,
        citation=check.citation,
        basis=check.basis,
        effect=check.effect,
        refutes=check.refutes,
        inputs=list(check.needs),
        layouts=sorted(check.layouts) if check.layouts is not None else None,
        fields=sorted(check.fields),
        reasons=[
            ReasonModel(
                code=code,
                result=result,
                message={language: message(code, language=language) for language in PLAIN_LANGUAGES},
            )
            for code, result in check.all_reasons.items()
        ],
    )


def layout_model(layout: Layout) -> LayoutModel:
    """A layout as it is listed."""
    return LayoutModel(
        id=layout.id,
        title=layout.title,
        document=layout.document,
        generation=layout.generation,
        source=layout.source,
        confirmed=layout.confirmed,
        issued_from=layout.issued_from,
        issued_until=layout.issued_until,
        fields={side: [place.name for place in data.fields] for side, data in layout.sides.items()},
        required_checks=list(layout.required_checks),
    )
