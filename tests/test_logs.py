"""What reaches the log, and what must never."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from service.logs import places

ROOT = Path(__file__).resolve().parent.parent
SECRET = "AB12345678CD"
PROGRAM = """
import asyncio, logging, structlog
from service.logs import configure_logging

configure_logging(logging.INFO)
try:
    int("AB12345678CD")
except ValueError:
    structlog.get_logger().exception("ours")
    logging.getLogger("theirs").exception("theirs")

async def lost():
    int("AB12345678CD")

async def main():
    task = asyncio.create_task(lost())
    await asyncio.sleep(0)
    del task

asyncio.run(main())
logging.getLogger("alembic.runtime").info("talk")
logging.getLogger("uvicorn.access").info("GET /?name=AB12345678CD")
"""


def test_places_name_the_code_and_never_the_text_of_an_error() -> None:
    try:
        int(SECRET)
    except ValueError as error:
        text = places(error)
    assert text.startswith("ValueError at test_logs.py:")
    assert SECRET not in text


def test_neither_ours_nor_a_library_logs_the_text_of_an_exception() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["ours", "theirs", "Task exception was never retrieved"]
    assert all(line["exception"].startswith("ValueError at ") for line in lines)
    assert SECRET not in done.stderr
