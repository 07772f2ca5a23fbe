"""Each problem type of the contract, once at least, and its shape always."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from service.api.problems import ProblemModel
from service.errors import DumpUnreadable, ImageUndecodable, PolicyUnknown, Problem, TooManyPixels
from service.submission import Submission
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine

BOUNDARY = "frontier"


def multipart(*parts: tuple[str, bytes], end: bool = True) -> bytes:
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="x"\r\n\r\n%s\r\n'
        % (BOUNDARY.encode(), name.encode(), content)
        for name, content in parts
    )
    return body + (b"--%s--\r\n" % BOUNDARY.encode() if end else b"")


def post_parts(door: Door, body: bytes) -> Any:
    headers = {**door.headers("client"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return door.http.post("/v1/verify", content=body, headers=headers)


def post_text(door: Door, text: str | bytes, kind: str = "application/json") -> Any:
    return door.http.post(
        "/v1/verify", content=text, headers={**door.headers("client"), "Content-Type": kind}
    )


def expect(answer: Any, status: int, name: str, *pointers: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    ProblemModel.model_validate(problem)
    assert problem["type"] == f"urn:honmono:problem:{name}"
    assert problem["status"] == status
    assert problem["instance"].endswith(answer.headers["x-request-id"])
    assert [fault["pointer"] for fault in problem.get("errors", ())] == list(pointers)
    return problem


@pytest.mark.parametrize(
    ("asked", "pointers"),
    [
        ({"layuot": "auto"}, ["/request/layuot"]),
        ({"layout": "jp.unknown"}, ["/request/layout"]),
        ({"reference_time": "2026-01-01T00:00:00"}, ["/request/reference_time"]),
        ({"reference_time": 1790000000}, ["/request/reference_time"]),
        ({"reference_time": "2026-13-01T00:00:00Z"}, ["/request/reference_time"]),
        ({"client_reference": "x" * 201}, ["/request/client_reference"]),
        ({"client_reference": "a\u0000b"}, ["/request/client_reference"]),
        ({"detail": "most", "store": "all"}, ["/request/detail", "/request/store"]),
        ({"expected": {"shoe_size": "43"}}, ["/request/expected/shoe_size"]),
        ({"lapse_inquiry": {"result": "perhaps"}}, ["/request/lapse_inquiry/result"]),
        ({"a/b~c": 1}, ["/request/a~1b~0c"]),
    ],
)
def test_a_wrong_request_names_each_fault(door: Door, asked: dict[str, Any], pointers: list[str]) -> None:
    expect(door.verify(**asked), 400, "request-invalid", *pointers)
    assert door.engine.seen == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"front": "AAEC", "photo": "AAEC", "x": 1}, ["/photo", "/x"]),
        ({"front": "not base64!"}, ["/front"]),
        ({"front": 7}, ["/front"]),
        ({"front": ["AAEC"]}, ["/front"]),
        ({"front": "AAEC", "tilt_rotate": ["AAEC", 5]}, ["/tilt_rotate/1"]),
        ({"front": "AAEC", "tilt": ["AAEC"]}, ["/request/tilt_axis"]),
        ({"front": "AAEC", "tilt_vertical": ["AAEC"] * 33}, ["/tilt_vertical"]),
        (
            {"front": "A" * 4, "tilt": "AAEC", "tilt_rotate": "AAEC", "request": {"tilt_axis": "rotate"}},
            ["/tilt"],
        ),
        ({"front": "AAEC", "request": []}, ["/request"]),
        ({"front": "AAEC", "request": "{}"}, ["/request"]),
    ],
)
def test_a_wrong_json_body_points_at_its_fault(door: Door, body: object, pointers: list[str]) -> None:
    answer = door.http.post("/v1/verify", json=body, headers=door.headers("client"))
    expect(answer, 400, "request-invalid", *pointers)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"front": NaN}',
        '{"front": 1e999}',
        '{"front": "AAEC", "front": "AAEC"}',
        "[" * 100_000,
        '{"chip":' + '{"a":' * 17 + "1" + "}" * 18,
        '{"front": [' + "1," * 200_000 + "1]}",
        '{"front": ' + "9" * 5000 + "}",
        b"\xff\xfe{}",
        '{"front": "\\ud800"}',
    ],
)
def test_broken_json_is_refused(door: Door, text: str | bytes) -> None:
    answer = post_text(door, text)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:honmono:problem:request-invalid"


def test_multipart_faults(door: Door) -> None:
    expect(post_parts(door, multipart(("photo", b"x"))), 400, "request-invalid", "/photo")
    expect(post_parts(door, multipart(("front", b"x"), ("front", b"y"))), 400, "request-invalid", "/front")
    expect(post_parts(door, multipart(("front", b"x"), end=False)), 400, "request-invalid")
    expect(post_parts(door, b"rubbish"), 400, "request-invalid")
    nameless = b"--frontier\r\nContent-Type: image/png\r\n\r\nx\r\n--frontier--\r\n"
    expect(post_parts(door, nameless), 400, "request-invalid")
    asked = multipart(("front", b"x"), ("request", b'{"layuot": "auto"}'))
    expect(post_parts(door, asked), 400, "request-invalid", "/request/layuot")
    deep = multipart(("front", b"x"), ("request", b"[" * 50 + b"]" * 50))
    expect(post_parts(door, deep), 400, "request-invalid")
    expect(post_text(door, b"x", "multipart/form-data"), 400, "request-invalid")
    assert door.engine.seen == []


def test_too_many_parts(make_door: MakeDoor) -> None:
    door = make_door(max_parts=3)
    frames = multipart(("front", b"x"), *[("tilt_rotate", b"x")] * 3)
    expect(post_parts(door, frames), 400, "request-invalid")
    body = {"front": "AAEC", "tilt_rotate": ["AAEC"] * 3}
    expect(door.http.post("/v1/verify", json=body, headers=door.headers("client")), 400, "request-invalid")


def test_no_evidence(door: Door) -> None:
    bodies: list[dict[str, Any]] = [{}, {"companion": "AAEC"}, {"request": {}}, {"front": None}]
    for body in bodies:
        answer = door.http.post("/v1/verify", json=body, headers=door.headers("client"))
        expect(answer, 400, "no-evidence")
    expect(post_parts(door, multipart(("companion", b"x"))), 400, "no-evidence")


@pytest.mark.parametrize("header", [None, "Bearer hk_wrong", "Basic aGs6eA==", "Bearer", "Bearer "])
def test_unauthenticated(door: Door, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = door.http.post("/v1/verify", json={"front": "AAEC"}, headers=headers)
    expect(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_forbidden(door: Door) -> None:
    expect(door.verify("client", detail="full"), 403, "forbidden")
    assert door.engine.seen == []


def test_not_found_and_method_not_allowed(door: Door) -> None:
    expect(door.http.get("/v1/nothing"), 404, "not-found")
    expect(door.http.get("/v1/verifications/vrf_x", headers=door.headers("admin")), 404, "not-found")
    answer = door.http.put("/v1/verify")
    expect(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"


def test_payload_too_large(make_door: MakeDoor) -> None:
    door = make_door(max_request_bytes=4000, max_part_bytes=1000, max_dump_bytes=500)
    expect(post_parts(door, multipart(("front", bytes(5000)))), 413, "payload-too-large")
    expect(post_parts(door, multipart(("front", bytes(1001)))), 413, "payload-too-large", "/front")
    expect(post_parts(door, multipart(("chip", bytes(501)))), 413, "payload-too-large", "/chip")
    for body in ({"front": "AAAA" * 400}, {"chip": "AAAA" * 200}, {"chip": {"a": "x" * 600}}):
        answer = door.http.post("/v1/verify", json=body, headers=door.headers("client"))
        expect(answer, 413, "payload-too-large", f"/{next(iter(body))}")
    assert door.engine.seen == []
    assert post_parts(door, multipart(("front", bytes(1000)))).status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "x"])
def test_media_type_unsupported(door: Door, kind: str) -> None:
    expect(post_text(door, "x", kind), 415, "media-type-unsupported")


@pytest.mark.parametrize("problem", [ImageUndecodable, DumpUnreadable, PolicyUnknown, TooManyPixels])
def test_problems_of_the_engine_pass_through(make_door: MakeDoor, problem: type[Problem]) -> None:
    def fail(_: Submission) -> None:
        raise problem("What is wrong.")

    expect(make_door(FakeEngine(fail)).verify(), problem.status, problem.name)


def test_a_fault_of_ours_says_nothing_of_its_cause(make_door: MakeDoor) -> None:
    def fail(_: Submission) -> None:
        raise RuntimeError("MARIA AB12345678CD /secret/path")

    door = make_door(FakeEngine(fail))
    answer = door.verify()
    problem = expect(answer, 500, "internal")
    assert "MARIA" not in answer.text
    assert "path" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert problem["detail"]
    door.engine.before = None
    assert door.verify().status_code == 200


def test_a_database_that_is_gone_is_503_and_readyz_says_so(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    with monkeypatch.context() as broken:
        broken.setattr(door.desk.store.keys, "authenticate", gone)
        answer = door.verify()
        expect(answer, 503, "overloaded")
        assert int(answer.headers["retry-after"]) > 0
    with monkeypatch.context() as broken:
        broken.setattr(door.desk.store.database, "available", lambda: False)
        ready = door.http.get("/readyz")
        assert (ready.status_code, ready.json()["database"]) == (503, "unavailable")
    assert door.verify().status_code == 200


def test_a_file_field_in_which_nothing_was_chosen_is_no_part(door: Door) -> None:
    """What a browser sends for it: an empty name of the file and no bytes. An empty file has a name."""
    chosen = multipart(("back", b""), ("front", b"picture"))
    not_chosen = chosen.replace(b'"back"; filename="x"', b'"back"; filename=""')
    expect(post_parts(door, multipart(("front", b"")).replace(b'"x"', b'""')), 400, "no-evidence")
    assert [row["role"] for row in post_parts(door, not_chosen).json()["inputs"]] == ["front"]
    assert {row["role"] for row in post_parts(door, chosen).json()["inputs"]} == {"front", "back"}
