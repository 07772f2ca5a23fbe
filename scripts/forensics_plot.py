"""Measures of many cards as strips of dots, one strip for each family, written as plain SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from service.checks.forensics import LIMITS

__all__ = ["strips"]

_LEFT, _WIDTH, _ROW, _GAP = 130, 520, 14, 46
Measures = tuple[str, Mapping[str, float]]


def _strip(values: Sequence[float], low: float, high: float, y: int, colour: str) -> str:
    span = max(high - low, 1e-9)
    dots = (
        f'<circle cx="{_LEFT + _WIDTH * (v - low) / span:.1f}" cy="{y + (i % 5) - 2}" r="1.6"/>'
        for i, v in enumerate(values)
    )
    return f'<g fill="{colour}" fill-opacity="0.55">{"".join(dots)}</g>'


def strips(found: Sequence[Measures]) -> str:
    """One panel for each check that measures something; the line is its limit."""
    families = list(dict.fromkeys(family for family, _ in found))
    parts: list[str] = []
    y = 24
    for id in dict.fromkeys(id for _, measures in found for id in measures):
        by_family = {f: [m[id] for family, m in found if family == f and id in m] for f in families}
        every = [v for values in by_family.values() for v in values] + list(LIMITS.get(id, ()))
        low, high = min(every), max(every)
        parts.append(f'<text x="4" y="{y}" font-weight="bold">{escape(id)} ({low:.2f} … {high:.2f})</text>')
        top = y + 6
        for family in families:
            y += _ROW
            parts.append(f'<text x="4" y="{y + 4}">{escape(family)}</text>')
            colour = "#2b6cb0" if family == "genuine" else "#c05621"
            parts.append(_strip(by_family[family], low, high, y, colour))
        for limit in LIMITS.get(id, ()):
            x = _LEFT + _WIDTH * (limit - low) / max(high - low, 1e-9)
            parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{y + 6}" stroke="black"/>')
        y += _GAP
    size = f'width="{_LEFT + _WIDTH + 20}" height="{y}"'
    body = "\n".join(parts)
    look = 'font-family="sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>\n{body}\n</svg>\n'
