"""What a browser loads: plain HTML, CSS and ES modules in ``static/``, sent without comments, no build."""

from __future__ import annotations

from pathlib import Path

__all__ = ["STATIC"]

STATIC = Path(__file__).resolve().parent / "static"
"""The folder behind ``/static``."""
