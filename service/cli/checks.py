"""``honmono checks``: the catalogue of checks, for reading or for the table in ``docs/verdicts.md``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from service.messages import message

if TYPE_CHECKING:
    from service.checks.base import Check

__all__ = ["checks", "markdown"]


def checks(
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="As the table of docs/verdicts.md.")
    ] = False,
) -> None:
    """List every check with what it rests on and every reason code that it can give."""
    from service.checks.catalogue import CHECKS

    if as_markdown:
        typer.echo("\n".join(markdown(CHECKS)))
        return
    table = Table("check", "basis", "effect", "reasons", box=box.SIMPLE_HEAD)
    for check in CHECKS:
        reasons = "\n".join(f"{code} ({result.value})" for code, result in check.reasons.items())
        table.add_row(check.id, check.basis.value, check.effect.value, reasons)
    Console().print(table)


def markdown(known: Sequence[Check]) -> Iterator[str]:
    """Lines of a Markdown table, one row per reason code, in the order of the catalogue."""
    yield "| check | basis, effect | reason | result | meaning |"
    yield "| --- | --- | --- | --- | --- |"
    for check in known:
        for code, result in check.reasons.items():
            kind = f"{check.basis.value}, {check.effect.value}"
            yield f"| `{check.id}` | {kind} | `{code}` | {result.value} | {message(code)} |"
