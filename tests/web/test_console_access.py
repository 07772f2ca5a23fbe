"""The desk for everyone: axe, sizes of targets, a walk by keyboard, narrow windows, keys that can be off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.access import SMALL, UNNAMED, violations
from tests.web.browser import page_of, until
from tests.web.desk import Desk, Seat, laid_desk
from tests.web.served import told_server

LANGUAGES = {"ja": "ja", "ja-easy": "ja", "en": "en"}
SPOKEN = """([lang, easy]) => document.documentElement.lang === lang
  && document.documentElement.hasAttribute("data-easy") === easy"""
THEMES = ("light", "dark", "sun")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with told_server(tmp_path_factory.mktemp("access"), evidence_enabled=True) as address:
        yield laid_desk(address)


@pytest.fixture(scope="module")
def seat(desk: Desk, chromium: Browser) -> Iterator[Seat]:
    seat = desk.sit(chromium, "sato")
    yield seat
    seat.leave()


def dress(page: Page, language: str, theme: str) -> None:
    """Choose language and theme as a person does."""
    language_select, theme_select = page.locator("page-preferences select").all()
    language_select.select_option(language)
    theme_select.select_option(theme)
    until(page, SPOKEN, [LANGUAGES[language], language == "ja-easy"])


def claim(seat: Seat) -> None:
    """Open a case as the one who decides it."""
    seat.open("bare")
    if seat.page.locator(".decision form").count() == 0:
        seat.page.keyboard.press("c")
        seat.page.locator(".decision form").wait_for()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_case_is_open_to_everyone_in_every_language_and_theme(
    seat: Seat, language: str, theme: str
) -> None:
    claim(seat)
    dress(seat.page, language, theme)
    seat.settle()
    assert violations(seat.page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_dialogs_are_open_to_everyone(seat: Seat, theme: str) -> None:
    page = seat.page
    claim(seat)
    dress(page, "en", theme)
    page.keyboard.press("?")
    page.locator("dialog[open]").wait_for()
    assert violations(page) == []
    assert page.evaluate(SMALL) == []
    page.keyboard.press("Escape")
    page.get_by_label("Report as forged", exact=False).check()
    page.get_by_label("Reason").fill("looks wrong")
    page.get_by_role("button", name="Record the decision").click()
    page.get_by_role("dialog", name="Report as forged?").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Go back").click()
    expect(page.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize("where", ["queue", "batches", "batch", "statistics"])
def test_every_room_is_open_to_everyone(desk: Desk, seat: Seat, where: str) -> None:
    seat.go(f"batches/{desk.batch}" if where == "batch" else where)
    dress(seat.page, "ja", "light")
    seat.settle()
    assert violations(seat.page) == []
    assert seat.page.evaluate(SMALL) == []
    assert seat.page.evaluate(UNNAMED) == []


def test_the_way_in_is_open_to_everyone(desk: Desk, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    page, wrong = page_of(context)
    page.goto(f"{desk.address}/console")
    page.wait_for_selector("#key")
    assert violations(page) == []
    page.locator("#menu summary").click()
    assert page.locator("page-preferences").is_visible()
    assert violations(page) == []
    assert page.evaluate(SMALL) == []
    context.close()
    assert wrong == []


def test_what_is_touched_is_large_enough_and_has_a_name(seat: Seat) -> None:
    seat.open("bare")
    assert seat.page.evaluate(SMALL) == []
    assert seat.page.evaluate(UNNAMED) == []


def test_everything_is_reached_by_keyboard_and_the_focus_is_seen(seat: Seat) -> None:
    page = seat.page
    seat.open("bare")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, select, textarea, summary, input")]
        .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "radio")
        .map((one, at) => (one.dataset.walk = String(at))).length"""
    )
    page.evaluate("document.activeElement.blur()")
    reached, unseen = set(), []
    for _ in range(3 * wanted):
        page.keyboard.press("Tab")
        at, seen = page.evaluate(
            """() => { const one = document.activeElement;
            const {outlineStyle, outlineWidth} = getComputedStyle(one);
            return [one.dataset.walk, outlineStyle !== "none" && parseFloat(outlineWidth) >= 2]; }"""
        )
        reached.add(at)
        if at is not None and not seen:
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
        if len(reached - {None}) == wanted:
            break
    missed = set(map(str, range(wanted))) - reached
    assert [
        page.evaluate("at => document.querySelector(`[data-walk='${at}']`).outerHTML", at) for at in missed
    ] == []
    assert unseen == []


def test_a_narrow_window_and_large_text_need_no_sideways_scrolling(seat: Seat) -> None:
    page = seat.page
    seat.open("bare")
    for width, size in ((320, "100%"), (640, "200%")):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (width, size)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_single_keys_can_be_switched_off(seat: Seat) -> None:
    page = seat.page
    seat.open("bare")
    dress(page, "en", "light")
    place = page.url
    page.get_by_role("button", name="Help").click()
    page.get_by_label("Use single keys").uncheck()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.locator("dialog").count() == 0
    assert page.url == place
    page.get_by_role("button", name="Help").click()
    page.get_by_label("Use single keys").check()
    page.keyboard.press("Escape")


def test_language_and_theme_are_remembered(seat: Seat) -> None:
    page = seat.page
    dress(page, "ja-easy", "sun")
    page.reload()
    page.wait_for_selector(".verdict, .empty")
    assert page.get_attribute("html", "data-theme") == "sun"
    assert page.get_attribute("html", "lang") == "ja"
    assert page.locator("#rooms").inner_text().startswith("まって いる もの")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
