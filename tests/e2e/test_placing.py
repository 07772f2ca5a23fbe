"""Sides that were mixed up, and pictures in which there is nothing."""

from __future__ import annotations

from tests.e2e.samples import sample
from tests.e2e.service import Service


def test_sides_that_were_swapped_are_put_in_place(service: Service) -> None:
    case = sample("genuine-a-0")
    swapped = {"front": case.read("back"), "back": case.read("front"), "chip": case.read("chip")}
    report = service.verify(swapped, case.request).json
    assert report["verdict"] == "authentic"
    number = next(field for field in report["fields"] if field["name"] == "card_number")
    assert "front" in {source["source"] for source in number["sources"]}


def test_the_same_side_twice_is_told(service: Service) -> None:
    case = sample("genuine-a-0")
    report = service.verify({"front": case.read("front"), "back": case.read("front")}, case.request).json
    by_id = {check["id"]: check["reason"] for check in report["checks"]}
    assert by_id["capture.back"] == "capture.back.wrong_side"


def test_a_back_alone_asks_for_the_front(service: Service) -> None:
    case = sample("genuine-a-0")
    report = service.verify({"back": case.read("back")}, case.request).json
    assert (report["verdict"], report["next_action"]) == ("inconclusive", "add_side")


def test_a_back_in_place_of_the_front_asks_for_the_front(service: Service) -> None:
    case = sample("genuine-a-0")
    report = service.verify({"front": case.read("back")}, case.request).json
    assert report["verdict"] == "inconclusive"
    assert report["next_action"] in ("retake_image", "add_side")
