"""Card beside chip: blinking that never flashes, zoom and pan by keys, tilt frames, and no picture sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.samples import SAMPLE_CARDS
from tests.web.access import SMALL, UNNAMED, violations
from tests.web.browser import until
from tests.web.desk import FRAMES, Desk, Seat, laid_desk
from tests.web.served import told_server

LEAST_MS = 1000 / 3
"""WCAG 2.2, 2.3.1: no more than three flashes in any second."""
LISTEN = """() => { globalThis.changes = [];
document.addEventListener("picture-change", (event) => changes.push(event.detail.at)); }"""
LOOK = """() => { const {data} = document.querySelector(".pane canvas").getContext("2d")
.getImageData(0, 0, 200, 100);
return data.reduce((sum, one, at) => (sum * 31 + one * (at % 251)) % 1e9, 7); }"""
DRAWN = "document.querySelectorAll('.pane:not([hidden]):not([aria-busy=true]) canvas').length === "


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with told_server(tmp_path_factory.mktemp("pictures"), evidence_enabled=True) as address:
        yield laid_desk(address)


@pytest.fixture(scope="module")
def seat(desk: Desk, chromium: Browser) -> Iterator[Seat]:
    seat = desk.sit(chromium, "sato", "en", reduced_motion="no-preference")
    seat.open("kept")
    until(seat.page, f"{DRAWN} 2")
    seat.page.evaluate(LISTEN)
    yield seat
    seat.leave()


def flat(page: Page) -> None:
    """The comparator as it was at first."""
    page.get_by_role("button", name="Whole").click()
    page.get_by_role("button", name="Side by side").click()


def test_the_card_lies_beside_what_the_chip_holds(seat: Seat) -> None:
    captions = seat.page.locator(".pane figcaption").all_inner_texts()
    assert captions == ["Front, rectified", "Text picture in the chip"]
    sizes = seat.page.locator(".pane canvas").evaluate_all("all => all.map((one) => [one.width, one.height])")
    assert sizes[0] == sizes[1]


def test_blinking_changes_the_picture_and_never_flashes(seat: Seat) -> None:
    page = seat.page
    flat(page)
    page.evaluate("changes.length = 0")
    page.keyboard.press("b")
    seen = set()
    for _ in range(60):
        page.get_by_role("button", name="Swap").dispatch_event("click")
        seen.add(page.evaluate(LOOK))
        page.wait_for_timeout(40)
        if page.evaluate("changes.length") >= 5:
            break
    page.keyboard.press("b")
    times = page.evaluate("changes")
    assert len(times) >= 3
    assert min(b - a for a, b in pairwise(times)) >= LEAST_MS
    assert len(seen) == 2
    assert page.get_by_role("button", name="Blink").get_attribute("aria-pressed") == "false"
    page.wait_for_timeout(900)
    assert page.evaluate("changes.length") == len(times), "stopped means stopped"


def test_who_asked_for_less_motion_changes_pictures_by_hand(seat: Seat) -> None:
    page = seat.page
    page.emulate_media(reduced_motion="reduce")
    flat(page)
    page.evaluate("changes.length = 0")
    page.wait_for_timeout(400)
    page.keyboard.press("b")
    page.wait_for_timeout(1800)
    assert page.evaluate("changes.length") == 1
    assert page.locator("#said").inner_text() != "", "and is told which one is on top"
    page.emulate_media(reduced_motion="no-preference")


def test_zoom_and_pan_by_keys_by_buttons_and_by_pointing(seat: Seat) -> None:
    page = seat.page
    flat(page)
    zoom = page.locator(".zoom")
    whole = page.evaluate(LOOK)
    page.keyboard.press("+")
    page.get_by_role("button", name="Zoom in").click()
    assert zoom.inner_text() == "196 %"
    page.locator(".pane canvas").first.focus()
    close = page.evaluate(LOOK)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    moved = page.evaluate(LOOK)
    assert len({whole, close, moved}) == 3
    page.keyboard.press("0")
    assert (zoom.inner_text(), page.evaluate(LOOK)) == ("100 %", whole)
    page.locator(".pane canvas").first.click(position={"x": 30, "y": 30})
    assert zoom.inner_text() == "200 %", "a tap is enough: nobody has to drag"
    flat(page)


def test_a_finding_is_shown_where_it_is(seat: Seat) -> None:
    page = seat.page
    flat(page)
    framed = page.evaluate(LOOK)
    page.keyboard.press("f")
    assert page.get_by_role("button", name="Findings").get_attribute("aria-pressed") == "false"
    assert page.evaluate(LOOK) != framed
    page.keyboard.press("f")
    page.get_by_role("button", name="Against").click()
    page.get_by_role("button", name="Show the place").first.click()
    assert page.locator(".zoom").inner_text() == "120 %"
    assert page.evaluate("document.activeElement.matches('.pane canvas')")
    flat(page)


def test_the_curtain_shows_some_of_both(seat: Seat) -> None:
    page = seat.page
    flat(page)
    page.get_by_role("button", name="Curtain").click()
    slider = page.get_by_label("Position of the curtain")
    looks = set()
    for place in ("0", "8", "100"):
        slider.fill(place)
        looks.add(page.evaluate(LOOK))
    assert len(looks) == 3
    flat(page)


def test_frames_of_a_tilt_are_moved_through_by_keys(seat: Seat) -> None:
    page = seat.page
    page.get_by_role("button", name="Up and down").click()
    page.locator(".scrubber figure").wait_for()
    slider = page.get_by_label("Choose a frame")
    count = int(slider.get_attribute("max") or 0)
    assert FRAMES - 2 <= count <= FRAMES
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == f"Frame 2 of {count}"
    page.locator("#pictures-title").click()
    page.keyboard.press("]")
    assert slider.input_value() == "3"
    page.get_by_role("button", name="Previous frame").click()
    assert slider.input_value() == "2"


def test_pictures_are_open_to_everyone(seat: Seat) -> None:
    page = seat.page
    for mode in ("Side by side", "Curtain", "On top of each other"):
        page.get_by_role("button", name=mode).click()
        assert violations(page) == []
        assert page.evaluate(SMALL) == []
        assert page.evaluate(UNNAMED) == []
    flat(page)


def test_without_kept_pictures_it_says_so_and_opens_a_file_without_sending_it(seat: Seat) -> None:
    page = seat.page
    seat.open("bare")
    page.get_by_text("No pictures of this case were kept").wait_for()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    chooser = page.get_by_label("Choose a picture of this device").first
    chooser.set_input_files(SAMPLE_CARDS / "people/03-TH96664831XN/front.jpg")
    until(page, f"{DRAWN} 1")
    until(page, "document.querySelector('.pane canvas').height > 100")
    assert sent == []
    chooser.set_input_files(Path(__file__))
    page.get_by_text("cannot be opened as a picture").wait_for()
    assert sent == []
