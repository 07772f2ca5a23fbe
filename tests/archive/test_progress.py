"""How a run tells how far it is, and which rows it makes again."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from service.archive.progress import progress_on
from service.archive.versions import Since, parse_version
from service.errors import ConfigurationError


def test_a_log_gets_plain_lines_and_the_last_one_says_all() -> None:
    out = io.StringIO()
    with progress_on(Console(file=out, force_terminal=False), 40) as bar:
        for _ in range(4):
            bar.step(10)
    (line,) = out.getvalue().splitlines()
    assert line.startswith("40 of 40 files, ")
    assert line.endswith(" files/s")
    assert "\x1b" not in line


def test_a_terminal_gets_a_bar() -> None:
    out = io.StringIO()
    with progress_on(Console(file=out, force_terminal=True, width=100), 2) as bar:
        bar.step(1)
        bar.step(1)
    assert "2/2" in out.getvalue()
    assert "files/s" in out.getvalue()


@pytest.mark.parametrize(
    ("version", "models", "holds"),
    [
        ("0.2.0", "m", True),
        ("0.10.0", "m", True),
        ("0.1.9", "m", False),
        ("0.2.0", "n", False),
        (None, None, False),
    ],
)
def test_a_row_holds_that_was_judged_since(version: str | None, models: str | None, holds: bool) -> None:
    row = {"engine_version": version, "models_digest": models}
    assert Since(parse_version("0.2.0"), "m")(row) is holds


@pytest.mark.parametrize("text", ["", "v1", "1.", "1.2.3.4.5", "٣"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_version(text)
