"""The reviewer's desk in a real browser: from the queue to a decision of two people, by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web.browser import PHONE, page_of, shot, until
from tests.web.desk import Desk, Seat, laid_desk
from tests.web.served import MARKUP, told_server

FAULT = "document.querySelector('.decision .fault').textContent"
ROOMS = ("queue", "batches", "statistics")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with told_server(folder, evidence_enabled=True) as address:
        yield laid_desk(address)


@pytest.fixture(scope="module")
def sato(desk: Desk, chromium: Browser) -> Iterator[Seat]:
    seat = desk.sit(chromium, "sato")
    yield seat
    seat.leave()


@pytest.fixture(scope="module")
def suzuki(desk: Desk, chromium: Browser) -> Iterator[Seat]:
    seat = desk.sit(chromium, "suzuki", "en")
    yield seat
    seat.leave()


def focused(page: Page) -> str:
    """What has the focus, by what a person would call it."""
    return str(page.evaluate("(a => a.value || a.textContent || a.tagName)(document.activeElement)")).strip()


def walk_to(page: Page, wanted: str, most: int = 80) -> None:
    """Press Tab until something that matches has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"{wanted} is not reached with Tab")


def test_a_client_is_told_that_this_is_not_his_desk(desk: Desk, chromium: Browser) -> None:
    context = chromium.new_context(locale="en-GB")
    page, wrong = page_of(context)
    page.goto(f"{desk.address}/console")
    page.fill("#key", "hk_wrong")
    page.keyboard.press("Enter")
    until(page, "document.getElementById('key-fault').textContent.includes('valid key')")
    page.fill("#key", desk.keys["client"])
    page.keyboard.press("Enter")
    until(page, "document.getElementById('key-fault').textContent.includes('may not review')")
    assert page.input_value("#key") == ""
    assert page.evaluate("document.activeElement.id") == "key"
    page.reload()
    page.wait_for_selector("#key")
    assert page.evaluate("Object.values(localStorage).join() + document.cookie").find("hk_") == -1
    assert wrong == []
    context.close()


def test_the_queue_is_narrowed_by_filters(sato: Seat) -> None:
    page = sato.page
    sato.go("queue")
    assert page.locator(".rows a").count() == 4
    page.get_by_label("判定").select_option("inconclusive")
    until(page, "document.querySelectorAll('.rows a').length === 1")
    page.get_by_label("判定").select_option("")
    page.get_by_label("自分の担当のみ").check()
    page.wait_for_selector(".rows .empty")
    page.get_by_label("自分の担当のみ").uncheck()
    until(page, "document.querySelectorAll('.rows a').length === 4")
    assert "4" in page.locator("#said").inner_text()


