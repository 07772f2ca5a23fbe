"""``honmono serve --demo`` as a real process: greeting, first key, answer, clean end."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.cli.samples import curl_line

ROOT = Path(__file__).resolve().parent.parent.parent
SERVE = (sys.executable, "-c", "from service.cli import main; main()", "serve", "--demo", "--port", "0")


@dataclass
class Running:
    """A demonstration that answers, and what it said."""

    process: subprocess.Popen[str]
    greeting: str

    @property
    def address(self) -> str:
        """Where it listens."""
        return str(re.findall(r"http://127\.0\.0\.1:\d+", self.greeting)[0])

    @property
    def key(self) -> str:
        """The first admin key."""
        return str(re.findall(r"Admin key, shown this once: (\S+)", self.greeting)[0])


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    scratch = tmp_path_factory.mktemp("tmp")
    process = subprocess.Popen(
        SERVE,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "TMPDIR": str(scratch)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    greeting = ""
    for line in process.stdout:
        greeting += line
        if line.startswith("Stop with"):
            break
    assert list(scratch.iterdir()), "the data folder lies in the temporary folder"
    yield Running(process, greeting)
    process.send_signal(signal.SIGTERM)
    process.stdout.close()
    assert process.wait(timeout=40) == 0
    assert not list(scratch.iterdir()), "the data folder is removed at the end"


def _status(url: str, key: str | None = None) -> int:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def test_it_says_that_it_is_a_demonstration(running: Running) -> None:
    assert "DEMONSTRATION" in running.greeting
    assert "trust profile: sample" in running.greeting


def test_the_first_key_opens_it_and_nothing_else_does(running: Running) -> None:
    assert _status(f"{running.address}/healthz") == 200
    assert _status(f"{running.address}/v1/checks", running.key) == 200
    assert _status(f"{running.address}/v1/checks") == 401


def test_a_port_in_use_is_wrong_use(running: Running) -> None:
    port = running.address.rpartition(":")[2]
    again = subprocess.run(
        [*SERVE[:-1], port], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert again.returncode == 2
    assert f"port {port}" in again.stderr
    assert "Admin key" not in again.stdout


def test_the_line_to_try_names_a_genuine_sample_that_exists(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    line = running.greeting.split("Try: ")[1].splitlines()[0]
    assert line == curl_line(running.address, running.key)
    files = [re.split("[@<]", word)[1] for word in shlex.split(line) if re.match(r"\w+=[@<]", word)]
    assert len(files) >= 3
    assert all((ROOT / file).is_file() for file in files)
    answer = json.loads((ROOT / files[0]).with_name("answer.json").read_text(encoding="utf-8"))
    assert answer["family"] == "genuine"


def test_without_samples_the_line_still_says_how(tmp_path: Path) -> None:
    line = curl_line("http://127.0.0.1:1", None, tmp_path)
    assert "$HONMONO_KEY" in line
    assert "-F front=@front.jpg" in line
