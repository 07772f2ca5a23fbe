"""What can be wrong with a dump."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Issue", "IssueKind"]


class IssueKind(StrEnum):
    """What an issue means for the dump as a whole."""

    PARTIAL = "partial"
    """Something that every card holds is missing or cut off."""
    MALFORMED = "malformed"
    """Something breaks the format."""
    NOTE = "note"
    """Worth knowing, harmless."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with the dump; holds nothing that was read from the card."""

    kind: IssueKind
    file: str
    """Elementary file such as ``DF1/EF01``, empty for the dump as a whole."""
    detail: str
