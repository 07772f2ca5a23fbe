"""A submitted dump as a reading of the chip.

1. Open the bytes: JSON, ZIP or a single file, within the limits.
2. The first importer that recognises the content takes out the elementary files.
3. Refuse replies of secure messaging that are still encrypted.
4. Find the generation of the card.
5. Read each file against the table of its generation, recording what is wrong with it.
6. Put the values together; refuse only a dump of which nothing could be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.chip import generation1, generation2
from service.chip.emrtd import read_document
from service.chip.files import FileSpec, read_file, specs_for
from service.chip.importers import IMPORTERS, RawDump, open_content
from service.chip.importers.base import file_fault, unreadable
from service.chip.model import ChipReading, Issue, IssueKind, Shape
from service.chip.tlv import parse
from service.errors import DumpUnreadable
from service.settings import Settings

__all__ = ["read_dump"]

KNOWN_VERSIONS: Mapping[int, frozenset[str]] = {1: frozenset({"0001"})}
"""Versions of the specification (C0) by generation; those of generation 2 are not published."""

SIGNED_FILES = frozenset({"DF1/EF01", "DF1/EF02", "DF3/EF01"})
"""Files of generation 1 that the check code covers, and its own."""

LEADING_TAGS: Mapping[int, tuple[str, int]] = {
    0xDA: ("DF3/EF01", 1),
    0xDC: ("DF3/EF01", 2),
    0xD0: ("DF1/EF01", 1),
    0xC2: ("DF1/EF01", 2),
    0xD1: ("DF1/EF02", 1),
    0xC5: ("DF1/EF02", 2),
}
"""Which generation the first tag of a file tells, where the card type is not in the dump."""


def read_dump(data: bytes, limits: Settings) -> ChipReading:
    """The reading of a submitted dump; what is wrong with it is recorded in ``issues``.

    Raises:
        DumpUnreadable: nothing of it can be parsed; the faults name the files.
        PayloadTooLarge: more bytes than ``max_dump_bytes``.
    """
    content = open_content(data, limits)
    importer = next((item for item in IMPORTERS if item.recognises(content)), None)
    if importer is None:
        raise unreadable("The dump is no JSON object, ZIP archive or chip file of a shape that is read here.")
    raw = importer.read(content)
    if raw.reencoded or not raw.supported:
        return _ready_made(raw)
    _refuse_encrypted(raw.files)
    return _travel_document(raw) if raw.shape is Shape.EMRTD else _interpret(raw)


def _ready_made(raw: RawDump) -> ChipReading:
    return ChipReading(
        shape=raw.shape,
        generation=raw.generation,
        files=raw.files,
        issues=raw.issues,
        reencoded=raw.reencoded,
        supported=raw.supported,
        stated_card_number=raw.stated_card_number,
        read_at=raw.read_at,
        **raw.decoded,
    )


def _travel_document(raw: RawDump) -> ChipReading:
    document, issues = read_document(raw.files)
    if document.blank:
        faults = [file_fault(issue.file, issue.detail) for issue in issues if issue.file in raw.files]
        raise DumpUnreadable("No file of the dump holds data of a travel document.", *faults)
    return ChipReading(
        shape=raw.shape,
        files=dict(raw.files),
        issues=(*raw.issues, *issues),
        read_at=raw.read_at,
        travel_document=document,
    )


def _refuse_encrypted(files: Mapping[str, bytes]) -> None:
    encrypted = [name for name, data in files.items() if _is_messaging_reply(data)]
    if encrypted:
        detail = "an encrypted reply of secure messaging: its session key is gone, hand in the decrypted file"
        raise DumpUnreadable(
            "The dump holds encrypted replies of secure messaging instead of files.",
            *(file_fault(name, detail) for name in encrypted),
        )


def _is_messaging_reply(data: bytes) -> bool:
    """``86 L 01`` and cipher blocks (data sheet §1.4)."""
    if data[:1] != b"\x86":
        return False
    objects = parse(data).objects
    return len(objects) > 0 and objects[0].tag == 0x86 and objects[0].value[:1] == b"\x01"


def _interpret(raw: RawDump) -> ChipReading:
    stored_type = _card_type(raw.files.get("MF/EF02", b""))
    generation = raw.generation or _generation(stored_type, raw.files)
    supported = generation is not None
    specs = specs_for(generation, stored_type)
    values, issues = _read_files(raw, specs)
    if not any(value for objects in values.values() for value in objects.values()):
        faults = [file_fault(issue.file, issue.detail) for issue in (*raw.issues, *issues) if issue.file]
        raise DumpUnreadable("No file of the dump holds data of a residence card.", *faults)
    card_type = stored_type if supported else None
    fields, contents = _fields(generation, values, card_type)
    version = _ascii(values.get("MF/EF01", {}).get(0xC0))
    missing = _missing(raw, specs) + _version_issues(generation, version)
    return ChipReading(
        shape=raw.shape,
        generation=generation,
        card_type=card_type,
        spec_version=version,
        files=dict(raw.files),
        issues=(*raw.issues, *issues, *contents, *missing),
        supported=supported,
        stated_card_number=raw.stated_card_number,
        read_at=raw.read_at,
        **fields,
    )


def _version_issues(generation: int | None, version: str | None) -> list[Issue]:
    known = KNOWN_VERSIONS.get(generation or 0)
    if version is None or known is None or version in known:
        return []
    return [Issue(IssueKind.NOTE, "MF/EF01", "a version of the specification that is not known here")]


def _fields(
    generation: int | None, values: Mapping[str, Mapping[int, bytes]], card_type: str | None
) -> tuple[dict[str, Any], list[Issue]]:
    if generation == 1:
        return generation1.interpret(values)
    return generation2.interpret(values, card_type) if generation == 2 else ({}, [])


def _ascii(value: bytes | None) -> str | None:
    text = (value or b"").rstrip(b"\x00").decode("ascii", "replace")
    return text if text.isalnum() else None


def _card_type(data: bytes) -> str | None:
    objects = parse(data).objects
    return _ascii(objects[0].value) if objects and objects[0].tag == 0xC1 else None


def _generation(card_type: str | None, files: Mapping[str, bytes]) -> int | None:
    """By the card type (data sheet §2.1); without one, by the first tag of a file that tells."""
    if card_type in generation1.CARD_TYPES:
        return 1
    if card_type in generation2.CARD_TYPES:
        return 2
    if card_type is not None:
        return None
    for tag, (file, generation) in LEADING_TAGS.items():
        if files.get(file, b"")[:1] == bytes([tag]):
            return generation
    return 2 if "DF1/EF03" in files else 1


def _read_files(
    raw: RawDump, specs: Mapping[str, FileSpec]
) -> tuple[dict[str, dict[int, bytes]], list[Issue]]:
    values: dict[str, dict[int, bytes]] = {}
    issues: list[Issue] = []
    for name, data in raw.files.items():
        spec = specs.get(name)
        if spec is None:
            issues.append(Issue(IssueKind.NOTE, name, "cards of this generation have no such file"))
            continue
        values[name], found = read_file(name, data, spec)
        issues.extend(found)
    return values, issues


def _missing(raw: RawDump, specs: Mapping[str, FileSpec]) -> list[Issue]:
    wanted = {name for name, spec in specs.items() if spec.required}
    if raw.signed_files_only:
        wanted &= SIGNED_FILES
    absent = sorted(wanted - raw.files.keys())
    return [Issue(IssueKind.PARTIAL, name, "the file is missing from the dump") for name in absent]
