"""Which language an ``Accept-Language`` header asks for, among those that the service speaks."""

from __future__ import annotations

__all__ = ["operator_language"]

_EASY = ("ja-easy", "ja-x-easy")
"""やさしい日本語, as this service's own pages name it and as BCP 47 would (private use)."""


def operator_language(header: str | None) -> str:
    """``en``, ``ja`` or ``ja-easy`` by the first tag of the header; English where it says nothing known."""
    first = (header or "").strip().lower()
    if first.startswith(_EASY):
        return "ja-easy"
    return "ja" if first.startswith("ja") else "en"
