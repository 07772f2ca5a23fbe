"""The files of a travel document as one typed thing, with what is wrong with them as a dump.

Every rule: ICAO Doc 9303-10 §4. A data group's hash covers its whole file, tag and length included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.chip.emrtd.elements import elements, read
from service.chip.emrtd.mrz import Mrz, read_mrz
from service.chip.emrtd.security_object import SecurityObject, read_security_object
from service.chip.errors import SecurityObjectError
from service.chip.issues import Issue, IssueKind

__all__ = ["GROUP_TAGS", "TravelDocument", "cut_off", "read_document"]

GROUP_TAGS: Mapping[int, int] = dict(enumerate((0x61, 0x75, 0x63, 0x76, *range(0x65, 0x71)), 1))
"""Tag of each data group by its number."""
COM_TAG, TAG_LIST, MRZ_TAG = 0x60, 0x5C, 0x5F1F
PROTECTED_GROUPS = frozenset({3, 4})
"""Fingers and irises: only the issuer's own readers may open them, so their absence says nothing."""


@dataclass(frozen=True, slots=True)
class TravelDocument:
    """What the files of a passport or a foreign residence permit hold."""

    groups: Mapping[int, bytes] = field(default_factory=dict)
    """Whole files by number of the data group."""
    listed: frozenset[int] | None = None
    """Data groups that EF.COM names; None where that file is missing or unreadable. Not signed."""
    security_object: SecurityObject | None = None
    """EF.SOD; None where it is missing or damaged."""
    mrz: Mrz | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing of the document could be read."""
        tagged = any(data[:1] == bytes([GROUP_TAGS[number]]) for number, data in self.groups.items())
        return self.security_object is None and not tagged


def read_document(files: Mapping[str, bytes]) -> tuple[TravelDocument, tuple[Issue, ...]]:
    """The document in files named ``EF.COM``, ``EF.SOD``, ``EF.DG1`` ..., and what is wrong with them."""
    issues: list[Issue] = []
    groups = {int(name[5:]): data for name, data in files.items() if name.startswith("EF.DG")}
    document = TravelDocument(
        groups=groups,
        listed=_listed(files, issues),
        security_object=_security_object(files, issues),
        mrz=_zone(groups, issues),
    )
    for number, data in groups.items():
        issues.extend(_file_issues(number, data))
    issues.extend(_coverage_issues(document))
    return document, tuple(issues)


def cut_off(data: bytes, number: int) -> bool:
    """Whether the file of a data group ends too early.

    A file with another tag, or whose inner objects are whole, was not cut: its length was changed.
    """
    try:
        element = read(data)
    except SecurityObjectError:
        return len(data) < 4
    return element.tag == GROUP_TAGS[number] and element.cut_off and not _whole_inside(data)


def _whole_inside(data: bytes) -> bool:
    """Whether what follows a header of the right size is a row of whole objects."""
    header = 2 if len(data) < 0x82 else 3 if len(data) < 0x103 else 4
    try:
        return bool(elements(data[header:]))
    except SecurityObjectError:
        return False


def _listed(files: Mapping[str, bytes], issues: list[Issue]) -> frozenset[int] | None:
    data = files.get("EF.COM")
    if data is None:
        issues.append(Issue(IssueKind.NOTE, "EF.COM", "the file is missing from the dump"))
        return None
    try:
        outer = read(data)
        tags = next(part.contents for part in elements(outer.contents) if part.tag == TAG_LIST)
    except (SecurityObjectError, StopIteration):
        issues.append(Issue(IssueKind.MALFORMED, "EF.COM", "the list of data groups cannot be read"))
        return None
    numbers = {tag: number for number, tag in GROUP_TAGS.items()}
    return frozenset(numbers[tag] for tag in tags if tag in numbers)


def _security_object(files: Mapping[str, bytes], issues: list[Issue]) -> SecurityObject | None:
    data = files.get("EF.SOD")
    if data is None:
        issues.append(Issue(IssueKind.PARTIAL, "EF.SOD", "the file is missing from the dump"))
        return None
    try:
        found = read_security_object(data)
    except SecurityObjectError as fault:
        issues.append(Issue(IssueKind.MALFORMED, "EF.SOD", str(fault)))
        return None
    if found.hash_list is None:
        issues.append(Issue(IssueKind.MALFORMED, "EF.SOD", "the signed content is no list of hashes"))
    return found


def _zone(groups: Mapping[int, bytes], issues: list[Issue]) -> Mrz | None:
    data = groups.get(1)
    if data is None:
        issues.append(Issue(IssueKind.PARTIAL, "EF.DG1", "the file is missing from the dump"))
        return None
    try:
        inner = elements(read(data).contents)
    except SecurityObjectError:
        inner = ()
    zone = next((read_mrz(part.contents) for part in inner if part.tag == MRZ_TAG), None)
    if zone is None:
        issues.append(Issue(IssueKind.MALFORMED, "EF.DG1", "the file holds no machine-readable zone"))
    elif zone.faults:
        detail = "a check digit does not fit: " + ", ".join(zone.faults)
        issues.append(Issue(IssueKind.MALFORMED, "EF.DG1", detail))
    return zone


def _file_issues(number: int, data: bytes) -> Iterator[Issue]:
    name = f"EF.DG{number}"
    if not data:
        yield Issue(IssueKind.PARTIAL, name, "the file holds nothing")
    elif cut_off(data, number):
        yield Issue(IssueKind.PARTIAL, name, "the file is cut off")
    elif data[0] != GROUP_TAGS[number] or not _exact(data):
        yield Issue(IssueKind.MALFORMED, name, "tag or length of the file do not fit")


def _exact(data: bytes) -> bool:
    try:
        element = read(data)
    except SecurityObjectError:
        return False
    return not element.cut_off and not any(data[len(element.raw) :])


def _coverage_issues(document: TravelDocument) -> Iterator[Issue]:
    found = document.security_object.hash_list if document.security_object else None
    if found is None:
        return
    signed = frozenset(found.values)
    for number in sorted(signed - document.groups.keys() - {1}):
        kind = IssueKind.NOTE if number in PROTECTED_GROUPS else IssueKind.PARTIAL
        yield Issue(kind, f"EF.DG{number}", "the file is missing from the dump")
    for number in sorted(document.groups.keys() - signed):
        yield Issue(IssueKind.MALFORMED, f"EF.DG{number}", "the security object does not cover the file")
    if document.listed is not None and document.listed != signed:
        yield Issue(IssueKind.NOTE, "EF.COM", "it names other data groups than the security object")
