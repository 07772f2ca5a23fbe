"""keys, doctor, serve, checks: what they print, and what they refuse."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.cli import main
from service.cli.doctor import State, examine
from service.cli.serve import is_loopback
from service.settings import settings


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in [name for name in os.environ if name.startswith("HONMONO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HONMONO_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    return left.value.code if isinstance(left.value.code, int) else 0


def test_a_key_is_shown_once_listed_without_its_text_and_revoked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run("keys", "create", "--role", "client", "--name", "payroll", "--expires-days", "3") == 0
    made = capsys.readouterr()
    secret = made.out.strip()
    id = made.err.split()[0]
    assert re.fullmatch(r"\S{20,}", secret)
    assert _run("keys", "list") == 0
    listed = capsys.readouterr().out
    assert id in listed
    assert "in force" in listed
    assert secret not in listed
    assert _run("keys", "revoke", id) == 0
    assert _run("keys", "list") == 0
    assert "revoked" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "create", "--role", "king", "--name", "x"),
        ("keys", "create", "--role", "client"),
        ("keys", "revoke", "key_none"),
        ("serve", "--demo", "--host", "0.0.0.0"),
        ("serve", "--port", "99999"),
        ("no-such-command",),
    ],
)
def test_wrong_use_is_two(arguments: tuple[str, ...]) -> None:
    assert _run(*arguments) == 2


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_told_from_the_rest(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_doctor_finds_an_absent_model_and_still_looks_at_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "gone", "file": "gone.onnx", "sha256": "0" * 64}
    (tmp_path / "manifest.json").write_text(json.dumps([row]))
    monkeypatch.setenv("HONMONO_MODELS_DIR", str(tmp_path))
    settings.cache_clear()
    assert _run("doctor", "--json") == 2
    found = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert found["models"]["state"] == "broken"
    assert "gone" in found["models"]["text"]
    assert found["opencv"]["state"] == "ok"
    assert found["database"]["state"] == "ok"


def test_the_doctor_finds_a_second_opencv(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["opencv-python", "opencv-python-headless"]
    monkeypatch.setattr(sys.modules["service.cli.doctor"], "_installed", lambda: iter(names))
    opencv = next(found for found in examine(settings()) if found.name == "opencv")
    assert opencv.state is State.BROKEN
    assert "opencv-python-headless" in opencv.text


def test_the_doctor_finds_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONMONO_DATABASE_URL", "sqlite:////dev/null/none.sqlite3")
    settings.cache_clear()
    database = next(found for found in examine(settings()) if found.name == "database")
    assert database.state is State.BROKEN


def test_the_doctor_finds_a_data_folder_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    (tmp_path / "data").chmod(0o755)
    folder = next(found for found in examine(settings()) if found.name == "data folder")
    assert folder.state is State.LIMITED