def test_two_people_report_a_forgery_by_keyboard_alone(desk: Desk, sato: Seat, suzuki: Seat) -> None:
    page, case = sato.page, desk.cases["bare"]
    sato.go("queue")
    for _ in range(2):
        page.keyboard.press("j")
        page.wait_for_selector(".verdict")
        sato.settle()
    assert page.url.endswith(case)
    page.keyboard.press("c")
    page.wait_for_selector(".decision form")
    page.keyboard.press("d")
    assert focused(page) == "genuine"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "report_as_forged"
    page.keyboard.press("Tab")
    page.keyboard.type(f"b j c the photo is glued {MARKUP}")
    assert page.url.endswith(case), "letters in a text are letters"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    assert focused(page) == "戻る", "what accuses somebody is never the first button"
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    walk_to(page, ".decision form .primary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page) == "報告する"
    page.keyboard.press("Enter")
    page.get_by_text("別の担当者の確認が必要").wait_for()
    assert desk.ask("GET", f"/v1/reviews/{case}")["state"] == "awaiting_second"

    other = suzuki.page
    suzuki.open("bare")
    other.keyboard.press("d")
    other.keyboard.type("I saw it too")
    walk_to(other, "button.danger")
    other.keyboard.press("Enter")
    other.wait_for_selector(".history li:nth-child(3)")
    assert "I saw it too" in other.locator(".history").inner_text()
    assert MARKUP in other.locator(".history").inner_text()
    review = desk.ask("GET", f"/v1/reviews/{case}")
    assert (review["state"], review["seconded_by"]) == ("decided", desk.key_ids["suzuki"])


def test_who_is_too_late_is_told_and_keeps_his_words(desk: Desk, sato: Seat, suzuki: Seat) -> None:
    sato.open("third")
    suzuki.open("third")
    sato.page.get_by_role("button", name="担当する").click()
    sato.page.wait_for_selector(".decision form")
    suzuki.page.get_by_role("button", name="Take it up").click()
    until(suzuki.page, f"{FAULT}.includes('taken up')")
    sato.page.get_by_label("真正", exact=False).first.check()
    sato.page.get_by_label("理由").fill("same as at the desk")
    desk.ask("POST", f"/v1/reviews/{desk.cases['third']}/release", key=desk.keys["sato"])
    sato.page.get_by_role("button", name="判断を記録する").click()
    until(sato.page, f"{FAULT} !== ''")
    assert sato.page.get_by_label("理由").input_value() == "same as at the desk"


def test_nothing_from_outside_is_taken_for_markup(desk: Desk, sato: Seat, suzuki: Seat) -> None:
    for where in (*(f"queue/{id}" for id in desk.cases.values()), *ROOMS, f"batches/{desk.batch}"):
        sato.go(where)
        page = sato.page
        assert page.evaluate("globalThis.hurt") is None, where
        assert page.locator("img[src=x], main script, bar script").count() == 0, where
    sato.open("kept")
    assert page.locator("#who").inner_text().startswith("sato <img"), "a key's name is text"
    for place in (".said-card", "table", ".rows"):
        assert MARKUP in page.locator(place).first.inner_text(), place
    suzuki.open("kept")
    suzuki.page.get_by_text(f"unlike {MARKUP}").first.wait_for()
    assert suzuki.page.evaluate("globalThis.hurt") is None


def test_measures_stand_against_their_thresholds_in_words(sato: Seat) -> None:
    sato.open("kept")
    sato.page.get_by_role("button", name="不利な結果").click()
    rows = sato.page.locator(".measures [role=row]")
    assert rows.count() == 3, "the head, what fails, what is suspect"
    first = rows.nth(1).inner_text()
    for told in ("不適合", "security.photo_place", "3.25", "2", "-0.90（偽造側）"):
        assert told in first
    sato.page.locator(".card", has=sato.page.locator(".measures")).get_by_role(
        "button", name="すべて"
    ).click()
    assert rows.count() == 5
    assert "0.61（真正側）" in rows.nth(4).inner_text()
    assert "数値なし" in rows.nth(3).inner_text()


def test_links_show_the_same_number_with_other_data(sato: Seat) -> None:
    sato.open("kept")
    links = sato.page.locator(".links")
    links.wait_for()
    assert links.locator("> li").count() >= 3
    assert "同じ番号が別の人の情報とともに" in links.inner_text()
    links.get_by_role("link").first.click()
    sato.page.wait_for_selector(".verdict")
    assert not sato.page.url.endswith(sato.desk.cases["kept"])


def test_batches_show_how_far_they_are(desk: Desk, suzuki: Seat) -> None:
    page = suzuki.page
    suzuki.go("batches")
    until(page, "document.querySelector('main').textContent.includes('3 of 3 ended')")
    assert page.locator("progress").evaluate("bar => bar.value / bar.max") == 1
    page.get_by_role("link", name="Results of").click()
    page.wait_for_selector("tbody tr:nth-child(3)")
    assert MARKUP[:20] in page.locator("tbody").inner_text()
    page.locator("tbody a").first.click()
    page.wait_for_selector(".verdict")


def test_statistics_count_what_people_decided(suzuki: Seat) -> None:
    suzuki.go("statistics")
    page = suzuki.page
    page.wait_for_selector(".figure")
    assert page.locator(".figure-value").all_inner_texts() == ["1", "100%"]
    assert "1 (100%)" in page.locator("tbody").inner_text()


def test_a_key_that_is_revoked_ends_the_work_at_the_desk(desk: Desk, chromium: Browser) -> None:
    made = desk.ask("POST", "/v1/keys", {"role": "inspector", "name": "short"})
    desk.keys["short"] = made["key"]
    seat = desk.sit(chromium, "short")
    desk.ask("DELETE", f"/v1/keys/{made['id']}")
    seat.page.get_by_role("button", name="更新").click()
    seat.page.wait_for_selector("#key")
    assert seat.page.locator(".queue").count() == 0
    assert seat.page.locator("#rooms").is_hidden()
    seat.leave()


def test_pictures_of_the_desk_for_a_person_to_look_at(desk: Desk, sato: Seat) -> None:
    for name, size in (("desk", None), ("phone", PHONE)):
        if size:
            sato.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for where in (*ROOMS, f"queue/{desk.cases['kept']}"):
            sato.go(where)
            sato.settle()
            shot(sato.page, f"console-{name}-{where.split('_')[0].replace('/', '-')}")
            wide = sato.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{where} at {name} size is scrolled sideways"
