"""``honmono read-chip``: from a card on a reader to a report, and what the shell is told when it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import CompletedProcess, run

import pytest
from typer.testing import CliRunner, Result

from service.chip.reader import Transport, pcsc
from service.chip.reader.errors import CardRemoved, NoCard, ReaderUnavailable
from service.cli import app
from tests.chip.reader.cards import OTHER_NUMBER, RemovedAfter, card_of, files_of
from tests.chip.reader.pcsc import VirtualDesk, missing, virtual_desk
from tests.chip.world import NUMBER
from tests.e2e.samples import sample
from tests.e2e.service import HONMONO, ROOT, Service, environment

NO_STACK = missing()
needs_stack = pytest.mark.skipif(NO_STACK is not None, reason=f"no PC/SC stack: {NO_STACK}")


# In this process, with a card in software in place of a reader


def command(monkeypatch: pytest.MonkeyPatch, card: Transport | Exception, *arguments: str) -> Result:
    @contextmanager
    def laid(*_: object, **__: object) -> Iterator[Transport]:
        if isinstance(card, Exception):
            raise card
        yield card

    monkeypatch.setattr(pcsc, "open_card", laid)
    return CliRunner().invoke(app, ["read-chip", *arguments])


def code_of(result: Result) -> int:
    """The exit code that ``honmono`` gives; faults for the operator are mapped by its outermost frame."""
    from service.cli.exits import of_error

    error = result.exception
    return result.exit_code if error is None or isinstance(error, SystemExit) else of_error(error)  # type: ignore[arg-type]


def test_the_dump_goes_to_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    done = command(monkeypatch, card_of("05"), "--number", NUMBER)
    dump = json.loads(done.stdout)
    assert (done.exit_code, dump["format"], dump["card_number"]) == (0, "residence-card-dump/1", NUMBER)
    assert set(dump["files"]) == set(files_of("05"))


def test_a_file_is_for_its_owner_alone_and_nothing_else_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    out = tmp_path / "dump.json"
    out.write_text("older")
    done = command(monkeypatch, card_of("1"), "--number", NUMBER, "--out", str(out))
    assert (done.exit_code, done.stdout) == (0, "")
    assert out.stat().st_mode & 0o777 == 0o600
    assert json.loads(out.read_text())["card_number"] == NUMBER
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("typed", ["ａａ１２３４５６７８ｂｂ", "aa12345678bb", "AA 12345678 BB"])
def test_a_number_is_understood_as_people_type_it(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    from scripts.specimens.software_card import SoftwareCard

    card = SoftwareCard(files_of("1"), "AA12345678BB")
    assert command(monkeypatch, card, "--number", typed).exit_code == 0


@pytest.mark.parametrize(
    ("card", "arguments", "code", "said"),
    [
        (card_of("1"), ["--number", OTHER_NUMBER], 2, "6300"),
        (card_of("1"), ["--number", "AB1234567CD"], 2, "two letters, eight digits"),
        (card_of("1"), [], 2, "--number"),
        (card_of("1"), ["--number", NUMBER, "--code", "ABCD-EFGH"], 2, "belong together"),
        (card_of("1"), ["--number", NUMBER, "--send", "https://cards.example"], 2, "belong together"),
        (ReaderUnavailable("no reader"), ["--number", NUMBER], 2, "no reader"),
        (NoCard("no card"), ["--number", NUMBER], 5, "no card"),
        (CardRemoved("removed"), ["--number", NUMBER], 5, "removed"),
        (RemovedAfter(card_of("1"), 7), ["--number", NUMBER], 5, "gone"),
        (card_of("05", MF_EF02=b"\xc1\x0207"), ["--number", NUMBER], 5, "特定在留カード"),
        (card_of("05", MF_EF02=b"\xc1\x019"), ["--number", NUMBER], 5, "no residence card"),
    ],
)
def test_what_the_shell_is_told(
    monkeypatch: pytest.MonkeyPatch, card: Transport | Exception, arguments: list[str], code: int, said: str
) -> None:
    done = command(monkeypatch, card, *arguments)
    assert code_of(done) == code
    assert said in f"{done.stderr}{done.exception}"
    assert done.stdout == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://cards.example.jp",
        "ftp://127.0.0.1",
        "cards.example.jp",
        "https://user@cards.example.jp",
        "https://cards.example.jp/?a=b",
        "http://127.0.0.1:99999",
        "http://[::1",
    ],
)
def test_where_a_dump_does_not_travel(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Said before a card is read."""
    untouched = ReaderUnavailable("the card was read")
    done = command(monkeypatch, untouched, "--number", NUMBER, "--send", url, "--code", "ABCD-EFGH")
    assert code_of(done) == 2
    assert done.exception is not untouched


