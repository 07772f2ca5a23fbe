"""Writes docs/holder-texts.md: what the holder is told, and やさしい日本語 for the operator.

    .venv/bin/python -m scripts.holder_texts

A test holds the page equal to what this would write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from service.checks.catalogue import CHECKS
from service.messages.plain_words import table, template_of
from service.settings import ROOT

__all__ = ["PAGE", "lines"]

ABOUT = (
    "Every reason has one text for the holder, in English, Japanese and やさしい日本語 (`ja-easy`), and one",
    'for the operator in やさしい日本語: `message(reason, language=..., audience="holder")`. Many share one,',
    "since the holder learns what happens next and what he can do, not which measure failed; nothing accuses",
    "him. Written by `python -m scripts.holder_texts` from `service/messages/plain`.",
)

PAGE = ROOT / "docs" / "holder-texts.md"


def lines() -> Iterator[str]:
    """The page, line by line."""
    yield "# What the holder is told"
    yield ""
    yield from ABOUT
    used = defaultdict(list)
    for check in CHECKS:
        for reason in check.all_reasons:
            used[template_of(reason) or ""].append(reason)
    for id, texts in table("templates").items():
        yield ""
        yield f"## {id}"
        yield ""
        yield "| for | language | text |"
        yield "| --- | --- | --- |"
        for key, text in texts.items():
            audience = "operator" if key.startswith("operator-") else "holder"
            yield f"| {audience} | `{key.removeprefix('operator-')}` | {text} |"
        yield ""
        yield "Reasons: " + ", ".join(f"`{reason}`" for reason in dict.fromkeys(used[id])) + "."


def main() -> None:
    PAGE.write_text("\n".join(lines()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
