from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.settings import settings
from tests.chip.world import Listed, ca, forger, trust_folder

DER = ca().certificate


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HONMONO_TRUST_DIR", str(tmp_path / "trust"))
    settings.cache_clear()
    (tmp_path / "trust").mkdir()
    return trust_folder(tmp_path / "trust", Listed("ca.crt", DER, content=None))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "download.crt"
    path.write_bytes(DER)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["trust", *arguments])


@pytest.mark.usefixtures("folder")
def test_a_missing_anchor_is_listed_and_fails_the_check() -> None:
    (row,) = json.loads(run("list", "--json").stdout)
    assert (row["file"], row["state"], row["valid"]) == ("ca.crt", "missing", "")
    checked = run("check")
    assert checked.exit_code == 2
    assert "missing: ca.crt" in checked.stdout


@pytest.mark.usefixtures("folder")
def test_an_added_anchor_is_loaded(file: Path) -> None:
    assert run("add", str(file)).exit_code == 0
    assert "loaded" in run("list").stdout
    checked = run("check")
    assert checked.exit_code == 0
    assert "generation 1: complete" in checked.stdout
    assert "generation 2: incomplete" in checked.stdout


def test_a_file_of_other_bytes_is_refused(folder: Path) -> None:
    (folder / "ca.crt").write_bytes(forger().certificate)
    assert json.loads(run("list", "--json").stdout)[0]["state"] == "refused"
    assert run("check").exit_code == 2


def test_only_a_stated_digest_lets_an_unknown_anchor_in(folder: Path, file: Path) -> None:
    file.write_bytes(forger().certificate)
    assert "not pinned" in str(run("add", str(file)).exception)
    digest = hashlib.sha256(forger().certificate).hexdigest().upper()
    spaced = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
    assert run("add", str(file), "--sha256", spaced, "--profile", "sample").exit_code == 0
    rows = json.loads((folder / "anchors.json").read_text(encoding="utf-8"))
    assert [row["profile"] for row in rows] == ["production", "sample"]


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in str(run("add", str(tmp_path / "absent.crt")).exception)