class _Stub(BaseHTTPRequestHandler):
    """A service that answers as the test says and remembers what it was sent."""

    status, answer = 204, b""
    received: list[tuple[str, str]]

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received.append((self.path, self.headers.get("Authorization", "")))
        self.send_response(self.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def stub(status: int, answer: bytes = b"") -> Iterator[tuple[str, list[tuple[str, str]]]]:
    received: list[tuple[str, str]] = []
    kind = type("Stub", (_Stub,), {"status": status, "answer": answer, "received": received})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "answer", "code", "said"),
    [
        (204, b"", 0, "delivered"),
        (401, b'{"detail": "This code is over."}', 2, "(401): This code is over."),
        (500, b"<html>", 2, "is this the address of the service?"),
        (302, b"", 2, "(302)"),
        (200, b"", 0, "delivered"),
        (429, b'{"detail": "a\\u001b[31m"}', 2, "(429): a [31m"),
    ],
)
def test_what_the_service_answers(
    monkeypatch: pytest.MonkeyPatch, status: int, answer: bytes, code: int, said: str
) -> None:
    with stub(status, answer) as (url, received):
        arguments = ("--number", NUMBER, "--send", f"{url}/front/", "--code", "ABCD-EF/H")
        done = command(monkeypatch, card_of("1"), *arguments)
    assert code_of(done) == code
    assert said in f"{done.stderr}{done.exception}"
    assert received == [("/front/v1/sessions/ABCD-EF%2FH/chip", "")]


def test_a_service_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    out = tmp_path / "dump.json"
    there = ("--send", "http://127.0.0.1:9", "--code", "ABCD-EFGH", "--out", str(out))
    done = command(monkeypatch, card_of("1"), "--number", NUMBER, *there)
    assert (code_of(done), out.exists()) == (2, True), "the card need not be read again"


# The command itself, through PC/SC


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualDesk]:
    with virtual_desk(tmp_path_factory.mktemp("desk")) as running:
        yield running


def honmono(desk: VirtualDesk, *arguments: str, **settings: object) -> CompletedProcess[str]:
    chosen: Mapping[str, str] = {**environment(**settings), **desk.own}
    return run(
        [str(HONMONO), *arguments],
        cwd=ROOT,
        env=chosen,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@needs_stack
def test_a_specimen_from_the_virtual_reader_to_the_verdict(desk: VirtualDesk, tmp_path: Path) -> None:
    """`scripts/emulate_card` plays a dump of the sample cards; what is read of it is that dump."""
    case = sample("genuine", chip=True)
    number, played, out = case.answer["fields"]["card_number"], case.path("chip"), tmp_path / "dump.json"
    desk.play(played)
    done = honmono(desk, "read-chip", "--number", number, "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert json.loads(out.read_text())["files"] == json.loads(Path(played).read_text())["files"]
    judged = honmono(desk, "verify", "--chip", str(out), "--profile", "sample", "--json")
    results = {check["id"]: check["result"] for check in json.loads(judged.stdout)["checks"]}
    assert (results["chip.signature"], results["chip.certificate"]) == ("pass", "pass")


@needs_stack
def test_a_forgery_that_no_sample_ca_signed_is_not_played(desk: VirtualDesk) -> None:
    desk.play(sample("chip_self_signed").path("chip"))
    done = honmono(desk, "read-chip", "--number", NUMBER, "--wait", "1")
    assert (done.returncode, done.stdout) == (5, "")


@needs_stack
def test_the_hand_over_from_reader_to_report(desk: VirtualDesk, service: Service) -> None:
    case = sample("genuine", chip=True)
    number = case.answer["fields"]["card_number"]
    made = service.send("POST", "/v1/sessions").json
    desk.play(case.path("chip"))
    arguments = ("read-chip", "--number", number, "--send", service.address, "--code", made["code"])
    done = honmono(desk, *arguments)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert service.send("GET", f"/v1/sessions/{made['id']}").json["chip"]["card_number"] == number
    report = service.verify({}, {"chip_session": made["id"]}).json
    assert {check["id"]: check["result"] for check in report["checks"]}["chip.signature"] == "pass"
    assert [given["role"] for given in report["inputs"]] == ["chip"]
    assert service.send("GET", f"/v1/sessions/{made['id']}").json["state"] == "used"
    again = honmono(desk, *arguments)
    assert again.returncode == 2
    assert "(401)" in again.stderr
    log = service.log_with("/v1/sessions")
    assert made["code"] not in log
    assert number not in log
