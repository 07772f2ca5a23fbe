"""Parts of the report that show single cards: gallery, worst copies, stays that end."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from typing import Any

from service.archive.charts import card_drawing, columns, histogram
from service.archive.folder import RunFolder
from service.archive.html import badge, section, table
from service.archive.tally import Card, Tally

__all__ = ["Named", "gallery", "named_cards", "quality", "stays"]

Named = Mapping[str, Mapping[str, Any]]
"""What ``--names`` wrote, by the ids of the cards; empty where it was not asked for."""


def gallery(found: Tally, named: Named, folder: RunFolder | None) -> str:
    """Cards that something speaks against; ``folder`` where their pictures are to be shown."""
    if not found.gallery:
        return section("Cards to look at", "確認すべきカード", "Nothing speaks against any card.")
    note = (
        "Places that checks speak of are framed. Pictures are not kept: "
        "run the same command with --pictures on a new folder."
        if folder is None
        else "Places that checks speak of are framed. Pictures are personal data."
    )
    cards = "".join(_exhibit(card, named, folder) for card in found.gallery)
    return section("Cards to look at", "確認すべきカード", note, f'<div class="gallery">{cards}</div>')


def _exhibit(card: Card, named: Named, folder: RunFolder | None) -> str:
    picture = _picture(card, folder)
    sides = sorted({place.side for place in card.places} | {"front"}, reverse=True)
    drawn = "".join(card_drawing(card.places, side, picture if side == "front" else None) for side in sides)
    reasons = "".join(f"<li><code>{escape(reason)}</code></li>" for reason in card.reasons)
    return (
        f'<article><div class="sides">{drawn}</div><p>{badge(card.verdict)} {_who(card, named)}</p>'
        f"<ul>{reasons}</ul></article>"
    )


def _picture(card: Card, folder: RunFolder | None) -> str | None:
    if folder is None or not folder.picture(card.card_id).is_file():
        return None
    return f"data:image/jpeg;base64,{base64.b64encode(folder.picture(card.card_id).read_bytes()).decode()}"


def _who(card: Card, named: Named) -> str:
    told = [f"<code>{card.card_id}</code>"]
    if card.reference:
        told.append(escape(card.reference))
    names = named.get(card.card_id)
    if names:
        told += [escape(str(names[key])) for key in ("card_number", "name") if names[key]]
        told += [f"<code>{escape(path)}</code>" for path in names["paths"]]
    return " · ".join(told)


def quality(found: Tally, named: Named) -> str:
    """How good the copies are, and the worst of them."""
    worst = table(
        ("card", "verdict", "sharpness"),
        ((_who(card, named), badge(card.verdict), f"{card.value or 0:.2f}") for card in found.worst),
        frozenset({2}),
    )
    charts = (
        ("Sharpness", histogram(found.sharpness, "blurred", "sharp", "Sharpness of the copies")),
        ("Resolution", histogram(found.resolution, "0", "40 px/mm", "Pixels per millimetre")),
    )
    figures = "".join(f"<figure><figcaption>{name}</figcaption>{chart}</figure>" for name, chart in charts)
    grey = found.limits["monochrome_capture"]
    return section(
        "Quality of the copies",
        "コピーの品質",
        f"{grey:,} copies in grey or black and white.",
        f'<div class="small-multiples">{figures}</div>',
        "<h3>The least sharp</h3>" if found.worst else "",
        worst if found.worst else "",
    )


def stays(found: Tally, named: Named) -> str:
    """Stays that end after the day of the run."""
    if not found.soon:
        return section("Stays that end", "在留期限", "No stay that was read ends after the day of this run.")
    rows = (
        (_who(card, named), escape(card.status or "–"), f"{card.day}", badge(card.verdict))
        for card in found.soon
    )
    return section(
        "Stays that end",
        "在留期限",
        "As printed on the copies; a renewal since then is not on them.",
        columns(
            [(month, {"plain": n}) for month, n in sorted(found.months.items())], ("plain",), "Stays by month"
        ),
        "<h3>The next</h3>",
        table(("card", "status", "stay until", "verdict"), rows),
    )


def named_cards(folder: RunFolder, wanted: set[str]) -> Named:
    """What ``--names`` wrote of some cards, by their ids."""
    found = (row for shard in folder.done() for row in folder.beside("names", shard))
    return {row["card_id"]: row for row in found if row["card_id"] in wanted}
