"""Which data objects each elementary file holds, per generation, and how a file is read against that.

Sizes: data sheet §1.3 (generation 1), §2.2 (generation 2). The same tag means different things in the two
generations, so nothing here is looked up by tag alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.chip.model import Issue, IssueKind
from service.chip.tlv import DataObject, TlvFile, parse

__all__ = [
    "GENERATION_1",
    "GENERATION_2",
    "JPEG2000_MAGIC",
    "SPR_CARD_TYPES",
    "TIFF_MAGIC",
    "FileSpec",
    "ObjectSpec",
    "read_file",
    "specs_for",
]

SPR_CARD_TYPES = frozenset({"2", "06", "08"})
"""Certificates of special permanent residents, which have no permission files."""

TIFF_MAGIC = (b"II*\x00", b"MM\x00*")
JPEG2000_MAGIC = (b"\x00\x00\x00\x0cjP", b"\xff\x4f\xff\x51")


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """One data object."""

    tag: int
    length: int
    """Fixed length, or the longest where not ``fixed``; bytes."""
    fixed: bool = True
    empty: bool = False
    """Whether cards exist on which it is legally empty or missing."""


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One elementary file."""

    objects: tuple[ObjectSpec, ...]
    required: bool = True
    """Whether a dump without it is incomplete."""
    blank: bool = False
    """Whether a file of NULs alone is legal."""
    image_magic: tuple[bytes, ...] = ()
    """First bytes of the value, where the value may stand alone without tag and length."""

    def object(self, tag: int) -> ObjectSpec | None:
        """The object of a tag."""
        return next((item for item in self.objects if item.tag == tag), None)


def _one(tag: int, length: int, **options: bool) -> tuple[ObjectSpec, ...]:
    return (ObjectSpec(tag, length, **options),)


GENERATION_1: Mapping[str, FileSpec] = {
    "MF/EF01": FileSpec(_one(0xC0, 4)),
    "MF/EF02": FileSpec(_one(0xC1, 1)),
    "DF1/EF01": FileSpec(_one(0xD0, 7000), image_magic=TIFF_MAGIC),
    "DF1/EF02": FileSpec(_one(0xD1, 3000, empty=True), blank=True, image_magic=JPEG2000_MAGIC),
    "DF2/EF01": FileSpec(
        (
            ObjectSpec(0xD2, 8, empty=True),
            ObjectSpec(0xD3, 6, empty=True),
            ObjectSpec(0xD4, 320, empty=True),
        ),
        blank=True,
    ),
    "DF2/EF02": FileSpec(_one(0xD5, 120, empty=True), required=False, blank=True),
    "DF2/EF03": FileSpec(_one(0xD6, 120, empty=True), required=False, blank=True),
    "DF2/EF04": FileSpec(_one(0xD7, 1), required=False),
    "DF3/EF01": FileSpec(
        (ObjectSpec(0xDA, 256, empty=True), ObjectSpec(0xDB, 1200, fixed=False, empty=True)), blank=True
    ),
}

_COMMISSIONER = FileSpec(
    (ObjectSpec(0xD9, 1, fixed=False), ObjectSpec(0xDE, 200, fixed=False)), required=False, blank=True
)

GENERATION_2: Mapping[str, FileSpec] = {
    "MF/EF01": FileSpec(_one(0xC0, 4)),
    "MF/EF02": FileSpec(_one(0xC1, 2)),
    "DF1/EF01": FileSpec(_one(0xC2, 12)),
    "DF1/EF02": FileSpec(
        (
            ObjectSpec(0xC5, 8),
            ObjectSpec(0xC6, 8),
            ObjectSpec(0xC7, 1),
            ObjectSpec(0xC8, 3),
            ObjectSpec(0xC9, 10),
            ObjectSpec(0xCE, 4),
            ObjectSpec(0xCA, 2, empty=True),
            ObjectSpec(0xCB, 8, empty=True),
            ObjectSpec(0xCC, 1, empty=True),
            ObjectSpec(0xCD, 8, empty=True),
        )
    ),
    "DF1/EF03": FileSpec((ObjectSpec(0xD0, 2500), ObjectSpec(0xD1, 3000, empty=True))),
    "DF1/EF04": FileSpec(_one(0xDFD1, 2500, fixed=False), image_magic=TIFF_MAGIC),
    "DF2/EF01": FileSpec(
        (
            ObjectSpec(0xD5, 7, fixed=False),
            ObjectSpec(0xD6, 8, fixed=False),
            ObjectSpec(0xD7, 1, fixed=False),
        ),
        required=False,
        blank=True,
    ),
    "DF2/EF02": FileSpec(_one(0xD8, 1, fixed=False), required=False, blank=True),
    "DF2/EF03": _COMMISSIONER,
    "DF3/EF01": FileSpec(
        (
            ObjectSpec(0xDC, 112, fixed=False, empty=True),
            ObjectSpec(0xDD, 1200, fixed=False, empty=True),
        ),
        blank=True,
    ),
}

