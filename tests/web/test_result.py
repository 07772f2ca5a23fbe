"""The result page: every verdict in one look, strangers' text as text, what comes next, and who reads it."""

from __future__ import annotations

import json
import re
import tomllib
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from scripts.specimens.dump import dump_json
from service.api.examples import REPORT
from service.report import EntitlementEvidence, FieldName, Source, TermState, WorkState
from service.settings import ROOT
from service.verdict import Assurance, NextAction, Verdict
from service.web import STATIC
from tests.chip.world import NUMBER, first
from tests.web.browser import page_of, shot
from tests.web.cameras import DESK_SIZE, PHONE_SIZE, phone
from tests.web.flow import Walk
from tests.web.served import ADMIN, MARKUP, told_server

LANGUAGES = ("ja", "ja-easy", "en")
TONES = {
    "authentic": "good",
    "no_sign_of_forgery": "calm",
    "suspect": "warn",
    "forged": "bad",
    "invalid": "void",
    "inconclusive": "idle",
}
ACCUSING = re.compile(
    r"偽造|にせ|违法|伪造|造假|giả mạo|làm giả|falsific|fraud|forg|fake|palsu|नक्कली|किर्ते|police|警察",
    re.IGNORECASE,
)
AXES_OWN = "Applying inline style violates"
"""axe reads the style sheets of shadow roots by putting copies into the page, which its policy refuses."""
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SHOW = """async ([report, language]) => {
  const { setLanguage } = await import("/static/i18n.js");
  if (language) await setLanguage(language, { remember: false });
  document.querySelector("verification-result").show(report);
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with told_server(tmp_path_factory.mktemp("result")) as running:
        yield running


@pytest.fixture(scope="module")
def page(address: str, chromium: Browser) -> Iterator[Page]:
    """A result that the real service gave, of a card whose every text is markup."""
    context = phone(chromium)
    page, wrong = page_of(context)
    Walk(page).sign_in(address, ADMIN)
    id = _verified(address)["id"]
    page.goto(f"{address}/#{id}")
    page.wait_for_selector(".verdict")
    yield page
    assert page.evaluate("() => globalThis.hurt") is None
    assert [one for one in wrong if not one.startswith(AXES_OWN)] == []
    context.close()


def _verified(address: str, **request: Any) -> Any:
    body = {"front": "AAEC", "request": {"client_reference": f"suspect {MARKUP}", **request}}
    return _asked(address, "POST", "/v1/verify", body)


def _asked(address: str, method: str, path: str, body: object = None) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}{path}", content, headers, method=method)
    with urllib.request.urlopen(request, timeout=120) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def _report(**changes: Any) -> dict[str, Any]:
    return {**REPORT, "checks": [{**REPORT["checks"][0], "region": None}], **changes}


def _axe(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{v['id']}: {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]


def _low_targets(page: Page) -> list[str]:
    """What can be touched and is lower than 48 px, in the page and in its shadow roots."""
    low: list[str] = page.evaluate(
        """() => {
          const touched = "button, a.button, input:not([type=radio], [type=checkbox]), select, summary";
          const all = (root) => [...root.querySelectorAll("*")]
            .flatMap((node) => [node, ...(node.shadowRoot ? all(node.shadowRoot) : [])]);
          return all(document).filter((node) => node.matches(touched))
            .filter((node) => node.offsetParent !== null && !node.classList.contains("visually-hidden"))
            .filter((node) => node.getBoundingClientRect().height < 47.5)
            .map((node) => node.outerHTML.slice(0, 100));
        }"""
    )
    return low


def test_a_strangers_text_is_text(page: Page) -> None:
    assert page.evaluate("() => globalThis.hurt") is None
    page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    text = page.inner_text("verification-result")
    assert text.count("<script>globalThis.hurt=1</script>") >= 8, "fields, messages and reference are shown"
    assert page.locator("verification-result img, verification-result script").count() == 0


def test_findings_have_a_place_on_the_card_and_a_number(page: Page) -> None:
    numbers = page.locator(".place text").all_text_contents()
    assert numbers == ["1", "2"]
    listed = page.locator(".findings .number").all_inner_texts()
    assert sorted(listed) == numbers
    shot(page, "result-markup-phone")


@pytest.mark.parametrize("verdict", [v.value for v in Verdict])
def test_each_verdict_in_one_look(page: Page, verdict: str) -> None:
    report = _report(verdict=verdict, next_action="manual_review" if verdict != "authentic" else "none")
    words = set()
    for language in LANGUAGES:
        page.evaluate(SHOW, [report, language])
        section = page.locator(".verdict")
        assert section.get_attribute("data-tone") == TONES[verdict]
        assert section.locator(f".icon-{TONES[verdict]}").count() == 1
        words.add(section.locator("h1").inner_text())
    assert len(words) >= 2
    assert not any(word.startswith("common.") for word in words)
    page.evaluate(SHOW, [report, "ja"])
    shot(page, f"result-{verdict}-phone")


def test_who_may_work_until_when_and_how_many_hours(page: Page) -> None:
    page.evaluate(SHOW, [_report(reference_time="2026-11-22T01:02:03Z"), "en"])
    told = page.inner_text(".terms")
    for part in (
        "within the permission",
        "up to 28 hours a week",
        "long school holidays",
        "20 October 2027",
        "332 days",
    ):
        assert part in told
    stays = {"state": "not_permitted"}
    page.evaluate(SHOW, [_report(entitlement={**REPORT["entitlement"], "work": stays}), "ja"])
    assert "就労できません" in page.inner_text(".terms")


@pytest.mark.parametrize("action", ["retake_image", "add_side", "tilt_card", "read_chip"])
def test_what_comes_next_has_a_button(page: Page, action: str) -> None:
    page.evaluate(SHOW, [_report(next_action=action), "ja"])
    assert page.locator(f"[data-act={action}]").is_visible()


def test_words_for_everything_a_report_may_say() -> None:
    limits: dict[str, dict[str, str]] = {}
    for path in (ROOT / "service" / "messages").glob("*.toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        limits |= {code: texts for code, texts in table.items() if code.startswith("limit.")}
    for language in LANGUAGES:
        words = json.loads((STATIC / "locales" / language / "result.json").read_text(encoding="utf-8"))
        wanted = {f"result.assurance.{a.value}" for a in Assurance} | {
            f"result.next.{a.value}" for a in NextAction
        }
        wanted |= {f"result.work.{s.value}" for s in WorkState} | {
            f"result.term.{s.value}" for s in TermState
        }
        wanted |= {f"result.field.{f.value}" for f in FieldName} | {
            f"result.source.{s.value}" for s in Source
        }
        wanted |= {f"result.evidence.{e.value}" for e in EntitlementEvidence}
        wanted |= {f"result.verdict.{v.value}.about" for v in Verdict} | {f"result.{code}" for code in limits}
        assert wanted <= words.keys(), wanted - words.keys()
        for code, texts in limits.items():
            assert language == "ja-easy" or words[f"result.{code}"] == texts[language], "one wording, not two"


def test_the_holder_is_spoken_to_in_eight_languages_and_never_accused(page: Page) -> None:
    texts = json.loads((STATIC / "locales" / "holder.json").read_text(encoding="utf-8"))
    assert set(texts) == {"ja", "ja-easy", "en", "zh", "vi", "pt", "ne", "id"}
    for words in texts.values():
        assert set(words) == {"name", "finished", "look", "retake", "chip", "tilt"}
        assert not ACCUSING.search(" ".join(words.values()))
    for verdict in Verdict:
        page.evaluate(SHOW, [_report(verdict=verdict.value, next_action="manual_review"), "ja"])
        page.locator("[data-act=holder]").click()
        page.wait_for_selector("dialog[open]")
        assert page.inner_text(".holder-text") == texts["ja-easy"]["look"]
        page.locator("dialog button[value=ne]").click()
        assert page.locator(".holder-text").get_attribute("lang") == "ne"
        if verdict is Verdict.FORGED:
            shot(page, "result-holder-phone")
            assert _axe(page) == []
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")


def test_a_lapse_inquiry_is_recorded(page: Page, address: str) -> None:
    id = _verified(address)["id"]
    page.goto(f"{address}/#{id}")
    page.wait_for_selector(f"[data-record={id}]")
    page.locator(".lapse summary").click()
    link = page.locator(".lapse a.button")
    link.wait_for()
    assert (link.get_attribute("href") or "").startswith("https://")
    assert link.get_attribute("rel") == "noopener noreferrer"
    page.locator(".lapse input[value=lapsed]").check()
    page.fill("#lapse-by", f"鈴木 {MARKUP}")
    shot(page, "result-lapse-phone")
    page.locator(".lapse button[type=submit]").click()
    page.wait_for_selector('.verdict[data-tone="void"]')
    guide = _asked(address, "GET", f"/v1/verifications/{id}/lapse-inquiry")
    assert [one["result"] for one in guide["recorded"]] == ["lapsed"]


def test_a_chip_comes_by_its_one_time_code(page: Page, address: str) -> None:
    """The code is shown, the QR says where to send the dump, and its arrival verifies again."""
    id = _verified(address)["id"]
    page.goto(f"{address}/#{id}")
    page.wait_for_selector(f"[data-record={id}]")
    page.locator("[data-act=chip]").click()
    page.wait_for_selector(".qr")
    code = page.inner_text("p.code")
    assert f"--send {address} --code {code}" in page.inner_text(".chip pre")
    shot(page, "result-chip-phone")
    assert _axe(page) == []
    png = page.locator(".qr").screenshot()
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.text == f"{address}/v1/sessions/{code}/chip"
    _asked(address, "PUT", found.text.removeprefix(address), dump_json(first(), NUMBER, datetime.now(UTC)))
    page.wait_for_function(
        "(id) => !document.querySelector(`[data-record=${id}]`) && document.querySelector('.verdict')", arg=id
    )


@pytest.mark.parametrize("theme", ["light", "dark", "sun"])
def test_pages_read_well_to_everyone(page: Page, address: str, theme: str) -> None:
    page.goto(f"{address}/")
    page.wait_for_selector("card-capture [part~=file]")
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
    shot(page, f"inspect-intro-{theme}-phone")
    assert _axe(page) == []
    assert _low_targets(page) == []
    page.locator("#menu summary").click()
    shot(page, f"inspect-menu-{theme}-phone")
    assert _axe(page) == []
    page.keyboard.press("Escape")
    page.evaluate("(id) => { location.hash = id; }", _verified(address)["id"])
    page.wait_for_selector(".verdict")
    page.evaluate("() => document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.wait_for_selector(".lapse form")
    shot(page, f"result-{theme}-phone")
    assert _axe(page) == []
    assert _low_targets(page) == []
    page.set_viewport_size(DESK_SIZE)
    shot(page, f"result-{theme}-desk")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(PHONE_SIZE)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_signing_in_by_keyboard_alone(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport=DESK_SIZE, locale="en-US")
    page, wrong = page_of(context)
    page.goto(address)
    page.wait_for_selector("#key")
    shot(page, "inspect-sign-in-desk")
    assert _axe(page) == []
    page.focus("#key")
    page.keyboard.type("hk_wrong")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('#key-fault').textContent")
    assert page.get_attribute("#key", "aria-invalid") == "true"
    page.keyboard.type(ADMIN)
    page.keyboard.press("Enter")
    page.wait_for_selector("card-capture [part~=file]")
    assert page.evaluate("() => JSON.stringify(localStorage) + document.cookie").find(ADMIN) < 0
    for _ in range(12):
        page.keyboard.press("Tab")
        if (
            page.evaluate("() => document.activeElement?.shadowRoot?.activeElement?.getAttribute('part')")
            == "start"
        ):
            break
    else:
        raise AssertionError("the camera's button is not reached by Tab")
    assert wrong == []
    context.close()


def test_the_client_is_small(chromium: Browser, address: str) -> None:
    """What a phone loads from signing in to the result, chip panel and holder's texts with it, packed."""
    context = phone(chromium)
    context.route("**/service-worker.js", lambda route: route.abort())
    page, _ = page_of(context)
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    Walk(page).sign_in(address, ADMIN)
    page.evaluate("(id) => { location.hash = id; }", _verified(address)["id"])
    page.wait_for_selector(".verdict")
    client = _packed(loaded)
    page.locator("[data-act=holder]").click()
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.locator("[data-act=chip]").click()
    page.wait_for_selector(".qr")
    whole = sum(_packed(loaded).values())
    total = sum(client.values())
    print(
        f"client: {total / 1024:.1f} KiB in {len(client)} files; with chip and holder {whole / 1024:.1f} KiB"
    )
    assert whole <= 60 * 1024, dict(sorted(client.items(), key=lambda item: -item[1]))
    context.close()


def _packed(loaded: list[Response]) -> dict[str, int]:
    """Bytes of each file of the client as they travel, by address."""
    return {
        one.url: one.request.sizes()["responseBodySize"]
        for one in loaded
        if "/v1/" not in one.url and one.status == 200
    }
