"""JSON that cannot hurt: nesting and size of structure are counted before anything is parsed."""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from service.errors import RequestInvalid

__all__ = ["parse_json"]

_TOKENS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]', re.DOTALL)
_MAX_TOKENS = 100_000
"""Strings, brackets and commas; far beyond any honest request, far below what fills memory."""


def parse_json(text: bytes, max_depth: int) -> Any:
    """Parse a JSON text.

    Raises RequestInvalid where it is not UTF-8 JSON, nests deeper than ``max_depth``, repeats a member, or
    holds a number that JSON does not have.
    """
    _bound(text, max_depth)
    try:
        return json.loads(
            text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise RequestInvalid("The JSON text cannot be parsed.") from error


def _bound(text: bytes, max_depth: int) -> None:
    depth = 0
    for count, match in enumerate(_TOKENS.finditer(text)):
        token = match.group()[:1] if match.end() - match.start() > 1 else match.group()
        if token in b"[{":
            depth += 1
        elif token in b"]}":
            depth -= 1
        if depth > max_depth:
            raise RequestInvalid(f"The JSON text nests deeper than {max_depth} levels.")
        if count >= _MAX_TOKENS:
            raise RequestInvalid("The JSON text has too many members.")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise RequestInvalid("The JSON text names a member twice.")
    return members


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError("number out of range")
    return value
