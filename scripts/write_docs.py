"""Writes the parts of the documentation that the program knows best, between ``begin`` and ``end`` marks.

    .venv/bin/python -m scripts.write_docs

``docs/archive.md`` gets the problems of files, ``docs/verdicts.md`` the table of every check and reason,
``docs/deployment.md`` that of every setting.
A test holds the files equal to what this would write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from service.archive.problems import PROBLEMS
from service.checks.catalogue import CHECKS
from service.cli.checks import markdown
from service.settings import ROOT, Settings

__all__ = ["GENERATED", "filled"]


def settings_table() -> Iterator[str]:
    """One row per setting; paths are shown below the folder of the project."""
    yield "| variable | default | meaning |"
    yield "| --- | --- | --- |"
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT).as_posix() if default.is_relative_to(ROOT) else default
        shown = (
            "–" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        )
        yield f"| `HONMONO_{name.upper()}` | {shown} | {field.description} |"


def checks_table() -> Iterator[str]:
    """One row per reason code."""
    yield from markdown(CHECKS)


def problems_table() -> Iterator[str]:
    """One row per problem that a file of an archive may have."""
    yield "| `problem` | |"
    yield "| --- | --- |"
    yield from (f"| `{code}` | {text} |" for code, text in PROBLEMS.items())


GENERATED: Mapping[str, tuple[str, Callable[[], Iterator[str]]]] = {
    "docs/archive.md": ("problems", problems_table),
    "docs/deployment.md": ("settings", settings_table),
    "docs/verdicts.md": ("checks", checks_table),
}
"""File -> name of its marks, and what stands between them."""


def filled(file: str) -> str:
    """The text of a file with its generated part written anew."""
    mark, lines = GENERATED[file]
    text = (ROOT / file).read_text(encoding="utf-8")
    between = re.compile(f"(<!-- {mark}:begin -->\n).*?(<!-- {mark}:end -->)", re.DOTALL)
    table = "\n".join(lines()) + "\n"
    return between.sub(lambda found: found[1] + table + found[2], text)


def main() -> None:
    for file in GENERATED:
        (ROOT / file).write_text(filled(file), encoding="utf-8")


if __name__ == "__main__":
    main()
