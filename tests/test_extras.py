"""A test that needs an extra which ``scripts/test`` does not install is skipped by name; it always loads."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_INSTALLED = {"atheris", "ray", "smartcard", "torch"}
"""Top modules of the extras ``fuzz``, ``ray``, ``reader`` and ``train``."""


@cache
def _on_load(path: Path) -> tuple[str, ...]:
    """Names that loading the module imports: those outside of functions, classes and conditions."""
    names: list[str] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(names)


@cache
def _file(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


@cache
def _needs(path: Path) -> frozenset[str]:
    """Extras that loading the module asks for, by itself or through what it imports."""
    found, seen, waiting = set(), {path}, [path]
    while waiting:
        for name in _on_load(waiting.pop()):
            found |= {name.split(".")[0]} & NOT_INSTALLED
            file = _file(name)
            if file is not None and file not in seen:
                seen.add(file)
                waiting.append(file)
    return frozenset(found)


def test_tests_load_without_the_extras_or_say_that_they_need_them() -> None:
    tests = sorted((ROOT / "tests").rglob("*.py"))
    needed = {path: _needs(path) for path in tests}
    assert any("torch" in names for names in needed.values())  # the walk does find what it looks for
    silent = [
        f"{path.relative_to(ROOT)}: {name}"
        for path, names in needed.items()
        for name in sorted(names)
        if f'importorskip("{name}"' not in path.read_text(encoding="utf-8")
    ]
    assert silent == []
