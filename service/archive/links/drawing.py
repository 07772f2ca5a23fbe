"""Clusters as a picture and a table: a fragment of HTML that needs nothing beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from math import cos, pi, sin, sqrt
from typing import Final

import numpy as np

from service.archive.links.linking import Linked
from service.archive.links.words import CAVEATS, INNOCENT, NAMES, REASONS

__all__ = ["fragment"]

_SIZE: Final = 220
_MOST_DRAWN = 24
_MOST_EDGES = 400
_RING = 26
"""Cards up to which a cluster is drawn as a ring; more are laid like the seeds of a sunflower."""
_COLOURS: Final = {
    "link.number": "#b3261e",
    "link.run": "#8a5a00",
    "link.photo": "#5b3cc4",
    "link.ground": "#00677d",
}
_DASHES: Final = {"link.number": "", "link.run": "6 3", "link.photo": "2 2", "link.ground": ""}
_STYLE = """<style>
.links-grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(240px,1fr));gap:16px;margin:16px 0}
.links-one{border:1px solid #c9cdd2;border-radius:8px;padding:12px;margin:0;background:#fff;color:#1b1f24}
.links-one svg{width:100%;height:auto;display:block}
.links-one figcaption{font-size:.875rem;line-height:1.45;margin-top:8px}
.links-key{display:flex;flex-wrap:wrap;gap:4px 20px;padding:0;list-style:none;font-size:.875rem}
.links-key svg{width:34px;height:10px;vertical-align:middle;margin-right:6px}
.links-why dt{font-weight:600;margin-top:12px}.links-why dd{margin:2px 0 0}
</style>"""


@dataclass(frozen=True, slots=True)
class _Cluster:
    """One cluster as it is drawn."""

    number: int
    cards: list[int]
    links: list[int]
    """Rows of its links."""
    reasons: Counter[str]


def fragment(linked: Linked) -> str:
    """The section of the report on links; ids of cards stand in it, names and numbers do not."""
    clusters = _clusters(linked)
    if not clusters:
        return f"{_STYLE}<p>No two cards of this archive are linked.</p>{_caveats()}"
    cards = sum(len(cluster.cards) for cluster in clusters)
    head = f"<p>{cards} cards hang together in {len(clusters)} clusters by {len(linked.pairs)} links.</p>"
    more = len(clusters) - _MOST_DRAWN
    rest = f"<p>{more} smaller clusters stand in links.clusters.csv.</p>" if more > 0 else ""
    figures = "".join(_figure(linked, cluster) for cluster in clusters[:_MOST_DRAWN])
    return f'{_STYLE}{head}{_key()}<div class="links-grid">{figures}</div>{rest}{_caveats()}'


def _clusters(linked: Linked) -> list[_Cluster]:
    found = {int(n): _Cluster(int(n), [], [], Counter()) for n in np.unique(linked.clusters) if n}
    for card in np.flatnonzero(linked.clusters).tolist():
        found[int(linked.clusters[card])].cards.append(card)
    for row in range(len(linked.pairs)):
        cluster = found[int(linked.clusters[linked.pairs[row, 0]])]
        cluster.links.append(row)
        cluster.reasons[linked.reason(row)] += 1
    return list(found.values())


def _key() -> str:
    lines = (
        f'<li><svg viewBox="0 0 34 10" aria-hidden="true"><line x1="1" y1="5" x2="33" y2="5" '
        f'stroke="{colour}" stroke-width="3" stroke-dasharray="{_DASHES[reason]}"/></svg>'
        f"{escape(NAMES[reason])}</li>"
        for reason, colour in _COLOURS.items()
    )
    return f'<ul class="links-key">{"".join(lines)}</ul>'


def _figure(linked: Linked, cluster: _Cluster) -> str:
    told = ", ".join(f"{NAMES[reason]} {count}" for reason, count in cluster.reasons.most_common())
    strongest = float(linked.strengths[cluster.links].max())
    caption = (
        f"<strong>Cluster {cluster.number}: {len(cluster.cards)} cards</strong><br/>Links: {escape(told)}"
        f"<br/>Strongest: {strongest:.0f} bits"
    )
    title = f"Cluster {cluster.number}: {len(cluster.cards)} cards, {len(cluster.links)} links"
    return (
        f'<figure class="links-one"><svg viewBox="0 0 {_SIZE} {_SIZE}" role="img" '
        f'aria-label="{escape(title)}">{"".join(_shapes(linked, cluster))}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _shapes(linked: Linked, cluster: _Cluster) -> Iterator[str]:
    """Links below, cards above; each card carries its id as a tooltip."""
    degree = Counter(card for row in cluster.links for card in linked.pairs[row].tolist())
    order = sorted(cluster.cards, key=lambda card: (-degree[card], card))
    places = dict(zip(order, _places(len(order)), strict=True))
    strongest = sorted(cluster.links, key=lambda row: -float(linked.strengths[row]))[:_MOST_EDGES]
    for row in reversed(strongest):
        (x0, y0), (x1, y1) = (places[card] for card in linked.pairs[row].tolist())
        reason = linked.reason(row)
        yield (
            f'<line x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="{_COLOURS[reason]}" '
            f'stroke-opacity="0.55" stroke-width="1.4" stroke-dasharray="{_DASHES[reason]}"/>'
        )
    radius = 5.0 if len(order) <= _RING else max(2.2, 26 / sqrt(len(order)))
    for card, (x, y) in places.items():
        name = escape(str(linked.prints.ids[card]))
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1b1f24" stroke="#fff">'
            f"<title>{name}</title></circle>"
        )


def _places(count: int) -> list[tuple[float, float]]:
    middle, reach = _SIZE / 2, _SIZE / 2 - 12
    if count <= _RING:
        turns = [2 * pi * k / count - pi / 2 for k in range(count)]
        return [(middle + reach * cos(t), middle + reach * sin(t)) for t in turns]
    golden = pi * (3 - sqrt(5))
    rings = [(reach * sqrt((k + 0.5) / count), k * golden) for k in range(count)]
    return [(middle + r * cos(t), middle + r * sin(t)) for r, t in rings]


def _caveats() -> str:
    why = "".join(
        f"<dt>{escape(NAMES[reason].capitalize())}</dt><dd>{escape(text)} {escape(INNOCENT[reason])}</dd>"
        for reason, text in REASONS.items()
    )
    told = "".join(f"<li>{escape(text)}</li>" for text in CAVEATS)
    summary = "What links mean, and what they do not"
    return f'<details class="links-why"><summary>{summary}</summary><ul>{told}</ul><dl>{why}</dl></details>'
