"""Pieces that the report is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["badge", "section", "table"]


def section(title: str, japanese: str, note: str, *inside: str, css: str = "") -> str:
    """One part of the report under its heading; ``note`` and what follows are HTML."""
    told = f'<p class="note">{note}</p>' if note else ""
    head = f'<h2>{title}<small lang="ja">{japanese}</small></h2>'
    return f'<section class="{css}">{head}{told}{"".join(inside)}</section>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """A table; cells are HTML, columns in ``numbers`` are set to the right."""

    def css(place: int) -> str:
        return ' class="n"' if place in numbers else ""

    top = "".join(f"<th{css(n)}>{escape(name)}</th>" for n, name in enumerate(head))
    body = "".join(
        f"<tr>{''.join(f'<td{css(n)}>{cell}</td>' for n, cell in enumerate(row))}</tr>" for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def badge(verdict: str) -> str:
    """A verdict as a coloured word."""
    return f'<span class="badge c-{verdict}">{verdict.replace("_", " ")}</span>'
