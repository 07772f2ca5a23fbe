"""Sentences for reason codes, for operator and holder, kept as data beside this module.

Each ``*.toml`` file here holds tables named by a dotted code (``["chip.signature.mismatch"]``) with one
sentence per language, for the operator; what the holder is told, and やさしい日本語, stands in ``plain/``
(see ``plain_words``). A sentence may hold ``{name}`` places that the parameters of a result fill; no
parameter ever holds what was read from a card.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from service.errors import ConfigurationError
from service.messages.plain_words import PLAIN_LANGUAGES, Audience, plain_message

__all__ = [
    "FALLBACK_LANGUAGE",
    "LANGUAGES",
    "PLAIN_LANGUAGES",
    "Audience",
    "catalogue",
    "has_message",
    "message",
]

LANGUAGES = ("en", "ja")
FALLBACK_LANGUAGE = "en"
GENERIC = ("not_run", "not_applicable", "error")
"""Last parts of codes that the framework gives for every check; their sentences are shared."""


class _Places(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _merge(into: dict[str, Mapping[str, str]], path: Path) -> None:
    for code, sentences in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if code in into:
            raise ConfigurationError(f"messages/{path.name}: {code} has a sentence in another file already")
        into[code] = sentences


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by code and language; ConfigurationError where two files give the same code."""
    merged: dict[str, Mapping[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        _merge(merged, path)
    return merged


def _sentences(reason: str, params: Mapping[str, str]) -> Mapping[str, str] | None:
    table = catalogue()
    if reason in table:
        return table[reason]
    generic = reason.rpartition(".")[2]
    if generic not in GENERIC:
        return None
    return table.get(f"{generic}.{params.get('not_run_reason', '')}") or table.get(generic)


def has_message(reason: str) -> bool:
    """Whether a sentence of its own or a shared one exists for a code."""
    return _sentences(reason, {}) is not None


def message(
    reason: str,
    params: Mapping[str, str] | None = None,
    language: str = FALLBACK_LANGUAGE,
    audience: Audience = "operator",
) -> str:
    """The sentence for a reason code, for the operator or fit for the holder.

    ``params`` fills the places of the sentence; ``not_run_reason`` among them chooses the sentence of a
    ``.not_run`` code. ``language`` may be ``en``, ``ja`` or, for やさしい日本語, ``ja-easy``; an unknown one
    reads as English. An unknown code is its own sentence for the operator, so that a missing text never
    hides a result.
    """
    if audience == "holder" or (language in PLAIN_LANGUAGES and language not in LANGUAGES):
        return plain_message(reason, language, audience)
    given = params or {}
    sentences = _sentences(reason, given)
    if sentences is None:
        return reason
    return (sentences.get(language) or sentences[FALLBACK_LANGUAGE]).format_map(_Places(given))
