"""What the documentation says is what the program does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from typer.main import get_command

from scripts.write_docs import GENERATED, filled
from service.api.problems import InternalError
from service.checks.base import Check
from service.checks.catalogue import CHECKS
from service.cli import app
from service.errors import Problem
from service.messages import catalogue, has_message
from service.submission import VerifyRequest
from service.verdict import Result, Verdict

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _options() -> dict[str, set[str]]:
    """Options by command, ``keys create`` as one name."""
    found: dict[str, set[str]] = {}
    stack = [("", get_command(app))]
    while stack:
        name, command = stack.pop()
        found[name] = {option for parameter in command.params for option in parameter.opts}
        stack += [(f"{name} {sub}".strip(), part) for sub, part in getattr(command, "commands", {}).items()]
    return found


def _commands(path: Path) -> Iterator[str]:
    """Whatever follows ``honmono`` or ``scripts/serve`` in code of a page."""
    text = _text(path)
    code = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE) + re.findall(r"`([^`\n]+)`", text)
    for block in code:
        for line in block.splitlines():
            found = re.match(r"(?:\.venv/bin/)?honmono +([a-z-].*)", line) or re.match(
                r"\./scripts/(serve.*)", line
            )
            if found:
                yield found[1].split("#")[0].strip()


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_every_command_and_option_exists(path: Path) -> None:
    for line in _commands(path):
        words = line.split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in _options()), None)
        assert name is not None, line
        assert {word for word in words if word.startswith("--")} <= _options()[name], line


def test_the_pages_do_show_commands() -> None:
    shown = {line.split()[0] for path in PAGES for line in _commands(path)}
    assert {"serve", "verify", "keys", "doctor", "checks"} <= shown


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_every_linked_file_exists(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", _text(path)):
        if not target.startswith("https://"):
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_every_named_script_exists(path: Path) -> None:
    for name in re.findall(r"\bscripts/([\w.]+)", _text(path)):
        assert (ROOT / "scripts" / name).exists(), name


def test_the_answer_on_the_first_screen_is_of_a_sample_that_is_here() -> None:
    folders = re.findall(r"`(sample_cards/\w[^`]+)`", _text(ROOT / "README.md"))
    assert folders
    assert all((ROOT / folder / "front.jpg").is_file() for folder in folders)


@pytest.mark.parametrize("file", GENERATED)
def test_generated_tables_are_up_to_date(file: str) -> None:
    assert (ROOT / file).read_text(encoding="utf-8") == filled(file), "run scripts/write_docs.py"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_reason_is_documented_and_has_its_sentences(check: Check) -> None:
    page = _text(ROOT / "docs" / "verdicts.md")
    assert check.reasons
    for code in check.reasons:
        assert f"`{code}`" in page, code
        assert code in catalogue(), f"{code}: no sentence"
    assert all(has_message(code) for code in check.all_reasons)


def test_no_sentence_belongs_to_a_reason_that_nothing_gives() -> None:
    groups = {check.id.split(".")[0] for check in CHECKS}
    known = {code for check in CHECKS for code in check.all_reasons}
    assert {code for code in catalogue() if code.split(".")[0] in groups} - known == set()


@pytest.mark.parametrize("word", [*Verdict, *Result])
def test_verdicts_and_results_are_explained(word: str) -> None:
    assert f"`{word}`" in _text(ROOT / "docs" / "verdicts.md")


def _limits() -> set[str]:
    """Keys of the table in ``service.verify`` that says which limits hold."""
    tree = ast.parse(_text(ROOT / "service" / "verify.py"))
    body = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "_limits")
    table = next(n for n in ast.walk(body) if isinstance(n, ast.Dict))
    return {key.value for key in table.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def _notes() -> set[str]:
    """What the entitlement adds to the limits: the texts that it appends to its notes."""
    text = _text(ROOT / "service" / "cards" / "entitlement.py")
    appended = re.findall(r"notes\.append\((.+)\)$", text, re.MULTILINE)
    return {note for call in appended for note in re.findall(r'"(\w+)"', call)}


def test_every_limit_is_explained_and_has_its_sentences() -> None:
    page = _text(ROOT / "docs" / "verdicts.md")
    assert {"holder_not_compared", "permission_not_signed"} <= _limits() | _notes()
    for limit in _limits() | _notes():
        assert f"`{limit}`" in page, limit
        assert f"limit.{limit}" in catalogue(), limit


def _problems(root: type[Problem] = Problem) -> Iterator[type[Problem]]:
    yield root
    for kind in root.__subclasses__():
        yield from _problems(kind)


def test_the_http_guide_names_every_problem_and_member() -> None:
    page = _text(ROOT / "docs" / "http.md")
    assert InternalError in _problems(), "those of the door count as well"
    for kind in _problems():
        assert f"`{kind.name}`" in page, kind.name
    for name in VerifyRequest.model_fields.keys() - {"tilt_axis"}:
        assert f"| `{name}` |" in page, name


@pytest.mark.parametrize("path", PAGES, ids=_id)
def test_settings_named_anywhere_exist(path: Path) -> None:
    known = set(re.findall(r"`(HONMONO_\w+)`", filled("docs/deployment.md")))
    assert set(re.findall(r"HONMONO_[A-Z_]+[A-Z]", _text(path))) <= known
