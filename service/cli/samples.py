"""One line to try: the command that verifies a card of ``sample_cards/``."""

from __future__ import annotations

import shlex
from pathlib import Path

__all__ = ["curl_line"]


def curl_line(address: str, key: str | None) -> str:
    """A curl command for the service at ``address``; without a key it names the variable that holds one."""
    authorization = f"Authorization: Bearer {key}" if key else "Authorization: Bearer $KEY"
    parts = ["curl", "-s", "-H", f'"{authorization}"']
    for part, path in _sample().items():
        parts += ["-F", shlex.quote(f"{part}=@{path}")]
    return " ".join([*parts, f"{address}/v1/verify"])


def _sample() -> dict[str, Path]:
    return {}
