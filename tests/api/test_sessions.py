"""A dump handed over: opened by a key, delivered by a code, used once, kept no longer than it must be."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from scripts.specimens.dump import dump_json, dump_zip
from service.api.chip_sessions import NewSessionModel, SessionModel
from service.api.guesses import ALL_FACTOR, MAX_NETWORKS, Guesses, network_of
from service.errors import RateLimited
from service.store.session_tables import ChipSessionRow
from service.store.sessions import CODE_SIGNS, normal_code
from tests.api.conftest import Door, MakeDoor
from tests.api.fakes import FakeEngine
from tests.api.test_problems import expect
from tests.chip.world import NUMBER, first, second

AT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
DUMP = dump_json(first(), NUMBER, AT)
SESSION = re.compile(r"ses_[0-9A-HJKMNP-TV-Z]{26}")
CODE = re.compile(rf"[{CODE_SIGNS}]{{4}}-[{CODE_SIGNS}]{{4}}")


def opened(door: Door, who: str = "client", **headers: str) -> Any:
    return door.http.post("/v1/sessions", headers={**door.headers(who), **headers})


def deliver(door: Door, code: str, dump: bytes = DUMP) -> Any:
    return door.http.put(f"/v1/sessions/{code}/chip", content=dump)


def seen(door: Door, id: str, who: str = "client") -> Any:
    return door.http.get(f"/v1/sessions/{id}", headers=door.headers(who))


def used(door: Door, id: str, who: str = "client", **more: Any) -> Any:
    body = {"request": {"chip_session": id, "store": "none"}, **more}
    return door.http.post("/v1/verify", json=body, headers=door.headers(who))


def stored(door: Door) -> list[ChipSessionRow]:
    with door.desk.store.database.read() as session:
        return list(session.scalars(select(ChipSessionRow)))


def end_now(door: Door, by: timedelta = timedelta(seconds=2)) -> None:
    """Let every session have ended."""
    with door.desk.store.database.write() as session:
        session.execute(update(ChipSessionRow).values(expires_at=datetime.now(UTC) - by))


def test_from_the_code_to_the_report(door: Door) -> None:
    answer = opened(door)
    made = answer.json()
    assert answer.status_code == 201
    assert SESSION.fullmatch(made["id"])
    assert CODE.fullmatch(made["code"])
    assert made["state"] == "waiting"
    assert seen(door, made["id"]).json() == {name: v for name, v in made.items() if name != "code"}

    assert deliver(door, made["code"]).status_code == 204
    received = seen(door, made["id"]).json()
    assert (received["state"], received["chip"]["card_number"]) == ("received", NUMBER)
    assert (received["chip"]["generation"], received["chip"]["complete"]) == (1, True)
    assert set(received["chip"]["files"]) == set(first())

    assert used(door, made["id"]).status_code == 200
    assert door.engine.seen[-1].chip == DUMP
    after = seen(door, made["id"]).json()
    assert (after["state"], after["chip"]) == ("used", None)
    assert [row.dump for row in stored(door)] == [None]


def test_every_shape_of_dump_is_taken(door: Door) -> None:
    for dump in (dump_zip(first()), dump_json(second(), NUMBER)):
        made = opened(door).json()
        assert deliver(door, made["code"], dump).status_code == 204
        assert seen(door, made["id"]).json()["chip"]["complete"]


def test_a_picture_and_a_session_are_one_submission(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    assert used(door, made["id"], front="AAEC").status_code == 200
    assert door.engine.seen[-1].pictures
    assert door.engine.seen[-1].chip == DUMP


def test_a_code_is_good_for_one_delivery(door: Door) -> None:
    made = opened(door).json()
    assert deliver(door, made["code"]).status_code == 204
    expect(deliver(door, made["code"]), 401, "unauthenticated")
    expect(deliver(door, "0000-0000"), 401, "unauthenticated")
    assert [row.code_hash for row in stored(door)] == [None]


def test_a_code_is_understood_as_people_type_it(door: Door) -> None:
    for change in (str.lower, lambda code: code.replace("-", ""), lambda code: f" {code}"):
        assert deliver(door, change(opened(door).json()["code"])).status_code == 204


def test_signs_that_are_read_for_others() -> None:
    assert normal_code("o1il-2345") == "01112345"
    assert normal_code("ABCD-EFG") is None
    assert normal_code("ABCD-EFGU") is None


def test_a_dump_that_is_none_leaves_the_code_as_it_was(door: Door) -> None:
    code = opened(door).json()["code"]
    for junk in (b"", b"{}", b"PK\x03\x04", b"\x00" * 100):
        assert deliver(door, code, junk).status_code in (400, 422)
    assert deliver(door, code).status_code == 204


def test_a_body_over_the_limit_is_refused(make_door: MakeDoor) -> None:
    door = make_door(max_dump_bytes=1000)
    made = opened(door).json()
    expect(deliver(door, made["code"], b"x" * 1001), 413, "payload-too-large")
    assert seen(door, made["id"]).json()["state"] == "waiting"


def test_only_the_key_that_opened_it_sees_or_uses_it(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    for who in ("other", "inspector", "admin"):
        expect(seen(door, made["id"], who), 404, "not-found")
        expect(used(door, made["id"], who), 404, "not-found", "/request/chip_session")
    assert used(door, made["id"]).status_code == 200


def test_any_key_may_open_one_and_nobody_without(door: Door) -> None:
    assert {opened(door, who).status_code for who in ("client", "inspector", "admin")} == {201}
    expect(door.http.post("/v1/sessions"), 401, "unauthenticated")
    expect(door.http.get("/v1/sessions/ses_0"), 401, "unauthenticated")


def test_a_session_without_a_dump_serves_nothing(door: Door) -> None:
    made = opened(door).json()
    expect(used(door, made["id"]), 404, "not-found", "/request/chip_session")
    deliver(door, made["code"])
    assert used(door, made["id"]).status_code == 200
    expect(used(door, made["id"]), 404, "not-found", "/request/chip_session")


def test_a_session_that_there_is_not(door: Door) -> None:
    asked: list[Any] = ["ses_" + "0" * 26, "ses_1", "vrf_" + "0" * 26, "", 7]
    assert [used(door, id).status_code for id in asked] == [404, 400, 400, 400, 400]


def test_a_dump_and_a_session_at_once_are_one_too_many(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    expect(used(door, made["id"], chip="e30="), 400, "request-invalid", "/request/chip_session")
    assert used(door, made["id"]).status_code == 200, "the refusal has not used it up"


def test_a_failed_verification_leaves_the_dump(make_door: MakeDoor) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("a fault of ours")

    door = make_door(FakeEngine(fail))
    made = opened(door).json()
    deliver(door, made["code"])
    assert used(door, made["id"]).status_code == 500
    door.engine.before = None
    assert used(door, made["id"]).status_code == 200


def test_the_same_request_again_gets_the_same_report_though_the_dump_is_gone(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    headers = {**door.headers("client"), "Idempotency-Key": "k"}
    body = {"request": {"chip_session": made["id"]}}
    first_answer = door.http.post("/v1/verify", json=body, headers=headers)
    assert first_answer.status_code == 200
    assert door.http.post("/v1/verify", json=body, headers=headers).content == first_answer.content


def test_opening_is_repeatable(door: Door) -> None:
    made, again = (opened(door, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert (again.status_code, again.content) == (201, made.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert len(stored(door)) == 1
    assert opened(door, **{"Idempotency-Key": "other"}).json()["id"] != made.json()["id"]


def test_a_code_ends(door: Door) -> None:
    made = opened(door).json()
    end_now(door)
    assert seen(door, made["id"]).json()["state"] == "expired"
    expect(deliver(door, made["code"]), 401, "unauthenticated")


def test_a_dump_ends_and_is_erased(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    end_now(door)
    ended = seen(door, made["id"]).json()
    assert (ended["state"], ended["chip"]) == ("expired", None)
    expect(used(door, made["id"]), 404, "not-found", "/request/chip_session")
    opened(door, "other")
    assert all(row.dump is None for row in stored(door)), "whoever opens the next one erases what is over"


def test_the_sweep_erases_dumps_and_in_the_end_the_session(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    end_now(door)
    door.desk.store.purge(datetime.now(UTC))
    assert [(row.dump, row.code_hash) for row in stored(door)] == [(None, None)]
    end_now(door, timedelta(days=2))
    door.desk.store.purge(datetime.now(UTC))
    assert stored(door) == []


def test_what_is_stored_names_nobody(door: Door) -> None:
    made = opened(door).json()
    deliver(door, made["code"])
    (row,) = stored(door)
    assert row.dump is not None
    assert NUMBER.encode() not in row.dump
    assert made["code"].replace("-", "") not in repr(vars(row))
    actions = [line.action for line in door.desk.store.audit.lines(made["id"])]
    assert actions == ["session.created", "session.received"]


def test_a_key_has_only_so_many_open(make_door: MakeDoor) -> None:
    door = make_door(max_open_sessions=2)
    ids = [opened(door).json()["id"] for _ in range(2)]
    expect(opened(door), 429, "rate-limited")
    assert opened(door, "other").status_code == 201
    end_now(door)
    assert opened(door).status_code == 201
    assert seen(door, ids[0]).json()["state"] == "expired"


def test_guessing_is_braked_and_an_honest_delivery_costs_nothing(make_door: MakeDoor) -> None:
    door = make_door(code_guesses_per_minute=3)
    for _ in range(5):
        assert deliver(door, opened(door).json()["code"]).status_code == 204
    for _ in range(3):
        expect(deliver(door, "ZZZZ-ZZZZ"), 401, "unauthenticated")
    refused = deliver(door, opened(door).json()["code"])
    expect(refused, 429, "rate-limited")
    assert int(refused.headers["retry-after"]) > 0


def test_the_brake_lets_go_with_time_and_knows_networks_apart() -> None:
    now = [0.0]
    guesses = Guesses(2, clock=lambda: now[0])
    for _ in range(2):
        guesses.take("a")
    with pytest.raises(RateLimited):
        guesses.take("a")
    guesses.take("b")
    now[0] += 31
    guesses.take("a")
    with pytest.raises(RateLimited):
        guesses.take("a")
    guesses.give_back("a")
    guesses.take("a")


def test_all_networks_together_are_braked_too_and_memory_is_bounded() -> None:
    guesses = Guesses(1, clock=lambda: 0.0)
    for index in range(ALL_FACTOR):
        guesses.take(str(index))
    with pytest.raises(RateLimited):
        guesses.take("new")
    many = Guesses(10**6, clock=lambda: 0.0)
    for index in range(MAX_NETWORKS + 50):
        many.take(str(index))
    assert len(many._buckets) <= MAX_NETWORKS


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2::9%eth0", "20010db800010002::/64"),
        ("testclient", "unknown"),
        (None, "unknown"),
    ],
)
def test_whom_an_attempt_counts_for(host: str | None, network: str) -> None:
    assert network_of(host) == network


def test_the_examples_of_the_description_are_valid(door: Door) -> None:
    described = door.http.get("/openapi.json").json()["paths"]
    new = described["/v1/sessions"]["post"]["responses"]["201"]["content"]["application/json"]["example"]
    shown = described["/v1/sessions/{id}"]["get"]["responses"]["200"]["content"]["application/json"][
        "example"
    ]
    assert NewSessionModel.model_validate(new).code == new["code"]
    assert SessionModel.model_validate(shown).chip is not None
    assert set(opened(door).json()) == {*new, "received_at", "chip"}, "null members are left out of examples"
    made = opened(door).json()
    deliver(door, made["code"])
    assert set(seen(door, made["id"]).json()) == set(shown)
    assert set(seen(door, made["id"]).json()["chip"]) == set(shown["chip"])


def test_no_endpoint_passes_commands_to_a_card(door: Door) -> None:
    described = door.http.get("/openapi.json").json()["paths"]
    delivered = described["/v1/sessions/{code}/chip"]["put"]
    assert delivered["security"] == [{}]
    assert list(described["/v1/sessions/{code}/chip"]) == ["put"]
    assert not [path for path in described if re.search(r"apdu|command|transmit|reader", path)]
