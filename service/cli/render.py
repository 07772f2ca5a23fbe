"""A report as a page on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from service.messages import has_message, message
from service.report import CheckReport, Report
from service.verdict import NextAction, Result, Verdict

__all__ = ["page", "show"]

_COLOURS = {
    Verdict.FORGED: "bold white on red",
    Verdict.INVALID: "bold white on red",
    Verdict.SUSPECT: "bold black on yellow",
    Verdict.INCONCLUSIVE: "bold black on yellow",
    Verdict.AUTHENTIC: "bold white on green",
    Verdict.NO_SIGN_OF_FORGERY: "bold white on blue",
}
_AGAINST = (Result.FAIL, Result.SUSPECT)
_OPEN = (Result.INCONCLUSIVE, Result.ERROR)


def show(report: Report, console: Console) -> None:
    """Write the report to a console."""
    console.print(page(report))


def page(report: Report) -> RenderableType:
    """The whole page: verdict, fields, entitlement, what speaks against the card, what stayed open."""
    return Group(*_parts(report))


def _parts(report: Report) -> Iterator[RenderableType]:
    yield _headline(report)
    if report.fields:
        yield _fields(report)
    yield _entitlement(report)
    for title, results in (("Speaks against the card", _AGAINST), ("Could not be decided", _OPEN)):
        chosen = [check for check in report.checks if check.result in results]
        if chosen:
            yield _checks(title, chosen)
    yield _closing(report)


def _sentence(code: str) -> str:
    return message(code) if has_message(code) else code


def _reason(report: Report) -> str:
    """Why, in one sentence; empty where the verdict's own sentence has said it already."""
    if report.verdict_reason == f"verdict.{report.verdict.value}":
        return ""
    deciding = next((check for check in report.checks if check.reason == report.verdict_reason), None)
    return deciding.message if deciding else _sentence(report.verdict_reason)


def _headline(report: Report) -> Panel:
    text = Text()
    text.append(f" {report.verdict.value.replace('_', ' ').upper()} ", style=_COLOURS[report.verdict])
    text.append(f"  {_sentence(f'verdict.{report.verdict.value}')}\n")
    if reason := _reason(report):
        text.append(f"why: {reason}")
        text.append(f"  [{report.verdict_reason}]\n", style="dim")
    text.append(f"assurance: {report.assurance.value.replace('_', ' ')}")
    text.append(f" · document: {report.document.layout or 'not recognised'}")
    if report.forgery_score is not None:
        text.append(f" · score: {report.forgery_score.band.value}")
    if report.next_action is not NextAction.NONE:
        text.append(f"\nnext: {_sentence(f'next_action.{report.next_action.value}')}", style="bold")
    return Panel(text, box=box.ROUNDED, title=f"trust profile: {report.trust_profile}", title_align="right")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _fields(report: Report) -> Table:
    table = _table("Fields", "field", "value", "read from")
    for field in report.fields:
        sources = ", ".join(source.source.value for source in field.sources)
        disagree = field.agreement.value == "disagree"
        table.add_row(
            field.name.value,
            escape(field.value if field.value is not None else "–"),
            f"{sources} (disagree)" if disagree else sources,
            style="red" if disagree else None,
        )
    return table


def _entitlement(report: Report) -> Table:
    card, stay, work = report.entitlement.card, report.entitlement.stay, report.entitlement.work
    table = _table("What the card, if real, allows", "", "state", "detail")
    for name, state, until in (("card", card.state, card.valid_until), ("stay", stay.state, stay.until)):
        sentence = message(f"term.{state.value}")
        table.add_row(name, state.value, f"until {until}. {sentence}" if until else sentence)
    detail = [f"{work.hours_per_week} hours a week"] if work.hours_per_week is not None else []
    detail += [*work.exceptions, *([work.basis] if work.basis else [])]
    detail += [f"evidence: {work.evidence.value}"] if work.evidence else []
    more = f" ({', '.join(detail)})" if detail else ""
    table.add_row("work", work.state.value, message(f"work.{work.state.value}") + escape(more))
    return table


def _checks(title: str, checks: list[CheckReport]) -> Table:
    table = _table(title, "result", "check", "what was found")
    for check in checks:
        table.add_row(
            check.result.value, check.id, f"{escape(check.message)} [dim]{escape(check.citation)}[/]"
        )
    return table


def _closing(report: Report) -> Text:
    counts = report.summary.model_dump(by_alias=True)
    lines = [" · ".join(f"{counts[result.value]} {result.value.replace('_', ' ')}" for result in Result)]
    lines += [f"limit: {_sentence(f'limit.{limit}')}" for limit in report.limits]
    lines.append(f"{report.id} · judged at {report.reference_time.isoformat()}")
    return Text("\n".join(lines), style="dim")
