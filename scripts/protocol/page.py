"""The report as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from scripts.protocol.plots import curve, intervals, two_histograms

__all__ = ["page"]

STYLE = Path(__file__).with_name("page.css")
AIM_MEAN, AIM_WORST, AIM_BPCER = 0.07, 0.20, 0.01


def _percent(value: float | None) -> str:
    return "–" if value is None or value != value else f"{100 * value:.1f} %"


def _rate(rate: Mapping[str, Any]) -> str:
    span = f"{100 * rate['low']:.1f} to {100 * rate['high']:.1f} %"
    return f"{rate['hits']} of {rate['trials']} ({span})"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def _fold_rows(folds: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [
            fold["left_out"], fold["group"], str(fold["forged"]), str(fold["genuine"]),
            f"{_percent(fold['eer'])} ({_percent(fold['eer_95'][0])} to {_percent(fold['eer_95'][1])})",
            f"{fold['auc']:.3f}", _rate(fold["apcer"]), _rate(fold["bpcer"]), f"{fold['ece']:.3f}",
        ]
        for fold in folds
    ]  # fmt: skip


FOLD_HEAD = ("left out", "group", "forged", "genuine", "EER (95 %)", "AUC", "APCER", "BPCER", "ECE")


def _families(found: Mapping[str, Any]) -> Iterator[str]:
    folds = sorted(found["families"], key=lambda fold: -fold["eer"])
    mean, worst = found["families_mean_eer"], found["families_worst_eer"]
    yield "<h2>Attack families left out one by one</h2>"
    yield (
        f"<p>Mean EER {_percent(mean)} (aim {AIM_MEAN:.0%}), worst {_percent(worst)} (aim {AIM_WORST:.0%}). "
        f"{escape(found['families_note'])}</p>"
    )
    rows = [(f["left_out"], f["eer"], *f["eer_95"]) for f in folds]
    yield intervals(rows, "Equal error rate of each family left out", AIM_WORST, 0.75)
    yield _table(FOLD_HEAD, _fold_rows(folds))
    means = found["group_mean_eer"]
    yield _table(("group", "mean EER"), [[name, _percent(value)] for name, value in means.items()])
    yield "<h3>Without the patch network</h3>"
    yield _table(FOLD_HEAD, _fold_rows(sorted(found["families_plain"], key=lambda fold: -fold["eer"])))
    yield "<h3>The worst, on three splits of the pairs</h3>"
    again = [
        [
            name,
            ", ".join(_percent(fold["eer"]) for fold in folds),
            ", ".join(f"{fold['auc']:.3f}" for fold in folds),
        ]
        for name, folds in found["families_again"].items()
    ]
    yield _table(("family", "EER", "AUC"), again)


def _groups(title: str, found: Mapping[str, Any]) -> Iterator[str]:
    yield f"<h2>{escape(title)}</h2>"
    for column, values in found.items():
        rows = [(name, rate["share"], rate["low"], rate["high"]) for name, rate in values.items()]
        yield f"<h3>{escape(column)}</h3>" + intervals(rows, f"{title} by {column}", AIM_BPCER, 0.25)
        yield _table((column, "cards"), [[name, _rate(rate)] for name, rate in values.items()])


def _worst(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "<h2>The score's worst cards</h2><p>Drawn specimens, each with its 見本 mark: genuine cards "
    yield "with the highest weight of evidence and forged ones with the lowest, each by a fit without it.</p>"
    yield '<div class="cards">'
    for card in found:
        yield (
            f'<figure><img alt="specimen" src="data:image/jpeg;base64,{card["picture"]}"><figcaption>'
            f"{escape(card['family'])}, renderer {escape(card['renderer'])}, {escape(card['kind'])}: "
            f"{card['total']:+.1f} bits</figcaption></figure>"
        )
    yield "</div>"


def _sections(found: Mapping[str, Any]) -> Iterator[str]:
    whole = found["whole"]
    yield f"<h1>{escape(found['title'])}</h1>"
    yield "".join(f"<p>{escape(line)}</p>" for line in found["about"])
    yield "<h2>Every card by a fit that its pair had no part in</h2>"
    yield _table(FOLD_HEAD, _fold_rows([whole]))
    yield two_histograms(
        found["genuine_totals"], found["forged_totals"], found["bands"], "Weights of evidence"
    )
    yield "<h3>Reliability at equal classes</h3>"
    points = found["reliability"]
    yield curve([(x, y) for x, y, _ in points], [w for _, _, w in points], "Reliability curve")
    yield from _families(found)
    for key, title in (("renderers", "Renderers left out"), ("devices", "Capture devices left out")):
        yield f"<h2>{title}</h2>" + _table(FOLD_HEAD, _fold_rows(found[key]))
    yield from _groups("Genuine cards above the high band (BPCER)", found["bpcer"])
    yield from _groups("Genuine cards accused by the verdict", found["verdicts"])
    yield "<h2>APCER by family, all families seen</h2>"
    yield _table(("family", "not in the high band"), [[k, _rate(v)] for k, v in found["apcer"].items()])
    yield "<h2>Pairs that differ in one thing</h2>"
    yield _table(("changed", "verdict changed", "largest move, bits"), found.get("pairs_rows", ()))
    yield "<h2>Pictures that something was done to</h2>"
    yield _table(
        ("done", "genuine accused", "forged told", "genuine, mean bits", "forged, mean bits"),
        found.get("harm_rows", ()),
    )
    yield from _worst(found.get("worst", ()))


def page(found: Mapping[str, Any]) -> str:
    """The whole page, from what the parts of the protocol found."""
    style = STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(found["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style><main>'
        + "\n".join(_sections(found))
        + "</main></html>\n"
    )