GENERATION_2_SPR: Mapping[str, FileSpec] = {
    **{name: spec for name, spec in GENERATION_2.items() if not name.startswith("DF2/")},
    "DF2/EF01": _COMMISSIONER,
}


def specs_for(generation: int | None, card_type: str | None) -> Mapping[str, FileSpec]:
    """The files of a kind of card; generation 1 where the generation is not known."""
    if generation != 2:
        return GENERATION_1
    return GENERATION_2_SPR if card_type in SPR_CARD_TYPES else GENERATION_2


@dataclass(slots=True)
class _Collector:
    file: str
    values: dict[int, bytes] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def note(self, kind: IssueKind, detail: str) -> None:
        self.issues.append(Issue(kind, self.file, detail))


def read_file(name: str, data: bytes, spec: FileSpec) -> tuple[dict[int, bytes], tuple[Issue, ...]]:
    """Values of one file by tag, as far as they can be read, and what is wrong with the file.

    A blank file that may be blank gives no values and no issue. A picture may stand without its tag and
    length. A value whose file is cut off is kept as far as it goes.
    """
    found = _Collector(name)
    bare = _bare_picture(data, spec)
    if bare is not None:
        found.values[spec.objects[0].tag] = bare
        _judge_length(found, spec.objects[0], bare)
    elif any(data):
        _read_objects(found, parse(data), spec)
    elif not data or not spec.blank:
        found.note(IssueKind.PARTIAL, "the file holds nothing")
    return found.values, tuple(found.issues)


def _bare_picture(data: bytes, spec: FileSpec) -> bytes | None:
    """The value of a picture file that came without tag and length, messaging padding removed."""
    if not spec.image_magic or not data.startswith(spec.image_magic):
        return None
    length = spec.objects[0].length
    tail = data[length:]
    padding = tail[:1] == b"\x80" and not any(tail[1:])
    return data[:length] if padding or not any(tail) else data


def _read_objects(found: _Collector, parsed: TlvFile, spec: FileSpec) -> None:
    for item in parsed.objects:
        _take(found, item, spec.object(item.tag))
    if parsed.fault:
        found.note(IssueKind.MALFORMED, parsed.fault)
    for wanted in spec.objects:
        if wanted.tag not in found.values and not wanted.empty:
            found.note(IssueKind.PARTIAL, f"object {wanted.tag:02X} is missing")


def _take(found: _Collector, item: DataObject, spec: ObjectSpec | None) -> None:
    if spec is None:
        found.note(IssueKind.MALFORMED, "the file holds an object that does not belong there")
        return
    if item.tag in found.values:
        found.note(IssueKind.MALFORMED, f"object {item.tag:02X} is there twice")
        return
    found.values[item.tag] = item.value
    if item.truncated:
        over_long = item.declared > spec.length
        kind = IssueKind.MALFORMED if over_long else IssueKind.PARTIAL
        found.note(kind, f"object {item.tag:02X} is cut off")
        return
    _judge_length(found, spec, item.value)


def _judge_length(found: _Collector, spec: ObjectSpec, value: bytes) -> None:
    if not value and spec.empty:
        return
    if len(value) > spec.length:
        found.note(IssueKind.MALFORMED, f"object {spec.tag:02X} is longer than any card holds")
    elif spec.fixed and len(value) < spec.length:
        found.note(IssueKind.PARTIAL, f"object {spec.tag:02X} is shorter than its fixed length")
