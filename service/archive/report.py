"""The report of a run as one HTML file: no script, no link outwards, readable on paper.

It shows no name, no number and no picture unless the run was asked for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from service import __version__
from service.archive.charts import columns, histogram, legend, stacked_bars
from service.archive.folder import RunFolder
from service.archive.html import section, table
from service.archive.links.find import FRAGMENT
from service.archive.problems import PROBLEMS
from service.archive.report_cards import gallery, named_cards, quality, stays
from service.archive.tally import VERDICTS, Tally, tally
from service.checks.catalogue import CHECKS
from service.errors import ConfigurationError

__all__ = ["write_report"]

_STYLE = Path(__file__).with_name("report.css")
_JAPANESE = {
    "forged": "偽造",
    "suspect": "疑いあり",
    "invalid": "無効",
    "inconclusive": "判定できず",
    "no_sign_of_forgery": "偽造の兆候なし",
    "authentic": "真正",
    "problem": "読めないファイル",
}
_RESULTS = ("fail", "suspect", "inconclusive", "error", "pass", "not_run", "not_applicable")
_MOST_STATUSES = 25
_NOT_PROVEN = (
    "A verdict on a copy is a reason to look, and no proof. A copy cannot show the chip, the hologram or the "
    "watermark; no copy alone is ever called authentic.",
    "<b>no sign of forgery</b> means that nothing on the copy speaks against the card. It does not mean that "
    "the card is genuine, nor that its holder was the person it names.",
    "Limits of the statistical checks are calibrated on drawn specimens until the operator enrols genuine "
    "cards of his own; each row says so (<code>synthetic_calibration</code>).",
    "Each card is judged at the day of its copy. Where that day comes from the date of a file, it may "
    "be wrong; the column <code>reference_source</code> says where it comes from.",
    "Black-and-white copies are judged only by what they can show; checks of colour are then not decided.",
    "A link between two cards says that they share something that two genuine cards do not. It says where to "
    "look, not who did it, and it changes no verdict.",
    "Whether a number has lapsed was not asked: the issuer’s page is asked card by card.",
)


def write_report(folder: RunFolder, *, names: bool, pictures: bool) -> Path:
    """Write ``report.html`` into the folder of a run; ConfigurationError where there is no run."""
    facts = folder.facts()
    if facts is None:
        raise ConfigurationError("There is no run in that folder.")
    found = tally(folder, datetime.fromisoformat(facts["begun"]))
    shown = {card.card_id for card in (*found.gallery, *found.worst, *found.soon)}
    named = named_cards(folder, shown) if names else {}
    sections = (
        _head(found, facts),
        _not_proven(),
        _verdicts(found),
        _years(found),
        _statuses(found),
        _checks(found),
        _margins(found),
        gallery(found, named, folder if pictures else None),
        _links(folder),
        quality(found, named),
        stays(found, named),
        _problems(found),
        _made(found, facts),
    )
    style = _STYLE.read_text(encoding="utf-8")
    return folder.write_text(
        "report.html",
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" '
        f'content="noindex"><title>Re-check of card copies</title><style>{style}</style></head><body><main>'
        f"{''.join(sections)}</main></body></html>\n",
    )


def _head(found: Tally, facts: Mapping[str, Any]) -> str:
    begun = datetime.fromisoformat(facts["begun"])
    tiles = "".join(
        f'<li class="t-{verdict}"><b>{found.verdicts[verdict]:,}</b><span>{verdict.replace("_", " ")}'
        f'<br><span lang="ja">{_JAPANESE[verdict]}</span></span></li>'
        for verdict in VERDICTS
        if found.verdicts[verdict] or verdict in ("forged", "suspect", "no_sign_of_forgery")
    )
    return (
        f"<header><h1>Re-check of {found.cards:,} card copies</h1><p>Begun {begun:%Y-%m-%d %H:%M} UTC · "
        f"Honmono {escape(__version__)} · policy {escape(str(facts['policy']))} · trust profile "
        f"{escape(str(facts['trust_profile']))}</p>{_banner(facts)}</header><ul class=tiles>{tiles}</ul>"
    )


def _banner(facts: Mapping[str, Any]) -> str:
    if facts["trust_profile"] == "production":
        return ""
    return "<p><b>Not a production run: specimens and test anchors count as real here.</b></p>"


def _not_proven() -> str:
    items = "".join(f"<li>{line}</li>" for line in _NOT_PROVEN)
    return section(
        "What this report does not prove", "この報告が証明しないこと", "", f"<ul>{items}</ul>", css="proof"
    )


def _verdicts(found: Tally) -> str:
    rows = [
        (f"{verdict.replace('_', ' ')} {_JAPANESE[verdict]}", {verdict: found.verdicts[verdict]})
        for verdict in VERDICTS
    ]
    return section("Verdicts", "判定", "", stacked_bars(rows, VERDICTS, "Verdicts", shares=False))


def _years(found: Tally) -> str:
    def chart(counts: Mapping[int, Mapping[str, int]], label: str) -> str:
        if not counts:
            return '<p class="note">Not read on any card.</p>'
        years = range(min(counts), max(counts) + 1)
        return columns([(str(year), counts.get(year, {})) for year in years], VERDICTS, label)

    dated = ", ".join(f"{source}: {count:,}" for source, count in found.sources.most_common())
    return section(
        "By year",
        "年別",
        f"Day of the copy known from {escape(dated)}." if dated else "",
        legend([v for v in VERDICTS if found.verdicts[v] and v != "problem"]),
        "<h3>Year of the copy</h3>",
        chart(found.copied, "Verdicts by year of the copy"),
        "<h3>Year of issue</h3>",
        chart(found.issued, "Verdicts by year of issue"),
    )


def _statuses(found: Tally) -> str:
    ordered = sorted(found.statuses.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    more = len(ordered) - _MOST_STATUSES
    note = f"The {_MOST_STATUSES} most frequent; {more} more are in cards.csv." if more > 0 else ""
    return section(
        "By status of residence",
        "在留資格別",
        note,
        legend([v for v in VERDICTS if found.verdicts[v] and v != "problem"]),
        stacked_bars(ordered[:_MOST_STATUSES], VERDICTS, "Verdicts by status of residence", shares=False),
    )


def _checks(found: Tally) -> str:
    decided = [
        (check.id, found.checks[check.id])
        for check in CHECKS
        if check.id in found.checks and any(found.checks[check.id][result] for result in _RESULTS[:5])
    ]
    decided.sort(key=lambda pair: -(pair[1]["fail"] + pair[1]["suspect"]))
    return section(
        "By check",
        "検査項目別",
        "Share of the results of each check, and the number of cards. Checks that ran nowhere are left out.",
        legend([r for r in _RESULTS if any(counts[r] for _, counts in decided)]),
        stacked_bars(decided, _RESULTS, "Results of each check", shares=True),
    )


def _margins(found: Tally) -> str:
    if not found.margins:
        return ""
    figures = "".join(
        f"<figure><figcaption><code>{escape(check)}</code></figcaption>"
        f"{histogram(bins, 'forged', 'genuine', f'Margins of {check}', 0.5)}</figure>"
        for check, bins in sorted(found.margins.items())
    )
    note = "How near the measures come to the decision (dashed). A heap at the line: a limit may be off."
    return section("Margins", "余裕", note, f'<div class="small-multiples">{figures}</div>')


def _links(folder: RunFolder) -> str:
    """What the step before has drawn of links between cards, where there was one."""
    try:
        return (folder.path / FRAGMENT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _problems(found: Tally) -> str:
    if not found.problems:
        return ""
    rows = (
        (f"<code>{escape(code)}</code>", escape(PROBLEMS[code]), f"{count:,}")
        for code, count in found.problems.most_common()
    )
    return section(
        "Files with a problem", "問題のあるファイル", "", table(("code", "", "rows"), rows, frozenset({2}))
    )


def _made(found: Tally, facts: Mapping[str, Any]) -> str:
    judged = (f"<li>{escape(engine)}: {count:,} cards</li>" for engine, count in found.engines.most_common())
    each = found.seconds / found.timed if found.timed else 0.0
    paired = ", ".join(f"{how}: {count:,}" for how, count in found.pairings.most_common())
    asked = facts.get("reference_time")
    return section(
        "How it was made",
        "作成方法",
        "",
        f"<ul>{''.join(judged)}<li>Sides paired by {escape(paired) or '–'}</li>"
        f"<li>Judged at {escape(asked) if asked else 'the day of each copy'}</li>"
        f"<li>{found.seconds:,.0f} s of reading, {each:.2f} s for each row</li>"
        "<li>Tables: <code>cards.csv</code>, <code>cards/part=*/*.parquet</code>, <code>views.sql</code>; "
        "how long they may be kept: <code>RETENTION.txt</code></li></ul>",
    )
