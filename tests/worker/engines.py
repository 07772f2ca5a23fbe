"""Engines that a child process loads instead of the real one, named by ``HONMONO_ENGINE_LOADER``."""

from __future__ import annotations

import os
import time

from service.errors import ConfigurationError, ImageUndecodable
from service.submission import Submission
from tests.api.fakes import FakeEngine

SECRET = "MARIA KEINE PERSON"


def _before(submission: Submission) -> None:
    word = submission.request.client_reference or ""
    if word.startswith("sleep "):
        time.sleep(float(word.removeprefix("sleep ")))
    elif word == "die":
        os.kill(os.getpid(), 9)
    elif word == "fail":
        raise RuntimeError(SECRET)
    elif word == "refused model":
        raise ConfigurationError("model x: SHA-256 differs")
    elif word == "problem":
        raise ImageUndecodable("The picture cannot be decoded.")


def obedient() -> FakeEngine:
    """Does what the client reference says."""
    return FakeEngine(_before)


def slow() -> FakeEngine:
    """Takes a fifth of a second for each."""
    return FakeEngine(lambda _: time.sleep(0.2))


def refused() -> FakeEngine:
    """Cannot be loaded."""
    raise ConfigurationError("anchors.json is not valid JSON")
