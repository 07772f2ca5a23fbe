"""Charts as inline SVG: plain shapes and text, colours by class, nothing that needs a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from service.archive.tally import Place

__all__ = ["card_drawing", "columns", "histogram", "legend", "stacked_bars"]

_LABEL, _WIDTH, _ROW, _VALUE = 260, 760, 24, 64
_COLUMN_HEIGHT, _COLUMN_FOOT = 150, 22
_CARD = (480, 303)
"""Pixels of a drawn card: ID-1."""

Parts = Mapping[str, int]


def _svg(width: float, height: float, inside: Iterable[str], label: str, css: str = "chart") -> str:
    return (
        f'<svg class="{css}" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(label)}">'
        f"{''.join(inside)}</svg>"
    )


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _bar(kind: str, x: float, y: float, width: float, height: float, told: str) -> str:
    return (
        f'<rect class="c-{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(told)}</title></rect>"
    )


def legend(kinds: Sequence[str]) -> str:
    """The colours of a chart with their words."""
    items = (f'<span><i class="c-{kind}"></i>{escape(_words(kind))}</span>' for kind in kinds)
    return f'<p class="legend">{"".join(items)}</p>'


def stacked_bars(rows: Sequence[tuple[str, Parts]], kinds: Sequence[str], label: str, *, shares: bool) -> str:
    """One bar per row, cut into parts; with ``shares`` every bar has the full length."""
    longest = max((sum(parts.values()) for _, parts in rows), default=0)
    room = _WIDTH - _LABEL - _VALUE
    inside: list[str] = []
    for line, (name, parts) in enumerate(rows):
        top = line * _ROW
        whole = sum(parts.values())
        unit = room / max(whole if shares else longest, 1)
        inside.append(f'<text class="name" x="{_LABEL - 10}" y="{top + 16}">{escape(name)}</text>')
        left = float(_LABEL)
        for kind in kinds:
            count = parts.get(kind, 0)
            if count:
                wide = max(count * unit, 0.8)
                inside.append(_bar(kind, left, top + 4, wide, _ROW - 8, f"{name}: {_words(kind)} {count:,}"))
                left += count * unit
        inside.append(f'<text class="value" x="{_WIDTH}" y="{top + 16}">{whole:,}</text>')
    return _svg(_WIDTH, max(len(rows), 1) * _ROW, inside, label)


def columns(rows: Sequence[tuple[str, Parts]], kinds: Sequence[str], label: str) -> str:
    """Stacked columns, one per row, with their names below."""
    tallest = max((sum(parts.values()) for _, parts in rows), default=0)
    step = min(_WIDTH / max(len(rows), 1), 56.0)
    every = max(1, round(44 / step))
    inside: list[str] = []
    for place, (name, parts) in enumerate(rows):
        low = float(_COLUMN_HEIGHT)
        for kind in kinds:
            count = parts.get(kind, 0)
            tall = count * (_COLUMN_HEIGHT - 18) / max(tallest, 1)
            low -= tall
            if count:
                told = f"{name}: {_words(kind)} {count:,}"
                inside.append(_bar(kind, place * step + 2, low, step - 4, max(tall, 0.8), told))
        middle = (place + 0.5) * step
        total = sum(parts.values())
        if step >= 26 and total:
            inside.append(f'<text class="mid value" x="{middle:.1f}" y="{low - 4:.1f}">{total:,}</text>')
        if place % every == 0:
            inside.append(
                f'<text class="mid" x="{middle:.1f}" y="{_COLUMN_HEIGHT + 16}">{escape(name)}</text>'
            )
    width = max(len(rows) * step, 200)
    inside.append(f'<line class="axis" x1="0" x2="{width:g}" y1="{_COLUMN_HEIGHT}" y2="{_COLUMN_HEIGHT}"/>')
    return _svg(width, _COLUMN_HEIGHT + _COLUMN_FOOT, inside, label, "chart columns")


def histogram(bins: Sequence[int], low: str, high: str, label: str, zero: float | None = None) -> str:
    """A small histogram with the words at its ends; ``zero`` is the share of the width with a line at it."""
    width, height = 240.0, 64.0
    tallest = max(bins, default=0) or 1
    step = width / len(bins)
    inside = [
        f'<rect class="{_side(place, len(bins), zero)}" x="{place * step + 0.5:.1f}" '
        f'y="{height - count / tallest * height:.1f}" width="{step - 1:.1f}" '
        f'height="{count / tallest * height:.1f}"><title>{count:,}</title></rect>'
        for place, count in enumerate(bins)
        if count
    ]
    inside.append(f'<line class="axis" x1="0" x2="{width:g}" y1="{height}" y2="{height}"/>')
    if zero is not None:
        x = zero * width
        inside.append(f'<line class="decision" x1="{x:g}" x2="{x:g}" y1="0" y2="{height}"/>')
    inside.append(f'<text x="0" y="{height + 14}">{escape(low)}</text>')
    inside.append(f'<text class="value" x="{width:g}" y="{height + 14}">{escape(high)}</text>')
    return _svg(width, height + 18, inside, label, "chart small")


def _side(place: int, count: int, zero: float | None) -> str:
    if zero is None:
        return "c-plain"
    return "c-no_sign_of_forgery" if (place + 0.5) / count > zero else "c-suspect"


def card_drawing(places: Sequence[Place], side: str, picture: str | None) -> str:
    """A card with the places that checks speak of; without a picture, an empty outline."""
    width, height = _CARD
    ground = (
        f'<image href="{picture}" width="{width}" height="{height}"/>'
        if picture
        else f'<rect class="card" x="1" y="1" width="{width - 2}" height="{height - 2}" rx="14"/>'
        f'<text class="blank" x="{width / 2}" y="{height / 2}">{side}</text>'
    )
    inside = [ground]
    for place in places:
        if place.side == side:
            x, y, w, h = place.box
            inside.append(
                f'<rect class="region" x="{x * width:.1f}" y="{y * height:.1f}" width="{w * width:.1f}" '
                f'height="{h * height:.1f}"><title>{escape(place.check)}</title></rect>'
            )
    return _svg(width, height, inside, f"{side} with the places that checks speak of", "chart drawing")
