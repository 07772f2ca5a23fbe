"""The folder of enrolments: ``<layout>/<id>.json``, verified one by one; a retired one keeps its file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.cards.enrolled import SYNTHETIC, Enrolled, enrolled
from service.cards.layout import Layout
from service.enrolments.signature import SigningKey, VerifyingKey
from service.errors import ConfigurationError
from service.evidence import CardView

__all__ = ["Enrolments", "Stored", "load_enrolments", "retire", "store", "stored_in"]

_LARGEST_BYTES = 1024 * 1024
_RETIRED = ".retired"


@dataclass(frozen=True, slots=True)
class Stored:
    """One file of the folder."""

    path: Path
    enrolled: Enrolled | None
    """None for a file that is refused."""
    fault: str | None
    """Why it is refused."""
    retired: bool

    @property
    def name(self) -> str:
        """Layout and file name, as they may be told to anyone."""
        return f"{self.path.parent.name}/{self.path.name}"


@dataclass(frozen=True, slots=True)
class Enrolments:
    """What is in force."""

    by_layout: Mapping[str, Enrolled] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    """Files that were not taken, with the reason."""

    def applying(self, layout: Layout | None, view: CardView | None) -> Enrolled | None:
        """The enrolment for a front, None where the layout has none or the capture is of another sort."""
        found = self.by_layout.get(layout.id) if layout else None
        if found is None or view is None:
            return None
        return found if found.scope.holds(view.kind.value, view.quality.px_per_mm) else None

    @property
    def calibration(self) -> str:
        """``synthetic``, or the ids in force."""
        return ", ".join(sorted(item.id for item in self.by_layout.values())) or SYNTHETIC

    def status(self) -> dict[str, Any]:
        """For ``/readyz``: what limits rest on, and what was refused, by file."""
        refused = {"enrolments_refused": dict(self.refused)} if self.refused else {}
        return {"calibration": self.calibration, **refused}


def _document(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST_BYTES:
        raise ValueError("it is too large")
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict):
        raise ValueError("it is no JSON object")
    return document


def _stored(path: Path, key: VerifyingKey) -> Stored:
    retired = path.stem.endswith(_RETIRED)
    try:
        document = _document(path)
        fault = key.fault(document)
        if fault is not None:
            return Stored(path, None, fault, retired)
        found = enrolled(document)
    except (OSError, ValueError, RecursionError) as error:
        return Stored(path, None, f"it cannot be read: {type(error).__name__}", retired)
    if (found.layout, found.id) != (path.parent.name, path.stem.removesuffix(_RETIRED)):
        return Stored(path, None, "it stands under another name", retired)
    return Stored(path, found, None, retired)


def stored_in(folder: Path) -> Iterator[Stored]:
    """Every file of the folder, oldest name first. Raises ConfigurationError without a public key."""
    paths = sorted(folder.glob("*/*.json")) if folder.is_dir() else []
    if not paths:
        return
    key = VerifyingKey.read(folder)
    for path in paths:
        yield _stored(path, key)


def load_enrolments(folder: Path) -> Enrolments:
    """The newest enrolment of each layout that is neither retired nor refused; a bad file stops nothing."""
    try:
        files = [item for item in stored_in(folder) if not item.retired]
    except ConfigurationError as error:
        return Enrolments(refused={folder.name: str(error)})
    known = [item.enrolled for item in files if item.enrolled is not None]
    newest = {item.layout: item for item in sorted(known, key=lambda item: (item.created_at, item.id))}
    refused = {item.name: item.fault for item in files if item.fault is not None}
    return Enrolments(newest, refused)


def store(folder: Path, document: Mapping[str, Any], key: SigningKey) -> Path:
    """Sign a document and put it in its place, whole or not at all; ValueError for no enrolment."""
    found = enrolled(document)
    path = folder / found.layout / f"{found.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(key.signed(document), ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    rough = path.with_name(f".{path.name}.{os.getpid()}")
    rough.write_text(text + "\n", encoding="utf-8")
    rough.replace(path)
    return path


def retire(folder: Path, id: str) -> Path:
    """Put an enrolment out of force; its file stays. ConfigurationError for an id that is not in force."""
    for path in sorted(folder.glob("*/*.json")):
        if path.stem == id:
            return path.replace(path.with_name(f"{id}{_RETIRED}.json"))
    raise ConfigurationError(f"there is no enrolment {id} in force")
