"""``sample_cards/`` as cases: what is sent, and the truth about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.e2e.service import ROOT

__all__ = ["SAMPLE_CARDS", "Sample", "sample", "samples"]

SAMPLE_CARDS = ROOT / "sample_cards"


@dataclass(frozen=True)
class Sample:
    """One case of the index."""

    id: str
    files: dict[str, list[str]]
    answer: dict[str, Any]

    @property
    def request(self) -> dict[str, Any]:
        asked: dict[str, Any] = json.loads(self.read("request"))
        return asked

    @property
    def parts(self) -> dict[str, bytes]:
        """The scanned sides and the dump."""
        return {name: self.read(name) for name in ("front", "back", "chip") if name in self.files}

    def read(self, part: str) -> bytes:
        return (SAMPLE_CARDS / self.files[part][0]).read_bytes()

    def path(self, part: str) -> str:
        return str(SAMPLE_CARDS / self.files[part][0])

    def verdicts(self, profile: str) -> list[str]:
        accepted: list[str] = self.answer["verdicts"][profile]
        return accepted


@cache
def samples() -> dict[str, Sample]:
    """Every case by id."""
    rows = json.loads((SAMPLE_CARDS / "index.json").read_text(encoding="utf-8"))["cases"]
    return {
        row["id"]: Sample(
            row["id"],
            row["parts"],
            json.loads((SAMPLE_CARDS / row["folder"] / "answer.json").read_text(encoding="utf-8")),
        )
        for row in rows
    }


def sample(start: str, *, chip: bool | None = None) -> Sample:
    """The first case whose id starts so, with or without a chip where that matters."""
    return next(
        case
        for case in samples().values()
        if case.id.startswith(start) and chip in (None, "chip" in case.files)
    )
