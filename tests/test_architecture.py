"""The house rules, read from the syntax tree of every module: who may import whom, and what nobody may do."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LEVELS = (
    {"api", "archive", "cli", "web", "worker"},
    {"allowance", "assemble", "chip_pictures", "faces", "rejudge", "tilt", "verify"},
    {"checks"},
    {"reading", "chip", "cards", "scoring"},
    {"imaging", "evidence"},
)
"""Rooms from the door to the ground. A room imports its own level and those below it."""
ANYBODY = {
    "aside",
    "employment",
    "enrolments",
    "errors",
    "exports",
    "logs",
    "messages",
    "models",
    "policies",
    "registry",
    "report",
    "settings",
    "stopwatch",
    "submission",
    "tr03135",
    "verdict",
    "workshops",
}
"""Shared words: types, settings and texts. They import no room of the path but ``cards`` and ``evidence``."""
DOOR_ONLY = {"store"}
"""Used by the door alone: nothing inside the path may know where a report is kept."""
NETWORK = {
    "aiohttp", "ftplib", "http", "httpcore2", "httpx", "httpx2", "imaplib", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib3", "websockets", "xmlrpc",
}  # fmt: skip
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
WITHOUT_CLOCK = {"cards", "checks", "chip", "evidence", "imaging", "reading", "scoring", "verdict", "verify"}

SERVICE = sorted((ROOT / "service").rglob("*.py"))
SPECIMENS = sorted((ROOT / "scripts" / "specimens").rglob("*.py"))


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _room(path: Path) -> str:
    return path.relative_to(ROOT / "service").parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """Every imported module, with the imported name appended where it may itself be a module."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{_id(path)}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _rooms_imported(path: Path) -> set[str]:
    parts = [name.split(".") for name in _imports(path)]
    return {name[1] for name in parts if name[0] == "service" and len(name) > 1} - {"__version__"}


def _allowed(room: str) -> set[str]:
    for depth, level in enumerate(LEVELS):
        if room in level:
            below = set().union(*LEVELS[depth:]) | ANYBODY
            return below | DOOR_ONLY if depth == 0 else below
    if room in DOOR_ONLY:
        return ANYBODY | {"evidence"}
    return ANYBODY | {"cards", "evidence"}


@pytest.mark.parametrize("path", SERVICE, ids=_id)
def test_imports_run_downwards_only(path: Path) -> None:
    room = _room(path)
    if room == "__init__":
        return
    assert _rooms_imported(path) <= _allowed(room) | {room}


@pytest.mark.parametrize("room", ["verdict", "cards"])
def test_verdict_and_cards_import_nothing_of_the_other_rooms(room: str) -> None:
    paths = [path for path in SERVICE if _room(path) == room]
    assert paths
    for path in paths:
        assert _rooms_imported(path) <= {room, "errors"}, _id(path)


def test_every_room_has_its_place() -> None:
    known = set().union(*LEVELS) | ANYBODY | DOOR_ONLY | {"__init__"}
    assert {_room(path) for path in SERVICE} <= known


@pytest.mark.parametrize("path", SERVICE, ids=_id)
def test_the_service_never_imports_scripts_or_tests(path: Path) -> None:
    assert not {name.split(".")[0] for name in _imports(path)} & {"scripts", "tests"}


@pytest.mark.parametrize("path", SPECIMENS, ids=_id)
def test_specimens_are_drawn_without_the_service(path: Path) -> None:
    """A wrong rule of the service must not hide behind a specimen drawn by the same rule."""
    assert "service" not in {name.split(".")[0] for name in _imports(path)}
    assert "service/" not in path.read_text(encoding="utf-8")


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            yield name, node.func.attr


@pytest.mark.parametrize("path", [p for p in SERVICE if _room(p) in WITHOUT_CLOCK], ids=_id)
def test_one_reference_time_is_given_and_no_clock_is_read(path: Path) -> None:
    assert not set(_calls(path)) & CLOCKS


@pytest.mark.parametrize("path", SERVICE, ids=_id)
def test_no_assert_guards_anything(path: Path) -> None:
    """An assert is gone under ``python -O``."""
    assert not [node.lineno for node in ast.walk(_tree(path)) if isinstance(node, ast.Assert)]


@pytest.mark.parametrize("path", SERVICE, ids=_id)
def test_no_exception_is_swallowed(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ExceptHandler):
            broad = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            empty = all(isinstance(part, ast.Pass) for part in node.body)
            assert not (broad and empty), f"line {node.lineno}"


@pytest.mark.parametrize(
    "path", [p for p in SERVICE if _room(p) not in ("api", "cli", "web", "worker")], ids=_id
)
def test_nothing_inside_the_path_can_reach_the_network(path: Path) -> None:
    names = set(_imports(path))
    assert not {name.split(".")[0] for name in names} & NETWORK
    assert not {name for name in names if name.startswith("urllib.request")}


@pytest.mark.parametrize("path", SERVICE, ids=_id)
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 450


def test_reading_a_clock_would_be_noticed() -> None:
    """The detector of this file, tried on what it must find."""
    tree = ast.parse("import datetime\nx = datetime.datetime.now()\n")
    call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
    assert isinstance(call.func, ast.Attribute)
    assert isinstance(call.func.value, ast.Attribute)
    assert (call.func.value.attr, call.func.attr) in CLOCKS
