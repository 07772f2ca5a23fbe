"""Whatever arrives, the answer is a problem or a report: never a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.api.problems import ProblemModel
from tests.api.conftest import Door, MakeDoor
from tests.api.test_problems import BOUNDARY, multipart

NAMES = ("front", "back", "chip", "tilt", "tilt_vertical", "request", "companion", "photo", "")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.sampled_from(["auto", "full", "none", "vertical", "2026-11-22T01:02:03Z"])
        for name in ("client_reference", "policy", "layout", "tilt_axis", "expected", "reference_time")
    }
    | {"detail": JSON, "store": JSON, "lapse_inquiry": JSON},
)
BODIES = st.fixed_dictionaries(
    {}, optional={name: JSON | st.sampled_from(["AAEC", ["AAEC"]]) for name in NAMES if name != "request"}
    | {"request": REQUESTS},
)  # fmt: skip
CALM = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def open_door(make_door: MakeDoor) -> Door:
    return make_door(requests_per_minute=1_000_000)


def post(door: Door, body: bytes, kind: str) -> None:
    headers = {**door.headers("client"), "Content-Type": kind}
    answer = door.http.post("/v1/verify", content=body, headers=headers)
    assert answer.status_code == 200 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code != 200:
        ProblemModel.model_validate(answer.json())


@CALM
@given(body=BODIES)
def test_any_members_as_json(open_door: Door, body: dict[str, Any]) -> None:
    post(open_door, json.dumps(body).encode(), "application/json")


@CALM
@given(body=st.binary(max_size=300) | st.text(alphabet='[]{}",:\\\\0aeE+-. \n', max_size=60).map(str.encode))
def test_any_bytes_as_json(open_door: Door, body: bytes) -> None:
    post(open_door, body, "application/json")


@CALM
@given(
    parts=st.lists(st.tuples(st.sampled_from(NAMES), st.binary(max_size=40)), max_size=5),
    cut=st.integers(0, 60),
    noise=st.binary(max_size=20),
)
def test_any_parts_cut_anywhere(
    open_door: Door, parts: list[tuple[str, bytes]], cut: int, noise: bytes
) -> None:
    body = multipart(*parts)
    post(open_door, body[: len(body) - cut] + noise, f"multipart/form-data; boundary={BOUNDARY}")


@CALM
@given(
    kind=st.sampled_from(["multipart/form-data; boundary=", "application/json;", "multipart/form-data;", ""]),
    rest=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=90),
)
def test_any_media_type(open_door: Door, kind: str, rest: str) -> None:
    post(open_door, b"--x\r\n\r\n\r\n--x--", kind + rest)


@CALM
@given(path=st.text(max_size=40), query=st.text(max_size=40))
def test_any_path_and_query(open_door: Door, path: str, query: str) -> None:
    for method in ("GET", "DELETE"):
        answer = open_door.http.request(
            method,
            f"/v1/verifications/{quote(path)}?cursor={quote(query)}",
            headers=open_door.headers("admin"),
        )
        assert answer.status_code < 500
