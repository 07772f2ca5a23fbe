"""One line to try: the command that verifies a card of ``sample_cards/``."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

from service.cli.environment import SAMPLE_CARDS

__all__ = ["curl_line"]

PARTS = {"front": "@", "back": "@", "chip": "@", "request": "<"}
"""Parts of the sample that are sent, and how curl reads each: as a file, or as the text of a field."""


def curl_line(address: str, key: str | None, folder: Path = SAMPLE_CARDS) -> str:
    """A curl command for the service at ``address``; without a key it names the variable that holds one."""
    bearer = key or "$HONMONO_KEY"
    words = ["curl", "-s", "-H", f'"Authorization: Bearer {bearer}"']
    for part, path in _sample(folder).items():
        words += ["-F", shlex.quote(f"{part}={PARTS[part]}{path}")]
    return " ".join([*words, f"{address}/v1/verify"])


def _sample(folder: Path) -> dict[str, Path]:
    """The files of the first genuine sample with a chip; a placeholder where no samples are here."""
    try:
        cases = json.loads((folder / "index.json").read_text(encoding="utf-8"))["cases"]
    except FileNotFoundError:
        return {"front": Path("front.jpg")}
    case = next(case for case in cases if case["family"] == "genuine" and "chip" in case["parts"])
    files = {part: folder / case["parts"][part][0] for part in PARTS if part in case["parts"]}
    return {part: Path(os.path.relpath(path)) for part, path in files.items()}
