"""What can be known of the compose file without an engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings
from tests.test_docs import _options

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (ROOT / "docs" / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def test_every_setting_and_command_exists(compose: dict[str, Any]) -> None:
    known = {f"HONMONO_{name.upper()}" for name in Settings.model_fields}
    for name in ("serve", "worker"):
        service = compose["services"][name]
        given = {variable for variable in service["environment"] if variable.startswith("HONMONO_")}
        assert given
        assert given <= known
        command, *options = service.get("command", ["serve"])
        assert {word for word in options if word.startswith("--")} <= _options()[command]


def test_it_is_closed_by_default(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert all(port.startswith("127.0.0.1:") for port in services["serve"]["ports"])
    assert "ports" not in services["database"]
    for name in ("serve", "worker"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    assert all("file" in secret for secret in compose["secrets"].values()), "no secret stands in it"


def test_secrets_that_it_names_are_kept_out_of_the_repository(compose: dict[str, Any]) -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for secret in compose["secrets"].values():
        assert f"/docs/deploy/{secret['file']}" in ignored
