"""``/v1/checks`` and ``/v1/layouts``: what this service asks, and of which documents."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.access import Client
from service.api.openapi import problem_answers
from service.api.schemas import ChecksModel, LayoutsModel, check_model, layout_model
from service.cards.layout import layouts

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["catalogue"], responses=problem_answers(401, 403, 429))


@router.get("/checks", summary="Every check with its reasons", operation_id="list_checks")
def list_checks(key: Client) -> ChecksModel:
    """Every check: its question, source, basis, effect, and each code it may give."""
    from service.checks.catalogue import CHECKS

    return ChecksModel(data=[check_model(check) for check in CHECKS])


@router.get("/layouts", summary="Every layout", operation_id="list_layouts")
def list_layouts(key: Client) -> LayoutsModel:
    """Every document layout, and whether its face is known well enough to judge it."""
    return LayoutsModel(data=[layout_model(item) for item in layouts().values()])
