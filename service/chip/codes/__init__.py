"""Code tables of the second-generation chip, as versioned data files.

A table says what a code means; it never says that a code is wrong. The issuer revises its tables without
notice (data sheet §7), so an unknown code is shown as it stands and decides nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from service.errors import ConfigurationError

__all__ = ["TABLES", "CodeTables", "load_codes"]

FOLDER = Path(__file__).parent
TABLES = frozenset({"sex", "work_restriction", "status_of_residence", "permission_type", "nationality"})
MAX_FILE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CodeTables:
    """What the codes of the chip mean."""

    versions: tuple[str, ...] = ()
    """Versions of the files, the shipped one first."""
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Code to printed text, or to the contract's normal form, by field name."""

    def meaning(self, name: str, code: str) -> str | None:
        """What a code of a field means; None where no table holds it."""
        return self.tables.get(name, {}).get(code)


@lru_cache(maxsize=4)
def load_codes(supplement: Path | None = None) -> CodeTables:
    """The shipped tables, the newest file, with the operator's own file laid over them.

    Raises:
        ConfigurationError: the operator's file is missing or is not of this form.
    """
    shipped = max(FOLDER.glob("*.toml"))
    files = [shipped] if supplement is None else [shipped, supplement]
    versions: list[str] = []
    tables: dict[str, dict[str, str]] = {}
    for path in files:
        version, found = _read(path)
        versions.append(version)
        for name, rows in found.items():
            tables.setdefault(name, {}).update(rows)
    return CodeTables(tuple(versions), tables)


def _read(path: Path) -> tuple[str, dict[str, dict[str, str]]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ConfigurationError(f"{path.name}: larger than any code table")
        body: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise ConfigurationError(f"{path.name}: no readable code table") from fault
    version = body.pop("version", None)
    if not isinstance(version, str) or not version:
        raise ConfigurationError(f"{path.name}: `version` must be a text")
    if unknown := body.keys() - TABLES:
        raise ConfigurationError(f"{path.name}: unknown table {min(unknown)}")
    for name, rows in body.items():
        if not isinstance(rows, dict) or not all(isinstance(text, str) for text in rows.values()):
            raise ConfigurationError(f"{path.name}: `{name}` must hold texts by code")
    return version, body
