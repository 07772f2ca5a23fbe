"""What the holder is told, and the operator's やさしい日本語: one text for each kind of outcome.

A reason takes a template (``plain/templates.toml``) by its code (``plain/reasons.toml``); the template names
what the check is about (``plain/subjects.toml``). The holder is never told which measure failed, nor accused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

__all__ = ["PLAIN_LANGUAGES", "Audience", "plain_message", "template_of"]

Audience = Literal["operator", "holder"]
PLAIN_JAPANESE = "ja-easy"
PLAIN_LANGUAGES = ("en", "ja", PLAIN_JAPANESE)
"""Languages in which the holder is spoken to; ``ja-easy`` is やさしい日本語."""
_FALLBACK = "en"
_NEUTRAL = "unclear"
"""Template of a code that nobody has placed: it says that a person may look, and nothing else."""
_FOLDER = Path(__file__).parent / "plain"
Table = Mapping[str, Mapping[str, str]]


@lru_cache(maxsize=4)
def table(name: str) -> Table:
    """``templates``, ``subjects`` or ``reasons`` as kept in its file."""
    loaded: Table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return loaded


def template_of(reason: str) -> str | None:
    """Id of the text that a reason takes, None where its code is not placed."""
    reasons = table("reasons")
    return reasons["whole"].get(reason) or reasons["last"].get(reason.rpartition(".")[2])


def _subject(reason: str, language: str) -> str:
    """What the reason's check is about, or what its group is about."""
    subjects = table("subjects")
    group, _, rest = reason.partition(".")
    named = subjects.get(f"{group}.{rest.partition('.')[0]}") or subjects.get(group) or subjects["verdict"]
    return named[language]


def plain_message(reason: str, language: str, audience: Audience) -> str:
    """The plain sentence for a reason; an unknown language reads as English.

    The operator has one in ``ja-easy`` alone: his other sentences stand in the catalogue.
    """
    spoken = language if language in PLAIN_LANGUAGES else _FALLBACK
    template = table("templates")[template_of(reason) or _NEUTRAL]
    sentence = template[f"operator-{spoken}" if audience == "operator" else spoken]
    subject = _subject(reason, spoken)
    return sentence.format(subject=subject, Subject=subject[:1].upper() + subject[1:])
