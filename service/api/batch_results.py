"""Results of a batch as lines of JSON and as Parquet, streamed a few at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from service.api.desk import Desk
from service.api.spool import Spool
from service.api.verification import shown
from service.errors import NotFound, Problem
from service.store.batches import ItemResult, problem_facts
from service.submission import Detail

__all__ = ["ItemCancelled", "lines", "parquet"]

_PAGE = 50
_ROW_GROUP = 500
_PIECE = 1024 * 1024
_COLUMNS = pa.schema(
    [
        ("item_id", pa.string()),
        ("verification_id", pa.string()),
        ("created_at", pa.string()),
        ("verdict", pa.string()),
        ("verdict_reason", pa.string()),
        ("next_action", pa.string()),
        ("assurance", pa.string()),
        ("trust_profile", pa.string()),
        ("layout", pa.string()),
        ("forgery_score", pa.float64()),
        ("problem_type", pa.string()),
        ("problem_detail", pa.string()),
        ("report", pa.string()),
    ]
)


class ItemCancelled(Problem):
    """The batch was cancelled before this item was begun."""

    name = "cancelled"
    status = 409
    title = "The item was cancelled"


def _rows(desk: Desk, id: str, after: int, until: int) -> Iterator[dict[str, Any]]:
    """Results behind one place up to another, as they stand in a line."""
    while after < until:
        page = desk.store.batches.results(id, after=after, limit=min(_PAGE, until - after))
        if not page:
            return
        for item in page:
            yield _row(desk, item)
        after = page[-1].place


def _row(desk: Desk, item: ItemResult) -> dict[str, Any]:
    if item.outcome is not None:
        return {"item_id": item.item_id, **item.outcome}
    if item.state == "cancelled":
        return _problem(item, ItemCancelled("The batch was cancelled before this item was begun."))
    report = None
    if item.verification_id is not None:
        report = desk.store.records.get(item.verification_id, owner=None, now=datetime.now(UTC))
    if report is None:
        return _problem(item, NotFound("The report was erased, or its time has ended."))
    detail: Detail = "full" if item.detail == "full" else "standard"
    return {
        "item_id": item.item_id,
        "verification_id": item.verification_id,
        "report": shown(report, detail),
    }


def _problem(item: ItemResult, problem: Problem) -> dict[str, Any]:
    return {"item_id": item.item_id, "problem": problem_facts(problem)}


def lines(desk: Desk, id: str, after: int, until: int) -> Iterator[bytes]:
    """One line of JSON for each result."""
    for row in _rows(desk, id, after, until):
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def parquet(desk: Desk, id: str, after: int, until: int) -> Iterator[bytes]:
    """A Parquet file, a row for each result: the report whole, as JSON, beside its main members."""
    with Spool(desk.settings.data_dir / "spool") as spool:
        with pq.ParquetWriter(pa.PythonFile(spool, mode="w"), _COLUMNS, compression="zstd") as writer:
            group: list[dict[str, Any]] = []
            for row in _rows(desk, id, after, until):
                group.append(_columns(row))
                if len(group) >= _ROW_GROUP:
                    writer.write_table(pa.Table.from_pylist(group, _COLUMNS))
                    group.clear()
            writer.write_table(pa.Table.from_pylist(group, _COLUMNS))
        spool.seek(0)
        while piece := spool.read(_PIECE):
            yield piece


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    report, problem = row.get("report") or {}, row.get("problem") or {}
    names = ("created_at", "verdict", "verdict_reason", "next_action", "assurance", "trust_profile")
    return {
        "item_id": row["item_id"],
        "verification_id": row.get("verification_id"),
        **{name: report.get(name) for name in names},
        "layout": (report.get("document") or {}).get("layout"),
        "forgery_score": (report.get("forgery_score") or {}).get("value"),
        "problem_type": problem.get("type"),
        "problem_detail": problem.get("detail"),
        "report": json.dumps(report, ensure_ascii=False) if report else None,
    }
