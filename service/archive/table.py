"""The tables of a run: CSV for spreadsheets, and an SQL file with views for DuckDB."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from service.archive.folder import RunFolder
from service.archive.schema import CARDS

__all__ = ["COLUMNS", "Tables", "safe", "write_tables"]

_LINES = 1_000_000
"""Lines of one file: spreadsheets end at 1,048,576."""
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First signs that a spreadsheet takes for a formula (OWASP, CSV injection)."""
_SHOWN = frozenset({"fail", "suspect", "error"})

COLUMNS = (
    "card_id",
    "reference",
    "verdict",
    "verdict_reason",
    "next_action",
    "assurance",
    "score_band",
    "problem",
    "layout",
    "status_of_residence",
    "issue_year",
    "card_valid_until",
    "stay_until",
    "card_state",
    "stay_state",
    "work_state",
    "reference_time",
    "reference_source",
    "paired_by",
    "against",
    "limits",
    "engine_version",
)
"""Columns of the CSV; ``against`` holds the reasons of every check that failed or raised a suspicion."""
_NAMED = ("paths", "card_number", "name")

VIEWS = """-- Views over the results of a re-check. Inside the folder:  duckdb < views.sql
-- One row per card; columns: docs/archive.md.
CREATE OR REPLACE VIEW cards AS
  SELECT * FROM read_parquet('cards/*/*.parquet', hive_partitioning = true);
-- One row per card and check.
CREATE OR REPLACE VIEW checks AS
  SELECT card_id, verdict, issue_year, status_of_residence, unnest(checks, recursive := true) FROM cards;
-- One row per rectified side.
CREATE OR REPLACE VIEW quality AS
  SELECT card_id, verdict, unnest(quality, recursive := true) FROM cards;
-- One row per file or page that a card was found on.
CREATE OR REPLACE VIEW files AS
  SELECT card_id, unnest(files, recursive := true) FROM cards;
CREATE OR REPLACE VIEW timings AS
  SELECT * FROM read_parquet('timings/*/*.parquet', hive_partitioning = true);
-- What speaks against cards, most frequent first.
CREATE OR REPLACE VIEW findings AS
  SELECT reason, effect, count(*) AS cards FROM checks
  WHERE result IN ('fail', 'suspect') GROUP BY ALL ORDER BY cards DESC;
-- Stays that end within three months of today.
CREATE OR REPLACE VIEW expiring AS
  SELECT card_id, reference, status_of_residence, stay_until, stay_state FROM cards
  WHERE stay_until BETWEEN current_date AND current_date + INTERVAL 3 MONTH ORDER BY stay_until;
"""


@dataclass(slots=True)
class Tables:
    """What was written, in numbers."""

    cards: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    files: list[str] = field(default_factory=list)


def safe(value: object) -> str:
    """A value as a cell: never a formula, whatever a card or a file name says."""
    if value is None:
        return ""
    text = " ".join(str(value).split()) if isinstance(value, str) else str(value)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def write_tables(folder: RunFolder, *, names: bool) -> Tables:
    """Write ``cards.csv`` (several files where there are very many) and ``views.sql``."""
    folder.write_text("views.sql", VIEWS)
    for old in folder.path.glob("cards*.csv"):
        old.unlink()
    tables = Tables()
    header = (*COLUMNS, *_NAMED) if names else COLUMNS
    draft = _sheet(header)
    lines = 0
    for row in _rows(folder, names):
        tables.cards += 1
        tables.verdicts[row["verdict"] or "problem"] += 1
        csv.writer(draft).writerow([safe(row[column]) for column in header])
        lines += 1
        if lines == _LINES:
            _keep(folder, draft, tables)
            draft, lines = _sheet(header), 0
    if lines or not tables.files:
        _keep(folder, draft, tables)
    return tables


def _sheet(header: tuple[str, ...]) -> io.StringIO:
    """A sheet with its header; the byte order mark tells spreadsheets that it is UTF-8."""
    draft = io.StringIO(newline="")
    draft.write("\ufeff")
    csv.writer(draft).writerow(header)
    return draft


def _keep(folder: RunFolder, draft: io.StringIO, tables: Tables) -> None:
    name = "cards.csv" if not tables.files else f"cards-{len(tables.files) + 1}.csv"
    folder.write_text(name, draft.getvalue())
    tables.files.append(name)


def _rows(folder: RunFolder, names: bool) -> Iterator[Mapping[str, Any]]:
    for file in folder.tables():
        named = {row["card_id"]: row for row in folder.beside("names", file.stem)} if names else {}
        for row in _read(file):
            told = named.get(row["card_id"], {})
            yield {
                **row,
                "against": " ".join(c["reason"] for c in row["checks"] or () if c["result"] in _SHOWN),
                "limits": " ".join(row["limits"] or ()),
                "paths": " | ".join(told.get("paths") or ()),
                "card_number": told.get("card_number"),
                "name": told.get("name"),
            }


def _read(file: Path) -> list[dict[str, Any]]:
    wanted = [name for name in CARDS.names if name in COLUMNS or name == "checks"]
    rows: list[dict[str, Any]] = pq.read_table(file, columns=wanted).to_pylist()
    return rows
