"""Load on loopback: a real service, every place taken, pictures and chip dumps mixed.

Measured are the answers by status, the time of chip-only requests beside their idle value, and the memory of
the service and its processes at the beginning and at the end.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_cards"
KEY = "hk_load-key-given-from-outside"
ALLOWED = {200, 429, 503}


@dataclass
class Tally:
    """What came back, gathered from all threads."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, kind: str, status: int, seconds: float) -> None:
        with self.lock:
            self.statuses[kind, status] += 1
            if status == 200:
                self.seconds.setdefault(kind, []).append(seconds)


@dataclass(frozen=True)
class Outcome:
    """The figures of one run."""

    statuses: dict[tuple[str, int], int]
    idle_p95: float
    loaded_p95: float
    pages_per_second: float
    rss_start_mib: float
    rss_end_mib: float

    @property
    def errors(self) -> dict[tuple[str, int], int]:
        """Answers that may not be, by kind and status; 0 is a broken connection."""
        return {key: count for key, count in self.statuses.items() if key[1] not in ALLOWED}


def p95(values: Sequence[float]) -> float:
    """The 95th percentile; not a number where there is nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] if ordered else float("nan")


def bodies() -> dict[str, bytes]:
    """A chip dump alone and a front picture, as JSON requests, of the first sample card."""
    row = next(r for r in json.loads((SAMPLES / "index.json").read_text())["cases"] if "chip" in r["parts"])
    request = json.loads((SAMPLES / row["parts"]["request"][0]).read_bytes())

    def body(part: str) -> bytes:
        content = base64.b64encode((SAMPLES / row["parts"][part][0]).read_bytes()).decode()
        return json.dumps({part: content, "request": {**request, "store": "none"}}).encode()

    return {"chip": body("chip"), "page": body("front")}


@contextmanager
def service(folder: Path) -> Iterator[tuple[int, int]]:
    """A service of its own; process id and port."""
    chosen = {
        "HONMONO_DATA_DIR": str(folder / "data"),
        "HONMONO_BOOTSTRAP_KEY": KEY,
        "HONMONO_TRUST_PROFILE": "sample",
        "HONMONO_TRUST_DIR": str(SAMPLES / "trust"),
        "HONMONO_REQUESTS_PER_MINUTE": "1000000",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HONMONO_")}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [ROOT / ".venv/bin/honmono", "serve", "--port", "0"],
            env=kept | chosen,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        lines = process.stdout or ()
        answers = next(line for line in lines if "answers on" in line)
        yield process.pid, int(answers.split("http://127.0.0.1:")[1].split()[0])
    finally:
        process.terminate()
        if process.stdout is not None:
            process.stdout.close()
        process.wait(90)


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            found += tree(int(child))
    return found


def rss_mib(pid: int) -> float:
    """Resident memory of a process and its children, MiB."""
    total = 0
    for process in tree(pid):
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
        total += int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
    return total / 1024


def ask(port: int, body: bytes) -> int:
    """Status of one verification, 0 for a connection that broke."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=180)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/v1/verify", body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    except OSError:
        return 0
    finally:
        connection.close()


def timed(port: int, kind: str, body: bytes, tally: Tally) -> None:
    """One verification, noted."""
    started = time.perf_counter()
    status = ask(port, body)
    tally.add(kind, status, time.perf_counter() - started)
    if status == 503:
        time.sleep(0.2)


def crowd(port: int, seconds: float, pages: int, given: dict[str, bytes], tally: Tally) -> None:
    """``pages`` clients that send pictures and one that sends dumps, without a pause, for some seconds."""
    end = time.monotonic() + seconds

    def client(kind: str) -> None:
        while time.monotonic() < end:
            timed(port, kind, given[kind], tally)

    threads = [threading.Thread(target=client, args=(kind,)) for kind in [*["page"] * pages, "chip"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run(seconds: float, pages: int, idle: int) -> Outcome:
    """Measure one service from its start to its end."""
    given = bodies()
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as (pid, port):
        for kind in ("chip", "page", "chip", "page"):
            ask(port, given[kind])
        alone = Tally()
        for _ in range(idle):
            timed(port, "chip", given["chip"], alone)
        crowd(port, min(10.0, seconds), pages, given, Tally())
        before, tally, started = rss_mib(pid), Tally(), time.monotonic()
        crowd(port, seconds, pages, given, tally)
        took, after = time.monotonic() - started, rss_mib(pid)
    return Outcome(
        statuses=dict(tally.statuses),
        idle_p95=p95(alone.seconds.get("chip", [])),
        loaded_p95=p95(tally.seconds.get("chip", [])),
        pages_per_second=len(tally.seconds.get("page", [])) / took,
        rss_start_mib=before,
        rss_end_mib=after,
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/load", description="Load a service on this machine.")
    parser.add_argument("--seconds", type=float, default=300, help="of load (default 300)")
    parser.add_argument("--pages", type=int, default=12, help="clients that send pictures (default 12)")
    parser.add_argument("--idle", type=int, default=20, help="chip requests before, for the idle value")
    asked = parser.parse_args()
    load_before = os.getloadavg()[0]
    found = run(asked.seconds, asked.pages, asked.idle)
    print(f"load average before: {load_before:.1f}")
    for (kind, status), count in sorted(found.statuses.items()):
        print(f"{kind:<6}{status:>4}  {count}")
    print(f"chip p95: idle {found.idle_p95:.2f} s, loaded {found.loaded_p95:.2f} s")
    print(f"ratio {found.loaded_p95 / found.idle_p95:.2f}; pages/s {found.pages_per_second:.2f}")
    print(f"RSS of all processes: {found.rss_start_mib:.0f} -> {found.rss_end_mib:.0f} MiB")
    if found.errors:
        raise SystemExit(f"errors: {found.errors}")


if __name__ == "__main__":
    main()
