"""The model card of the fusion model, written with the model so that its figures are the model's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.training.additive import STARTS, WIDTHS, Additive
from scripts.training.evidence import plan
from service.scoring.features import State

__all__ = ["card_text"]

HEAD = Path(__file__).with_suffix(".md")


def _rows(model: Additive) -> Iterator[str]:
    fixed = plan().fixed
    for row, id in enumerate(model.checks):
        passed, suspect, fail = (
            f"{model.offsets[row, state]:+.1f}" for state in (State.PASS, State.SUSPECT, State.FAIL)
        )
        rise = "–" if id in fixed else f"{model.rises[row].sum():.1f}"
        ends = f"{model.lowest[row]:+.1f} ... {model.highest[row]:+.1f}"
        name = f"`{id}` (fixed)" if id in fixed else f"`{id}`"
        yield f"| {name} | {passed} | {suspect} | {fail} | {rise} | {ends} |"


def card_text(model: Additive, figures: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    bands, cards = figures["bands"], figures["cards"]
    head = HEAD.read_text(encoding="utf-8").format(
        checks=len(model.checks), starts=_numbers(STARTS), widths=_numbers(WIDTHS), slope=figures["slope"],
        limit_bits=figures["limit_bits"], teach=cards["teach"], set=cards["set"], report=cards["report"],
        set_genuine=figures["genuine"]["set"], bytes=figures["bytes"],
        middle=_limit(bands["middle"]), high=_limit(bands["high"]),
    )  # fmt: skip
    return head + "\n".join(_rows(model)) + "\n"


def _numbers(values: Any) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _limit(value: float | None) -> str:
    return "no finite value of" if value is None else f"{value:.2f}"
