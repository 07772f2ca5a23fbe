"""What two runs say otherwise of the same cards. Cards are known by their bytes, not by their names."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from service.archive.folder import RunFolder
from service.archive.table import safe
from service.errors import ConfigurationError

__all__ = ["Change", "Changes", "changes", "write_changes"]

_COLUMNS = ["card_id", "content_id", "verdict", "problem", "checks"]
_DECIDED = frozenset({"pass", "fail", "suspect", "inconclusive", "error"})


@dataclass(frozen=True, slots=True)
class Change:
    """One card whose verdict is another."""

    card_id: str
    """In the later run."""
    before: str
    after: str
    checks: tuple[str, ...]
    """``id: result before -> result after``, of each check that differs."""


@dataclass(slots=True)
class Changes:
    """All that differs between two runs."""

    both: int = 0
    only_before: int = 0
    only_after: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    changed: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    card_id: str
    verdict: str
    checks: dict[str, str]


def changes(before: Path, after: Path) -> Changes:
    """Compare two folders of results; ConfigurationError where one holds none."""
    earlier: dict[str, list[_Seen]] = defaultdict(list)
    for content, seen in _rows(before):
        earlier[content].append(seen)
    found = Changes()
    for content, new in _rows(after):
        known = earlier.get(content)
        if not known:
            found.only_after += 1
            continue
        old = known.pop(0)
        found.both += 1
        if old.verdict != new.verdict:
            found.moves[old.verdict, new.verdict] += 1
            found.changed.append(Change(new.card_id, old.verdict, new.verdict, _differing(old, new)))
    found.only_before = sum(map(len, earlier.values()))
    return found


def _rows(folder: Path) -> Iterator[tuple[str, _Seen]]:
    files = list(RunFolder(folder).tables())
    if not files:
        raise ConfigurationError("A folder to compare holds no results (cards/part=*/*.parquet).")
    for file in files:
        for row in pq.read_table(file, columns=_COLUMNS).to_pylist():
            checks = {check["id"]: check["result"] for check in row["checks"] or ()}
            verdict = row["verdict"] or f"problem: {row['problem']}"
            yield row["content_id"], _Seen(row["card_id"], verdict, checks)


def _differing(old: _Seen, new: _Seen) -> tuple[str, ...]:
    """Checks with another result; one that either run did not decide is left out unless the other did."""
    names = [*new.checks, *(name for name in old.checks if name not in new.checks)]
    told = []
    for name in names:
        was, is_now = old.checks.get(name, "absent"), new.checks.get(name, "absent")
        if was != is_now and {was, is_now} & _DECIDED:
            told.append(f"{name}: {was} -> {is_now}")
    return tuple(told)


def write_changes(found: Changes, file: Path) -> None:
    """Every change as a line of CSV."""
    with file.open("w", encoding="utf-8-sig", newline="") as sheet:
        writer = csv.writer(sheet)
        writer.writerow(("card_id", "before", "after", "checks"))
        for change in found.changed:
            writer.writerow(
                [safe(v) for v in (change.card_id, change.before, change.after, "; ".join(change.checks))]
            )
