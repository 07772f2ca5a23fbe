"""The report's plots as SVG, drawn here: no library, no script, readable in black and white."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

__all__ = ["curve", "intervals", "two_histograms"]

WIDTH = 720
INK, PALE, FORGED, GENUINE = "#1d2330", "#d5d9e2", "#b3261e", "#1b5e8c"
Point = tuple[float, float]


def _svg(height: float, parts: Sequence[str], title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = PALE, width: float = 1) -> str:
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def intervals(
    rows: Sequence[tuple[str, float, float, float]], title: str, aim: float | None = None, top: float = 1.0
) -> str:
    """A dot with its interval for each row (name, value, low, high), and a dashed line at the aim."""
    left, step, right = 230.0, 18.0, WIDTH - 60.0
    height = step * len(rows) + 40

    def at(value: float) -> float:
        return left + (right - left) * min(max(value / top, 0.0), 1.0)

    parts = []
    for tick in range(5):
        x = at(top * tick / 4)
        parts += [_line(x, 8, x, height - 26), _text(x, height - 10, f"{top * tick / 4:.0%}", "middle")]
    for number, (name, value, low, high) in enumerate(rows):
        y = 18 + step * number
        parts += [_text(left - 8, y + 4, name, "end"), _line(at(low), y, at(high), y, INK, 1.5)]
        parts.append(f'<circle cx="{at(value):.1f}" cy="{y:.1f}" r="4" fill="{FORGED}"/>')
        parts.append(_text(right + 8, y + 4, f"{value:.1%}"))
    if aim is not None:
        x = at(aim)
        parts.append(f'<path d="M{x:.1f} 8V{height - 26:.0f}" stroke="{GENUINE}" stroke-dasharray="5 4"/>')
    return _svg(height, parts, title)


def curve(points: Sequence[Point], sizes: Sequence[float], title: str) -> str:
    """A reliability curve: share of forged against the stated probability; dots as large as their weight."""
    left, size = 60.0, 300.0

    def place(x: float, y: float) -> Point:
        return left + size * x, 20 + size * (1 - y)

    parts = [f'<rect x="{left}" y="20" width="{size}" height="{size}" fill="none" stroke="{PALE}"/>']
    parts.append(_line(left, 20 + size, left + size, 20, PALE, 1.5))
    for tick in (0.0, 0.5, 1.0):
        x, y = place(tick, tick)
        parts += [_text(x, 36 + size, f"{tick:g}", "middle"), _text(left - 8, y + 4, f"{tick:g}", "end")]
    joined = "L".join(f"{x:.1f} {y:.1f}" for x, y in (place(*point) for point in points))
    parts.append(f'<path d="M{joined}" fill="none" stroke="{GENUINE}" stroke-width="2"/>')
    for point, weight in zip(points, sizes, strict=True):
        (x, y), radius = place(*point), 3 + 14 * weight**0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{GENUINE}" opacity=".35"/>')
    parts.append(_text(left + size / 2, 56 + size, "stated probability", "middle"))
    parts.append(_text(left + size + 16, 34, "share of forged cards, by bin"))
    return _svg(size + 66, parts, title)


def two_histograms(
    genuine: Sequence[float], forged: Sequence[float], limits: Sequence[float], title: str
) -> str:
    """Weights of evidence of both classes as shares by bit, with the beginnings of the bands."""
    low, high, bars = -6, 14, 40
    left, right, height = 40.0, WIDTH - 20.0, 220.0
    width = (right - left) / bars

    def shares(values: Sequence[float]) -> list[float]:
        found = [0] * bars
        for value in values:
            found[min(max(int((value - low) / (high - low) * bars), 0), bars - 1)] += 1
        return [count / max(len(values), 1) for count in found]

    both = (shares(genuine), GENUINE), (shares(forged), FORGED)
    top = max(max(rows) for rows, _ in both) or 1.0
    parts = []
    for rows, colour in both:
        for number, share in enumerate(rows):
            x, tall = left + number * width, (height - 60) * share / top
            place = f'x="{x:.1f}" y="{height - 40 - tall:.1f}" width="{width:.1f}" height="{tall:.1f}"'
            parts.append(f'<rect {place} fill="{colour}" opacity=".5"/>')
    for tick in range(low, high + 1, 2):
        x = left + (tick - low) / (high - low) * (right - left)
        parts.append(_text(x, height - 22, f"{tick}", "middle"))
    for value in limits:
        x = left + (value - low) / (high - low) * (right - left)
        parts.append(f'<path d="M{x:.1f} 8V{height - 40:.0f}" stroke="{INK}" stroke-dasharray="4 3"/>')
    parts.append(_text(left, height - 4, "bits towards forged; blue genuine, red forged; dashed: bands"))
    return _svg(height, parts, title)
