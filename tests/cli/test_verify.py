"""``honmono verify``: from files to a submission, from a verdict to an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.cli import main
from service.errors import (
    ConfigurationError,
    DumpUnreadable,
    HonmonoError,
    ImageUndecodable,
    PolicyUnknown,
)
from service.evidence import Role
from service.verdict import Verdict
from tests.cli.reports import check, install, report

SECRET = "AB12345678CD"


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["verify", *arguments])
    code = left.value.code
    return code if isinstance(code, int) else int(code is not None)


@pytest.fixture
def front(tmp_path: Path) -> str:
    path = tmp_path / "front.jpg"
    path.write_bytes(b"front")
    return str(path)


def _file(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return str(folder / name)


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.AUTHENTIC, 0),
        (Verdict.NO_SIGN_OF_FORGERY, 0),
        (Verdict.FORGED, 1),
        (Verdict.INVALID, 1),
        (Verdict.SUSPECT, 3),
        (Verdict.INCONCLUSIVE, 4),
    ],
)
def test_the_verdict_is_the_exit_code(
    verdict: Verdict, code: int, front: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, report(verdict))
    assert _run(front) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ImageUndecodable("cut short"), 5),
        (DumpUnreadable("no dump"), 5),
        (PolicyUnknown("none such"), 2),
        (ConfigurationError("model absent"), 2),
        (ZeroDivisionError(SECRET), 70),
    ],
)
def test_an_error_is_an_exit_code_and_one_line(
    error: Exception,
    code: int,
    front: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    install(monkeypatch, error)
    assert _run(front) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 1
    assert SECRET not in shown.err
    assert (str(error) in shown.err) == isinstance(error, HonmonoError)


@pytest.mark.parametrize(
    "arguments",
    [(), ("/no/such/file",), ("--detail", "everything"), ("--no-such-option",), ("--profile", "mine")],
)
def test_wrong_use_is_two(arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    engine = install(monkeypatch, report())
    assert _run(*arguments) == 2
    assert not engine.asked


def test_every_file_goes_where_it_belongs(
    front: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = install(monkeypatch, report())
    request = {"client_reference": "r-1", "reference_time": "2026-11-22T01:02:03Z"}
    _run(
        front,
        *("--back", _file(tmp_path, "b", b"back")),
        *("--chip", _file(tmp_path, "c", b"dump")),
        *("--see-through", _file(tmp_path, "s", b"light")),
        *("--companion", _file(tmp_path, "p", b"passport")),
        *("--request", _file(tmp_path, "r.json", json.dumps(request).encode())),
        *("--language", "ja"),
    )
    given, more = engine.asked[0]
    assert given.pictures == {
        Role.FRONT: b"front",
        Role.BACK: b"back",
        Role.SEE_THROUGH: b"light",
        Role.COMPANION: b"passport",
    }
    assert given.chip == b"dump"
    assert given.request.client_reference == "r-1"
    assert more["language"] == "ja"
    assert more["now"].tzinfo is not None
    assert more["verification_id"].startswith("vrf_")


@pytest.mark.parametrize("repeated", [True, False])
def test_frames_keep_their_order_whether_the_option_is_repeated_or_not(
    repeated: bool, front: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = install(monkeypatch, report())
    frames = [_file(tmp_path, f"{n}.jpg", f"frame {n}".encode()) for n in range(3)]
    tilt = [word for frame in frames for word in ("--tilt", frame)] if repeated else ["--tilt", *frames]
    _run(front, *tilt, "--tilt-axis", "vertical")
    assert engine.asked[0][0].tilt == {"vertical": (b"frame 0", b"frame 1", b"frame 2")}


def test_frames_without_an_axis_and_two_fronts_are_wrong_use(
    front: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = install(monkeypatch, report())
    other = _file(tmp_path, "other", b"x")
    assert _run(front, "--tilt", other) == 2
    assert _run(front, other) == 2
    assert not engine.asked


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"surprise": 1}', b"\xff"])
def test_a_wrong_request_file_is_wrong_use(
    content: bytes, front: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = install(monkeypatch, report())
    assert _run(front, "--request", _file(tmp_path, "r.json", content)) == 2
    assert not engine.asked


def test_json_is_all_of_standard_output_and_withholds_measures_unless_asked(
    front: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, report())
    _run(front, "--json")
    standard = json.loads(capsys.readouterr().out)
    _run(front, "--json", "--detail", "full")
    full = json.loads(capsys.readouterr().out)
    assert "measured" not in standard["checks"][0]
    assert full["checks"][0]["measured"] == 0.25
    assert full["verdict"] == standard["verdict"] == "forged"


def test_the_page_names_verdict_reason_fields_and_next_step(
    front: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    install(monkeypatch, report(checks=(check(),)))
    _run(front)
    page = capsys.readouterr().out
    for words in (
        "FORGED",
        "The signature does not fit.",
        "chip.signature.mismatch",
        "card_number",
        "front, chip (disagree)",
        "28 hours a week, 資格外活動許可 [1]",
        "until 2027-10-20",
        "Speaks against the card",
        "data sheet [1.5]",
        "next: Let a trained person look",
        "1 fail",
        "limit: A dump cannot show",
        "trust profile: sample",
    ):
        assert words in page
    assert "Could not be decided" not in page
