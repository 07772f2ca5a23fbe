from __future__ import annotations

from typing import Any

from service.cards.layout import layouts
from service.checks.catalogue import CHECKS
from tests.api.conftest import Door


def listed(door: Door, what: str) -> dict[str, Any]:
    answer = door.http.get(f"/v1/{what}", headers=door.headers("client"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["object"] == "list"
    return {item["id"]: item for item in answer.json()["data"]}


def test_every_check_is_listed_with_every_code_it_may_give(door: Door) -> None:
    shown = listed(door, "checks")
    assert set(shown) == {check.id for check in CHECKS}
    for check in CHECKS:
        entry = shown[check.id]
        assert {r["code"]: r["result"] for r in entry["reasons"]} == dict(check.all_reasons)
        assert (entry["basis"], entry["effect"]) == (check.basis, check.effect)
        assert entry["citation"]


def test_every_code_has_its_sentence_in_every_language(door: Door) -> None:
    for entry in listed(door, "checks").values():
        for reason in entry["reasons"]:
            assert set(reason["message"]) == {"en", "ja", "ja-easy"}
            assert reason["message"]["en"] != reason["message"]["ja"], reason["code"]


def test_every_layout_is_listed_with_its_fields(door: Door) -> None:
    shown = listed(door, "layouts")
    assert set(shown) == set(layouts())
    assert "card_number" in shown["jp.residence_card.gen1"]["fields"]["front"]
