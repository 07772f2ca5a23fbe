"""What can be known of the Dockerfile without an engine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [
        (name, rest)
        for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())
    ]


def _stages() -> list[list[tuple[str, str]]]:
    stages: list[list[tuple[str, str]]] = []
    for name, rest in _instructions():
        if name == "FROM":
            stages.append([])
        stages[-1].append((name, rest))
    return stages


def _all(name: str, stage: list[tuple[str, str]]) -> list[str]:
    return [rest for found, rest in stage if found == name]


def test_it_is_multi_stage_and_every_base_names_its_release() -> None:
    bases = _all("FROM", _instructions())
    assert len(bases) == 2
    assert all(":12" in base for base in bases)


def test_the_last_stage_runs_as_an_ordinary_user_with_a_health_check() -> None:
    last = _stages()[-1]
    users = _all("USER", last)
    assert users
    assert int(users[-1]) >= 1000
    assert "/healthz" in _all("HEALTHCHECK", last)[0]


def test_nothing_is_fetched_outside_the_package_managers() -> None:
    assert not _all("ADD", _instructions())
    text = " ".join(rest for name, rest in _instructions() if name == "RUN")
    assert not re.search(r"\b(curl|wget|git)\b|https?://", text)


def test_pip_is_pinned_and_apt_installs_no_extras() -> None:
    runs = " && ".join(_all("RUN", _instructions())).split("&&")
    pip = [run for run in runs if "pip install" in run]
    apt = [run for run in runs if "apt-get install" in run]
    assert pip
    assert apt
    assert all("-c scripts/constraints.txt" in run for run in pip)
    assert all("--no-install-recommends" in run for run in apt)


def test_copied_paths_exist_and_are_let_through_by_dockerignore() -> None:
    let_through = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sources = [
        source
        for rest in _all("COPY", _instructions())
        if not rest.startswith("--from")
        for source in rest.split()[:-1]
    ]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in let_through, source


@pytest.mark.parametrize("stage", [0, 1])
def test_both_stages_have_the_system_libraries_of_opencv_and_zbar(stage: int) -> None:
    text = " ".join(_all("RUN", _stages()[stage]))
    for package in ("libgl1", "libglib2.0-0", "libxcb1", "libzbar0"):
        assert package in text
