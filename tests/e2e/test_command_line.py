"""``honmono verify`` on real files: what the shell is told, and what the reader sees."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.samples import sample
from tests.e2e.service import HONMONO, ROOT, environment


def run(*arguments: str, profile: str = "sample", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [str(HONMONO), "verify", *arguments, "--profile", profile]
    return subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, text=True, check=False, timeout=120
    )


def files(start: str, *parts: str) -> list[str]:
    """Arguments that submit a sample."""
    case = sample(start)
    words = [case.path("front")] if "front" in parts else []
    words += [word for part in parts if part != "front" for word in (f"--{part}", case.path(part))]
    return [*words, "--request", case.path("request")]


@pytest.mark.parametrize(
    ("start", "parts", "profile", "code"),
    [
        ("genuine-a-0", ("front", "back", "chip"), "sample", 0),
        ("genuine-b-11", ("front",), "sample", 0),
        ("genuine-a-0", ("front",), "production", 1),
        ("chip_altered_text", ("chip",), "sample", 1),
        ("period_not_allowed", ("front",), "sample", 3),
        ("genuine-a-0", ("back",), "sample", 4),
    ],
)
def test_the_exit_code_is_the_verdict(start: str, parts: tuple[str, ...], profile: str, code: int) -> None:
    done = run(*files(start, *parts), "--json", profile=profile)
    assert done.returncode == code, done.stderr
    assert json.loads(done.stdout)["trust_profile"] == profile


def test_a_report_for_a_reader(tmp_path: Path) -> None:
    case = sample("chip_resigned")
    done = run(*files("chip_resigned", "front", "chip"), cwd=tmp_path)
    assert done.returncode == 1
    assert "FORGED" in done.stdout
    assert "chip.certificate.untrusted_issuer" in "".join(done.stdout.split())
    assert case.answer["fields"]["card_number"] in done.stdout
    assert not list(tmp_path.iterdir()), "nothing is stored"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", 5), (b"no picture", 5), (b"\xff\xd8\xff\xe0\x00\x10JFIF", 5)]
)
def test_nothing_decodable(content: bytes, code: int, tmp_path: Path) -> None:
    (tmp_path / "front.jpg").write_bytes(content)
    done = run("front.jpg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("honmono: front ")


def test_a_dump_that_is_none_is_not_decodable(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_text("{}", encoding="utf-8")
    assert run("--chip", "dump.json", cwd=tmp_path).returncode == 5


@pytest.mark.parametrize(
    "arguments",
    [(), ("absent.jpg",), ("--see-through", "front.jpg"), ("front.jpg", "--request", "front.jpg")],
)
def test_wrong_use(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "front.jpg").write_bytes(sample("genuine-a-0").read("front"))
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_the_doctor_finds_this_installation_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [HONMONO, "doctor", "--json"],
        env=environment(data_dir=tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert {row["state"] for row in json.loads(done.stdout)} <= {"ok", "limited"}
