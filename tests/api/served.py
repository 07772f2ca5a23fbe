"""A real server with the engine that judges nothing: ``python -m tests.api.served PORT``.

A client reference ``fail`` makes the engine fail with a text that must not be logged.
"""

from __future__ import annotations

import sys

import uvicorn

from service.api.app import create_app
from service.settings import Settings
from service.submission import Submission
from tests.api.fakes import FakeEngine

SECRET = "MARIA KEINE PERSON"


def _before(submission: Submission) -> None:
    if submission.request.client_reference == "fail":
        raise RuntimeError(SECRET)


if __name__ == "__main__":
    uvicorn.run(
        create_app(Settings(), FakeEngine(_before)),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        access_log=False,
        log_config=None,
    )
