"""A manifest: one line per card, naming its files. CSV, Parquet or NDJSON.

Columns: ``front``, ``back``, ``chip`` (paths beside the manifest, absolute paths, or URLs), ``reference``
(the operator's own word for the card), ``scan_date`` (``2019-04-01`` or RFC 3339; a day is noon in Japan).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import PurePosixPath
from typing import IO, Any

import fsspec
import pyarrow.parquet as pq

from service.archive.item import Entry, Item, PairedBy, Part, PartRole
from service.checks.case import JAPAN
from service.errors import ConfigurationError

__all__ = ["MANIFEST_SUFFIXES", "manifest_items"]

MANIFEST_SUFFIXES = {".csv": "csv", ".parquet": "parquet", ".ndjson": "ndjson", ".jsonl": "ndjson"}
"""Endings by which a manifest is known."""
_ROLES = (PartRole.FRONT, PartRole.BACK, PartRole.CHIP)
_ENCODINGS = ("utf-8-sig", "cp932")
"""Spreadsheets in Japan still write the second."""
_MOST_REFERENCE = 200
_BATCH = 1024
_PIECE = 1024 * 1024


def manifest_items(location: str) -> Iterator[Item]:
    """The items of a manifest in its order. A line that cannot be understood is an item with its fault.

    ConfigurationError where the manifest as a whole cannot be read or names no files.
    """
    kind = MANIFEST_SUFFIXES[PurePosixPath(location).suffix.lower()]
    base = location.rpartition("/")[0]
    try:
        with fsspec.open(location, "rb") as file:
            for number, line in enumerate(_LINES[kind](file), 1):
                yield _item(line, base, number)
    except (OSError, ValueError, csv.Error) as error:
        raise ConfigurationError(f"The manifest cannot be read: {type(error).__name__}.") from error


def _csv_lines(file: IO[bytes]) -> Iterator[Mapping[str, Any] | None]:
    text = io.TextIOWrapper(file, encoding=_encoding(file), newline="")
    try:
        rows = csv.DictReader(text)
        if not {role.value for role in _ROLES} & set(rows.fieldnames or ()):
            raise ConfigurationError("The manifest has no column front, back or chip.")
        yield from rows
    finally:
        text.detach()


def _encoding(file: IO[bytes]) -> str:
    """The first encoding that all of the manifest is written in."""
    for encoding in _ENCODINGS:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
            decoder.decode(b"", True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return encoding
    raise ConfigurationError("The manifest is written neither in UTF-8 nor in Shift JIS.")


def _ndjson_lines(file: IO[bytes]) -> Iterator[Mapping[str, Any] | None]:
    for line in file:
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        yield value if isinstance(value, dict) else None


def _parquet_lines(file: IO[bytes]) -> Iterator[Mapping[str, Any] | None]:
    table = pq.ParquetFile(file)
    columns = [
        name for name in ("front", "back", "chip", "reference", "scan_date") if name in table.schema.names
    ]
    if not {role.value for role in _ROLES} & set(columns):
        raise ConfigurationError("The manifest has no column front, back or chip.")
    for batch in table.iter_batches(_BATCH, columns=columns):
        rows: Iterable[Mapping[str, Any]] = batch.to_pylist()
        yield from rows


_LINES = {"csv": _csv_lines, "ndjson": _ndjson_lines, "parquet": _parquet_lines}


def _item(line: Mapping[str, Any] | None, base: str, number: int) -> Item:
    if line is None:
        return _faulty(number, "manifest-line-invalid")
    named = {role: line.get(role.value) for role in _ROLES if line.get(role.value)}
    try:
        scanned = _when(line.get("scan_date"))
        reference = str(line["reference"])[:_MOST_REFERENCE] if line.get("reference") else None
        parts = tuple(Part(role, _entry(name, base)) for role, name in named.items())
    except ValueError:
        return _faulty(number, "manifest-line-invalid")
    if not parts:
        return _faulty(number, "no-evidence")
    paired = PairedBy.MANIFEST if {PartRole.FRONT, PartRole.BACK} <= named.keys() else PairedBy.NONE
    return Item(parts, paired, reference, scanned)


def _faulty(number: int, fault: str) -> Item:
    return Item((Part(PartRole.ANY, Entry(f"line {number}", "", fault=fault)),))


def _entry(name: object, base: str) -> Entry:
    if not isinstance(name, str) or "\0" in name:
        raise ValueError("not a path")
    outside = "://" in name or name.startswith("/")
    return Entry(name, name if outside or not base else f"{base}/{name}")


def _when(value: object) -> datetime | None:
    """An aware time; ValueError where there is a value that is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = value.strip().replace("/", "-")
        value = datetime.fromisoformat(text) if len(text) > len("2019-04-01") else date.fromisoformat(text)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=JAPAN)
    if isinstance(value, date):
        return datetime.combine(value, time(12), JAPAN)
    raise ValueError("not a date")
