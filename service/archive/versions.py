"""Which earlier rows a new engine would change: those of an older version or of other models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.errors import ConfigurationError

__all__ = ["Since", "parse_version"]

Version = tuple[int, ...]


def parse_version(text: str) -> Version:
    """``0.2.0`` as numbers; ConfigurationError for anything else."""
    if not re.fullmatch(r"\d{1,6}(\.\d{1,6}){0,3}", text, re.ASCII):
        raise ConfigurationError("--since-version takes a version like 0.2.0.")
    return tuple(int(part) for part in text.split("."))


@dataclass(frozen=True, slots=True)
class Since:
    """Keeps a row that was judged by this version or a later one, with the models of today."""

    version: Version
    models: str
    """Digest over the models in use (``service.archive.rows.models_digest``)."""

    def __call__(self, row: Mapping[str, Any]) -> bool:
        """Whether the row still holds."""
        judged = row["engine_version"]
        return (
            judged is not None
            and row["models_digest"] == self.models
            and parse_version(judged) >= self.version
        )
