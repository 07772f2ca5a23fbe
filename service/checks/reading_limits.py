"""How surely a text must be read before it is judged. Synthetic values until calibrated by enrolment."""

from __future__ import annotations

__all__ = ["ACCUSING", "LAYOUT_CERTAIN", "READABLE"]

READABLE = 0.80
"""Least confidence of a field that is judged at all; below it a check cannot tell."""
ACCUSING = 0.90
"""Least confidence of every field behind a finding that speaks against the card."""
LAYOUT_CERTAIN = 0.50
"""Least confidence that the document is of the layout recognised."""
