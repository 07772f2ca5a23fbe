"""Traces of forging in the picture: one question for each file."""

from __future__ import annotations

from service.checks.forensics import copies, edges, software

__all__ = ["CHECKS"]

CHECKS = (*copies.CHECKS, *edges.CHECKS, *software.CHECKS)
