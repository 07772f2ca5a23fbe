"""What every importer of dumps shares: the opened content, the raw dump, decoding of its parts."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.chip.model import Issue, IssueKind, Shape
from service.errors import DumpUnreadable, Fault

__all__ = [
    "CARD_NUMBER",
    "Content",
    "Importer",
    "RawDump",
    "card_number",
    "decode_base64",
    "decode_hex",
    "file_fault",
    "named_files",
    "read_time",
    "unreadable",
]

CARD_NUMBER = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
"""Form of a card number (data sheet §5)."""


@dataclass(frozen=True, slots=True)
class Content:
    """A submitted dump, opened but not understood: body or members are set."""

    body: Mapping[str, Any] | None = None
    """The JSON object."""
    members: Mapping[str, bytes] | None = None
    """Unpacked members of the ZIP by name; a single file that came alone has the empty name."""
    alone: bool = False
    """Whether a single file came without JSON or ZIP around it."""


@dataclass(frozen=True, slots=True)
class RawDump:
    """What an importer took from a dump."""

    shape: Shape
    files: Mapping[str, bytes] = field(default_factory=dict)
    """Elementary files by name."""
    issues: tuple[Issue, ...] = ()
    stated_card_number: str | None = None
    read_at: datetime | None = None
    generation: int | None = None
    """As the shape itself tells, None to be found from the files."""
    decoded: Mapping[str, Any] = field(default_factory=dict)
    """Fields of a ``ChipReading`` that the shape holds ready-made (re-encoded shapes)."""
    reencoded: bool = False
    supported: bool = True
    signed_files_only: bool = False
    """Whether the shape carries nothing but the signed files, which then make it complete."""


@dataclass(frozen=True, slots=True)
class Importer:
    """One shape of dump: how it is told apart, and how it is read."""

    shape: Shape
    recognises: Callable[[Content], bool]
    read: Callable[[Content], RawDump]


def decode_base64(text: object) -> bytes | None:
    """Bytes of standard base64, white space allowed; None where the text is anything else."""
    if not isinstance(text, str):
        return None
    try:
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_hex(text: object) -> bytes | None:
    """Bytes of hex digits, white space and colons allowed; None where the text is anything else."""
    if not isinstance(text, str):
        return None
    try:
        return bytes.fromhex(text.replace(":", ""))
    except ValueError:
        return None


def named_files(
    body: Mapping[str, Any], names: re.Pattern[str], document: str
) -> tuple[dict[str, bytes], tuple[Issue, ...]]:
    """The files of a JSON dump by name, with an issue for each that is another's or no base64.

    ``names`` is what a file of the ``document`` may be called. DumpUnreadable where there is no object
    ``files``.
    """
    given = body.get("files")
    if not isinstance(given, dict):
        raise unreadable("The dump has no object `files`.")
    files: dict[str, bytes] = {}
    issues: list[Issue] = []
    for name, text in given.items():
        if not names.fullmatch(name):
            issues.append(Issue(IssueKind.NOTE, "", f"a file is not one of this kind of {document}"))
            continue
        data = decode_base64(text)
        if data is None:
            issues.append(Issue(IssueKind.MALFORMED, name, "the file is not base64"))
        else:
            files[name] = data
    return files, tuple(issues)


def card_number(value: object) -> tuple[str | None, tuple[Issue, ...]]:
    """The stated card number in its normal form, and a note where it has none."""
    if value is None or value == "":
        return None, ()
    text = unicodedata.normalize("NFKC", value).strip().upper() if isinstance(value, str) else ""
    if CARD_NUMBER.fullmatch(text):
        return text, ()
    return None, (Issue(IssueKind.NOTE, "", "the stated card number does not have the form of one"),)


def read_time(value: object) -> tuple[datetime | None, tuple[Issue, ...]]:
    """The time of reading with its offset, and a note where it is not RFC 3339."""
    if value is None or value == "":
        return None, ()
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        return None, (Issue(IssueKind.NOTE, "", "the time of reading is not an RFC 3339 time"),)
    return moment, ()


def file_fault(file: str, detail: str) -> Fault:
    """A fault that points at one file of the dump."""
    pointer = "/chip/files/" + file.replace("~", "~0").replace("/", "~1") if file else "/chip"
    return Fault(pointer, detail)


def unreadable(detail: str, file: str = "") -> DumpUnreadable:
    """The problem for a dump of which nothing can be used."""
    return DumpUnreadable(detail, file_fault(file, detail))
